"""The compiled loop of the logistic models (harassment, low diligence): Newton steps of rows.

Notes and raters have three parameters each, and the logit of a rating is mu + <note, rater>. With (1, f_n, i_n) for the
note and (i_u, f_u, R_u) for the rater that is mu + i_u + f_n f_u + R_u i_n.
"""

import math

from numba import njit

#: A step that moves no parameter by more needs no check that it does not overshoot.
SMALL_STEP = 0.3


@njit(cache=True, nogil=True)
def row_loss(first, last, side, others, mu, b0, b1, b2):
    """Weighted cross-entropy of ratings first:last at the row's parameters b."""
    _, other, value, weight = side
    total = 0.0
    for j in range(first, last):
        o = other[j]
        x = mu + others[o, 0] * b0 + others[o, 1] * b1 + others[o, 2] * b2
        total += float(weight[j]) * (max(x, 0.0) + math.log1p(math.exp(-abs(x))) - float(value[j]) * x)
    return total


@njit(cache=True, nogil=True)
def newton_rows(lo, hi, side, others, mu, ridge, free, own, loss):
    """Move rows lo:hi one Newton step towards their optimum, the other side and mu fixed; halve it where it overshoots.

    A row's objective is sum w (softplus(x) - y x) + sum_k ridge_k own_k^2. Parameters that are not free stay. Writes to
    loss the first sum before the step, where loss is as long as the side.
    """
    start, other, value, weight = side
    wanted = loss.size == start.size - 1
    for r in range(lo, hi):
        first, last = start[r], start[r + 1]
        b0, b1, b2 = own[r, 0], own[r, 1], own[r, 2]
        g0, g1, g2 = 2 * ridge[0] * b0, 2 * ridge[1] * b1, 2 * ridge[2] * b2
        h00, h11, h22 = 2 * ridge[0], 2 * ridge[1], 2 * ridge[2]
        h01 = h02 = h12 = 0.0
        before = 0.0
        for j in range(first, last):
            o = other[j]
            a0, a1, a2 = others[o, 0], others[o, 1], others[o, 2]
            x = mu + a0 * b0 + a1 * b1 + a2 * b2
            t = math.exp(-abs(x))
            q = 1 / (1 + t)
            p = q if x >= 0 else t * q
            w = float(weight[j])
            if wanted:
                before += w * (max(x, 0.0) + math.log1p(t) - float(value[j]) * x)
            g = w * (p - float(value[j]))
            h = w * t * q * q
            g0 += g * a0
            g1 += g * a1
            g2 += g * a2
            h00 += h * a0 * a0
            h01 += h * a0 * a1
            h02 += h * a0 * a2
            h11 += h * a1 * a1
            h12 += h * a1 * a2
            h22 += h * a2 * a2
        if not free[0]:
            g0, h00, h01, h02 = 0.0, 1.0, 0.0, 0.0
        if not free[1]:
            g1, h11, h01, h12 = 0.0, 1.0, 0.0, 0.0
        if not free[2]:
            g2, h22, h02, h12 = 0.0, 1.0, 0.0, 0.0
        # Cholesky solve of the 3x3 system; a trace of ridge keeps it positive where a column is unpenalised
        tiny = 1e-12 * (h00 + h11 + h22)
        l00 = math.sqrt(h00 + tiny)
        l10 = h01 / l00
        l20 = h02 / l00
        l11 = math.sqrt(max(h11 - l10 * l10, tiny))
        l21 = (h12 - l20 * l10) / l11
        l22 = math.sqrt(max(h22 - l20 * l20 - l21 * l21, tiny))
        y0 = g0 / l00
        y1 = (g1 - l10 * y0) / l11
        d2 = (g2 - l20 * y0 - l21 * y1) / (l22 * l22)
        d1 = (y1 - l21 * d2) / l11
        d0 = (y0 - l10 * d1 - l20 * d2) / l00
        large = max(abs(d0), abs(d1), abs(d2)) > SMALL_STEP
        if large and not wanted:
            before = row_loss(first, last, side, others, mu, b0, b1, b2)
        if wanted:
            loss[r] = before
        step = 1.0
        if large:
            before += ridge[0] * b0 * b0 + ridge[1] * b1 * b1 + ridge[2] * b2 * b2
            for _ in range(12):
                n0, n1, n2 = b0 - step * d0, b1 - step * d1, b2 - step * d2
                after = row_loss(first, last, side, others, mu, n0, n1, n2)
                after += ridge[0] * n0 * n0 + ridge[1] * n1 * n1 + ridge[2] * n2 * n2
                if after <= before:
                    break
                step *= 0.5
        own[r, 0] = b0 - step * d0
        own[r, 1] = b1 - step * d1
        own[r, 2] = b2 - step * d2
