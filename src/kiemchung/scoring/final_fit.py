"""Notes alone, with raters and mu frozen: exact, one 2x2 ridge solve per note.

For a note with e = y - mu - i_u over its c ratings, a = c + p_in rho, b = sum f_u, d = sum f_u^2 + p_fn rho:

    i_n = (d sum e - b sum(e f_u)) / (a d - b^2),    f_n = (a sum(e f_u) - b sum e) / (a d - b^2)

rho is the density (ratings per note) that the penalties are scaled by; the final scoring takes it from the prescoring,
so that a small rescored subset is shrunk as in the full data. Source: SCORING 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring import kernels
from kiemchung.scoring.kernels import Side
from kiemchung.scoring.ridge import Penalties, solve_sums, squared_residuals
from kiemchung.scoring.table import Bools, Float64s, Ratings
from kiemchung.scoring.workers import Workers


@dataclass(frozen=True, slots=True)
class FrozenRaters:
    """Raters and mu as the prescoring left them.

    Attributes:
        mu: the global intercept.
        params: float64[p, 2], intercept and factor of each participant; NaN for those without.
        rho: ratings per note of the fit that they come from.
    """

    mu: float
    params: Float64s
    rho: float

    @property
    def known(self) -> Bools:
        """bool[p], who has parameters."""
        known: Bools = ~np.isnan(self.params[:, 0])
        return known


@dataclass(frozen=True, slots=True)
class NoteFit:
    """Notes at their optimum; NaN for notes without a rating by a known rater.

    Attributes:
        intercept, factor: float64[n].
        standard_error: float64[n], of the intercept, in closed form: the square root of the first entry of the inverse
            of the note's 2x2 normal matrix times the mean squared residual of all ratings in the fit.
        sums: float64[n, 6], count and sums of e, e f, f, f^2, e^2 over each note's ratings.
    """

    intercept: Float64s
    factor: Float64s
    standard_error: Float64s
    sums: Float64s

    @property
    def count(self) -> Float64s:
        """float64[n], the ratings that each note was fitted to."""
        return self.sums[:, 0]


def fit_notes(
    ratings: Ratings,
    n_notes: int,
    raters: FrozenRaters,
    *,
    rho: float | None = None,
    penalties: Penalties | None = None,
    workers: Workers | None = None,
) -> NoteFit:
    """Fit each note to its ratings by known raters.

    Args:
        ratings: sorted by note; those by unknown raters are passed over.
        rho: None for that of the raters.
    """
    penalties = penalties or Penalties()
    sums = note_sums(ratings, n_notes, raters, workers or Workers())
    rho = raters.rho if rho is None else rho
    intercept, factor = solve_sums(sums, rho, penalties)
    rated = sums[:, 0] > 0
    a, d, b = sums[:, 0] + penalties.note_intercept * rho, sums[:, 4] + penalties.note_factor * rho, sums[:, 3]
    error = float(squared_residuals(sums, intercept, factor)[rated].sum()) / max(float(sums[:, 0].sum()), 1.0)
    standard_error = np.full(n_notes, np.nan)
    standard_error[rated] = np.sqrt(max(error, 0.0) * (d / (a * d - b * b))[rated])
    return NoteFit(intercept, factor, standard_error, sums)


def note_sums(ratings: Ratings, n_notes: int, raters: FrozenRaters, workers: Workers) -> Float64s:
    """The six sums of each note over its ratings by known raters."""
    kept = raters.known[ratings.rater]
    note, rater, value = ratings.note[kept], ratings.rater[kept], ratings.value[kept]
    start = np.zeros(n_notes + 1, np.int64)
    np.cumsum(np.bincount(note, minlength=n_notes), out=start[1:])
    side = Side(start, rater.astype(np.uint32), value.astype(np.float32), np.empty(0, np.float32))
    sums = np.empty((n_notes, 6))
    workers.over_rows(kernels.sum_rows, start, side, raters.params, raters.mu, sums)
    return sums


def upper_bound(sums: Float64s, raters: FrozenRaters, penalties: Penalties | None = None) -> Float64s:
    """The largest intercept that one more helpful rating could give a note, float64[n].

    The imagined rater has the smallest rater intercept found and the smallest factor, 0, or the largest; the refit
    without it counts too. rho is that of the refit itself: ratings, one more per note if added, per note.
    """
    penalties = penalties or Penalties()
    rated = sums[:, 0] > 0
    n_rated = int(rated.sum())
    if not n_rated:
        return np.full(len(sums), np.nan)
    density = float(sums[:, 0].sum()) / n_rated
    known = raters.params[raters.known]
    error = 1.0 - raters.mu - float(known[:, 0].min())
    candidates = [solve_sums(sums, density, penalties)[0]]
    for factor in (float(known[:, 1].min()), 0.0, float(known[:, 1].max())):
        added = np.array([1.0, error, error * factor, factor, factor * factor, error * error])
        candidates.append(solve_sums(sums + rated[:, None] * added, density + 1, penalties)[0])
    return np.max(candidates, axis=0)
