"""The columns of a data set: rows that are taken keep their order, and all of them cost no copy."""

import numpy as np
import pytest

from kiemchung.scoring.table import Ratings


@pytest.fixture
def ratings() -> Ratings:
    note, rater = np.array([0, 0, 1], np.int32), np.array([2, 5, 2], np.int32)
    tags = np.array([1, 0, 4], np.uint16)
    when, sampled = np.array([7, 8, 9], np.int64), np.zeros(3, np.bool_)
    return Ratings(note, rater, np.array([1, 0, 0.5], np.float32), when, tags, tags, sampled)


@pytest.mark.parametrize("rows", [np.array([True, False, True]), np.array([0, 2]), slice(0, 3, 2)])
def test_rows_are_taken_of_every_column(ratings, rows):
    taken = ratings.take(rows)
    for name in Ratings.__slots__:
        np.testing.assert_array_equal(getattr(taken, name), getattr(ratings, name)[[0, 2]])


def test_a_mask_that_keeps_all_copies_nothing(ratings):
    assert ratings.take(np.ones(3, np.bool_)) is ratings
    assert len(ratings.take(np.zeros(3, np.bool_))) == 0
