#!/bin/sh
# Imports the demo checks into ./demo-data and checks the demo message. $1: the kiemchung command.
set -eu
cd "$(dirname "$0")/.."
kiemchung=${1:-kiemchung}
"$kiemchung" --data-dir demo-data import demo/checks
echo
cat demo/messages/message.vi.txt
echo
"$kiemchung" --data-dir demo-data check demo/messages/message.vi.txt
