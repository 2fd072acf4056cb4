"""The Gaussian scorer: would raters all along the axis agree that a note helps?

A note's score is the geometric mean, over fixed points of the axis, of the share of helpful ratings near the point,
pulled to a prior; so no part of the axis can be missing. A second pass does the same for not helpful.
Source: SCORING 11.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kiemchung.scoring import gaussian_kernels
from kiemchung.scoring.kernels import Side
from kiemchung.scoring.table import Float32s, Float64s, Int32s, Notes, Ratings
from kiemchung.scoring.workers import Workers

_HALF = (
    0.01, 0.04, 0.07, 0.09, 0.12, 0.14, 0.17, 0.2, 0.22, 0.25, 0.28, 0.3, 0.33, 0.35, 0.38, 0.41, 0.43, 0.46, 0.49,
    0.52, 0.55, 0.58, 0.61, 0.65, 0.92,
)  # fmt: skip
#: Points on the axis with about equally many raters between them (quantileRange).
POINTS = np.array([*(-x for x in reversed(_HALF)), *_HALF])
#: The points of the CRNH pass: every second on each side.
CRNH_POINTS = POINTS[[*range(0, 25, 2), *range(25, 50, 2)]]
#: What a "somewhat helpful" rating adds to the helpful share.
SOMEWHAT = 0.7


class PassLimits(NamedTuple):
    """Numbers of one pass; see SCORING 11 for each."""

    bandwidth: float
    normalised: bool
    least_weight: float
    negative_weight: float
    surprise_gain: float
    surprise_most: float
    prior_least: float
    prior_weight: float
    share_least: float
    share_most: float
    surprise_slope: float = 200.0
    surprise_distance: float = 0.14
    prior_slope: float = 0.5
    prior_center: float = 0.35
    prior_most: float = 0.35
    prior_few: float = 0.1
    side_count: int = 3
    prior_count: float = 9.0


CRH_PASS = PassLimits(0.1, True, 1e-9, 1.75, 3.0, 2.0, 0.2, 0.4, 0.05, 0.8)
CRNH_PASS = PassLimits(0.2, False, 5e-4, 1.25, 4.0, 4.0, 0.3, 5.0, 0.25, 0.65)


def gaussian_scores(
    ratings: Ratings, notes: Notes, rater_factor: Float64s, workers: Workers, *, bandwidth: float = CRH_PASS.bandwidth
) -> Float64s:
    """Score of each note: positive if the helpful pass is the stronger one, negative if the other; float64[n].

    Args:
        ratings: on notes with enough of them; those by raters whose factor is NaN are passed over.

    Returns:
        NaN for notes without such a rating.
    """
    ratings = ratings.take(~np.isnan(rater_factor)[ratings.rater])
    note, rater, value = ratings.note, ratings.rater, ratings.value
    share = np.where(value == 0.5, np.float32(SOMEWHAT), value)
    sign = 2 * value - 1
    helpful = _pass(
        *_with_authors(note, rater, share, sign, notes, rater_factor),
        len(notes), rater_factor, POINTS, CRH_PASS._replace(bandwidth=bandwidth), workers,
    )  # fmt: skip
    share = np.where(value == 0.5, np.float32(1 - SOMEWHAT), 1 - value)
    not_helpful = _pass(note, rater, share, -sign, len(notes), rater_factor, CRNH_POINTS, CRNH_PASS, workers)
    score = np.where(abs(not_helpful) > abs(helpful), -not_helpful, helpful)
    score[np.bincount(note, minlength=len(notes)) == 0] = np.nan
    return score


def _with_authors(
    note: Int32s, rater: Int32s, share: Float32s, sign: Float32s, notes: Notes, rater_factor: Float64s
) -> tuple[Int32s, Int32s, Float32s, Float32s]:
    """The same ratings with each author as one more helpful rating, where they have a factor and did not rate."""
    rated = np.unique(note)
    author = notes.author[rated]
    own = note[rater == notes.author[note]]
    added = (author >= 0) & ~np.isin(rated, own)
    added &= ~np.isnan(rater_factor[author])
    behind = np.searchsorted(note, rated[added], side="right")
    return (
        np.insert(note, behind, rated[added]),
        np.insert(rater, behind, author[added]),
        np.insert(share, behind, np.float32(1)),
        np.insert(sign, behind, np.float32(1)),
    )


def _pass(
    note: Int32s,
    rater: Int32s,
    share: Float32s,
    sign: Float32s,
    n_notes: int,
    rater_factor: Float64s,
    points: Float64s,
    limits: PassLimits,
    workers: Workers,
) -> Float64s:
    """Scores of one pass, float64[n]; 0 for notes without ratings."""
    start = np.zeros(n_notes + 1, np.int64)
    np.cumsum(np.bincount(note, minlength=n_notes), out=start[1:])
    known = np.flatnonzero(~np.isnan(rater_factor))
    row = np.zeros(len(rater_factor), np.uint32)
    row[known] = np.arange(len(known), dtype=np.uint32)
    side = Side(start, row[rater], share, sign)
    score = np.zeros(n_notes)
    workers.over_rows(
        gaussian_kernels.score_notes, start,
        side, rater_factor[known], rater_densities(rater_factor[known], points, limits), points, limits,
        score,
    )  # fmt: skip
    return score


def rater_densities(factors: Float64s, points: Float64s, limits: PassLimits) -> Float64s:
    """Normal density of each rater at each point, float64[raters, points]; rows sum to 1 where the pass says so."""
    distance = (factors[:, None] - points) / limits.bandwidth
    density: Float64s = np.exp(-0.5 * distance**2) / (limits.bandwidth * np.sqrt(2 * np.pi))
    if limits.normalised:
        total = density.sum(axis=1, keepdims=True)
        density = np.divide(density, total, out=np.zeros_like(density), where=total > 0)
    return density
