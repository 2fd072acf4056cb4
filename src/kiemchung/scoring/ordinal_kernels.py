"""Compiled loops of the ordinal model: arrays and numbers in, arrays filled; no options, no allocation in a loop.

Like those of `kernels.py` they work on a range of rows, release the GIL, and give the same bytes for any number of
threads.
"""

from math import exp
from typing import NamedTuple

from numba import njit

from kiemchung.scoring.kernels import UInt32s
from kiemchung.scoring.table import Float32s, Float64s, Int8s, Int64s


class Answers(NamedTuple):
    """Ratings grouped by one side (note or rater), in CSR form.

    Attributes:
        start: int64[rows + 1], the ratings of row r are start[r]:start[r + 1].
        other: uint32[k], row on the other side.
        level: int8[k], 0 not helpful, 1 somewhat, 2 helpful.
        weight: float32[k], 0 to 1, how much each counts.
    """

    start: Int64s
    other: UInt32s
    level: Int8s
    weight: Float32s


class Prior(NamedTuple):
    """Gaussian prior of a side's two parameters.

    Attributes:
        mean: of the intercept; the factor's is 0.
        intercept, factor: precisions (1 / variance), in 1 / logit^2.
    """

    mean: float
    intercept: float
    factor: float


class Spread(NamedTuple):
    """What a pass leaves per row: the posterior covariance and the expected share of "somewhat"; float64[rows] each."""

    intercept: Float64s
    factor: Float64s
    covariance: Float64s
    somewhat: Float64s


@njit(cache=True, nogil=True)
def solve_rows(lo, hi, answers, own, others, prior, cut, steps, spread):
    """Newton steps for the rows lo:hi of `own`, the other side being fixed; own and others are float64[rows, 2].

    With z = intercept + other intercept + factor * other factor and e^-z = x, P(at least somewhat) = 1/(1 + x/cut) and
    P(helpful) = 1/(1 + x cut), cut = e^(half width of the band of "somewhat"). The log-likelihood is concave in z. The
    covariance is the inverse of the Hessian at the last step's start.
    """
    start, other, level, weight = answers
    for r in range(lo, hi):
        intercept = own[r, 0]
        factor = own[r, 1]
        for _ in range(steps):
            gi = -prior.intercept * (intercept - prior.mean)
            gf = -prior.factor * factor
            hii = prior.intercept
            hif = 0.0
            hff = prior.factor
            middle = 0.0
            for j in range(start[r], start[r + 1]):
                o = other[j]
                f = others[o, 1]
                x = exp(-(intercept + others[o, 0] + factor * f))
                low = 1.0 + x / cut
                high = 1.0 + x * cut
                both = 1.0 / (low * high)
                p1 = high * both
                p2 = low * both
                w = weight[j]
                middle += w * (p1 - p2)
                # not helpful: g = -p1; somewhat: g = 1 - p1 - p2; helpful: g = 1 - p2; without a branch
                above = 1.0 if level[j] > 0 else 0.0
                below = 1.0 if level[j] < 2 else 0.0
                g = w * (above - below * p1 - above * p2)
                h = w * (below * p1 * (1.0 - p1) + above * p2 * (1.0 - p2))
                gi += g
                gf += g * f
                hii += h
                hif += h * f
                hff += h * f * f
            determinant = hii * hff - hif * hif
            intercept += min(max((hff * gi - hif * gf) / determinant, -2.0), 2.0)
            factor += min(max((hii * gf - hif * gi) / determinant, -2.0), 2.0)
            spread.intercept[r] = hff / determinant
            spread.factor[r] = hii / determinant
            spread.covariance[r] = -hif / determinant
            spread.somewhat[r] = middle
        own[r, 0] = intercept
        own[r, 1] = factor


@njit(cache=True, nogil=True)
def residual_rows(lo, hi, answers, own, others, cut, out):
    """Standardised residuals of the ratings of rows lo:hi: (y - E y) / sqrt(var y), cut off at 3 either way."""
    start, other, level, _ = answers
    for r in range(lo, hi):
        for j in range(start[r], start[r + 1]):
            o = other[j]
            x = exp(-(own[r, 0] + others[o, 0] + own[r, 1] * others[o, 1]))
            p1 = 1.0 / (1.0 + x / cut)
            p2 = 1.0 / (1.0 + x * cut)
            mean = 0.5 * (p1 + p2)
            variance = p2 + 0.25 * (p1 - p2) - mean * mean
            e = (0.5 * level[j] - mean) / (variance + 0.02) ** 0.5
            out[j] = min(max(e, -3.0), 3.0)


@njit(cache=True, nogil=True)
def link(start, other, next_free, out_other, out_place):
    """Group ratings by the other side; out_place[j] is where the j-th of the new order stands in the old one."""
    for r in range(start.size - 1):
        for j in range(start[r], start[r + 1]):
            o = other[j]
            place = next_free[o]
            next_free[o] = place + 1
            out_other[place] = r
            out_place[place] = j
