"""The low-diligence model: does a note's sourcing draw objections from raters whose objections are to the point?

A rating's label is 1 if it says that the note is incorrect, that its sources are missing or unreliable, or irrelevant.
Its logit is mu + i_u + f_n f_u + R_u i_n, with R_u the rater's reputation. Source: SCORING 7.2.

Three rounds on the prescoring's ratings, each starting where the last ended: all but R; all but note intercepts; then
only intercepts, with the ratings of reputable raters weighing more and each note's ratings divided by the square root
of their total weight (positives included: the test vectors tell, the specification's words leave it open). The
reference starts note factors at random and stops early. Here they start at 0 with the rater factors of the first model,
and notes move first, so equal input gives equal numbers; the optimum is not unique, and on small data the reference may
end in another one. Decision 0012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.final_fit import FrozenRaters
from kiemchung.scoring.graph import Graph, graph_of
from kiemchung.scoring.logistic import (
    NOTE_FACTOR,
    NOTE_INTERCEPT,
    RATER_FACTOR,
    RATER_INTERCEPT,
    REPUTATION,
    LogisticConfig,
    fit_logistic,
)
from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Float64s, Ratings
from kiemchung.scoring.workers import Workers

LOW_DILIGENCE_TAGS = (
    "notHelpfulIncorrect",
    "notHelpfulSourcesMissingOrUnreliable",
    "notHelpfulIrrelevantSources",
)
_TAG_BITS = np.uint16(sum(1 << NOT_HELPFUL_TAGS.index(tag) for tag in LOW_DILIGENCE_TAGS))
#: Weight of a positive label in rounds 1 and 2, and in round 3.
POSITIVE_WEIGHT, LAST_POSITIVE_WEIGHT = 100.0, 500.0
_NOTE_PENALTY = (0.0, 0.03, 0.03)
_RATER_PENALTY = (0.3, 0.03, 1.5)
_FIRST = LogisticConfig(_NOTE_PENALTY, _RATER_PENALTY, (False, True, True), (True, True, False), tolerance=1e-4)
_SECOND = LogisticConfig(_NOTE_PENALTY, _RATER_PENALTY, (False, True, False), (True, True, True), tolerance=1e-4)
_THIRD = LogisticConfig(_NOTE_PENALTY, _RATER_PENALTY, (False, False, True), (True, False, False), tolerance=1e-5)


@dataclass(frozen=True, slots=True)
class Diligence:
    """What the prescoring leaves for the final scoring.

    Attributes:
        notes: float64[n, 2], factor and second-round intercept; 0 for notes that were not in the fit.
        raters: float64[p, 3], second-round intercept, factor, reputation; 0 for raters that were not in the fit.
        last_rater_intercept: float64[p], of the third round.
        mu, last_mu: global intercepts of the second and third round.
        rho: ratings per note.
        note_intercept: float64[n], of the third round, NaN for notes that were not in the fit.
    """

    notes: Float64s
    raters: Float64s
    last_rater_intercept: Float64s
    mu: float
    last_mu: float
    rho: float
    note_intercept: Float64s


def labels(ratings: Ratings) -> NDArray[np.float32]:
    """1 for ratings with a tag that speaks of sources or facts, float32[k]."""
    return ((ratings.not_helpful_tags & _TAG_BITS) != 0).astype(np.float32)


def fit_diligence(
    ratings: Ratings, rater_factor: Float64s, n_notes: int, n_participants: int, workers: Workers
) -> Diligence | None:
    """The three rounds on the prescoring's ratings; None where all ratings have the same label.

    Args:
        rater_factor: float64[p], of the helpfulness model.
    """
    label = labels(ratings)
    if not 0 < label.sum() < len(label):
        return None
    weight = np.where(label == 1, POSITIVE_WEIGHT, 1.0)
    graph = graph_of(ratings.note, ratings.rater, label, n_notes=n_notes, n_raters=n_participants, weight=weight)
    notes, raters = np.zeros((graph.n_notes, 3)), np.zeros((graph.n_raters, 3))
    notes[:, 0] = 1.0
    raters[:, RATER_FACTOR] = rater_factor[graph.rater_index]
    raters[:, REPUTATION] = 1.0
    first = fit_logistic(graph, _FIRST, 0.0, notes, raters, workers)
    second = fit_logistic(graph, _SECOND, first.mu, first.notes, first.raters, workers)
    reweighted = graph_of(
        ratings.note, ratings.rater, label, n_notes=n_notes, n_raters=n_participants,
        weight=last_weights(graph, second.raters[:, REPUTATION]),
    )  # fmt: skip
    third = fit_logistic(reweighted, _THIRD, second.mu, second.notes, second.raters, workers)
    return Diligence(
        notes=spread(second.notes[:, [NOTE_FACTOR, NOTE_INTERCEPT]], graph.note_index, n_notes, 0.0),
        raters=spread(second.raters, graph.rater_index, n_participants, 0.0),
        last_rater_intercept=spread(third.raters[:, RATER_INTERCEPT], graph.rater_index, n_participants, 0.0),
        mu=second.mu,
        last_mu=third.mu,
        rho=graph.n_ratings / graph.n_notes,
        note_intercept=spread(third.notes[:, NOTE_INTERCEPT], graph.note_index, n_notes, np.nan),
    )


def final_low_diligence(
    ratings: Ratings, known: FrozenRaters, found: Diligence, n_notes: int, workers: Workers
) -> Float64s:
    """Note intercepts on the final ratings with raters frozen, float64[n]; NaN for notes without."""
    ratings = ratings.take(known.known[ratings.rater])
    if not len(ratings):
        return np.full(n_notes, np.nan)
    label = labels(ratings)
    weight = np.where(label == 1, POSITIVE_WEIGHT, 1.0)
    n_participants = len(known.params)
    graph = graph_of(ratings.note, ratings.rater, label, n_notes=n_notes, n_raters=n_participants, weight=weight)
    notes = np.column_stack([np.ones(graph.n_notes), found.notes[graph.note_index]])
    raters = found.raters[graph.rater_index]
    frozen = (False, False, False)
    factors = LogisticConfig(_NOTE_PENALTY, _RATER_PENALTY, (False, True, False), frozen, rho_notes=found.rho)
    notes = fit_logistic(graph, factors, found.mu, notes, raters, workers).notes
    reweighted = graph_of(
        ratings.note, ratings.rater, label, n_notes=n_notes, n_raters=n_participants,
        weight=last_weights(graph, raters[:, REPUTATION]),
    )  # fmt: skip
    raters = np.column_stack([found.last_rater_intercept[graph.rater_index], raters[:, 1:]])
    intercepts = LogisticConfig(_NOTE_PENALTY, _RATER_PENALTY, (False, False, True), frozen, rho_notes=found.rho)
    last = fit_logistic(reweighted, intercepts, found.last_mu, notes, raters, workers)
    return spread(last.notes[:, NOTE_INTERCEPT], graph.note_index, n_notes, np.nan)


def last_weights(graph: Graph, reputation: Float64s) -> Float64s:
    """Weights of the third round, in the order of the notes' ratings."""
    side = graph.by_note
    weight = (0.1 + np.sqrt(np.maximum(reputation, 0.0)))[side.other] / 1.1
    weight *= np.where(side.value == 1, LAST_POSITIVE_WEIGHT, 1.0)
    rows = np.repeat(np.arange(graph.n_notes), np.diff(side.start))
    total = sum_by(rows, weight, graph.n_notes) + 2.0**-20
    weighted: Float64s = weight / np.sqrt(total)[rows]
    return weighted


def spread(values: Float64s, rows: NDArray[np.int64], size: int, missing: float) -> Float64s:
    """Values of a graph's rows among all rows; `missing` for the others."""
    everywhere = np.full((size, *values.shape[1:]), missing)
    everywhere[rows] = values
    return everywhere
