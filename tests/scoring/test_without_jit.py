"""The compiled loops as plain Python: the same laws hold, and coverage can look inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PARTS = ("kernels", "ridge", "logistic", "gaussian", "final_fit", "descent", "coordination_kernels")


@pytest.mark.slow
def test_kernels_hold_the_same_laws_without_compilation():
    files = [str(HERE / f"test_{part}.py") for part in PARTS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
