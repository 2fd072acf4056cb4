"""Compiled loops of the ordinal model: arrays and numbers in, arrays filled; no options, no allocation in a loop.

Like those of `kernels.py` they work on a range of rows, release the GIL, and give the same bytes for any number of
threads.
"""

from math import exp, log
from typing import NamedTuple

import numpy as np
from numba import njit

from kiemchung.scoring.kernels import UInt32s
from kiemchung.scoring.table import Float32s, Float64s, Int8s, Int64s

#: Answers that are judged at a time; some rows have fewer, and what they need stays in the nearest cache.
BLOCK = 64


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


@njit(cache=True, nogil=True, error_model="numpy")
def _exp(x):
    """e^x to 1e-13 for |x| <= 40, and as at that end beyond: a short series at x / 1024, squared ten times.

    Nothing but products and sums, so that loops over it take eight numbers at a time and round alike everywhere.
    """
    y = min(max(x, -40.0), 40.0) * (1.0 / 1024.0)
    e = 1 / 24 + y * (1 / 120 + y * (1 / 720 + y * (1 / 5040)))
    e = 1.0 + y * (1.0 + y * (1 / 2 + y * (1 / 6 + y * e)))
    for _ in range(10):
        e *= e
    return e


@njit(cache=True, nogil=True, error_model="numpy")
def _judge(z, level, weight, cut, slope, curvature, somewhat):
    """Of each answer, weighted: slope and negative curvature of its log-likelihood in z, expected share of "somewhat".

    No answer looks at another, there is no branch, and division raises no error: so it is done in wide registers.
    """
    per_cut = 1.0 / cut
    for i in range(level.size):
        x = _exp(-z[i])
        low = 1.0 + x * per_cut
        high = 1.0 + x * cut
        both = 1.0 / (low * high)
        p1 = high * both
        p2 = low * both
        w = weight[i]
        somewhat[i] = w * (p1 - p2)
        # not helpful: slope -p1; somewhat: 1 - p1 - p2; helpful: 1 - p2
        above = 1.0 if level[i] > 0 else 0.0
        below = 1.0 if level[i] < 2 else 0.0
        slope[i] = w * (above - below * p1 - above * p2)
        curvature[i] = w * (below * p1 * (1.0 - p1) + above * p2 * (1.0 - p2))


@njit(cache=True, nogil=True, error_model="numpy")
def solve_rows(lo, hi, answers, own, others, prior, cut, steps, spread):
    """Newton steps for the rows lo:hi of `own`, the other side being fixed; own and others are float64[rows, 2].

    With z = intercept + other intercept + factor * other factor and e^-z = x, P(at least somewhat) = 1/(1 + x/cut) and
    P(helpful) = 1/(1 + x cut), cut = e^(half width of the band of "somewhat"). The log-likelihood is concave in z. The
    covariance is the inverse of the Hessian at the last step's start. Answers are judged a block at a time, then
    added up in their order.
    """
    start, other, level, weight = answers
    z = np.empty(BLOCK)
    place = np.empty(BLOCK)
    slope = np.empty(BLOCK)
    curvature = np.empty(BLOCK)
    somewhat = np.empty(BLOCK)
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
            for first in range(start[r], start[r + 1], BLOCK):
                last = min(first + BLOCK, start[r + 1])
                for i in range(last - first):
                    o = other[first + i]
                    place[i] = others[o, 1]
                    z[i] = intercept + others[o, 0] + factor * place[i]
                _judge(z, level[first:last], weight[first:last], cut, slope, curvature, somewhat)
                for i in range(last - first):
                    f = place[i]
                    h = curvature[i]
                    middle += somewhat[i]
                    gi += slope[i]
                    gf += slope[i] * f
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


@njit(cache=True, nogil=True, error_model="numpy")
def loss_rows(lo, hi, answers, own, others, prior, cut, out):
    """-log of likelihood and prior of the rows lo:hi where they stand, without constants; the model of `solve_rows`."""
    start, other, level, weight = answers
    for r in range(lo, hi):
        intercept, factor = own[r, 0], own[r, 1]
        loss = 0.5 * (prior.intercept * (intercept - prior.mean) ** 2 + prior.factor * factor * factor)
        for j in range(start[r], start[r + 1]):
            o = other[j]
            x = _exp(-(intercept + others[o, 0] + factor * others[o, 1]))
            p1 = 1.0 / (1.0 + x / cut)
            p2 = 1.0 / (1.0 + x * cut)
            chance = p2 if level[j] == 2 else (p1 - p2 if level[j] == 1 else 1.0 - p1)
            loss -= weight[j] * log(max(chance, 1e-17))
        out[r] = loss


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
