"""Plain twins of the compiled kernels, and of the objective: slow, short, and written from SCORING alone."""

import numpy as np


def objective(note, rater, value, mu, notes, raters, penalties, weight=None):
    """SCORING 4 as it is written: notes and raters are (intercept, factor) rows, all of them in the data."""
    weight = np.ones(len(value)) if weight is None else weight
    predicted = mu + raters[rater, 0] + notes[note, 0] + raters[rater, 1] * notes[note, 1]
    return (
        (weight * (value - predicted) ** 2).sum() / weight.sum()
        + penalties.rater_intercept * np.mean(raters[:, 0] ** 2)
        + penalties.note_intercept * np.mean(notes[:, 0] ** 2)
        + penalties.rater_factor * np.mean(raters[:, 1] ** 2)
        + penalties.note_factor * np.mean(notes[:, 1] ** 2)
        + penalties.global_intercept * mu**2
    )


def solve_row(e, f, ridge_intercept, ridge_factor, weight=None):
    """Best (intercept, factor) of one row: ridge regression of e on (1, f)."""
    design = np.column_stack([np.ones(len(e)), f])
    weight = np.ones(len(e)) if weight is None else weight
    left = design.T @ (weight[:, None] * design) + np.diag([ridge_intercept, ridge_factor])
    solution = np.linalg.solve(left, design.T @ (weight * e))
    residual = e - design @ solution
    return solution, float((weight * residual).sum()), float((weight * residual**2).sum())


def transpose(start, other, value, columns):
    """CSR rows grouped by the other side."""
    rows = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.lexsort((rows, other))
    new_start = np.concatenate([[0], np.cumsum(np.bincount(other, minlength=columns))])
    return new_start, rows[order], value[order]


def project_row(e, block):
    """Sum of residual times the other side's row of the block."""
    return (e[:, None] * block).sum(axis=0)


def newton_step(other, value, weight, others, mu, ridge, free, own):
    """One full Newton step of a logistic row: sum w bce(y, mu + <other, own>) + sum ridge own^2."""
    design = others[other]
    p = 1 / (1 + np.exp(-(mu + design @ own)))
    slope = design.T @ (weight * (p - value)) + 2 * ridge * own
    curvature = (design * (weight * p * (1 - p))[:, None]).T @ design + 2 * np.diag(ridge)
    step = np.zeros(3)
    step[free] = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
    return own - step


def logistic_objective(note, rater, value, weight, mu, notes, raters, note_penalty, rater_penalty, mu_penalty=0.0):
    """Mean weighted cross-entropy plus penalties on mean squares (SCORING 7.2)."""
    x = mu + (notes[note] * raters[rater]).sum(axis=1)
    loss = (weight * (np.logaddexp(0, x) - value * x)).mean()
    penalties = (np.array(note_penalty) * (notes**2).mean(axis=0)).sum()
    return loss + penalties + (np.array(rater_penalty) * (raters**2).mean(axis=0)).sum() + mu_penalty * mu**2


def gaussian_pass(factors, values, signs, points, limits):
    """SCORING 11 for one note and one pass, step by step."""
    n = len(factors)
    negative = values == 0
    surprise = 0.0
    if negative.any():
        away = abs(factors[negative] - factors[negative].mean()) - 0.14
        surprise = (1 / (1 + np.exp(-200 * away))).sum() / n
    raised = np.where(
        negative, limits.negative_weight * min(limits.surprise_most, 1 + limits.surprise_gain * surprise), 1
    )
    kernel = np.exp(-(((factors[:, None] - points) / limits.bandwidth) ** 2) / 2) / (
        limits.bandwidth * np.sqrt(2 * np.pi)
    )
    if limits.normalised:
        kernel = kernel / kernel.sum(axis=1, keepdims=True)
    if (kernel.sum(axis=0) < limits.least_weight).any():
        return 0.0
    slope = (signs * factors).mean()
    prior = np.clip(slope * points / 2 + 0.35, limits.prior_least, 0.35)
    if min((factors < 0).sum(), (factors >= 0).sum()) < 3:
        prior = np.full(len(points), 0.1)
    weight = limits.prior_weight * max(1, np.log(n) / np.log(9))
    weights = kernel * raised[:, None]
    share = ((weights * values[:, None]).sum(axis=0) + weight * prior) / (weights.sum(axis=0) + weight)
    return float(np.exp(np.log(np.clip(share, limits.share_least, limits.share_most)).mean()))


def product_objective(e, f, weight, i, fn, rho, penalties):
    """One note's loss with a penalty on the product of its parameters (SCORING 4, the trial group model)."""
    fit = (weight * (e - i - f * fn) ** 2).sum()
    return fit + rho * (
        penalties.note_intercept * i**2 + penalties.note_factor * fn**2 + penalties.product * abs(i * fn)
    )


def descent_slopes(side, own, others, mu, logistic):
    """Slopes by intercept and factor of each row, and its loss (SCORING 4 and 7.1), rating by rating."""
    slope, loss = np.zeros_like(own), np.zeros(len(own))
    for r in range(len(own)):
        for j in range(side.start[r], side.start[r + 1]):
            o, y = side.other[j], float(side.value[j])
            w = float(side.weight[j]) if len(side.weight) else 1.0
            z = mu + own[r, 0] + others[o, 0] + own[r, 1] * others[o, 1]
            g = w * (1 / (1 + np.exp(-z)) - y) if logistic else 2 * w * (z - y)
            loss[r] += w * (np.logaddexp(0, z) - y * z) if logistic else w * (z - y) ** 2
            slope[r] += g, g * others[o, 1]
    return slope, loss
