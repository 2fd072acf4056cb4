"""Notes alone, raters frozen."""

import numpy as np
import pytest

from kiemchung.scoring.final_fit import FrozenRaters, fit_notes, note_sums, upper_bound
from kiemchung.scoring.final_scoring import sign_counts
from kiemchung.scoring.workers import Workers
from tests.scoring import naive
from tests.scoring.datasets import ratings_of


@pytest.fixture
def frozen():
    rng = np.random.default_rng(1)
    params = rng.normal(0, 0.4, (9, 2))
    params[8] = np.nan
    return FrozenRaters(0.1, params, 12.0)


@pytest.fixture
def ratings():
    rng = np.random.default_rng(2)
    rows = [(n, u, float(rng.choice([0.0, 0.5, 1.0])), 1) for n in range(5) for u in range(9) if rng.random() < 0.6]
    return ratings_of([*rows, (6, 8, 1.0, 1)])


def ridge(frozen, rater, value, rho):
    params = frozen.params[rater]
    return naive.solve_row(value - frozen.mu - params[:, 0], params[:, 1], 0.15 * rho, 0.03 * rho)


def of_note(ratings, frozen, n):
    mine = (ratings.note == n) & frozen.known[ratings.rater]
    return ratings.rater[mine], ratings.value[mine].astype(float)


def test_notes_equal_ridge_regression(ratings, frozen):
    fitted = fit_notes(ratings, 7, frozen)
    for n in range(5):
        solution, _, _ = ridge(frozen, *of_note(ratings, frozen, n), 12.0)
        assert (fitted.intercept[n], fitted.factor[n]) == pytest.approx(tuple(solution))
    assert np.isnan(fitted.intercept[5:]).all()
    assert np.isnan(fitted.standard_error[5:]).all()


def test_standard_error_equals_the_inverse_matrix(ratings, frozen):
    fitted = fit_notes(ratings, 7, frozen)
    squares, count = 0.0, 0
    for n in range(5):
        rater, value = of_note(ratings, frozen, n)
        squares += ridge(frozen, rater, value, 12.0)[2]
        count += len(rater)
    rater, _ = of_note(ratings, frozen, 2)
    design = np.column_stack([np.ones(len(rater)), frozen.params[rater, 1]])
    inverse = np.linalg.inv(design.T @ design + np.diag([0.15 * 12, 0.03 * 12]))
    assert fitted.standard_error[2] == pytest.approx(np.sqrt(squares / count * inverse[0, 0]))


def test_upper_bound_is_the_best_of_four_refits(ratings, frozen):
    sums = note_sums(ratings, 7, frozen, Workers())
    bound = upper_bound(sums, frozen)
    known = frozen.params[frozen.known]
    density = sums[:, 0].sum() / (sums[:, 0] > 0).sum()
    for n in range(5):
        rater, value = of_note(ratings, frozen, n)
        refits = [ridge(frozen, rater, value, density)[0][0]]
        for factor in (known[:, 1].min(), 0.0, known[:, 1].max()):
            more = FrozenRaters(frozen.mu, np.vstack([frozen.params, [known[:, 0].min(), factor]]), 0.0)
            refits.append(ridge(more, np.append(rater, 9), np.append(value, 1.0), density + 1)[0][0])
        assert bound[n] == pytest.approx(max(refits))


def test_upper_bound_is_at_least_the_intercept(ratings, frozen):
    sums = note_sums(ratings, 7, frozen, Workers())
    assert (
        upper_bound(sums, frozen)[:5] >= fit_notes(ratings, 7, frozen, rho=sums[:, 0].sum() / 5).intercept[:5]
    ).all()


def test_sign_counts_split_by_side():
    factor = np.array([-0.2, -0.1, 0.0, 0.3, np.nan])
    rows = [(0, 0, 1.0, 1), (0, 1, 0.0, 1), (0, 2, 1.0, 1), (0, 3, 0.5, 1), (0, 4, 1.0, 1), (1, 3, 1.0, 1)]
    counts = sign_counts(ratings_of(rows), factor, 2)
    assert (counts.negative.tolist(), counts.positive.tolist()) == ([2, 0], [2, 1])
    assert (counts.mean_negative[0], counts.mean_positive[0]) == (0.5, 0.75)
    assert (counts.net_negative.tolist(), counts.net_positive.tolist()) == ([0, 0], [1, 1])
    assert counts.net_minimum.tolist() == [0, 0]
    assert counts.net_ratio[0] == 0
