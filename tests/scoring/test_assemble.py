import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.scoring.assemble import join_notes, joined_column, sorted_ratings
from kiemchung.scoring.sorting import order_by
from kiemchung.scoring.table import Ratings
from tests.scoring.datasets import ratings_of

NAMES = np.array(["ann", "binh", "chi", "dung"], np.dtypes.StringDType())
IDS = np.array([10, 20, 30], np.int64)


def ids(*values):
    return np.array(values, np.int64)


def test_join_keeps_notes_of_either_file():
    joined = join_notes(ids(2, 5), ids(1, 5, 9))
    assert joined.note_id.tolist() == [1, 2, 5, 9]
    assert joined.of_note.tolist() == [1, 2]
    assert joined.of_history.tolist() == [0, 2, 3]


def test_joined_column_takes_the_notes_value_then_the_histories():
    joined = join_notes(ids(2, 5), ids(1, 5))
    assert joined_column(joined, ids(7, -1), ids(3, 4), name="x").tolist() == [3, 7, 4]


def test_joined_column_that_contradicts_is_an_error():
    joined = join_notes(ids(5), ids(5))
    with pytest.raises(InputError, match="note 5: the author is chi in the notes and binh in the status history"):
        joined_column(joined, ids(2), ids(1), name="the author", names=NAMES)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=40))
def test_order_by_is_a_stable_sort(pairs):
    first = np.array([a for a, _ in pairs], np.int64)
    second = np.array([b for _, b in pairs], np.int64)
    assert order_by(first, 5, second, 7).tolist() == sorted(range(len(pairs)), key=lambda j: pairs[j])


def test_ratings_come_out_sorted_and_the_same_for_any_order():
    rows = ratings_of([(0, 1, 1.0, 5), (0, 3, 0.5, 6), (2, 0, 0.0, 7)])
    shuffled = rows.take(np.array([2, 0, 1]))
    found, repeats = sorted_ratings(shuffled, IDS, NAMES)
    assert repeats == 0
    for name in Ratings.__slots__:
        np.testing.assert_array_equal(getattr(found, name), getattr(rows, name))


def test_repeated_rating_counts_once():
    rows = ratings_of([(0, 1, 1.0, 5), (1, 1, 0.0, 5)])
    found, repeats = sorted_ratings(rows.take(np.array([0, 1, 0, 0])), IDS, NAMES)
    assert (len(found), repeats) == (2, 2)


def test_contradicting_ratings_are_an_error_that_names_them():
    rows = ratings_of([(1, 2, 1.0, 5), (1, 2, 0.0, 5)])
    with pytest.raises(InputError, match="rater chi, note 20: two different ratings"):
        sorted_ratings(rows, IDS, NAMES)
