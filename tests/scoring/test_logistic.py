"""The logistic models' fit."""

import numpy as np
import pytest

from kiemchung.scoring import logistic_kernels
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.logistic import LogisticConfig, fit_logistic
from kiemchung.scoring.workers import Workers
from tests.scoring import naive

NOTE_PENALTY, RATER_PENALTY = (0.0, 0.03, 0.03), (0.3, 0.03, 1.5)


@pytest.fixture
def graph(made):
    label = (made.value == 0).astype(float)
    weight = np.where(label == 1, 4.0, 1.0)
    return graph_of(made.note, made.rater, label, n_notes=made.n_notes, n_raters=made.n_raters, weight=weight)


def start(graph, seed=0):
    rng = np.random.default_rng(seed)
    notes, raters = 0.3 * rng.standard_normal((graph.n_notes, 3)), 0.3 * rng.standard_normal((graph.n_raters, 3))
    notes[:, 0], raters[:, 2] = 1.0, 1.0
    return notes, raters


@pytest.mark.parametrize("free", [(True, True, True), (False, True, True), (False, False, True)])
def test_newton_rows_equal_twin(graph, free):
    notes, raters = start(graph)
    ridge, loss = np.array([2.0, 1.0, 3.0]), np.empty(graph.n_notes)
    moved = notes.copy()
    logistic_kernels.newton_rows(0, graph.n_notes, graph.by_note, raters, 0.2, ridge, np.array(free), moved, loss)
    side = graph.by_note
    for r in range(graph.n_notes):
        part = slice(side.start[r], side.start[r + 1])
        row = side.other[part], side.value[part].astype(float), side.weight[part].astype(float)
        expected = naive.newton_step(*row, raters, 0.2, ridge, np.array(free), notes[r])
        assert moved[r] == pytest.approx(expected, abs=1e-7)
        x = 0.2 + raters[row[0]] @ notes[r]
        assert loss[r] == pytest.approx((row[2] * (np.logaddexp(0, x) - row[1] * x)).sum(), abs=1e-7)


def test_overshooting_step_is_halved_until_the_row_is_better():
    """From far out on a flat part of the loss, the full step would go much too far."""
    graph = graph_of(
        np.zeros(2, np.int32), np.arange(2, dtype=np.int32), np.array([1.0, 0.0]), n_notes=1, n_raters=2,
        weight=np.array([100.0, 1.0]),
    )  # fmt: skip
    raters, own, loss = np.ones((2, 3)), np.array([[1.0, 0.0, -8.0]]), np.empty(1)
    ridge, free = np.array([0.0, 0.01, 0.01]), np.array([False, False, True])

    def objective(i):
        x = 1.0 + i
        return 100 * np.logaddexp(0, -x) + np.logaddexp(0, x) + 0.01 * i**2

    before = objective(-8.0)
    logistic_kernels.newton_rows(0, 1, graph.by_note, raters, 0.0, ridge, free, own, loss)
    assert objective(own[0, 2]) <= before


def test_fit_is_a_stationary_point_of_the_objective(graph, made):
    config = LogisticConfig(
        NOTE_PENALTY, RATER_PENALTY, rater_free=(True, True, True), tolerance=1e-13, max_sweeps=3000
    )
    fitted = fit_logistic(graph, config, 0.0, *start(graph), Workers())
    rng = np.random.default_rng(5)
    label, weight = (made.value == 0).astype(float), np.where(made.value == 0, 4.0, 1.0)
    for _ in range(10):
        mu, notes, raters = (rng.standard_normal(size) for size in ((), fitted.notes.shape, fitted.raters.shape))
        notes[:, 0] = 0
        low, high = (
            naive.logistic_objective(
                made.note, made.rater, label, weight, fitted.mu + h * mu, fitted.notes + h * notes,
                fitted.raters + h * raters, NOTE_PENALTY, RATER_PENALTY,
            )
            for h in (-1e-4, 1e-4)
        )  # fmt: skip
        assert abs(high - low) / 2e-4 < 1e-4


def test_what_is_not_free_stays(graph):
    notes, raters = start(graph)
    frozen = LogisticConfig(NOTE_PENALTY, RATER_PENALTY, (False, False, True), (False, False, False))
    fitted = fit_logistic(graph, frozen, 0.4, notes, raters, Workers())
    assert fitted.mu == 0.4
    assert fitted.raters.tolist() == raters.tolist()
    assert fitted.notes[:, :2].tolist() == notes[:, :2].tolist()
    assert (fitted.notes[:, 2] != notes[:, 2]).all()


def test_threads_change_no_byte(graph, monkeypatch):
    monkeypatch.setattr("kiemchung.scoring.workers.MIN_RATINGS_PER_THREAD", 1)
    config = LogisticConfig(NOTE_PENALTY, RATER_PENALTY)
    one = fit_logistic(graph, config, 0.0, *start(graph), Workers())
    with Workers(3) as workers:
        many = fit_logistic(graph, config, 0.0, *start(graph), workers)
    assert many.notes.tobytes() == one.notes.tobytes()
    assert many.raters.tobytes() == one.raters.tobytes()
