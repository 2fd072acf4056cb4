"""The same objective by other means, written for comparison: full-batch Adam, and plain alternating least squares.

Objective (SCORING 4): mean squared error + penalties on the means of squared intercepts and factors.
Adam follows the reference's rule: step 1.0, gradient norm clipped to 1, stop when the loss moves by at most 1e-7, or
rises after epoch 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

INTERCEPT, FACTOR, MU = 0.15, 0.03, 0.15


@dataclass(frozen=True)
class Problem:
    """M ratings of N notes by U raters, each numbered without gaps."""

    note: NDArray[np.int64]
    rater: NDArray[np.int64]
    value: NDArray[np.float32]
    n_notes: int
    n_raters: int


@dataclass(frozen=True)
class Solution:
    """What a method found: its loss, its rounds (epochs or sweeps), its note intercepts."""

    loss: float
    rounds: int
    note_intercept: NDArray[Any]


def loss_of(problem: Problem, mu: float, notes: NDArray[Any], raters: NDArray[Any]) -> float:
    """The objective in float64; notes and raters are [rows, 2]: intercept, factor."""
    n, u = problem.note, problem.rater
    error = problem.value - (mu + notes[n, 0] + raters[u, 0] + notes[n, 1] * raters[u, 1])
    penalties = sum(
        INTERCEPT * np.mean(np.square(side[:, 0], dtype=np.float64))
        + FACTOR * np.mean(np.square(side[:, 1], dtype=np.float64))
        for side in (notes, raters)
    )
    return float(np.mean(np.square(error, dtype=np.float64)) + penalties + MU * mu * mu)


def adam_torch(problem: Problem, *, seed: int = 1, threads: int = 1) -> Solution:
    """Full-batch Adam in PyTorch with embeddings, float32."""
    import torch  # only here: a heavy extra that the product never uses

    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    note, rater = torch.from_numpy(problem.note), torch.from_numpy(problem.rater)
    value = torch.from_numpy(problem.value)
    mu = torch.zeros(1, requires_grad=True)
    tables = []
    for rows in (problem.n_notes, problem.n_raters):
        bound = float(np.sqrt(6 / (rows + 1)))
        intercept = torch.nn.Embedding(rows, 1)
        factor = torch.nn.Embedding(rows, 1)
        torch.nn.init.zeros_(intercept.weight)
        torch.nn.init.uniform_(factor.weight, -bound, bound)
        tables.append((intercept, factor))
    parameters = [mu, *(t.weight for pair in tables for t in pair)]
    optimiser = torch.optim.Adam(parameters, lr=1.0)
    (note_intercept, note_factor), (rater_intercept, rater_factor) = tables

    def loss_now() -> Any:
        predicted = (
            mu
            + note_intercept(note).squeeze()
            + rater_intercept(rater).squeeze()
            + (note_factor(note) * rater_factor(rater)).sum(dim=1)
        )
        loss = ((predicted - value) ** 2).mean() + MU * (mu**2).sum()
        for intercept, factor in tables:
            loss = loss + INTERCEPT * (intercept.weight**2).mean() + FACTOR * (factor.weight**2).mean()
        return loss

    before, epoch = float("inf"), 0
    while True:
        optimiser.zero_grad()
        loss = loss_now()
        now = float(loss.detach())
        if abs(before - now) <= 1e-7 or (epoch > 100 and now > before):
            break
        before = now
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        epoch += 1
    notes = torch.cat([note_intercept.weight, note_factor.weight], dim=1).detach().numpy()
    raters = torch.cat([rater_intercept.weight, rater_factor.weight], dim=1).detach().numpy()
    return Solution(loss_of(problem, float(mu.detach()), notes, raters), epoch, notes[:, 0])


def adam_numpy(problem: Problem, *, seed: int = 1) -> Solution:
    """Full-batch Adam in NumPy, float32, gradients by bincount; for machines without PyTorch."""
    rng = np.random.default_rng(seed)
    rows = {"note": problem.n_notes, "rater": problem.n_raters}
    sides = {side: np.zeros((count, 2), np.float32) for side, count in rows.items()}
    for side, count in rows.items():
        bound = np.sqrt(6 / (count + 1))
        sides[side][:, 1] = rng.uniform(-bound, bound, count)
    state = {"mu": np.zeros(1, np.float32), **sides}
    first = {name: np.zeros_like(array) for name, array in state.items()}
    second = {name: np.zeros_like(array) for name, array in state.items()}
    before, epoch = np.inf, 0
    while True:
        now, gradient = _loss_and_gradient(problem, state)
        if abs(before - now) <= 1e-7 or (epoch > 100 and now > before):
            break
        before = now
        epoch += 1
        norm = np.sqrt(sum(float((g * g).sum()) for g in gradient.values()))
        for name, g in gradient.items():
            clipped = g * min(1.0, 1.0 / (norm + 1e-6))
            first[name] = 0.9 * first[name] + 0.1 * clipped
            second[name] = 0.999 * second[name] + 0.001 * clipped * clipped
            step = (first[name] / (1 - 0.9**epoch)) / (np.sqrt(second[name] / (1 - 0.999**epoch)) + 1e-8)
            state[name] = (state[name] - step).astype(np.float32)
    loss = loss_of(problem, float(state["mu"][0]), state["note"], state["rater"])
    return Solution(loss, epoch, state["note"][:, 0])


def _loss_and_gradient(
    problem: Problem, state: dict[str, NDArray[np.float32]]
) -> tuple[float, dict[str, NDArray[np.float32]]]:
    mu, notes, raters = state["mu"], state["note"], state["rater"]
    n, u = problem.note, problem.rater
    error = (mu + notes[n, 0] + raters[u, 0] + notes[n, 1] * raters[u, 1]) - problem.value
    scale = 2 / len(error)
    gradient = {"mu": np.array([scale * error.sum() + 2 * MU * mu[0]], np.float32)}
    for name, index, own, other in (("note", n, notes, raters[u, 1]), ("rater", u, raters, notes[n, 1])):
        count = len(own)
        g = np.column_stack([np.bincount(index, error, count), np.bincount(index, error * other, count)]) * scale
        g += own * (np.array([INTERCEPT, FACTOR]) * 2 / count)
        gradient[name] = g.astype(np.float32)
    return loss_of(problem, float(mu[0]), notes, raters), gradient


def als_numpy(problem: Problem, *, seed: int = 1, tolerance: float = 1e-6, most: int = 2000) -> Solution:
    """Plain alternating least squares: exact 2x2 solves by bincount, no acceleration; ends when the loss settles."""
    rng = np.random.default_rng(seed)
    n, u, value = problem.note, problem.rater, problem.value.astype(np.float64)
    notes = np.zeros((problem.n_notes, 2))
    raters = np.zeros((problem.n_raters, 2))
    notes[:, 1] = rng.normal(0, 0.5, problem.n_notes)
    mu, before = 0.0, np.inf
    sweep = 0
    for sweep in range(1, most + 1):  # noqa: B007 - its last value is the number of sweeps
        raters = _solved(u, value - mu - notes[n, 0], notes[n, 1], problem.n_raters, len(value))
        notes = _solved(n, value - mu - raters[u, 0], raters[u, 1], problem.n_notes, len(value))
        mu = float(np.mean(value - notes[n, 0] - raters[u, 0] - notes[n, 1] * raters[u, 1])) / (1 + MU)
        now = loss_of(problem, mu, notes, raters)
        if before - now <= tolerance * now:
            break
        before = now
    return Solution(now, sweep, notes[:, 0])


def _solved(
    index: NDArray[np.int64], error: NDArray[np.float64], other: NDArray[np.float64], rows: int, ratings: int
) -> NDArray[np.float64]:
    e1, ef = np.bincount(index, error, rows), np.bincount(index, error * other, rows)
    b, ff = np.bincount(index, other, rows), np.bincount(index, other * other, rows)
    a = np.bincount(index, minlength=rows) + INTERCEPT * ratings / rows
    d = ff + FACTOR * ratings / rows
    determinant = a * d - b * b
    return np.column_stack([(d * e1 - b * ef) / determinant, (a * ef - b * e1) / determinant])
