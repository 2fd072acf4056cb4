"""The loops of the reference's descent against plain twins; `test_reference_steps` holds its steps to the reference."""

import numpy as np
import pytest

from kiemchung.scoring import descent_kernels
from kiemchung.scoring.graph import graph_of
from tests.scoring import naive


@pytest.mark.parametrize("logistic", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_slopes_equal_twin(made, logistic, weighted):
    weight = np.where(made.value == 0, 4.0, 1.0) if weighted else None
    graph = graph_of(
        made.note, made.rater, made.value == 1, n_notes=made.n_notes, n_raters=made.n_raters, weight=weight
    )
    rng = np.random.default_rng(0)
    notes, raters = rng.normal(size=(graph.n_notes, 2)), rng.normal(size=(graph.n_raters, 2))
    slope, loss = np.zeros_like(notes), np.zeros(len(notes))
    descent_kernels.slopes(graph.by_note, notes, raters, 0.2, logistic, slope, loss)
    expected_slope, expected_loss = naive.descent_slopes(graph.by_note, notes, raters, 0.2, logistic)
    assert slope == pytest.approx(expected_slope)
    assert loss == pytest.approx(expected_loss)


def test_adam_first_step_is_the_learning_rate_against_the_slope():
    values, slope = np.zeros(3), np.array([0.5, -3.0, 0.0])
    descent_kernels.adam(values, slope, np.zeros(3), np.zeros(3), 1.0, (0.2, 0.9, 0.999, 0.1, 0.001))
    assert values == pytest.approx([-0.2, 0.2, 0.0])
