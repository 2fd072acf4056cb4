"""One pass over all rows: it finds what sorting and counting over everything find, compiled or not."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.lookup import scan as scanning
from kiemchung.lookup.scan import Rows, begin
from kiemchung.lookup.vectors import encode

DEPTH = 7


def collection(n_rows, n_groups, seed, *, dimensions=48, ties=False):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n_rows, dimensions)).astype(np.float32)
    if ties and n_rows:
        vectors = vectors[rng.integers(0, max(1, n_rows // 9), n_rows)]
    codes, scales = encode(vectors) if n_rows else (np.zeros((0, dimensions), np.int8), np.zeros(0, np.float32))
    groups = rng.integers(-1, n_groups, n_rows).astype(np.int16)
    queries = rng.standard_normal((3, dimensions)).astype(np.float32)
    counts = np.bincount(groups[groups >= 0], minlength=n_groups)
    return Rows(codes, scales, groups, counts), queries, np.array([0, n_groups - 1, -1])


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([0, 1, 6, 300, 1500]), st.integers(1, 4), st.integers(0, 99), st.booleans())
def test_scan_is_sorting_and_counting_everything(n_rows, n_groups, seed, ties):
    rows, vectors, own = collection(n_rows, n_groups, seed, ties=ties)
    found = begin(rows, vectors, own, DEPTH)()
    cosines = np.stack([found.cosines(np.arange(n_rows), query) for query in range(3)])
    assert cosines == pytest.approx(vectors @ (rows.codes * rows.scales[:, None]).T, abs=2e-3)
    for query in range(3):
        for side in (0, 1):
            wanted = [r for r in range(n_rows) if rows.groups[r] >= 0 and (rows.groups[r] == own[query]) == (side == 0)]
            best = sorted(wanted, key=lambda row: (-cosines[query, row], row))[:DEPTH]
            assert found.nearest.rows[query, side].tolist() == best + [-1] * (DEPTH - len(best))
        for group in range(n_groups):
            there = cosines[query, rows.groups == group].astype(np.float64)
            assert found.nearest.sums[query, group] == pytest.approx(there.sum())
            assert found.nearest.squares[query, group] == pytest.approx((there**2).sum())


@pytest.mark.parametrize(("threads", "dimensions"), [(1, 1024), (3, 1024), (1, 32), (1, 83)])
@pytest.mark.parametrize("ties", [False, True])
def test_the_compiled_pass_equals_the_plain_one(monkeypatch, threads, dimensions, ties):
    monkeypatch.setattr(scanning, "_PIECE_ROWS", 256)
    rows, vectors, own = collection(1000, 3, 4, dimensions=dimensions, ties=ties)
    plain = begin(rows, vectors, own, DEPTH)().nearest
    monkeypatch.setattr(scanning, "scan_plainly", None if dimensions % 32 == 0 else scanning.scan_plainly)
    with ThreadPoolExecutor(threads) as pool:
        compiled = begin(rows, vectors, own, DEPTH, pool, compiled=True)().nearest
    for name in ("rows", "sums", "squares"):
        np.testing.assert_array_equal(getattr(compiled, name), getattr(plain, name))


def test_products_of_the_largest_numbers_fit():
    codes = np.full((1, 1024), 127, dtype=np.int8)
    rows = Rows(codes, np.ones(1, np.float32), np.zeros(1, np.int16), np.ones(1, np.int64))
    for sign in (1, -1):
        found = begin(rows, np.full((1, 1024), sign, dtype=np.float32), np.array([0]), DEPTH)()
        assert found.nearest.sums[0, 0] == pytest.approx(sign * 127 * 1024, rel=1e-4)
