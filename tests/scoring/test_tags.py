"""Tag weights and the votes on "incorrect"."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring.incorrect import INCORRECT_BIT, incorrect_habits, incorrect_votes
from kiemchung.scoring.table import NOT_HELPFUL_TAGS
from kiemchung.scoring.tags import tag_thresholds, tag_weights
from tests.scoring.datasets import ratings_of


def tagged_ratings(rows, masks):
    ratings = ratings_of(rows)
    return replace(ratings, not_helpful_tags=np.array(masks, np.uint16))


def test_tag_weights_equal_the_formula():
    rng = np.random.default_rng(3)
    rows = [(n, u, 0.0, 1) for n in range(8) for u in range(12) if rng.random() < 0.7]
    ratings = tagged_ratings(rows, rng.integers(0, 2**13, len(rows)))
    note_factor, rater_factor = rng.standard_normal(8), rng.standard_normal(12)
    note_factor[2] = rater_factor[5] = np.nan
    found = tag_weights(ratings, note_factor, rater_factor)
    z_note = (note_factor - np.nanmean(note_factor)) / np.nanstd(note_factor)
    z_rater = (rater_factor - np.nanmean(rater_factor)) / np.nanstd(rater_factor)
    distance = abs(z_rater[ratings.rater] - z_note[ratings.note])
    weight = 1 / (1 + (distance / np.nanpercentile(distance, 40)) ** 5)
    for n in range(8):
        mine = (ratings.note == n) & ~np.isnan(weight)
        assert found.weight[n] == pytest.approx(weight[mine].sum())
        for bit in range(len(NOT_HELPFUL_TAGS)):
            has = mine & (ratings.not_helpful_tags >> bit & 1 == 1)
            assert found.total[n, bit] == pytest.approx(weight[has].sum())
    assert np.isnan(found.ratio[2]).all()


def test_tag_threshold_is_a_percentile_over_shown_notes_and_zero_without_any():
    rows = [(n, u, 0.0, 1) for n in range(4) for u in range(6)]
    ratings = tagged_ratings(rows, [1] * 12 + [0] * 12)
    found = tag_weights(ratings, np.arange(4.0), np.arange(6.0))
    assert tag_thresholds(found, np.array([True, True, False, False]))[0] == 1.0
    assert tag_thresholds(found, np.array([False, False, True, True])).tolist() == [0.0] * 13
    assert tag_thresholds(found, np.zeros(4, np.bool_)).tolist() == [0.0] * 13


def test_raters_of_one_opinion_all_weigh_the_same():
    ratings = tagged_ratings([(0, u, 0.0, 1) for u in range(3)], [1, 0, 0])
    found = tag_weights(ratings, np.array([0.5]), np.full(3, 0.5))
    assert found.ratio[0, 0] == pytest.approx(1 / 3)


def test_incorrect_votes_count_like_minded_raters():
    wrong, other = 1 << INCORRECT_BIT, 1 << 2
    rows = [(0, 0, 0.0, 1), (0, 1, 0.0, 1), (0, 2, 0.0, 1), (0, 3, 0.0, 1), (1, 0, 0.0, 1)]
    ratings = tagged_ratings(rows, [wrong, wrong | other, wrong, 0, other])
    habits = incorrect_habits(ratings, 4)
    assert habits[:3].tolist() == [0.5, 1.0, 1.0]
    assert np.isnan(habits[3])
    # clipped to 0.4: raters at 0.9 and 0.2 are near the note at 0.45, the one at 0.05 is not
    found = incorrect_votes(ratings, np.array([0.45, np.nan]), np.array([0.9, 0.2, 0.05, 0.4]), habits)
    assert (found.tagged.tolist(), found.voters.tolist()) == ([2, 0], [2, 0])
    assert found.score[0] == pytest.approx(2 / np.log(2.5))
    assert np.isnan(found.score[1])
