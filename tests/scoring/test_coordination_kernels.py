"""The products of the search for groups, against plain twins."""

import numpy as np
import pytest

from kiemchung.scoring import coordination_kernels as kernels
from kiemchung.scoring.coordination_kernels import WIDTH, Entries


@pytest.fixture
def entries():
    rng = np.random.default_rng(4)
    start = np.array([0, 3, 3, 7, 12], np.int64)  # the second row is empty
    return Entries(
        start,
        rng.integers(0, 6, 12).astype(np.uint32),
        rng.normal(size=12).astype(np.float32),
        rng.integers(0, 3, 12).astype(np.int16),
    )


def row_of(entries):
    return np.repeat(np.arange(len(entries.start) - 1), np.diff(entries.start))


@pytest.mark.parametrize("centred", [False, True])
def test_product_equals_the_dense_matrix(entries, centred):
    rng = np.random.default_rng(5)
    block, mean = rng.normal(size=(6, WIDTH)), rng.normal(size=(3, WIDTH)) * centred
    out = np.full((4, WIDTH), np.nan)
    if centred:
        kernels.centred_product(0, 4, entries.start, entries, block, mean, out)
    else:
        kernels.product(0, 4, entries.start, entries, block, out)
    expected = np.zeros((4, WIDTH))
    np.add.at(expected, row_of(entries), entries.value[:, None] * (block[entries.other] - mean[entries.day]))
    assert out == pytest.approx(expected)


def test_day_sums_add_up_rows_by_day(entries):
    block = np.random.default_rng(6).normal(size=(4, WIDTH))
    sums = np.zeros((2, 3, WIDTH + 1))
    kernels.day_sums(0, 2, np.array([0, 2, 4]), entries, block, sums)
    expected = np.zeros((3, WIDTH + 1))
    weighted = entries.value[:, None] * np.column_stack([block[row_of(entries)], np.ones(12)])
    np.add.at(expected, entries.day, weighted)
    assert sums.sum(axis=0) == pytest.approx(expected)
