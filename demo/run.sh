#!/bin/sh
# Imports the demo checks into ./demo-data and checks the demo message. $1: the kiemchung command.
set -eu
cd "$(dirname "$0")/.."
kiemchung=${1:-kiemchung}

# What an earlier version indexed may have to be indexed anew.
"$kiemchung" --data-dir demo-data import demo/checks || {
    "$kiemchung" --data-dir demo-data index --rebuild
    "$kiemchung" --data-dir demo-data import demo/checks
}
echo
cat demo/messages/message.vi.txt
echo
"$kiemchung" --data-dir demo-data check demo/messages/message.vi.txt
