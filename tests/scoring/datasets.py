"""Small datasets for scoring tests, made from a few values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kiemchung.scoring.table import Classification, Dataset, History, Notes, Participants, Ratings

#: 2026-08-01.
AUGUST_MS = 1_785_542_400_000
HOUR_MS = 3_600_000


def notes_of(
    n: int, *, authors: Sequence[int] | None = None, posts: Sequence[int] | None = None, **given: object
) -> Notes:
    """n notes that say "misleading", made on 1 August 2026, each on its own post unless said otherwise."""
    columns = {
        "note_id": np.arange(n, dtype=np.int64) + 1,
        "author": np.full(n, -1, np.int32) if authors is None else np.array(authors, np.int32),
        "created_at_ms": np.full(n, AUGUST_MS, np.int64),
        "post_id": np.arange(n, dtype=np.int64) + 1000 if posts is None else np.array(posts, np.int64),
        "classification": np.full(n, Classification.MISLEADING, np.int8),
    }
    return Notes(**(columns | given))


def ratings_of(rows: Sequence[tuple[int, int, float, int]]) -> Ratings:
    """Ratings from (note, rater, value, milliseconds after 1 August), sorted as `Ratings` must be."""
    rows = sorted(rows)
    k = len(rows)
    note, rater, value, after = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    return Ratings(
        np.array(note, np.int32),
        np.array(rater, np.int32),
        np.array(value, np.float32),
        np.array(after, np.int64) + AUGUST_MS,
        np.zeros(k, np.uint16),
        np.zeros(k, np.uint16),
        np.zeros(k, np.bool_),
    )


def participants_of(p: int) -> Participants:
    return Participants.without_enrollment(np.array([f"u{u:05}" for u in range(p)], np.dtypes.StringDType()))


def dataset_of(notes: Notes, ratings: Ratings, p: int) -> Dataset:
    return Dataset(notes, ratings, History.fresh(len(notes)), participants_of(p))
