"""Compiled loops of the fit: NamedTuples of arrays and numbers in, arrays filled; no options, no allocation.

Each kernel works on a range of rows and adds up a row's terms in the order of its ratings, so what it writes does not
depend on how the rows are shared out among threads. All release the GIL. They are compiled at their first call and
kept on disk (`cache=True`); each is only ever called with one set of types, which `factorise.graph_of` sees to.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kiemchung.scoring.table import Float32s, Float64s, Int64s

UInt32s = NDArray[np.uint32]


class Side(NamedTuple):
    """Ratings grouped by one side (note or rater), in CSR form.

    Attributes:
        start: int64[rows + 1], the ratings of row r are start[r]:start[r + 1].
        other: uint32[k], row on the other side.
        value: float32[k], what is explained.
        weight: float32[k], or float32[0] where all ratings weigh 1.
    """

    start: Int64s
    other: UInt32s
    value: Float32s
    weight: Float32s


class RowSums(NamedTuple):
    """What the solve of a side leaves per row, float64[rows] each.

    Attributes:
        loss: sum of squared residuals plus the row's penalty, at the row's optimum.
        residual: sum of residuals there.
        squares: sum of squared residuals there.
    """

    loss: Float64s
    residual: Float64s
    squares: Float64s


@njit(cache=True, nogil=True)
def count_into(rows, counts):
    """Add to counts[r] how often r is among rows."""
    for j in range(rows.size):
        counts[rows[j]] += 1


@njit(cache=True, nogil=True)
def total_rows(lo, hi, start, values, out):
    """out[r] = the sum of row r's values."""
    for r in range(lo, hi):
        total = 0.0
        for j in range(start[r], start[r + 1]):
            total += float(values[j])
        out[r] = total


@njit(cache=True, nogil=True)
def transpose(start, other, value, weight, next_free, out_other, out_value, out_weight):
    """Group the ratings of a side by the other side; stable, so each new row lists the old rows in rising order.

    next_free holds the first place of each new row and is used up.
    """
    weighted = weight.size > 0
    for r in range(start.size - 1):
        for j in range(start[r], start[r + 1]):
            o = other[j]
            place = next_free[o]
            next_free[o] = place + 1
            out_other[place] = r
            out_value[place] = value[j]
            if weighted:
                out_weight[place] = weight[j]


@njit(cache=True, nogil=True)
def solve_rows(lo, hi, side, params, mu, ridge_intercept, ridge_factor, out, sums):
    """Give rows lo:hi their best intercept and factor, the other side (params) and mu being fixed; weights are 1.

    Minimises sum (y - mu - i_o - i - f_o f)^2 + ridge_intercept i^2 + ridge_factor f^2 for each row (SCORING 4).
    """
    start, other, value, _ = side
    for r in range(lo, hi):
        e1 = 0.0
        ef = 0.0
        f1 = 0.0
        ff = 0.0
        ee = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            f = params[o, 1]
            e = float(value[j]) - mu - params[o, 0]
            e1 += e
            ef += e * f
            f1 += f
            ff += f * f
            ee += e * e
        count = float(start[r + 1] - start[r])
        a = count + ridge_intercept
        d = ff + ridge_factor
        determinant = a * d - f1 * f1
        intercept = (d * e1 - f1 * ef) / determinant
        factor = (a * ef - f1 * e1) / determinant
        out[r, 0] = intercept
        out[r, 1] = factor
        loss = ee - intercept * e1 - factor * ef
        sums.loss[r] = loss
        sums.residual[r] = e1 - count * intercept - f1 * factor
        sums.squares[r] = loss - ridge_intercept * intercept * intercept - ridge_factor * factor * factor


