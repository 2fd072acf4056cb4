"""The harassment and abuse model: notes that raters of different views flag as abusive.

The model of the fit (intercepts and one factor) on labels, with logits and binary cross-entropy: 1 for the tag
SpamHarassmentOrAbuse, else 0 for HELPFUL ratings and those with the tag Other; positives are weighted to balance the
classes. Source: SCORING 7.1.

This objective has many optima, and which one is reached decides about raters: a single note above the limit costs
everybody who found it helpful the second round. The reference starts at its first fit and descends with large steps;
so this model, unlike all others, is fitted by the same descent. Given the reference's first fit it ends where the
reference does, to 1e-4; but that first fit scatters with the reference's seed, and with it the notes above the limit
(decisions 0012 and 0035).
"""

from __future__ import annotations

import numpy as np

from kiemchung.scoring.descent import Place, descend
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Bools, Float64s, Ratings

#: Ratings made before (2021-12-15) carry no such tag.
LABELS_FROM_MS = 1_639_699_200_000
LEARNING_RATE = 2.0
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
    weight = np.where(label == 1, (1 - share) / share, 1.0)
    graph = graph_of(ratings.note, ratings.rater, label, n_notes=n_notes, n_raters=n_raters, weight=weight)
    start = Place(0.0, _start(note_factor[graph.note_index]), _start(rater_factor[graph.rater_index]))
    intercept = np.full(n_notes, np.nan)
    found = descend(graph, start, penalties, LEARNING_RATE, logistic=True)
    intercept[graph.note_index] = found.notes[:, 0]
    return intercept


def _start(factor: Float64s) -> Float64s:
    """Intercepts 0 and twice the factors of the first fit."""
    return np.column_stack([np.zeros(len(factor)), 2 * np.nan_to_num(factor)])
