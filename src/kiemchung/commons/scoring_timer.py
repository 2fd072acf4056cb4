"""Scores the site now and then while the server runs, and logs what changed: never two runs at once."""

import threading
from collections.abc import Callable
from typing import Protocol

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.publish_log import publish
from kiemchung.commons.score_process import Summary, run
from kiemchung.commons.settings import Settings
from kiemchung.errors import KiemchungError


class Run(Protocol):
    """A scoring run; None where it was told to stop."""

    def __call__(self, settings: Settings, stop: threading.Event, /) -> Summary | None:
        """Score once."""


class ScoringTimer:
    """One thread that waits, looks whether anything changed, and has the site scored.

    A day that has passed is a change too, since statuses are locked by the day. The first look after a start always
    scores: what came in before is not known. A run that fails is told and tried again at the next turn; statuses stay.
    """

    def __init__(
        self,
        commons: Commons,
        *,
        scored: Callable[[Summary], None],
        failed: Callable[[Exception], None],
        run: Run = run,
    ) -> None:
        """A timer that is not started yet; `scored` and `failed` are told how each run ended."""
        self._commons = commons
        self._contributions = commons.contributions  # opened here, not by two threads at once
        self._scored, self._failed, self._run = scored, failed, run
        self._stop = threading.Event()
        self._seen: tuple[object, ...] = ()
        self._thread = threading.Thread(target=self._loop, name="scoring", daemon=True)

    def start(self) -> None:
        """Begin; does nothing where the settings have scoring done by hand."""
        if self._commons.settings.scoring_minutes:
            self._thread.start()

    def stop(self) -> None:
        """End a run that is going on, and the thread; what the run had not stored yet stays undone."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Score if anything changed since the last run that succeeded; whether it did."""
        try:
            now = self._state()
            if now == self._seen:
                return False
            summary = self._run(self._commons.settings, self._stop)
        except (KiemchungError, OSError) as error:
            self._failed(error)
            return False
        if summary is None:
            return False
        self._seen = now
        self._scored(summary)
        return True

    def publish(self) -> int:
        """Bring the public log up to what has changed, a run's statuses among it; how many entries it got."""
        try:
            return publish(self._commons)
        except (KiemchungError, OSError) as error:
            self._failed(error)
            return 0

    def _state(self) -> tuple[object, ...]:
        # a redaction by the command line is another process's write: it shows in the number of open notes
        version, n_notes = self._contributions.scoring_version(), self._contributions.counts()["notes"]
        return version, n_notes, today(self._commons.clock)

    def _loop(self) -> None:
        while not self._stop.wait(self._commons.settings.scoring_minutes * 60):
            self.look()
            self.publish()
