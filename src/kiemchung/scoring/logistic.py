"""Logistic models with note and rater parameters: the optimum by alternating Newton steps with acceleration.

Minimises (1/M) sum_k w_k bce(y_k, mu + <note_n, rater_u>) + sum over parameters of penalty * mean of squares, where
bce is the binary cross-entropy of a logit. Notes are rows (1, factor, intercept), raters rows (intercept, factor,
reputation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring import logistic_kernels
from kiemchung.scoring.anderson import Anderson
from kiemchung.scoring.graph import Graph
from kiemchung.scoring.table import Float64s
from kiemchung.scoring.workers import Workers

#: Columns of note and rater parameters.
ONE, NOTE_FACTOR, NOTE_INTERCEPT = 0, 1, 2
RATER_INTERCEPT, RATER_FACTOR, REPUTATION = 0, 1, 2


@dataclass(frozen=True, slots=True)
class LogisticConfig:
    """What is penalised and what is fitted.

    Attributes:
        note_penalty, rater_penalty: per column.
        note_free, rater_free: per column, whether it is fitted or stays as it starts.
        mu_penalty: of the global intercept. mu stays as it starts where rater intercepts do.
        rho_notes, rho_raters: ratings per note and per rater that the penalties are scaled by; None for the data's own.
        tolerance: the fit stops when five sweeps lowered the objective by less (the reference's rule for five epochs).
    """

    note_penalty: tuple[float, float, float]
    rater_penalty: tuple[float, float, float]
    note_free: tuple[bool, bool, bool] = (False, True, True)
    rater_free: tuple[bool, bool, bool] = (True, True, False)
    mu_penalty: float = 0.0
    rho_notes: float | None = None
    rho_raters: float | None = None
    tolerance: float = 1e-5
    max_sweeps: int = 300


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """Parameters of the graph's notes and raters, three columns each."""

    mu: float
    notes: Float64s
    raters: Float64s
    objective: float
    sweeps: int
    converged: bool


def fit_logistic(
    graph: Graph, config: LogisticConfig, mu: float, notes: Float64s, raters: Float64s, workers: Workers
) -> LogisticFit:
    """Fit from a start; the graph must carry weights, its values are the labels 0 and 1."""
    descent = _Descent(graph, config, workers)
    state = np.concatenate([[mu], notes.ravel(), raters.ravel()])
    acceleration = Anderson(len(state), 5)
    swept, objectives, converged = state, [np.inf], False
    while descent.sweeps < config.max_sweeps and not converged:
        before = swept
        objective, swept = descent.sweep(state)
        if not objective <= objectives[-1] and acceleration.used:
            acceleration.forget()
            state = swept = before
            continue
        objectives.append(objective)
        converged = len(objectives) > 5 and objectives[-6] - objective < config.tolerance
        state = swept if converged else acceleration.step(state, swept)
    mu, notes, raters = descent.split(swept)
    return LogisticFit(mu, notes, raters, objectives[-1], descent.sweeps, converged)


class _Descent:
    """Sweeps over notes, raters and mu."""

    def __init__(self, graph: Graph, config: LogisticConfig, workers: Workers) -> None:
        self.graph, self.config, self.workers = graph, config, workers
        total = float(graph.n_ratings)
        self.note_ridge = np.array(config.note_penalty) * (config.rho_notes or total / graph.n_notes)
        self.rater_ridge = np.array(config.rater_penalty) * (config.rho_raters or total / graph.n_raters)
        self.note_free, self.rater_free = np.array(config.note_free), np.array(config.rater_free)
        self.loss, self.no_loss = np.empty(graph.n_notes), np.empty(0)
        self.sweeps = 0

    def split(self, state: Float64s) -> tuple[float, Float64s, Float64s]:
        """mu, notes and raters of a state; copies."""
        middle = 1 + 3 * self.graph.n_notes
        return float(state[0]), state[1:middle].reshape(-1, 3).copy(), state[middle:].reshape(-1, 3).copy()

    def sweep(self, state: Float64s) -> tuple[float, Float64s]:
        """One Newton step of all notes, then of all raters, then mu; the objective before it, and the new state."""
        mu, notes, raters = self.split(state)
        graph, total = self.graph, float(self.graph.n_ratings)
        penalty = float(((notes**2).sum(axis=0) * self.note_ridge).sum())
        penalty += float(((raters**2).sum(axis=0) * self.rater_ridge).sum())
        self.workers.over_rows(
            logistic_kernels.newton_rows, graph.by_note.start,
            graph.by_note, raters, mu, self.note_ridge, self.note_free, notes, self.loss,
        )  # fmt: skip
        objective = (float(self.loss.sum()) + penalty) / total + self.config.mu_penalty * mu * mu
        if self.rater_free.any():
            self.workers.over_rows(
                logistic_kernels.newton_rows, graph.by_rater.start,
                graph.by_rater, notes, mu, self.rater_ridge, self.rater_free, raters, self.no_loss,
            )  # fmt: skip
        if self.rater_free[RATER_INTERCEPT]:
            mu = self.shift_mean(mu, raters)
        self.sweeps += 1
        return objective, np.concatenate([[mu], notes.ravel(), raters.ravel()])

    def shift_mean(self, mu: float, raters: Float64s) -> float:
        """Move the mean of the rater intercepts into mu so far as makes their penalties smallest; predictions stay."""
        penalty = self.config.rater_penalty[RATER_INTERCEPT]
        mean = float(raters[:, RATER_INTERCEPT].mean())
        shift = (penalty * mean - self.config.mu_penalty * mu) / (penalty + self.config.mu_penalty)
        raters[:, RATER_INTERCEPT] -= shift
        return mu + shift
