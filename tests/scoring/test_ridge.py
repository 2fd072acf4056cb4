"""The 2x2 problem of a row in closed form, with and without the penalty on the product."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.scoring import kernels
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.ridge import Penalties, residual_sums, solve_sums, squared_residuals
from tests.scoring import naive

TRIAL = Penalties(note_intercept=0.9, note_factor=0.01, product=0.75)


def sums_of(e, f, w):
    return np.array([[w.sum(), (w * e).sum(), (w * e * f).sum(), (w * f).sum(), (w * f * f).sum(), (w * e * e).sum()]])


def made_row(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 12)
    return rng.normal(0, 0.5, size), rng.normal(0, 0.5, size), rng.random(size) + 0.1


@pytest.mark.parametrize("weighted", [False, True])
def test_sum_rows_equal_twin(made, weighted):
    rng = np.random.default_rng(0)
    weight = rng.random(len(made.note)) if weighted else None
    graph = graph_of(made.note, made.rater, made.value, n_notes=made.n_notes, n_raters=made.n_raters, weight=weight)
    params, out = rng.standard_normal((graph.n_raters, 2)), np.empty((graph.n_notes, 6))
    kernels.sum_rows(0, graph.n_notes, graph.by_note, params, 0.1, out)
    for r in range(graph.n_notes):
        part = slice(*graph.by_note.start[r : r + 2])
        other = graph.by_note.other[part]
        e = graph.by_note.value[part].astype(float) - 0.1 - params[other, 0]
        w = graph.by_note.weight[part].astype(float) if weighted else np.ones(len(other))
        assert out[r] == pytest.approx(sums_of(e, params[other, 1], w)[0], abs=1e-9)


@given(st.integers(0, 10_000), st.floats(0.1, 30))
def test_plain_solution_equals_ridge_regression(seed, rho):
    e, f, w = made_row(seed)
    penalties = Penalties()
    (intercept,), (factor,) = solve_sums(sums_of(e, f, w), rho, penalties)
    solution, residual, squares = naive.solve_row(e, f, penalties.note_intercept * rho, penalties.note_factor * rho, w)
    assert (intercept, factor) == pytest.approx(tuple(solution), abs=1e-9)
    values = sums_of(e, f, w), np.array([intercept]), np.array([factor])
    assert residual_sums(*values)[0] == pytest.approx(residual, abs=1e-8)
    assert squared_residuals(*values)[0] == pytest.approx(squares, abs=1e-8)


@given(st.integers(0, 10_000), st.floats(0.1, 30))
def test_no_point_is_better_than_the_solution_with_the_product(seed, rho):
    e, f, w = made_row(seed)
    (intercept,), (factor,) = solve_sums(sums_of(e, f, w), rho, TRIAL)
    best = naive.product_objective(e, f, w, intercept, factor, rho, TRIAL)
    rng = np.random.default_rng(seed)
    for scale in (1e-3, 0.05, 1.0):
        for i, fn in np.array([intercept, factor]) + scale * rng.standard_normal((30, 2)):
            assert naive.product_objective(e, f, w, i, fn, rho, TRIAL) >= best - 1e-9


def test_rows_without_ratings_have_no_solution():
    for penalties in (Penalties(), TRIAL):
        assert np.isnan(solve_sums(np.zeros((1, 6)), 5.0, penalties)).all()
