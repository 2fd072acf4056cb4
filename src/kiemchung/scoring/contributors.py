"""What a run means for contributors: counts of ratings and notes, rating and writing impact, who may write.

Nothing here leaves a run by default (rater results are written for public data only, when asked for).

Source: SCORING 14 (contributor_state.py, constants.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kiemchung.scoring.table import (
    MISSING_MS,
    Bools,
    Dataset,
    EnrollmentState,
    Float64s,
    Int8s,
    Int64s,
    Participants,
    Status,
)

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class ContributorConfig:
    """When writing is earned and lost (SCORING 14 and 17).

    Attributes:
        earn_in: rating impact that a new user needs to write.
        recent_notes: of the notes since the last loss, so many are looked at.
        at_risk_crnh, lost_crnh: CRNH notes among them that put writing at risk, and that lose it.
        times_lost: more rating impact for every loss after the first.
        strong_impact, strong_share: writers with such a writing impact, and so much of it a note, are spared that.
        emerging_intercept, emerging_ratings, emerging_days: mean note intercept above which, with so many ratings
            received in so many days, a writer is emerging.
        valid_hours: ratings count this long after the note's creation.
    """

    earn_in: int = 5
    recent_notes: int = 5
    at_risk_crnh: int = 2
    lost_crnh: int = 3
    times_lost: int = 5
    strong_impact: int = 10
    strong_share: float = 0.04
    emerging_intercept: float = 0.3
    emerging_ratings: int = 10
    emerging_days: int = 28
    valid_hours: int = 48


@dataclass(frozen=True, slots=True)
class Tallies:
    """Counts per participant, int64[p]; NaN in `mean_note_intercept` for who wrote none.

    "successful_helpful" are helpful ratings of CRH notes, "successful_not_helpful" not-helpful ones of CRNH notes;
    unsuccessful ones are named after the note: "unsuccessful_helpful" are not-helpful ratings of CRH notes (as the
    reference's columns are).

    Attributes:
        after_decision: ratings made once the note had its latest status other than NMR.
        awaiting: valid ratings of notes that need more ratings.
        notes_crh, notes_crnh, notes_nmr: notes written, by final status.
        ratings_received: of all notes written.
        recent_ratings_received: of these, in the last `emerging_days`.
    """

    successful_helpful: Int64s
    successful_not_helpful: Int64s
    unsuccessful_helpful: Int64s
    unsuccessful_not_helpful: Int64s
    after_decision: Int64s
    awaiting: Int64s
    notes_crh: Int64s
    notes_crnh: Int64s
    notes_nmr: Int64s
    ratings_received: Int64s
    recent_ratings_received: Int64s
    mean_note_intercept: Float64s

    @property
    def rating_impact(self) -> Int64s:
        """Successful minus unsuccessful ratings, helpful ratings of CRNH notes counted twice; int64[p]."""
        lost = self.unsuccessful_helpful + 2 * self.unsuccessful_not_helpful
        return self.successful_helpful + self.successful_not_helpful - lost

    @property
    def writing_impact(self) -> Int64s:
        """CRH minus CRNH notes; int64[p]."""
        return self.notes_crh - self.notes_crnh


def tally(
    dataset: Dataset, status: Int8s, note_intercept: Float64s, now_ms: int, config: ContributorConfig | None = None
) -> Tallies:
    """Count each participant's ratings and notes by the final statuses.

    Args:
        dataset: all ratings, with the history from before the run.
        status: int8[n], final statuses.
        note_intercept: float64[n], of the core scorer; NaN where it has none.
    """
    config = config or ContributorConfig()
    p, ratings, notes, history = len(dataset.participants), dataset.ratings, dataset.notes, dataset.history
    judged = status[ratings.note]
    decided_ms = history.latest_non_nmr_ms[ratings.note]
    after = (decided_ms != MISSING_MS) & (ratings.created_at_ms >= decided_ms)
    age_ms = ratings.created_at_ms - notes.created_at_ms[ratings.note]
    valid = ~after & (age_ms < config.valid_hours * HOUR_MS)
    helpful, not_helpful = ratings.value == 1, ratings.value == 0
    crh, crnh = valid & (judged == Status.CRH), valid & (judged == Status.CRNH)
    recent = now_ms - ratings.created_at_ms <= config.emerging_days * DAY_MS

    def by_rater(rows: Bools) -> Int64s:
        return np.bincount(ratings.rater[rows], minlength=p)

    def by_author(rows: Bools) -> Int64s:
        return np.bincount(notes.author[rows & (notes.author >= 0)], minlength=p)

    def received(rows: Bools) -> Int64s:
        author = notes.author[ratings.note[rows]]
        return np.bincount(author[author >= 0], minlength=p)

    return Tallies(
        successful_helpful=by_rater(crh & helpful),
        successful_not_helpful=by_rater(crnh & not_helpful),
        unsuccessful_helpful=by_rater(crh & not_helpful),
        unsuccessful_not_helpful=by_rater(crnh & helpful),
        after_decision=by_rater(after),
        awaiting=by_rater(valid & (judged == Status.NMR)),
        notes_crh=by_author(status == Status.CRH),
        notes_crnh=by_author(status == Status.CRNH),
        notes_nmr=by_author(status == Status.NMR),
        ratings_received=received(np.ones(len(ratings), np.bool_)),
        recent_ratings_received=received(recent),
        mean_note_intercept=_mean_by_author(dataset, note_intercept),
    )


def _mean_by_author(dataset: Dataset, note_intercept: Float64s) -> Float64s:
    """Mean intercept of a writer's notes, of which one without an intercept counts as 0, as in the reference."""
    author, p = dataset.notes.author, len(dataset.participants)
    rows = author >= 0
    count = np.bincount(author[rows], minlength=p)
    total = np.bincount(author[rows], weights=np.nan_to_num(note_intercept[rows]), minlength=p)
    means: Float64s = np.divide(total, count, out=np.full(p, np.nan), where=count > 0)
    return means


@dataclass(frozen=True, slots=True)
class Contributors:
    """Where the participants stand after a run.

    Attributes:
        participants: with new enrollment states, needed impact, times of change and losses.
        emerging: bool[p], writers whose notes do well of late.
    """

    participants: Participants
    emerging: Bools


def next_states(
    dataset: Dataset, tallies: Tallies, status: Int8s, now_ms: int, config: ContributorConfig | None = None
) -> Contributors:
    """Who may write after this run.

    New users earn writing by rating impact; writers lose it by CRNH notes and regain it by rating impact. Testers,
    removed and automated writers are left as they are.
    """
    config = config or ContributorConfig()
    before = dataset.participants
    state = before.enrollment_state
    crnh = _recent_crnh(dataset, status, config)
    writes = (state == EnrollmentState.EARNED_IN) | (state == EnrollmentState.AT_RISK)
    earned_out = (state == EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE) | (
        state == EnrollmentState.EARNED_OUT_ACKNOWLEDGED
    )
    loses = writes & ((crnh >= config.lost_crnh) | ((crnh > 0) & (tallies.writing_impact < 0)))
    n_lost = before.n_earned_out + loses
    needed = np.where(loses, _needed_to_regain(tallies, n_lost, config), before.successful_ratings_needed)
    needed = np.where((state == EnrollmentState.NEW_USER) & (needed < 0), config.earn_in, needed)
    waiting = earned_out | (state == EnrollmentState.NEW_USER)
    earns = waiting & (needed >= 0) & (tallies.rating_impact >= needed)
    after = np.where(loses, EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE, state)
    after = np.where(earns, EnrollmentState.EARNED_IN, after)
    settled = writes & ~loses
    after = np.where(settled & (crnh >= config.at_risk_crnh), EnrollmentState.AT_RISK, after)
    after = np.where(settled & (crnh < config.at_risk_crnh), EnrollmentState.EARNED_IN, after).astype(np.int8)
    changed = after != state
    emerging = (tallies.mean_note_intercept > config.emerging_intercept) & (
        tallies.recent_ratings_received >= config.emerging_ratings
    )
    participants = replace(
        before,
        enrollment_state=after,
        successful_ratings_needed=needed.astype(np.int32),
        last_state_change_ms=np.where(changed, now_ms, before.last_state_change_ms),
        last_earn_out_ms=np.where(loses, now_ms, before.last_earn_out_ms),
        n_earned_out=n_lost.astype(np.int32),
    )
    return Contributors(participants, emerging)


def _needed_to_regain(tallies: Tallies, n_lost: Int64s, config: ContributorConfig) -> Int64s:
    n_notes = tallies.notes_crh + tallies.notes_crnh + tallies.notes_nmr
    impact = tallies.writing_impact
    strong = (impact >= config.strong_impact) & (impact >= config.strong_share * n_notes)
    again = np.where(strong, 0, config.times_lost * (n_lost - 1))
    needed: Int64s = config.earn_in + np.maximum(tallies.rating_impact, 0) + again
    return needed


def _recent_crnh(dataset: Dataset, status: Int8s, config: ContributorConfig) -> Int64s:
    """CRNH notes among the last few since writing was lost, notes without a decision counted last; int64[p]."""
    notes, p = dataset.notes, len(dataset.participants)
    since = dataset.participants.last_earn_out_ms
    rows = np.flatnonzero(notes.author >= 0)
    rows = rows[notes.created_at_ms[rows] > since[notes.author[rows]]]
    undecided = status[rows] == Status.NMR
    rows = rows[np.lexsort((-notes.created_at_ms[rows], undecided, notes.author[rows]))]
    author = notes.author[rows]
    begins = np.flatnonzero(np.r_[True, author[1:] != author[:-1]]) if len(rows) else np.empty(0, np.int64)
    rank = np.arange(len(rows)) - np.repeat(begins, np.diff(np.r_[begins, len(rows)]))
    counted = rows[(rank < config.recent_notes) & (status[rows] == Status.CRNH)]
    return np.bincount(notes.author[counted], minlength=p)
