"""Who is above the helpfulness threshold: raters by how often they were right, authors by their notes.

Source: SCORING 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import MISSING_MS, Bools, Dataset, Float64s, Int8s, Int64s, Notes, Ratings, Status

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class HelpfulnessConfig:
    """The thresholds (SCORING 17).

    Attributes:
        min_rater_score: share of successful ratings that a rater must reach, also after the penalty.
        min_author_ratio: of share CRH - crnh_weight * share CRNH among the author's notes.
        min_mean_note_score: mean intercept of the author's notes.
        crnh_weight: how much a CRNH note weighs against a CRH one.
        window_ms: ratings count for this long after the note's creation.
        old_notes_before_ms: notes created earlier (2022-05-19) are judged by their first ratings only.
        old_notes_ratings: so many of them.
        harassment_from: harassment intercept of a note from which its helpful ratings cost their raters.
        harassment_penalty: what one costs at that intercept; in proportion above it.
    """

    min_rater_score: float = 0.66
    min_author_ratio: float = 0.0
    min_mean_note_score: float = 0.05
    crnh_weight: float = 5.0
    window_ms: int = 48 * HOUR_MS
    old_notes_before_ms: int = 1_652_918_400_000
    old_notes_ratings: int = 5
    harassment_from: float = 2.0
    harassment_penalty: float = 10.0


@dataclass(frozen=True, slots=True)
class RaterCounts:
    """int64[p] each: valid ratings that agreed with a note's status or did not, by what they said."""

    successful_helpful: Int64s
    successful_not_helpful: Int64s
    unsuccessful_helpful: Int64s
    unsuccessful_not_helpful: Int64s

    @property
    def successful(self) -> Int64s:
        return self.successful_helpful + self.successful_not_helpful

    @property
    def valid(self) -> Int64s:
        return self.successful + self.unsuccessful_helpful + self.unsuccessful_not_helpful


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """Scores of all participants; NaN where there is nothing to judge by. Never leaves the run.

    Attributes:
        counts: valid ratings.
        rater_score: float64[p], successful / valid.
        penalty: float64[p], for helpful ratings on harassing notes.
        penalised_score: float64[p], (successful - penalty) / valid.
        author_ratio: float64[p], share CRH - 5 * share CRNH.
        mean_note_score: float64[p], mean intercept of the author's notes.
        above: bool[p], above all thresholds.
    """

    counts: RaterCounts
    rater_score: Float64s
    penalty: Float64s
    penalised_score: Float64s
    author_ratio: Float64s
    mean_note_score: Float64s
    above: Bools


def valid_ratings(ratings: Ratings, dataset: Dataset, status: Int8s, config: HelpfulnessConfig) -> Bools:
    """Ratings that may count for or against their rater, bool[k]; status is the provisional one of each note.

    Those within 48 h of the note's creation and before its latest change to CRH or CRNH, that say helpful or not
    helpful, on notes whose provisional status is CRH or CRNH.
    """
    notes, history = dataset.notes, dataset.history
    created = notes.created_at_ms[ratings.note]
    decided = history.latest_non_nmr_ms[ratings.note]
    valid = ratings.created_at_ms - created < config.window_ms
    old = created < config.old_notes_before_ms
    in_time = (decided == MISSING_MS) | (ratings.created_at_ms < decided)
    valid &= old | in_time
    if old.any():
        valid &= ~old | _among_first(ratings, valid & old, config.old_notes_ratings)
    judged = status[ratings.note]
    valid &= (judged == Status.CRH) | (judged == Status.CRNH)
    valid &= ratings.value != 0.5
    return valid


def _among_first(ratings: Ratings, candidates: Bools, first: int) -> Bools:
    """Which candidates are among the first so many of their note, by time."""
    rows = np.flatnonzero(candidates)
    rows = rows[np.lexsort((ratings.created_at_ms[rows], ratings.note[rows]))]
    note = ratings.note[rows]
    begins = np.flatnonzero(np.r_[True, note[1:] != note[:-1]]) if len(rows) else np.empty(0, np.int64)
    rank = np.arange(len(rows)) - np.repeat(begins, np.diff(np.r_[begins, len(rows)]))
    early = np.zeros(len(ratings), np.bool_)
    early[rows[rank < first]] = True
    return early


