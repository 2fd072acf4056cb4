"""Small made-up ratings for the fit's tests."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Made:
    """Ratings sorted by (note, rater); every note and rater has some."""

    note: np.ndarray
    rater: np.ndarray
    value: np.ndarray
    n_notes: int
    n_raters: int


@pytest.fixture(scope="session")
def made() -> Made:
    """Ratings of 60 notes by 50 raters of two camps, with a known seed."""
    rng = np.random.default_rng(7)
    n_notes, n_raters = 60, 50
    camp = np.where(np.arange(n_raters) % 3 == 0, -1.0, 1.0)
    good, side = rng.standard_normal(n_notes), rng.standard_normal(n_notes)
    note, rater = np.nonzero(rng.random((n_notes, n_raters)) < 0.4)
    utility = good[note] + camp[rater] * side[note] + 0.7 * rng.standard_normal(len(note))
    value = np.select([utility > 0.3, utility > -0.3], [1.0, 0.5], 0.0)
    return Made(note.astype(np.int32), rater.astype(np.int32), value.astype(np.float32), n_notes, n_raters)
