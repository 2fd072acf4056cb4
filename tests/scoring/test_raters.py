"""Helpfulness of raters and authors."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring.raters import HOUR_MS, HelpfulnessConfig, helpfulness, valid_ratings
from kiemchung.scoring.table import Status
from tests.scoring.datasets import dataset_of, notes_of, ratings_of

CONFIG = HelpfulnessConfig()
CRH, CRNH, NMR = Status.CRH, Status.CRNH, Status.NMR


def validity(rows, status, *, notes=None, decided_ms=None):
    ratings = ratings_of(rows)
    notes = notes or notes_of(len(status))
    dataset = dataset_of(notes, ratings, 20)
    if decided_ms:
        history = replace(dataset.history, latest_non_nmr_ms=np.array(decided_ms, np.int64))
        dataset = replace(dataset, history=history)
    return valid_ratings(ratings, dataset, np.array(status, np.int8), CONFIG).tolist()


def test_valid_ratings_are_early_definite_and_on_decided_notes():
    rows = [(0, 0, 1.0, 0), (0, 1, 0.0, 48 * HOUR_MS - 1), (0, 2, 1.0, 48 * HOUR_MS), (0, 3, 0.5, 1), (1, 0, 1.0, 1)]
    assert validity(rows, [CRH, NMR]) == [True, True, False, False, False]


def test_ratings_after_the_decision_are_not_valid():
    notes = notes_of(1)
    decided = [int(notes.created_at_ms[0]) + 10]
    rows = [(0, 0, 1.0, 9), (0, 1, 1.0, 10)]
    assert validity(rows, [CRH], notes=notes, decided_ms=decided) == [True, False]


def test_first_five_ratings_of_an_old_note_are_valid_even_after_its_decision():
    notes = notes_of(1)
    old = replace(notes, created_at_ms=np.array([CONFIG.old_notes_before_ms - 1]))
    shift = CONFIG.old_notes_before_ms - 1 - int(notes.created_at_ms[0])
    rows = [(0, u, 1.0, shift + 7 - u) for u in range(7)]
    assert validity(rows, [CRH], notes=old, decided_ms=[1]) == [False, False, True, True, True, True, True]


def scores(rows, status, *, authors=None, intercept=None, harassment=None, p=4):
    notes = notes_of(len(status), authors=authors)
    ratings = ratings_of(rows)
    intercept = np.array(intercept or [0.2] * len(status), float)
    return helpfulness(
        ratings, ratings, dataset_of(notes, ratings, p), intercept, np.array(status, np.int8), harassment=harassment
    )


def test_success_is_agreement_with_the_status():
    found = scores([(0, 0, 1.0, 1), (1, 0, 0.0, 1), (0, 1, 0.0, 1), (1, 1, 1.0, 1), (1, 2, 0.5, 1)], [CRH, CRNH])
    assert found.rater_score.tolist()[:2] == [1.0, 0.0]
    assert np.isnan(found.rater_score[2:]).all()
    assert found.above.tolist() == [True, False, False, False]


def test_rater_needs_two_thirds():
    rows = [(n, 0, 1.0, 1) for n in range(3)] + [(n, 1, 1.0, 1) for n in range(4)]
    found = scores(rows, [CRH, CRH, CRNH, CRNH])
    assert found.rater_score[:2] == pytest.approx([2 / 3, 0.5])
    assert found.above.tolist()[:2] == [True, False]


@pytest.mark.parametrize(
    ("status", "intercept", "above"),
    [
        ([CRH] * 5 + [CRNH], [0.2] * 6, True),
        ([CRH] * 4 + [CRNH], [0.2] * 5, False),
        ([CRH] * 2, [0.05, 0.05], True),
        ([CRH] * 2, [0.04, 0.05], False),
        ([CRNH], [np.nan], True),
    ],
)
def test_author_needs_few_rejected_notes_and_a_mean_score(status, intercept, above):
    """The author, participant 3, is a good rater; the notes decide."""
    notes = [CRH, *status]
    authors = [-1] + [3] * len(status)
    # of 5 shown and 1 rejected: 5/6 - 5 * 1/6 = 0; of 4 and 1 it is negative
    found = scores([(0, 3, 1.0, 1)], notes, authors=authors, intercept=[0.2, *intercept])
    assert found.above[3] == above


def test_helpful_rating_of_a_harassing_note_costs_the_rater():
    rows = [(0, 0, 1.0, 1), (1, 0, 1.0, 1), (0, 1, 1.0, 1), (1, 1, 0.0, 1)]
    found = scores(rows, [CRH, CRNH], harassment=np.array([np.nan, 3.0]))
    assert found.penalty.tolist() == [15.0, 0.0, 0.0, 0.0]
    assert found.penalised_score[:2].tolist() == [(1 - 15) / 2, 1.0]
    assert found.above.tolist()[:2] == [False, True]


def test_harassment_below_the_limit_costs_nothing():
    found = scores([(0, 0, 1.0, 1)], [CRH], harassment=np.array([1.99]))
    assert found.penalty.tolist() == [0.0] * 4
