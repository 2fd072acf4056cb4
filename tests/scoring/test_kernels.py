"""Each compiled kernel against its plain twin."""

import numpy as np
import pytest

from kiemchung.scoring import coordination_kernels, kernels
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.workers import Workers
from tests.scoring import naive


@pytest.fixture(params=[False, True], ids=["unit weights", "weighted"])
def graph(made, request):
    weight = np.random.default_rng(1).random(len(made.note)) + 0.5 if request.param else None
    return graph_of(made.note, made.rater, made.value, n_notes=made.n_notes, n_raters=made.n_raters, weight=weight)


def test_transpose_equals_twin(made, graph):
    start, other, value = naive.transpose(graph.by_note.start, graph.by_note.other, graph.by_note.value, made.n_raters)
    assert graph.by_rater.start.tolist() == start.tolist()
    assert graph.by_rater.other.tolist() == other.tolist()
    assert graph.by_rater.value.tolist() == value.tolist()


def test_graph_renumbers_rows_without_gaps(made):
    graph = graph_of(made.note * 3 + 2, made.rater * 5, made.value, n_notes=200, n_raters=300)
    assert graph.note_index.tolist() == sorted(set((made.note * 3 + 2).tolist()))
    assert graph.rater_index.tolist() == sorted(set((made.rater * 5).tolist()))
    assert graph.by_note.other.tolist() == made.rater.tolist()


def test_solved_rows_equal_twin(graph):
    rng = np.random.default_rng(3)
    params, mu = rng.standard_normal((graph.n_raters, 2)), 0.1
    out, sums = np.empty((graph.n_notes, 2)), kernels.empty_sums(graph.n_notes)
    if graph.weighted:
        weights = rng.random(graph.n_notes) + 0.5
        kernels.solve_weighted_rows(0, graph.n_notes, graph.by_note, params, mu, 3.0, 0.7, weights, out, sums)
    else:
        weights = np.ones(graph.n_notes)
        kernels.solve_rows(0, graph.n_notes, graph.by_note, params, mu, 3.0, 0.7, out, sums)
    side = graph.by_note
    for r in range(graph.n_notes):
        part = slice(side.start[r], side.start[r + 1])
        other, weight = side.other[part], side.weight[part] if graph.weighted else None
        e = side.value[part].astype(float) - mu - params[other, 0]
        solution, residual, squares = naive.solve_row(e, params[other, 1], 3.0 * weights[r], 0.7 * weights[r], weight)
        assert out[r] == pytest.approx(solution, abs=1e-10)
        assert sums.residual[r] == pytest.approx(residual, abs=1e-9)
        assert sums.squares[r] == pytest.approx(squares, abs=1e-9)
        penalty = weights[r] * (3.0 * solution[0] ** 2 + 0.7 * solution[1] ** 2)
        assert sums.loss[r] == pytest.approx(squares + penalty, abs=1e-9)


def test_projected_rows_equal_twin(graph):
    rng = np.random.default_rng(4)
    notes, raters = rng.standard_normal((graph.n_notes, 2)), rng.standard_normal((graph.n_raters, 2))
    block, out = rng.standard_normal((graph.n_raters, 4)), np.empty((graph.n_notes, 4))
    kernels.project_rows(0, graph.n_notes, graph.by_note, notes, raters, 0.2, block, out)
    side = graph.by_note
    for r in range(graph.n_notes):
        part = slice(side.start[r], side.start[r + 1])
        e = side.value[part].astype(float) - 0.2 - notes[r, 0] - raters[side.other[part], 0]
        assert out[r] == pytest.approx(naive.project_row(e, block[side.other[part]]), abs=1e-10)


def test_anderson_products_equal_matrix_products():
    rng = np.random.default_rng(5)
    changes, residual = rng.standard_normal((4, 30)), rng.standard_normal(30)
    gram, right = np.empty((4, 4)), np.empty(4)
    kernels.anderson_products(changes, 3, residual, gram, right)
    assert gram[:3, :3] == pytest.approx(changes[:3] @ changes[:3].T)
    assert right[:3] == pytest.approx(changes[:3] @ residual)


def test_largest_change_is_not_a_number_if_any_is_not():
    assert kernels.largest_change(np.array([1.0, 5.0]), np.array([2.0, 2.0])) == 3.0
    assert np.isnan(kernels.largest_change(np.array([1.0, np.nan]), np.array([2.0, 2.0])))


def test_values_are_looked_up_alike_by_any_number_of_threads():
    rng = np.random.default_rng(0)
    values, places = rng.standard_normal(1_000).astype(np.float32), rng.integers(0, 1_000, 250_000).astype(np.uint32)
    for threads in (1, 3):
        with Workers(threads) as workers:
            assert (workers.take(values, places) == values[places]).all()
            assert (workers.take(values, places[:7]) == values[places[:7]]).all()
            assert workers.take(values, places).dtype == np.float32


def test_row_totals_and_bins_of_times():
    start = np.array([0, 2, 2, 5])
    total = np.empty(3)
    kernels.total_rows(0, 3, start, np.array([1, 2, 3, 4, 5], np.float32), total)
    assert total.tolist() == [3, 0, 12]
    day, lag = np.empty(5, np.int16), np.empty(5, np.int16)
    at, edges = np.array([100, 109, 110, 130, 125]), np.array([5.0, 20.0])
    coordination_kernels.bin_rows(0, 3, start, at, np.array([95, 0, -1]), 100, 10, edges, day, lag)
    assert day.tolist() == [0, 0, 1, 3, 2]
    assert lag.tolist() == [1, 1, 0, 0, 0]
