"""The rows of the public Community Notes files as arrays, one dataclass a table.

Source: FORMATS 3.5 (columns), SCORING 2 (what they mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Stands for an empty cell of an integer column, and for "never" in the start of the delay, where -1 has a meaning.
EMPTY, EMPTY_DELAY = -1, -2
Int64s = NDArray[np.int64]
Strings = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class NoteRows:
    """The notes files, a row a note, by note_id; `author` is a participant code, summary None if not asked for."""

    note_id: Int64s
    author: Int64s
    created_at_ms: Int64s
    post_id: Int64s
    classification: Int64s
    summary: Strings | None


@dataclass(frozen=True, slots=True)
class RatingRows:
    """The ratings that have an answer and a known note, in no fixed order.

    Attributes:
        note: int32, position of the rated note in the note_ids that were handed in.
        rater: uint32, participant code.
        value: float32 in {0, 0.5, 1}.
        helpful_tags, not_helpful_tags: uint16, bit j = tag j in file order.
    """

    note: NDArray[np.int32]
    rater: NDArray[np.uint32]
    value: NDArray[np.float32]
    created_at_ms: Int64s
    helpful_tags: NDArray[np.uint16]
    not_helpful_tags: NDArray[np.uint16]
    population_sampled: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HistoryRows:
    """The status history, a row a note, sorted by note_id; statuses are positions in STATUSES, EMPTY where empty."""

    note_id: Int64s
    author: Int64s
    created_at_ms: Int64s
    first_non_nmr_ms: Int64s
    first_non_nmr_status: Int64s
    current_ms: Int64s
    current_status: Int64s
    latest_non_nmr_ms: Int64s
    most_recent_non_nmr_status: Int64s
    lock_ms: Int64s
    locked_status: Int64s
    retro_lock_ms: Int64s
    core_status: Int64s
    expansion_status: Int64s
    group_status: Int64s
    decided_by: Strings
    modeling_group: Int64s
    most_recent_change_ms: Int64s
    delay_start_ms: Int64s
    multi_group_status: Int64s
    modeling_multi_group: Int64s
    final_scoring_minute: Int64s
    first_delay_start_ms: Int64s
    above_pcrh_threshold_ms: Int64s


@dataclass(frozen=True, slots=True)
class EnrollmentRows:
    """The enrollment, a row a participant; words are positions in their lists, EMPTY where empty."""

    participant: Int64s
    enrollment_state: Int64s
    successful_ratings_needed: Int64s
    last_state_change_ms: Int64s
    last_earn_out_ms: Int64s
    population: Int64s
    modeling_group: Int64s
    n_earned_out: Int64s
