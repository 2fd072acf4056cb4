"""The Gaussian scorer against its twin."""

import numpy as np
import pytest

from kiemchung.scoring.gaussian import CRH_PASS, CRNH_PASS, CRNH_POINTS, POINTS, gaussian_scores
from kiemchung.scoring.workers import Workers
from tests.scoring import naive
from tests.scoring.datasets import notes_of, ratings_of


def community(seed, n_notes=40, n_raters=60):
    rng = np.random.default_rng(seed)
    note, rater = np.nonzero(rng.random((n_notes, n_raters)) < 0.3)
    value = rng.choice([0.0, 0.5, 1.0], len(note), p=[0.3, 0.2, 0.5])
    ratings = ratings_of([(int(n), int(u), float(v), 5) for n, u, v in zip(note, rater, value, strict=True)])
    factor = rng.uniform(-0.7, 0.7, n_raters)
    factor[::7] = np.nan
    authors = rng.integers(-1, n_raters, n_notes)
    return ratings, notes_of(n_notes, authors=authors.tolist()), factor


def test_points_are_symmetric_and_the_coarser_ones_every_second():
    assert POINTS.tolist() == sorted(POINTS.tolist())
    assert (-POINTS[::-1] == POINTS).all()
    assert (len(POINTS), len(CRNH_POINTS)) == (50, 26)
    assert CRNH_POINTS.tolist() == (-CRNH_POINTS[::-1]).tolist()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_scores_equal_twin(seed):
    ratings, notes, factor = community(seed)
    scores = gaussian_scores(ratings, notes, factor, Workers())
    for n in range(len(notes)):
        mine = (ratings.note == n) & ~np.isnan(factor[ratings.rater])
        f, y = factor[ratings.rater[mine]], ratings.value[mine].astype(float)
        share = np.where(y == 0.5, 0.7, y)
        against = naive.gaussian_pass(f, np.float32(1 - share).astype(float), 1 - 2 * y, CRNH_POINTS, CRNH_PASS)
        author = notes.author[n]
        if author >= 0 and not np.isnan(factor[author]) and author not in ratings.rater[ratings.note == n]:
            f, share, y = np.append(f, factor[author]), np.append(share, 1.0), np.append(y, 1.0)
        helpful = naive.gaussian_pass(f, np.float32(share).astype(float), 2 * y - 1, POINTS, CRH_PASS)
        expected = -against if against > helpful else helpful
        assert scores[n] == pytest.approx(expected, abs=1e-9)


def test_notes_without_known_raters_have_no_score():
    ratings = ratings_of([(0, 0, 1.0, 1), (1, 1, 1.0, 1)])
    scores = gaussian_scores(ratings, notes_of(3), np.array([0.1, np.nan]), Workers())
    assert np.isnan(scores).tolist() == [False, True, True]


def test_approval_from_all_sides_beats_approval_from_one():
    factor = np.concatenate([np.linspace(-0.7, 0.7, 20), np.linspace(0.3, 0.7, 20)])
    rows = [(0, u, 1.0, 1) for u in range(20)] + [(1, u, 1.0, 1) for u in range(20, 40)]
    scores = gaussian_scores(ratings_of(rows), notes_of(2), factor, Workers())
    assert scores[0] > scores[1]
    assert scores[0] >= 0.51


def test_mirrored_axis_changes_no_score():
    ratings, notes, factor = community(4)
    one, other = (gaussian_scores(ratings, notes, f, Workers()) for f in (factor, -factor))
    assert other == pytest.approx(one, abs=1e-12, nan_ok=True)
