"""What could be rated, the most telling first: kept in memory for a few seconds, so that no rater waits for a sort."""

import threading
from collections.abc import Collection
from itertools import islice

from kiemchung.notes.queue import Candidate, by_value
from kiemchung.ports import Clock, Contributions, RatableNote

#: A note is drawn among so many of the best.
_AMONG = 8
#: How long an order is used. Counts of ratings may be as old as that; notes that come or go are seen at once.
_KEEP_MS = 5_000


class RatingQueue:
    """The open, unlocked notes in the order of what one more rating tells. Thread-safe."""

    def __init__(self, contributions: Contributions, clock: Clock) -> None:
        self._contributions = contributions
        self._clock = clock
        self._order: list[Candidate] = []
        self._version, self._made_at_ms = -1, 0
        self._lock = threading.Lock()

    def best(self, without: Collection[str]) -> list[Candidate]:
        """The first few that are not among these ids."""
        return list(islice((c for c in self._current() if c.note_id not in without), _AMONG))

    def _current(self) -> list[Candidate]:
        with self._lock:
            now_ms, version = self._clock.now_ms(), self._contributions.notes_version()
            if version != self._version or not 0 <= now_ms - self._made_at_ms < _KEEP_MS:
                self._order = by_value(_candidate(note) for note in self._contributions.ratable_notes())
                self._version, self._made_at_ms = version, now_ms
            return self._order


def _candidate(note: RatableNote) -> Candidate:
    missing, margin = note.numbers.get("missing_sides", 2), note.numbers.get("margin")
    return Candidate(
        note.note_id,
        note.n_ratings,
        int(missing) if isinstance(missing, int | float) else 2,
        float(margin) if isinstance(margin, int | float) else None,
    )
