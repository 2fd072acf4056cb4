"""Compiled loops of the gradient descent: arrays and numbers in, arrays filled."""

from math import exp, log1p

from numba import njit


@njit(cache=True, nogil=True)
def slopes(side, own, others, mu, logistic, slope, loss):
    """Slopes of the loss by the parameters of each row of a side, and the loss itself; the other side is fixed.

    With z = mu + i + i_o + f f_o the loss of a rating is w (z - y)^2, or if logistic w times the cross-entropy of the
    logit z. slope is float64[rows, 2] (by i and by f), loss float64[rows]; both are sums over the row's ratings.
    """
    start, other, value, weight = side
    weighted = weight.size > 0
    for r in range(start.size - 1):
        level = mu + own[r, 0]
        factor = own[r, 1]
        by_intercept = 0.0
        by_factor = 0.0
        total = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            f = others[o, 1]
            y = float(value[j])
            w = float(weight[j]) if weighted else 1.0
            z = level + others[o, 0] + factor * f
            if logistic:
                tail = exp(-abs(z))
                p = (1.0 if z >= 0.0 else tail) / (1.0 + tail)
                g = w * (p - y)
                total += w * (max(z, 0.0) + log1p(tail) - y * z)
            else:
                e = z - y
                g = 2.0 * w * e
                total += w * e * e
            by_intercept += g
            by_factor += g * f
        slope[r, 0] = by_intercept
        slope[r, 1] = by_factor
        loss[r] = total


@njit(cache=True, nogil=True)
def adam(values, slope, first, second, clip, step):
    """One step of Adam for flat arrays; first and second are its running means.

    step is (learning rate, beta 1, beta 2, correction of the first mean, correction of the second).
    """
    rate, beta_1, beta_2, correction_1, correction_2 = step
    for k in range(values.size):
        g = clip * slope[k]
        m = beta_1 * first[k] + (1.0 - beta_1) * g
        v = beta_2 * second[k] + (1.0 - beta_2) * g * g
        first[k] = m
        second[k] = v
        values[k] -= rate * (m / correction_1) / ((v / correction_2) ** 0.5 + 1e-8)
