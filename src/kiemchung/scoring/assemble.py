"""Rows as they were read become the arrays of `table`: notes joined with their history, ratings sorted and unique.

Source: SCORING 3, steps 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.errors import InputError
from kiemchung.scoring.table import UNKNOWN, Int64s, Ratings, Strings
from kiemchung.scoring.workers import Workers


@dataclass(frozen=True, slots=True)
class Joined:
    """The notes file and the status history file, joined.

    Attributes:
        note_id: int64[n], sorted, of every note in either.
        of_note: int64, for each row of the notes file its row in note_id.
        of_history: int64, the same for the history file.
    """

    note_id: Int64s
    of_note: Int64s
    of_history: Int64s


def join_notes(note_id: Int64s, history_id: Int64s) -> Joined:
    """Outer join of two lists of unique note ids."""
    ids = np.union1d(note_id, history_id)
    return Joined(ids, np.searchsorted(ids, note_id), np.searchsorted(ids, history_id))


def joined_column(
    joined: Joined, notes: NDArray[Any], history: NDArray[Any], *, name: str, names: Strings | None = None
) -> NDArray[Any]:
    """A column that both files have: the notes' value, else the history's, else -1.

    Args:
        name: what it is, for the message.
        names: for a column of rows, what they are called.

    Raises:
        InputError: the two files say different things of a note (-1 says nothing).
    """
    merged = np.full(len(joined.note_id), UNKNOWN, np.int64)
    merged[joined.of_history] = history
    theirs = merged[joined.of_note]
    differ = np.flatnonzero((theirs != UNKNOWN) & (notes != UNKNOWN) & (theirs != notes))
    if len(differ):
        at = differ[0]
        ours, other = (str(names[v]) if names is not None else str(v) for v in (notes[at], theirs[at]))
        where = f"note {joined.note_id[joined.of_note[at]]}"
        raise InputError(f"{name} is {ours} in the notes and {other} in the status history", where=where)
    merged[joined.of_note] = np.where(notes == UNKNOWN, theirs, notes)
    return merged


def sorted_ratings(
    rows: Ratings, note_id: Int64s, participant_id: Strings, workers: Workers | None = None
) -> tuple[Ratings, int]:
    """The ratings by (note, rater), exact repeats once, and how many repeats were dropped.

    Raises:
        InputError: a rater has two different ratings of one note.
    """
    from kiemchung.scoring.sorting import order_by  # numba, which takes a second to load

    workers = workers or Workers()
    order = order_by(rows.note, len(note_id), rows.rater, len(participant_id))
    note, rater = workers.take(rows.note, order), workers.take(rows.rater, order)
    same_pair = (note[1:] == note[:-1]) & (rater[1:] == rater[:-1])
    if not same_pair.any():
        rest = (workers.take(getattr(rows, name), order) for name in Ratings.__slots__[2:])
        return Ratings(note, rater, *rest), 0
    ratings = rows.take(order)
    again = np.flatnonzero(same_pair)
    for name in Ratings.__slots__[2:]:
        column = getattr(ratings, name)
        differ = np.flatnonzero(column[again] != column[again + 1])
        if len(differ):
            at = again[differ[0]]
            who, what = participant_id[ratings.rater[at]], note_id[ratings.note[at]]
            raise InputError(
                "two different ratings of one note by one rater; keep one", where=f"rater {who}, note {what}"
            )
    kept = np.ones(len(ratings), np.bool_)
    kept[again + 1] = False
    return ratings.take(kept), len(again)