def count_ratings(ratings: Ratings, valid: Bools, status: Int8s, n_participants: int) -> RaterCounts:
    """Successful and unsuccessful valid ratings of each participant."""
    helpful, shown = ratings.value == 1.0, status[ratings.note] == Status.CRH

    def count(selected: Bools) -> Int64s:
        return np.bincount(ratings.rater[valid & selected], minlength=n_participants)

    return RaterCounts(
        successful_helpful=count(helpful & shown),
        successful_not_helpful=count(~helpful & ~shown),
        unsuccessful_helpful=count(helpful & ~shown),
        unsuccessful_not_helpful=count(~helpful & shown),
    )


def harassment_penalties(
    ratings: Ratings, harassment: Float64s | None, n_participants: int, config: HelpfulnessConfig
) -> Float64s:
    """What each participant's helpful ratings on harassing notes cost; float64[p].

    Args:
        ratings: those that pass the count filter, whatever their time.
        harassment: float64[n], harassment intercept of each note, NaN where there is none; None for no penalties.
    """
    if harassment is None:
        return np.zeros(n_participants)
    cost = np.where(harassment >= config.harassment_from, harassment, 0.0)  # NaN compares as false
    cost *= config.harassment_penalty / config.harassment_from
    helpful = ratings.value == 1.0
    return sum_by(ratings.rater[helpful], cost[ratings.note[helpful]], n_participants)


def author_scores(
    notes: Notes, intercept: Float64s, status: Int8s, n_participants: int, config: HelpfulnessConfig
) -> tuple[Float64s, Float64s]:
    """author_ratio and mean_note_score of each participant, over their notes that have an intercept."""
    scored = (notes.author >= 0) & ~np.isnan(intercept)
    author = notes.author[scored]
    with np.errstate(invalid="ignore"):
        n_scored = np.bincount(author, minlength=n_participants)
        shown = sum_by(author, status[scored] == Status.CRH, n_participants) / n_scored
        rejected = sum_by(author, status[scored] == Status.CRNH, n_participants) / n_scored
        mean_score = sum_by(author, intercept[scored], n_participants) / n_scored
    return shown - config.crnh_weight * rejected, mean_score


def helpfulness(
    ratings: Ratings,
    kept: Ratings,
    dataset: Dataset,
    intercept: Float64s,
    status: Int8s,
    *,
    harassment: Float64s | None = None,
    config: HelpfulnessConfig | None = None,
) -> Helpfulness:
    """Score all participants.

    Args:
        ratings: the scorer's; the valid ones among them are counted.
        kept: those that pass the count filter; helpful ones on harassing notes cost.
        intercept, status: of each note after the first fit: float64[n] with NaN for notes without, int8[n].
        harassment: float64[n], of the harassment model; None before it ran.
    """
    config = config or HelpfulnessConfig()
    p = len(dataset.participants)
    counts = count_ratings(ratings, valid_ratings(ratings, dataset, status, config), status, p)
    penalty = harassment_penalties(kept, harassment, p, config)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(counts.valid > 0, counts.successful / counts.valid, np.nan)
        penalised = np.where(counts.valid > 0, (counts.successful - penalty) / counts.valid, np.nan)
    ratio, mean_score = author_scores(dataset.notes, intercept, status, p, config)
    author_passes = np.isnan(mean_score) | (
        (ratio >= config.min_author_ratio) & (mean_score >= config.min_mean_note_score)
    )
    rater_passes = (score >= config.min_rater_score) & (penalised >= config.min_rater_score)
    return Helpfulness(counts, score, penalty, penalised, ratio, mean_score, author_passes & rater_passes)
