"""The arrays that scoring works on, declared once: notes, ratings, status history, participants.

`note` and `rater` are row numbers ("indices") into `Notes` and `Participants`; `note_id` and `participant_id` are the
public names. Everything is sorted, so that equal input in any order of rows gives equal arrays:

- `Notes` and `History` by `note_id`, ascending; one row for each note that is in the notes **or** in the history file;
- `Participants` by `participant_id`, ascending in code points;
- `Ratings` by `(note, rater)`, ascending; at most one rating for a pair. Hence the ratings of a note are one slice.

Times are Unix milliseconds, int64; `MISSING_MS` (-1) stands for an empty field.

Source: SCORING 2 and 3 (the reference's files and their outer join).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int8s = NDArray[np.int8]
Int16s = NDArray[np.int16]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
UInt16s = NDArray[np.uint16]
Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Array of numpy.dtypes.StringDType; numpy has no generic type for it yet.
Strings = np.ndarray[Any, Any]

#: An empty time field.
MISSING_MS = -1
#: `History.delay_start_ms` of a note that never was in the delay; -1 (DELAY_LEFT) means that it was and left it.
DELAY_NEVER = -2
DELAY_LEFT = -1
#: An index that points nowhere: unknown author, unassigned modeling group, deleted note's post.
UNKNOWN = -1

#: Bit k of `Ratings.helpful_tags` is HELPFUL_TAGS[k]: the public column names in file order.
HELPFUL_TAGS = (
    "helpfulOther",
    "helpfulInformative",
    "helpfulClear",
    "helpfulEmpathetic",
    "helpfulGoodSources",
    "helpfulUniqueContext",
    "helpfulAddressesClaim",
    "helpfulImportantContext",
    "helpfulUnbiasedLanguage",
)
#: Bit k of `Ratings.not_helpful_tags` is NOT_HELPFUL_TAGS[k].
NOT_HELPFUL_TAGS = (
    "notHelpfulOther",
    "notHelpfulIncorrect",
    "notHelpfulSourcesMissingOrUnreliable",
    "notHelpfulOpinionSpeculationOrBias",
    "notHelpfulMissingKeyPoints",
    "notHelpfulOutdated",
    "notHelpfulHardToUnderstand",
    "notHelpfulArgumentativeOrBiased",
    "notHelpfulOffTopic",
    "notHelpfulSpamHarassmentOrAbuse",
    "notHelpfulIrrelevantSources",
    "notHelpfulOpinionSpeculation",
    "notHelpfulNoteNotNeeded",
)


class Status(IntEnum):
    """A note's status as int8; `NONE` where the note never had one (or a scorer has no say on it).

    `FIRM_REJECT` and `NEEDS_YOUR_HELP` are internal to scorers and never final.
    """

    NONE = -1
    NMR = 0
    CRH = 1
    CRNH = 2
    FIRM_REJECT = 3
    NEEDS_YOUR_HELP = 4


#: Public words of the statuses.
STATUS_NAMES = {
    Status.NMR: "NEEDS_MORE_RATINGS",
    Status.CRH: "CURRENTLY_RATED_HELPFUL",
    Status.CRNH: "CURRENTLY_RATED_NOT_HELPFUL",
    Status.FIRM_REJECT: "FIRM_REJECT",
    Status.NEEDS_YOUR_HELP: "NEEDS_YOUR_HELP",
}


class Classification(IntEnum):
    """What a note says of the post; `UNKNOWN` for a deleted note."""

    UNKNOWN = -1
    NOT_MISLEADING = 0
    MISLEADING = 1


class EnrollmentState(IntEnum):
    """Where a contributor stands; values are ours, the public words are in ENROLLMENT_NAMES."""

    UNKNOWN = -1
    NEW_USER = 0
    EARNED_IN = 1
    AT_RISK = 2
    EARNED_OUT_NO_ACKNOWLEDGE = 3
    EARNED_OUT_ACKNOWLEDGED = 4
    REMOVED = 5
    API_TEST_USER = 6
    API_EARNED_IN = 7
    API_EARNED_OUT = 8


ENROLLMENT_NAMES = {
    EnrollmentState.NEW_USER: "newUser",
    EnrollmentState.EARNED_IN: "earnedIn",
    EnrollmentState.AT_RISK: "atRisk",
    EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE: "earnedOutNoAcknowledge",
    EnrollmentState.EARNED_OUT_ACKNOWLEDGED: "earnedOutAcknowledged",
    EnrollmentState.REMOVED: "removed",
    EnrollmentState.API_TEST_USER: "apiTestUser",
    EnrollmentState.API_EARNED_IN: "apiEarnedIn",
    EnrollmentState.API_EARNED_OUT: "apiEarnedOut",
}


@dataclass(frozen=True, slots=True)
class Ratings:
    """k ratings, sorted by (note, rater).

    Attributes:
        note: int32[k], row of `Notes`.
        rater: int32[k], row of `Participants`.
        value: float32[k] in {0, 0.5, 1}: not helpful, somewhat helpful, helpful.
        created_at_ms: int64[k].
        helpful_tags: uint16[k], bit j set if the rating has HELPFUL_TAGS[j].
        not_helpful_tags: uint16[k], bit j set if the rating has NOT_HELPFUL_TAGS[j].
        population_sampled: bool[k], the rater answered a randomly sent request.
    """

    note: Int32s
    rater: Int32s
    value: Float32s
    created_at_ms: Int64s
    helpful_tags: UInt16s
    not_helpful_tags: UInt16s
    population_sampled: Bools

    def __len__(self) -> int:
        return len(self.note)

    def take(self, rows: Any) -> Ratings:
        """The given rows (a mask, slice or rising indices), in their order; these themselves where a mask keeps all."""
        if isinstance(rows, np.ndarray) and rows.dtype == np.bool_ and rows.all():
            return self
        return Ratings(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Notes:
    """n notes, sorted by note_id.

    Attributes:
        note_id: int64[n].
        author: int32[n], row of `Participants`, -1 unknown.
        created_at_ms: int64[n].
        post_id: int64[n], -1 for a deleted note.
        classification: int8[n], a `Classification`.
        summary: StringDType[n], the text; None where it was not read (only topics need it).
    """

    note_id: Int64s
    author: Int32s
    created_at_ms: Int64s
    post_id: Int64s
    classification: Int8s
    summary: Strings | None = None

    def __len__(self) -> int:
        return len(self.note_id)


@dataclass(frozen=True, slots=True)
class History:
    """Status history, aligned to `Notes` (n rows). Statuses are int8 `Status`, times MISSING_MS where empty.

    Attributes:
        current_status, first_non_nmr_status, most_recent_non_nmr_status, locked_status: int8[n].
        first_non_nmr_ms, current_ms, latest_non_nmr_ms, lock_ms, retro_lock_ms, most_recent_change_ms: int64[n].
        core_status, expansion_status, group_status, multi_group_status: int8[n], as the last run left them.
        decided_by: StringDType[n], `currentDecidedBy`, empty where there is none.
        modeling_group, modeling_multi_group: int16[n], -1 none.
        delay_start_ms: int64[n], start of the delay (SCORING 12 rule 9): DELAY_NEVER, DELAY_LEFT, or a time.
        first_delay_start_ms: int64[n], start of the first delay ever.
        final_scoring_minute: int64[n], Unix minutes of the last run that scored the note, -1 none.
        above_pcrh_threshold_ms: int64[n], passed through; we compute no pcrh.
    """

    current_status: Int8s
    first_non_nmr_status: Int8s
    most_recent_non_nmr_status: Int8s
    locked_status: Int8s
    first_non_nmr_ms: Int64s
    current_ms: Int64s
    latest_non_nmr_ms: Int64s
    lock_ms: Int64s
    retro_lock_ms: Int64s
    most_recent_change_ms: Int64s
    core_status: Int8s
    expansion_status: Int8s
    group_status: Int8s
    multi_group_status: Int8s
    decided_by: Strings
    modeling_group: Int16s
    modeling_multi_group: Int16s
    delay_start_ms: Int64s
    first_delay_start_ms: Int64s
    final_scoring_minute: Int64s
    above_pcrh_threshold_ms: Int64s

    def __len__(self) -> int:
        return len(self.current_status)

    @classmethod
    def fresh(cls, n: int) -> History:
        """The history of n notes that were never scored."""

        def statuses() -> Int8s:
            return np.full(n, Status.NONE, np.int8)

        def times() -> Int64s:
            return np.full(n, MISSING_MS, np.int64)

        def groups() -> Int16s:
            return np.full(n, UNKNOWN, np.int16)

        return cls(
            current_status=statuses(),
            first_non_nmr_status=statuses(),
            most_recent_non_nmr_status=statuses(),
            locked_status=statuses(),
            first_non_nmr_ms=times(),
            current_ms=times(),
            latest_non_nmr_ms=times(),
            lock_ms=times(),
            retro_lock_ms=times(),
            most_recent_change_ms=times(),
            core_status=statuses(),
            expansion_status=statuses(),
            group_status=statuses(),
            multi_group_status=statuses(),
            decided_by=np.full(n, "", np.dtypes.StringDType()),
            modeling_group=groups(),
            modeling_multi_group=groups(),
            delay_start_ms=np.full(n, DELAY_NEVER, np.int64),
            first_delay_start_ms=times(),
            final_scoring_minute=times(),
            above_pcrh_threshold_ms=times(),
        )


@dataclass(frozen=True, slots=True)
class Participants:
    """p participants (raters, authors, enrolled), sorted by participant_id.

    Attributes:
        participant_id: StringDType[p].
        modeling_group: int16[p], -1 unassigned.
        enrollment_state: int8[p], an `EnrollmentState`; UNKNOWN for one who is not in the enrollment file.
        successful_ratings_needed: int32[p], rating impact needed to earn in, -1 unknown.
        last_state_change_ms: int64[p].
        last_earn_out_ms: int64[p]; the public files write 1 for never.
        expansion: bool[p], modelingPopulation is EXPANSION.
        n_earned_out: int32[p], how often writing was lost.
    """

    participant_id: Strings
    modeling_group: Int16s
    enrollment_state: Int8s
    successful_ratings_needed: Int32s
    last_state_change_ms: Int64s
    last_earn_out_ms: Int64s
    expansion: Bools
    n_earned_out: Int32s

    def __len__(self) -> int:
        return len(self.participant_id)

    @classmethod
    def without_enrollment(cls, participant_id: Strings) -> Participants:
        """Participants of whom nothing but the id is known; participant_id must be sorted."""
        p = len(participant_id)
        return cls(
            participant_id=participant_id,
            modeling_group=np.full(p, UNKNOWN, np.int16),
            enrollment_state=np.full(p, EnrollmentState.UNKNOWN, np.int8),
            successful_ratings_needed=np.full(p, -1, np.int32),
            last_state_change_ms=np.full(p, MISSING_MS, np.int64),
            last_earn_out_ms=np.full(p, MISSING_MS, np.int64),
            expansion=np.zeros(p, np.bool_),
            n_earned_out=np.zeros(p, np.int32),
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything that one scoring run takes.

    Attributes:
        history: aligned to `notes`.
    """

    notes: Notes
    ratings: Ratings
    history: History
    participants: Participants
