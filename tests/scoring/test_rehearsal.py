"""A rehearsal leaves nothing to be loaded in a run; one process more, because loops stay loaded in this one."""

import subprocess
import sys

import pytest

_LOADED = """
from kiemchung.scoring import coordination_kernels, kernels, ordinal_kernels, sorting
from kiemchung.scoring.rehearsal import rehearse
rehearse({preset!r})
import scipy.linalg.cython_blas  # hidden from numba, and from nobody afterwards
loops = (sorting._place, kernels.solve_rows, ordinal_kernels.solve_rows, coordination_kernels.product)
print([len(loop.signatures) for loop in loops])
"""


@pytest.mark.parametrize(("preset", "loaded"), [("community", "[1, 1, 1, 1]"), ("communitynotes", "[1, 0, 0, 0]")])
def test_rehearsal_loads_the_loops_of_the_preset(preset, loaded):
    code = _LOADED.format(preset=preset)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == loaded
