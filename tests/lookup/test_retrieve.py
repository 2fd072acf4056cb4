"""Candidates: the shortcuts find what sorting and counting over everything find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.lookup.retrieve import _top, _z


@given(n_rows=st.integers(1, 3000), share=st.sampled_from([0.0, 0.01, 0.5, 1.0]), seed=st.integers(0, 99))
def test_top_is_what_sorting_all_members_gives(n_rows, share, seed):
    rng = np.random.default_rng(seed)
    scores = rng.permutation(n_rows).astype(np.float32)  # no ties
    members = rng.random(n_rows) < share
    wanted = sorted(np.flatnonzero(members), key=lambda row: -scores[row])[:20]
    assert set(_top(scores, members, 20).tolist()) == set(wanted)


def test_z_leaves_dead_rows_out():
    rng = np.random.default_rng(3)
    scores = rng.normal(0.3, 0.1, 5000).astype(np.float32)
    groups = np.repeat([0, 1, 2], [3000, 1000, 1000]).astype(np.intp)  # the last group is dead
    scores[groups == 2] = -2
    rows = np.arange(4000)
    found = _z(scores, rows, groups, 2)
    for group in (0, 1):
        own = found[groups[:4000] == group]
        assert own.mean() == pytest.approx(0, abs=0.02)
        assert own.std() == pytest.approx(1, abs=0.05)
