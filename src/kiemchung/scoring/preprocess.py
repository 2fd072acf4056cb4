"""Which ratings count, and which raters are flagged, before any fit.

Source: SCORING 3, steps 3, 5 and 6 (`assemble` does 1 and 4, the reader 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kiemchung.scoring.cliques import CliqueConfig, correlated_raters
from kiemchung.scoring.clusters import SimilarityConfig, post_selection_clusters
from kiemchung.scoring.table import (
    UNKNOWN,
    Bools,
    Classification,
    Dataset,
    Int8s,
    Int32s,
    Notes,
    Ratings,
)
from kiemchung.scoring.topics import TOPICS, Topic, label_topics

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the pipeline that the data were too few for, and why; the run goes on without it."""

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreprocessConfig:
    """Which ratings count (SCORING 3 and 17).

    Attributes:
        not_misleading_from_ms: notes that say "not misleading" count from this time of creation on (2022-10-03).
        high_volume_quantile: raters with more ratings than this share of raters in a window are high-volume.
        high_volume_days: the windows, ending at the newest rating.
        min_rated_notes: with fewer, nobody is flagged and no cluster merged (minNumNotesForProdData).
        similarity: rater clusters whose ratings count once; None leaves them out.
        cliques: raters flagged as correlated; None leaves them out.
        topics: topics with their seed words; empty leaves them out.
    """

    not_misleading_from_ms: int = 1_664_755_200_000
    high_volume_quantile: float = 0.999
    high_volume_days: tuple[int, ...] = (7, 28)
    min_rated_notes: int = 200
    similarity: SimilarityConfig | None = field(default_factory=SimilarityConfig)
    cliques: CliqueConfig | None = field(default_factory=CliqueConfig)
    topics: tuple[Topic, ...] = TOPICS


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the scorers take.

    Attributes:
        ratings: those that count, sorted as before.
        high_volume: bool[p], raters with unusually many recent ratings.
        cluster: int32[p], cluster of raters who select posts together, -1 none.
        correlated: bool[p], raters of a quasi-clique.
        topic: int8[n], position in `topic_names`, -1 none.
        left_out: parts that the data were too few for.
    """

    ratings: Ratings
    high_volume: Bools
    cluster: Int32s
    correlated: Bools
    topic: Int8s
    topic_names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def prepare(dataset: Dataset, config: PreprocessConfig | None = None) -> Prepared:
    """Flag raters, keep the ratings that count, and label topics."""
    config = config or PreprocessConfig()
    notes, ratings, participants = dataset.notes, dataset.ratings, dataset.participants
    left_out: list[LeftOut] = []
    n_rated = int(np.count_nonzero(np.bincount(ratings.note, minlength=1)))
    enough = n_rated >= config.min_rated_notes
    if not enough:
        reason = f"{n_rated} rated notes; {config.min_rated_notes} are needed"
        left_out.extend(LeftOut(part, reason) for part in ("high-volume raters", "merging of rater clusters"))
    high_volume = (
        high_volume_raters(ratings, len(participants), config) if enough else np.zeros(len(participants), np.bool_)
    )
    counted = ratings.take(counts_for_scoring(ratings, notes, config))
    cluster = np.full(len(participants), UNKNOWN, np.int32)
    if enough and config.similarity:
        cluster = post_selection_clusters(counted, notes, len(participants), config.similarity)
        counted = counted.take(first_of_cluster(counted, notes, cluster))
    correlated = np.zeros(len(participants), np.bool_)
    if config.cliques:
        correlated = correlated_raters(counted, notes, len(participants), config.cliques)
    topic, reason = label_topics(notes, config.topics)
    if reason:
        left_out.append(LeftOut("topics", reason))
    names = tuple(t.name for t in config.topics)
    return Prepared(counted, high_volume, cluster, correlated, topic, names, tuple(left_out))


def high_volume_raters(ratings: Ratings, n_participants: int, config: PreprocessConfig) -> Bools:
    """Raters above the quantile of ratings per active rater in any window; bool[n_participants]."""
    flagged = np.zeros(n_participants, np.bool_)
    if not len(ratings):
        return flagged
    newest = int(ratings.created_at_ms.max())
    for days in config.high_volume_days:
        recent = ratings.rater[ratings.created_at_ms > newest - days * DAY_MS]
        counts = np.bincount(recent, minlength=n_participants)
        flagged |= counts > np.quantile(counts[counts > 0], config.high_volume_quantile)
    return flagged


def counts_for_scoring(ratings: Ratings, notes: Notes, config: PreprocessConfig) -> Bools:
    """Ratings of notes that say "misleading", are deleted, or say "not misleading" and are new enough; bool[k]."""
    too_old = (notes.classification == Classification.NOT_MISLEADING) & (
        notes.created_at_ms <= config.not_misleading_from_ms
    )
    counted: Bools = ~too_old[ratings.note]
    return counted


def first_of_cluster(ratings: Ratings, notes: Notes, cluster: Int32s) -> Bools:
    """Leave each cluster its earliest rating of a note (ties: the first rater), and none of its own author's notes.

    Raters without a cluster keep theirs, also an author's rating of the own note.
    """
    of_rating = cluster[ratings.rater]
    author = notes.author
    of_author = np.where(author >= 0, cluster[author], UNKNOWN)[ratings.note]
    kept: Bools = (of_rating == UNKNOWN) | (of_rating != of_author)
    rows = np.flatnonzero(kept & (of_rating != UNKNOWN))
    order = np.lexsort((ratings.rater[rows], ratings.created_at_ms[rows], of_rating[rows], ratings.note[rows]))
    rows = rows[order]
    again = np.zeros(len(rows), np.bool_)
    again[1:] = (ratings.note[rows[1:]] == ratings.note[rows[:-1]]) & (of_rating[rows[1:]] == of_rating[rows[:-1]])
    kept[rows[again]] = False
    return kept
