"""A run's results as public columns: scored notes, status history, contributors.

Names are the reference's where the meaning is the same. Source: SCORING 8 to 14; the reference's `scored_notes.tsv`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from kiemchung.formats import communitynotes_write as files
from kiemchung.formats.communitynotes_columns import CLASSIFICATIONS, ENROLLMENT_STATES
from kiemchung.formats.communitynotes_rows import HistoryRows
from kiemchung.scoring.contributors import Contributors, Tallies
from kiemchung.scoring.history import Outcome
from kiemchung.scoring.table import Bools, Dataset, Float64s, History, Int8s, Int16s, Int64s, Status, Strings

Columns = dict[str, pl.Series | np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class ScorerSay:
    """What scorers said on each note, for the status history; NONE and -1 where a preset has no such scorer.

    Attributes:
        core, expansion, group, multi_group: int8[n] statuses.
        modeling_group, modeling_multi_group: int16[n].
    """

    core: Int8s
    expansion: Int8s
    group: Int8s
    multi_group: Int8s
    modeling_group: Int16s
    modeling_multi_group: Int16s

    @classmethod
    def nothing(cls, n: int) -> ScorerSay:
        """For a preset without these scorers."""
        none, nobody = np.full(n, Status.NONE, np.int8), np.full(n, -1, np.int16)
        return cls(none, none, none, none, nobody, nobody)


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """What every preset gives, aligned to `Notes`.

    Attributes:
        config: the preset's configuration, a frozen dataclass.
        status: int8[n], the final status, before notes that are not due are put back.
        pre_stabilisation: int8[n], the status before the delay.
        rules, matched: names of the rules over all scorers, in order, and which notes they matched (bool[rules, n]).
        may_lock: bool[n], the deciding rule is allowed to lock.
        delay_start_ms: int64[n], for the next run.
        first_tag, second_tag: names of the reasons most given.
        columns: the preset's own columns of the scored notes.
        numbers: per scorer what its rules looked at, a row a note.
        facts: what the rules looked at that is no note's own, for the summary.
        rater_columns: rater parameters, for a raters file; empty where the preset gives none out.
        say: for the status history.
        intercept, factor: float64[n], of the preset's main scorer.
        left_out: (part, reason).
    """

    config: Any
    status: Int8s
    pre_stabilisation: Int8s
    rules: tuple[str, ...]
    matched: Sequence[Bools]
    may_lock: Bools
    delay_start_ms: Int64s
    first_tag: pl.Series
    second_tag: pl.Series
    columns: Columns
    numbers: dict[str, Columns]
    say: ScorerSay
    intercept: Float64s
    factor: Float64s
    left_out: tuple[tuple[str, str], ...]
    rater_columns: Columns = field(default_factory=dict, repr=False)
    facts: dict[str, Any] = field(default_factory=dict)


def scored_columns(dataset: Dataset, run: ScoredRun, outcome: Outcome, now_ms: int) -> Columns:
    """The table of scored notes, a row a note, sorted by note id."""
    notes = dataset.notes
    due = np.ones(len(notes), np.bool_) if outcome.scored is None else outcome.scored
    every = "ALL_NOTES" if outcome.scored is None else "DUE"
    decided = outcome.status != Status.NMR
    return {
        "noteId": notes.note_id,
        **run.columns,
        "classification": files.words_of(notes.classification.astype(np.int64), CLASSIFICATIONS),
        "createdAtMillis": notes.created_at_ms,
        "numRatings": np.bincount(dataset.ratings.note, minlength=len(notes)),
        "preStabilizationRatingStatus": files.status_words(run.pre_stabilisation),
        "finalRatingStatus": files.status_words(outcome.status),
        "metaScorerActiveRules": joined_names(run.rules, run.matched),
        "decidedBy": strings(outcome.decided_by),
        "firstTag": run.first_tag.set(pl.Series(~decided), None),
        "secondTag": run.second_tag.set(pl.Series(~decided), None),
        "timestampMillisOfCurrentStatus": np.where(due, now_ms, dataset.history.current_ms),
        "rescoringActiveRules": files.words_of(due.astype(np.int64), ("NOT_DUE", every)),
    }


def outcome_of(dataset: Dataset, run: ScoredRun, due: Bools | None) -> Outcome:
    """What the run decided, for the status history; notes that are not due keep what they had."""
    rules = np.array(run.rules, np.dtypes.StringDType())
    last = len(run.rules) - 1 - np.argmax(np.array(run.matched)[::-1], axis=0)
    decided_by, status = rules[last], run.status
    if due is not None:
        status = np.where(due, status, dataset.history.current_status).astype(np.int8)
        decided_by[~due] = dataset.history.decided_by[~due]
    return Outcome(
        status=status,
        decided_by=decided_by,
        may_lock=run.may_lock,
        delay_start_ms=run.delay_start_ms,
        core_status=run.say.core,
        expansion_status=run.say.expansion,
        group_status=run.say.group,
        multi_group_status=run.say.multi_group,
        modeling_group=run.say.modeling_group,
        modeling_multi_group=run.say.modeling_multi_group,
        scored=due,
    )


def joined_names(names: Sequence[str], matches: Sequence[Bools]) -> pl.Series:
    """For each note the names of the rules that matched it, in order, joined by commas."""
    bits = np.zeros(len(matches[0]) if matches else 0, np.uint64)
    for k, matched in enumerate(matches):
        bits |= matched.astype(np.uint64) << np.uint64(k)
    return named_bits(bits, names)


def named_bits(bits: np.ndarray[Any, Any], names: Sequence[str]) -> pl.Series:
    masks, place = np.unique(bits, return_inverse=True)
    words = [",".join(name for k, name in enumerate(names) if int(mask) >> k & 1) or None for mask in masks]
    return pl.Series(words, dtype=pl.String).gather(place)


def numbers_or_empty(values: Int16s) -> pl.Series:
    """Whole numbers; negative ones are empty."""
    series = pl.Series(values.astype(np.int64))
    return series.set(series < 0, None)


def strings(values: Strings) -> pl.Series:
    """Texts as a column."""
    return pl.Series(values.tolist(), dtype=pl.String)


def history_rows(dataset: Dataset, history: History) -> HistoryRows:
    """The status history as rows to write; authors are positions in the participants."""
    columns = {name: getattr(history, name) for name in History.__slots__}
    notes = dataset.notes
    author = notes.author.astype(np.int64)
    return HistoryRows(note_id=notes.note_id, author=author, created_at_ms=notes.created_at_ms, **columns)


def rater_columns(dataset: Dataset, run: ScoredRun, tallies: Tallies, after: Contributors) -> Columns:
    """Contributors' counts and states, and the factors that the preset gives out; for public data only."""
    people = after.participants
    return {
        "raterParticipantId": strings(people.participant_id),
        **run.rater_columns,
        "modelingGroup": numbers_or_empty(people.modeling_group),
        "notesCurrentlyRatedHelpful": tallies.notes_crh,
        "notesCurrentlyRatedNotHelpful": tallies.notes_crnh,
        "notesAwaitingMoreRatings": tallies.notes_nmr,
        "successfulRatingHelpfulCount": tallies.successful_helpful,
        "successfulRatingNotHelpfulCount": tallies.successful_not_helpful,
        "unsuccessfulRatingHelpfulCount": tallies.unsuccessful_helpful,
        "unsuccessfulRatingNotHelpfulCount": tallies.unsuccessful_not_helpful,
        "ratedAfterDecision": tallies.after_decision,
        "ratingsAwaitingMoreRatings": tallies.awaiting,
        "aggregateRatingReceivedTotal": tallies.ratings_received,
        "ratingImpact": tallies.rating_impact,
        "writingImpact": tallies.writing_impact,
        "enrollmentState": files.words_of(people.enrollment_state.astype(np.int64), ENROLLMENT_STATES),
        "successfulRatingNeededToEarnIn": people.successful_ratings_needed,
        "timestampOfLastStateChange": people.last_state_change_ms,
        "timestampOfLastEarnOut": people.last_earn_out_ms,
        "numberOfTimesEarnedOut": people.n_earned_out,
        "isEmergingWriter": after.emerging,
    }
