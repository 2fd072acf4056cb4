"""The harassment and abuse model: notes that raters of different views flag as abusive.

The model of the fit (intercepts and one factor) on labels, with logits and binary cross-entropy: 1 for the tag
SpamHarassmentOrAbuse, else 0 for HELPFUL ratings and those with the tag Other; positives are weighted to balance the
classes. Source: SCORING 7.1.

This objective has many optima, and which one is reached decides about raters: a single note above the limit costs
everybody who found it helpful the second round. The reference starts at a fixed point and descends with large steps;
so this model, unlike all others, is fitted by the same descent. Its end is nearer to the reference's than the better
optima that exact solves find (decision 0012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Bools, Float64s, Int32s, Ratings

#: Ratings made before (2021-12-15) carry no such tag.
LABELS_FROM_MS = 1_639_699_200_000
#: The reference's descent (SCORING 4, optimiser; 7.1 for the learning rate).
LEARNING_RATE, BETA_1, BETA_2, STANDSTILL, MAX_STEPS = 2.0, 0.9, 0.999, 1e-7, 2000
_HARASSMENT = np.uint16(1 << NOT_HELPFUL_TAGS.index("notHelpfulSpamHarassmentOrAbuse"))
_OTHER = np.uint16(1 << NOT_HELPFUL_TAGS.index("notHelpfulOther"))


def labelled(ratings: Ratings) -> tuple[Ratings, Float64s]:
    """Ratings with a label, and the labels."""
    positive = (ratings.not_helpful_tags & _HARASSMENT) != 0
    negative = (ratings.value == 1.0) | ((ratings.not_helpful_tags & _OTHER) != 0)
    kept = (ratings.created_at_ms > LABELS_FROM_MS) & (positive | negative)
    return ratings.take(kept), positive[kept].astype(np.float64)


def count_filter(ratings: Ratings, n_notes: int, n_raters: int, per_rater: int, per_note: int) -> Bools:
    """Which ratings stay: notes with enough ratings, raters with enough of the rest, such notes again; bool[k]."""
    kept = np.ones(len(ratings), np.bool_)
    for rows, size, least in (
        (ratings.note, n_notes, per_note),
        (ratings.rater, n_raters, per_rater),
        (ratings.note, n_notes, per_note),
    ):
        counts = np.bincount(rows[kept], minlength=size)
        kept &= counts[rows] >= least
    return kept


def fit_harassment(
    ratings: Ratings,
    note_factor: Float64s,
    rater_factor: Float64s,
    *,
    per_rater: int,
    per_note: int,
    penalties: Penalties,
) -> Float64s | None:
    """Harassment intercept of each note, float64[n], NaN for notes without; None if there is nothing to learn from.

    Args:
        ratings: by raters above the helpfulness threshold.
        note_factor, rater_factor: float64[n], float64[p] of the first fit; the model starts at twice them.
        per_rater, per_note: the count filter.
    """
    n_notes, n_raters = len(note_factor), len(rater_factor)
    ratings, label = labelled(ratings)
    kept = count_filter(ratings, n_notes, n_raters, per_rater, per_note)
    ratings, label = ratings.take(kept), label[kept]
    share = float(label.mean()) if len(label) else 0.0
    if share in (0.0, 1.0):
        return None
    labels = _Labels(ratings.note, ratings.rater, label, np.where(label == 1, (1 - share) / share, 1.0))
    start = _start(ratings, note_factor, rater_factor)
    fitted = _descend(labels, start, penalties)
    intercept = fitted[NOTE_INTERCEPT]
    intercept[np.bincount(ratings.note, minlength=n_notes) == 0] = np.nan
    return intercept


#: Positions in the list of parameter arrays: mu [1], notes [n] and raters [p].
MU, NOTE_INTERCEPT, NOTE_FACTOR, RATER_INTERCEPT, RATER_FACTOR = range(5)


@dataclass(frozen=True, slots=True)
class _Labels:
    """k labelled ratings."""

    note: Int32s
    rater: Int32s
    value: Float64s
    weight: Float64s


def _start(ratings: Ratings, note_factor: Float64s, rater_factor: Float64s) -> list[Float64s]:
    """Intercepts 0 and twice the factors of the first fit; 0 for notes and raters without labels, where all stays 0."""
    rated = np.bincount(ratings.note, minlength=len(note_factor)) > 0
    rating = np.bincount(ratings.rater, minlength=len(rater_factor)) > 0
    return [
        np.zeros(1),
        np.zeros(len(rated)),
        np.where(rated, 2 * np.nan_to_num(note_factor), 0.0),
        np.zeros(len(rating)),
        np.where(rating, 2 * np.nan_to_num(rater_factor), 0.0),
    ]


def _descend(labels: _Labels, params: list[Float64s], penalties: Penalties) -> list[Float64s]:
    """Full-batch Adam until the loss stands still, or rises after the hundredth step."""
    n_notes, n_raters = len(np.unique(labels.note)), len(np.unique(labels.rater))
    scales = (
        penalties.global_intercept,
        penalties.note_intercept / n_notes,
        penalties.note_factor / n_notes,
        penalties.rater_intercept / n_raters,
        penalties.rater_factor / n_raters,
    )
    first = [np.zeros_like(values) for values in params]
    second = [np.zeros_like(values) for values in params]
    loss, slopes = _loss(labels, params, scales)
    before = np.inf
    for step in range(1, MAX_STEPS + 1):
        if abs(before - loss) <= STANDSTILL or (step > 101 and loss > before):
            break
        norm = np.sqrt(sum(float((slope**2).sum()) for slope in slopes))
        clip = min(1.0, 1.0 / (norm + 1e-6))
        for k, slope in enumerate(slopes):
            first[k] = BETA_1 * first[k] + (1 - BETA_1) * clip * slope
            second[k] = BETA_2 * second[k] + (1 - BETA_2) * (clip * slope) ** 2
            size = np.sqrt(second[k] / (1 - BETA_2**step)) + 1e-8
            params[k] = params[k] - LEARNING_RATE * first[k] / (1 - BETA_1**step) / size
        before = loss
        loss, slopes = _loss(labels, params, scales)
    return params


def _loss(labels: _Labels, params: list[Float64s], scales: tuple[float, ...]) -> tuple[float, list[Float64s]]:
    """Mean weighted cross-entropy plus penalties, and its slope by each parameter."""
    mu, note_intercept, note_factor, rater_intercept, rater_factor = params
    note, rater, value = labels.note, labels.rater, labels.value
    f_n, f_u = note_factor[note], rater_factor[rater]
    logit = mu[0] + note_intercept[note] + rater_intercept[rater] + f_n * f_u
    tail = np.exp(-abs(logit))
    probability = np.where(logit >= 0, 1.0, tail) / (1 + tail)
    loss = float((labels.weight * (np.maximum(logit, 0.0) + np.log1p(tail) - value * logit)).mean())
    slope = labels.weight * (probability - value) / len(value)
    slopes = [
        np.array([slope.sum()]),
        sum_by(note, slope, len(note_intercept)),
        sum_by(note, slope * f_u, len(note_factor)),
        sum_by(rater, slope, len(rater_intercept)),
        sum_by(rater, slope * f_n, len(rater_factor)),
    ]
    for k, scale in enumerate(scales):
        loss += scale * float((params[k] ** 2).sum())
        slopes[k] += 2 * scale * params[k]
    return loss, slopes
