"""The reference's descent, step by step: full-batch Adam that stops early.

Only for what hangs on where such a descent ends rather than on the optimum: the harassment model (decision 0012). The
tests show that it takes the reference's own steps in its other fits, too (decision 0035). Source: SCORING 4 and 7.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring import descent_kernels as kernels
from kiemchung.scoring.graph import Graph
from kiemchung.scoring.kernels import Side
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.table import Float64s

BETA_1, BETA_2, CLIP, STANDSTILL, EARLIEST_RISE, MAX_STEPS = 0.9, 0.999, 1.0, 1e-7, 101, 2000
#: Learning rate of a fit that starts from given values.
WARM = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a descent starts or ends: mu, and intercept and factor of notes (float64[N, 2]) and raters ([U, 2])."""

    mu: float
    notes: Float64s
    raters: Float64s


def descend(graph: Graph, start: Place, penalties: Penalties, rate: float, *, logistic: bool = False) -> Place:
    """Descend the objective of SCORING 4 until the loss stands still, or rises after a hundred steps.

    Args:
        graph: its values are ratings, or labels 0 and 1 if logistic; penalties are means over its notes and raters.
    """
    mu, notes, raters = np.array([start.mu]), _Part.of(start.notes), _Part.of(start.raters)
    mu_mean, mu_square = np.zeros(1), np.zeros(1)
    k, before = graph.n_ratings, np.inf
    note_penalty = np.array([penalties.note_intercept, penalties.note_factor]) / graph.n_notes
    rater_penalty = np.array([penalties.rater_intercept, penalties.rater_factor]) / graph.n_raters
    for step in range(1, MAX_STEPS + 1):
        loss = notes.slopes(graph.by_note, raters, mu[0], logistic, k)
        mu_slope = np.array([notes.slope[:, 0].sum() + 2 * penalties.global_intercept * mu[0]])
        raters.slopes(graph.by_rater, notes, mu[0], logistic, k)
        loss += notes.penalise(note_penalty) + raters.penalise(rater_penalty)
        loss += penalties.global_intercept * float(mu[0]) ** 2
        if abs(before - loss) <= STANDSTILL or (step > EARLIEST_RISE and loss > before):
            break
        before = loss
        norm = np.sqrt(notes.square() + raters.square() + float(mu_slope[0]) ** 2)
        clip = min(1.0, CLIP / (norm + 1e-6))
        numbers = rate, BETA_1, BETA_2, 1 - BETA_1**step, 1 - BETA_2**step
        kernels.adam(mu, mu_slope, mu_mean, mu_square, clip, numbers)
        notes.move(clip, numbers)
        raters.move(clip, numbers)
    return Place(float(mu[0]), notes.values, raters.values)


@dataclass(frozen=True, slots=True)
class _Part:
    """Parameters of one side on their way, changed in place; all float64[rows, 2]."""

    values: Float64s
    slope: Float64s
    first: Float64s
    second: Float64s
    loss: Float64s

    @classmethod
    def of(cls, start: Float64s) -> _Part:
        zeros = np.zeros_like(start, np.float64)
        return cls(np.array(start, np.float64), zeros, zeros.copy(), zeros.copy(), np.zeros(len(start)))

    def slopes(self, side: Side, others: _Part, mu: float, logistic: bool, k: int) -> float:
        """Slopes of the mean loss without penalties, and that loss."""
        kernels.slopes(side, self.values, others.values, mu, logistic, self.slope, self.loss)
        self.slope[:] /= k
        return float(self.loss.sum()) / k

    def penalise(self, penalty: NDArray[np.float64]) -> float:
        """Add the penalties' slopes; gives the penalties."""
        self.slope[:] += 2 * penalty * self.values
        return float((penalty * self.values**2).sum())

    def square(self) -> float:
        return float((self.slope**2).sum())

    def move(self, clip: float, numbers: tuple[float, ...]) -> None:
        values, slope, first, second = (part.reshape(-1) for part in (self.values, self.slope, self.first, self.second))
        kernels.adam(values, slope, first, second, clip, numbers)
