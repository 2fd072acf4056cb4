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