@njit(cache=True, nogil=True)
def solve_weighted_rows(lo, hi, side, params, mu, ridge_intercept, ridge_factor, row_weight, out, sums):
    """The same with a weight for each rating and, on the penalty, for each row."""
    start, other, value, weight = side
    for r in range(lo, hi):
        w1 = 0.0
        e1 = 0.0
        ef = 0.0
        f1 = 0.0
        ff = 0.0
        ee = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            w = float(weight[j])
            f = params[o, 1]
            e = float(value[j]) - mu - params[o, 0]
            we = w * e
            wf = w * f
            w1 += w
            e1 += we
            ef += we * f
            f1 += wf
            ff += wf * f
            ee += we * e
        own_intercept = ridge_intercept * row_weight[r]
        own_factor = ridge_factor * row_weight[r]
        a = w1 + own_intercept
        d = ff + own_factor
        determinant = a * d - f1 * f1
        intercept = 0.0
        factor = 0.0
        if determinant > 0.0:
            intercept = (d * e1 - f1 * ef) / determinant
            factor = (a * ef - f1 * e1) / determinant
        out[r, 0] = intercept
        out[r, 1] = factor
        loss = ee - intercept * e1 - factor * ef
        sums.loss[r] = loss
        sums.residual[r] = e1 - w1 * intercept - f1 * factor
        sums.squares[r] = loss - own_intercept * intercept * intercept - own_factor * factor * factor


@njit(cache=True, nogil=True)
def sum_rows(lo, hi, side, params, mu, out):
    """Fill out[r] with sum w, w e, w e f, w f, w f^2, w e^2 over row r, where e = y - mu - i_o and f = f_o."""
    start, other, value, weight = side
    weighted = weight.size > 0
    for r in range(lo, hi):
        w1 = 0.0
        e1 = 0.0
        ef = 0.0
        f1 = 0.0
        ff = 0.0
        ee = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            w = float(weight[j]) if weighted else 1.0
            f = params[o, 1]
            e = float(value[j]) - mu - params[o, 0]
            w1 += w
            e1 += w * e
            ef += w * e * f
            f1 += w * f
            ff += w * f * f
            ee += w * e * e
        out[r, 0] = w1
        out[r, 1] = e1
        out[r, 2] = ef
        out[r, 3] = f1
        out[r, 4] = ff
        out[r, 5] = ee


@njit(cache=True, nogil=True)
def project_rows(lo, hi, side, own, others, mu, block, out):
    """out[r] = sum of residual * block[other] over the ratings of row r, the residual without factors.

    own and others are parameters of the two sides; block and out have 4 columns.
    """
    start, other, value, _ = side
    for r in range(lo, hi):
        s0 = 0.0
        s1 = 0.0
        s2 = 0.0
        s3 = 0.0
        level = mu + own[r, 0]
        for j in range(start[r], start[r + 1]):
            o = other[j]
            e = float(value[j]) - level - others[o, 0]
            s0 += e * block[o, 0]
            s1 += e * block[o, 1]
            s2 += e * block[o, 2]
            s3 += e * block[o, 3]
        out[r, 0] = s0
        out[r, 1] = s1
        out[r, 2] = s2
        out[r, 3] = s3


@njit(cache=True, nogil=True)
def anderson_products(changes, filled, residual, gram, right):
    """Fill gram[i, j] = <changes_i, changes_j> and right[i] = <changes_i, residual> for the first `filled` rows."""
    for i in range(filled):
        for j in range(i + 1):
            total = 0.0
            for k in range(residual.size):
                total += changes[i, k] * changes[j, k]
            gram[i, j] = total
            gram[j, i] = total
        total = 0.0
        for k in range(residual.size):
            total += changes[i, k] * residual[k]
        right[i] = total


@njit(cache=True, nogil=True)
def largest_change(old, new):
    """The largest absolute difference between two equally long vectors."""
    largest = 0.0
    for k in range(old.size):
        difference = abs(old[k] - new[k])
        if not difference <= largest:
            largest = difference
    return largest


def empty_sums(rows: int) -> RowSums:
    """Room for the sums of a side with so many rows."""
    return RowSums(np.empty(rows), np.empty(rows), np.empty(rows))
