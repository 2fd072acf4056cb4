"""Loads a preset's compiled loops before there is anything to score, while files are still being read.

numba takes half a second of the processor to start and to find its loops on disk. A rehearsal on a made-up community
makes it do so; its outcome is thrown away. Meant for a thread beside one that waits for a library of its own threads.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from kiemchung.scoring.sorting import order_by
from kiemchung.scoring.table import Classification, Dataset, History, Notes, Participants, Ratings

_NOTES, _RATERS = 50, 40
#: What numba loads with its first loop if it can, and no loop of ours calls: BLAS (and SciPy with it) and C headers.
_NOT_CALLED = ("scipy.linalg.cython_blas", "cffi")


def rehearse(preset: str) -> None:
    """Load the loops that sort, and, for `community`, all that every run takes."""
    keys = np.arange(2, dtype=np.int32)
    with _without(_NOT_CALLED):
        order_by(keys, 2, keys, 2)
    if preset == "community":
        from kiemchung.scoring.community import run_community  # the loops of this preset alone

        run_community(_made_up(), now_ms=0)


@contextmanager
def _without(modules: tuple[str, ...]) -> Iterator[None]:
    """As if these were not installed, unless they are loaded already; half of the time that the first loop takes."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python marks what cannot be had
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _made_up() -> Dataset:
    """A community that is just large enough to be searched for groups: two camps, every second rater on each note."""
    note = np.repeat(np.arange(_NOTES, dtype=np.int32), _RATERS // 2)
    rater = (2 * np.tile(np.arange(_RATERS // 2, dtype=np.int32), _NOTES) + note % 2).astype(np.int32)
    level = (note + (rater % 4 > 1) * (note % 3)) % 3
    k, none = len(note), np.zeros(_NOTES, np.int64)
    ratings = Ratings(
        note, rater, (level / 2).astype(np.float32), np.arange(k, dtype=np.int64) * 60_000,
        np.zeros(k, np.uint16), np.zeros(k, np.uint16), np.zeros(k, np.bool_),
    )  # fmt: skip
    notes = Notes(
        np.arange(_NOTES, dtype=np.int64), np.full(_NOTES, -1, np.int32), none, none - 1,
        np.full(_NOTES, Classification.MISLEADING, np.int8), None,
    )  # fmt: skip
    names = np.array([f"{u:03}" for u in range(_RATERS)], np.dtypes.StringDType())
    return Dataset(notes, ratings, History.fresh(_NOTES), Participants.without_enrollment(names))
