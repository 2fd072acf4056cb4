"""The command line as a process."""

import os
import subprocess
import sys

import pytest

_SHOW = """
import os, sys
from kiemchung.cli import main
assert "numpy" not in sys.modules  # it reads the variable when it loads
sys.argv = ["kiemchung", "--version"]
try:
    main()
except SystemExit:
    print(os.environ["OMP_NUM_THREADS"])
"""


@pytest.mark.parametrize(("given", "kept"), [(None, "1"), ("4", "4")])
def test_arithmetic_gets_one_thread_unless_the_operator_says_more(given: str | None, kept: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    if given is not None:
        environment["OMP_NUM_THREADS"] = given
    shown = subprocess.run([sys.executable, "-c", _SHOW], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == kept
