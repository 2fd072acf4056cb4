"""The 2x2 ridge problem of one note (or rater), for many at once, from six sums each.

For a row with weights w, errors e and factors f of the other side, the sums are those of w, w e, w e f, w f, w f^2 and
w e^2. Minimised is sum w (e - i - f_o f)^2 + rho (p_i i^2 + p_f f^2 + p_product |i f|).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.table import Float64s


@dataclass(frozen=True, slots=True)
class Penalties:
    """Weights of the penalties (SCORING 17: matrix_factorization.py, userFactorLambda and so on)."""

    rater_intercept: float = 0.15
    note_intercept: float = 0.15
    rater_factor: float = 0.03
    note_factor: float = 0.03
    global_intercept: float = 0.15
    product: float = 0.0  # on mean |f_n i_n|; only the trial model of group 14 has it


def solve_sums(sums: Float64s, rho: float, penalties: Penalties) -> tuple[Float64s, Float64s]:
    """Best intercept and factor of each row of sums; NaN for rows without ratings."""
    weight, e1, ef, b, ff, _ = sums.T
    a, d = weight + penalties.note_intercept * rho, ff + penalties.note_factor * rho
    if penalties.product > 0:
        intercept, factor = _with_product(a, d, b, e1, ef, penalties.product * rho)
        return np.where(weight > 0, intercept, np.nan), np.where(weight > 0, factor, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = np.where(weight > 0, a * d - b * b, np.nan)
        return (d * e1 - b * ef) / determinant, (a * ef - b * e1) / determinant


def squared_residuals(sums: Float64s, intercept: Float64s, factor: Float64s) -> Float64s:
    """Sum of weighted squared residuals of each row, at these parameters."""
    weight, e1, ef, b, ff, ee = sums.T
    quadratic = intercept**2 * weight + 2 * intercept * factor * b + factor**2 * ff
    return ee - 2 * (intercept * e1 + factor * ef) + quadratic


def residual_sums(sums: Float64s, intercept: Float64s, factor: Float64s) -> Float64s:
    """Sum of weighted residuals of each row, at these parameters."""
    weight, e1, _, b, _, _ = sums.T
    return e1 - intercept * weight - factor * b


def _with_product(
    a: Float64s, d: Float64s, b: Float64s, e1: Float64s, ef: Float64s, cost: float
) -> tuple[Float64s, Float64s]:
    """Minimise a i^2 + d f^2 + 2 b i f - 2 e1 i - 2 ef f + cost |i f|.

    Where i and f have the same sign (or opposite ones) this is a quadratic with b + cost/2 (or b - cost/2); its minimum
    counts if it lies there. Otherwise the best point has i = 0 or f = 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        candidates = [(e1 / a, np.zeros_like(a)), (np.zeros_like(a), ef / d)]
        for sign in (1.0, -1.0):
            c = b + sign * cost / 2
            determinant = a * d - c * c
            i, f = (d * e1 - c * ef) / determinant, (a * ef - c * e1) / determinant
            inside = (determinant > 0) & (i * f * sign > 0)
            candidates.append((np.where(inside, i, 0.0), np.where(inside, f, 0.0)))
    values = [
        a * i * i + d * f * f + 2 * b * i * f - 2 * e1 * i - 2 * ef * f + cost * abs(i * f) for i, f in candidates
    ]
    best = np.argmin(values, axis=0)
    rows = np.arange(len(a))
    return np.array([i for i, _ in candidates])[best, rows], np.array([f for _, f in candidates])[best, rows]
