"""The compiled loop of the Gaussian scorer."""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def score_notes(lo, hi, side, factors, density, points, limits, out):
    """Score notes lo:hi by the geometric mean, over the points, of the smoothed share of agreement.

    side.value holds the share that each rating adds (1 agrees, 0 disagrees), side.weight its sign (1, 0 or -1);
    density[u] is rater u's kernel at each point.
    A note whose plain weight is too small at some point scores 0. Notes without ratings are not touched.
    """
    start, other, value, sign = side
    plain = np.empty(points.size)  # weight at each point
    raised = np.empty(points.size)  # the same with that of disagreement raised
    agreed = np.empty(points.size)  # weighted agreement
    for r in range(lo, hi):
        first, last = start[r], start[r + 1]
        n = last - first
        if n == 0:
            continue
        negatives = 0
        center = 0.0
        lean = 0.0
        left = 0
        for j in range(first, last):
            f = factors[other[j]]
            lean += sign[j] * f
            if f < 0:
                left += 1
            if value[j] == 0.0:
                negatives += 1
                center += f
        lean /= n
        surprise = 0.0
        if negatives > 0:
            center /= negatives
            for j in range(first, last):
                if value[j] == 0.0:
                    away = abs(factors[other[j]] - center) - limits.surprise_distance
                    surprise += 1 / (1 + math.exp(-limits.surprise_slope * away))
            surprise /= n
        against = limits.negative_weight * min(limits.surprise_most, 1 + limits.surprise_gain * surprise)
        few = min(left, n - left) < limits.side_count
        for k in range(points.size):
            plain[k] = 0.0
            raised[k] = 0.0
            agreed[k] = 0.0
        for j in range(first, last):
            o = other[j]
            w = against if value[j] == 0.0 else 1.0
            for k in range(points.size):
                d = density[o, k]
                plain[k] += d
                raised[k] += w * d
                agreed[k] += w * d * value[j]
        prior_weight = limits.prior_weight * max(1.0, math.log(n) / math.log(limits.prior_count))
        log_sum = 0.0
        empty = False
        for k in range(points.size):
            prior = limits.prior_few
            if not few:
                prior = lean * points[k] * limits.prior_slope + limits.prior_center
                prior = min(max(prior, limits.prior_least), limits.prior_most)
            if plain[k] < limits.least_weight:
                empty = True
                break
            share = (agreed[k] + prior_weight * prior) / (raised[k] + prior_weight)
            log_sum += math.log(min(max(share, limits.share_least), limits.share_most))
        out[r] = 0.0 if empty else math.exp(log_sum / points.size)
