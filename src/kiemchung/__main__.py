"""`python -m kiemchung` is the command `kiemchung`."""

from kiemchung.cli import main

main()
