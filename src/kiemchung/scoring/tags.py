"""How much each not-helpful tag weighs on a note, tags of like-minded raters counting more.

Source: SCORING 7.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Bools, Float64s, Ratings

#: Percentile of the distances that counts as one unit (tagPercentileForNormalization).
DISTANCE_PERCENTILE = 40


@dataclass(frozen=True, slots=True)
class TagWeights:
    """Adjusted tags of notes; a column per tag of NOT_HELPFUL_TAGS.

    Attributes:
        weight: float64[n], sum of the weights of the note's ratings.
        total: float64[n, 13], sum of the weights of its ratings with the tag.
        ratio: float64[n, 13], total / weight; NaN for a note without weighted ratings.
    """

    weight: Float64s
    total: Float64s
    ratio: Float64s


def tag_weights(ratings: Ratings, note_factor: Float64s, rater_factor: Float64s) -> TagWeights:
    """Weigh each tag by how near its rater stands to the note.

    Factors of notes and of raters are normalised separately to mean 0 and (population) deviation 1; a rating at
    distance delta weighs 1 / (1 + (delta / delta_40)^5), with delta_40 the 40th percentile of all distances.

    Args:
        ratings: those whose note or rater has no factor are passed over.
        note_factor, rater_factor: float64[n], float64[p]; NaN for those without.
    """
    n_notes = len(note_factor)
    both = ~np.isnan(note_factor)[ratings.note] & ~np.isnan(rater_factor)[ratings.rater]
    note, tags = ratings.note[both], ratings.not_helpful_tags[both]
    distance = abs(_normalised(rater_factor)[ratings.rater[both]] - _normalised(note_factor)[note])
    unit = float(np.percentile(distance, DISTANCE_PERCENTILE)) if len(distance) else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = distance / unit if unit > 0 else np.where(distance > 0, np.inf, 0.0)
        weights = 1 / (1 + relative**5)
    weight = sum_by(note, weights, n_notes)
    total = np.empty((n_notes, len(NOT_HELPFUL_TAGS)))
    for bit in range(len(NOT_HELPFUL_TAGS)):
        tagged = (tags >> bit) & 1 == 1
        total[:, bit] = sum_by(note[tagged], weights[tagged], n_notes)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(weight[:, None] > 0, total / weight[:, None], np.nan)
    return TagWeights(weight, total, ratio)


def tag_thresholds(tags: TagWeights, shown: Bools, percentile: float = 95) -> Float64s:
    """The adjusted ratio above which a tag is an outlier: a percentile over the shown notes; 0 if there are none."""
    ratios = tags.ratio[shown]
    ratios = ratios[~np.isnan(ratios[:, 0])]
    if not len(ratios):
        return np.zeros(len(NOT_HELPFUL_TAGS))
    thresholds: Float64s = np.percentile(ratios, percentile, axis=0)
    return thresholds


def _normalised(factor: Float64s) -> Float64s:
    """Mean 0 and deviation 1 over those with a factor; only mean 0 where all are equal."""
    known = factor[~np.isnan(factor)]
    if not len(known):
        return factor
    deviation = float(known.std())
    return (factor - known.mean()) / (deviation if deviation > 0 else 1.0)
