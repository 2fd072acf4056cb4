"""Ratings as a bipartite graph, grouped by note and by rater, with rows that are numbered without gaps.

A scorer takes a slice of the ratings. Its notes and raters are renumbered so that the fit touches no row without a
rating; `note_index` and `rater_index` lead back to the rows of `Notes` and `Participants`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring import kernels
from kiemchung.scoring.kernels import Side
from kiemchung.scoring.table import Float64s, Int32s, Int64s


@dataclass(frozen=True, slots=True)
class Graph:
    """k ratings of N notes by U raters.

    Attributes:
        by_note, by_rater: the ratings in CSR form. In `by_note` they keep the order in which they were given.
        note_index: int64[N], row of `Notes`; rising.
        rater_index: int64[U], row of `Participants`; rising.
        note_weight: float64[N], weight of a note's penalty; 1 unless said otherwise.
        rater_weight: float64[U], the same for raters.
        total_weight: sum of the ratings' weights; k where all weigh 1.
    """

    by_note: Side
    by_rater: Side
    note_index: Int64s
    rater_index: Int64s
    note_weight: Float64s
    rater_weight: Float64s
    total_weight: float

    @property
    def n_ratings(self) -> int:
        return len(self.by_note.other)

    @property
    def n_notes(self) -> int:
        return len(self.note_index)

    @property
    def n_raters(self) -> int:
        return len(self.rater_index)

    @property
    def weighted(self) -> bool:
        return len(self.by_note.weight) > 0


def dense_rows(rows: Int32s, size: int) -> tuple[Int64s, NDArray[np.int64]]:
    """Which of `size` rows occur, rising, and how often each of them does."""
    counts = np.zeros(size, np.int64)
    kernels.count_into(np.ascontiguousarray(rows), counts)
    present = np.flatnonzero(counts)
    return present, counts[present]


def graph_of(
    note: Int32s,
    rater: Int32s,
    value: NDArray[Any],
    *,
    n_notes: int,
    n_raters: int,
    weight: NDArray[Any] | None = None,
    rater_weight: Float64s | None = None,
) -> Graph:
    """Group ratings by note and by rater.

    Args:
        note: int32[k], rising (as in `Ratings`); row of `Notes`, less than n_notes.
        rater: int32[k], row of `Participants`, less than n_raters.
        value: [k], what the fit explains.
        weight: [k], weight of each rating; None if all weigh 1.
        rater_weight: float64[n_raters], weight of each participant, on its ratings and on its penalty alike; a rater
            counted twice with half the weight then changes nothing. None if all weigh 1.
    """
    note_index, note_counts = dense_rows(note, n_notes)
    rater_index, rater_counts = dense_rows(rater, n_raters)
    new_row = np.zeros(n_raters, np.uint32)
    new_row[rater_index] = np.arange(len(rater_index), dtype=np.uint32)
    own_weight = np.ones(len(rater_index)) if rater_weight is None else rater_weight[rater_index].astype(np.float64)
    if rater_weight is not None:
        weight = rater_weight[rater] if weight is None else weight * rater_weight[rater]
    by_note = Side(
        start=_starts(note_counts),
        other=new_row[rater],
        value=np.array(value, np.float32),
        weight=np.empty(0, np.float32) if weight is None else np.array(weight, np.float32),
    )
    return Graph(
        by_note=by_note,
        by_rater=transposed(by_note, rater_counts),
        note_index=note_index,
        rater_index=rater_index,
        note_weight=np.ones(len(note_index)),
        rater_weight=own_weight,
        total_weight=float(len(note)) if weight is None else float(by_note.weight.sum(dtype=np.float64)),
    )


def transposed(side: Side, counts: NDArray[np.int64]) -> Side:
    """The same ratings grouped by the other side, whose rows have `counts` ratings."""
    start = _starts(counts)
    flipped = Side(start, np.empty_like(side.other), np.empty_like(side.value), np.empty_like(side.weight))
    kernels.transpose(
        side.start, side.other, side.value, side.weight, start[:-1].copy(), flipped.other, flipped.value, flipped.weight
    )
    return flipped


def _starts(counts: NDArray[np.int64]) -> Int64s:
    start = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return start
