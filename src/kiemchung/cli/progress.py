"""A progress bar on standard error, where that is a terminal; silent otherwise."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Bar:
    """One line that says what is going on and how far it is. Loads rich only on a terminal."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._progress: Any = None
        self._task: Any = None
        self._name = ""

    def start(self, name: str, unit: str) -> None:
        """Begin a stage; beginning the one that is running changes nothing."""
        if name == self._name or not sys.stderr.isatty():
            return
        self.close()
        from rich.console import Console  # rich loads only where there is somebody to see it
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        count = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
        columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._progress.start()
        self._task = self._progress.add_task(name, total=None)
        self._name = name

    def update(self, done: int, total: int) -> None:
        """How far the stage is."""
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)

    def say(self, line: str) -> None:
        """A line above the bar."""
        if self._progress is not None:
            self._progress.console.print(line, markup=False, highlight=False)
        else:
            sys.stderr.write(line + "\n")

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
        self._progress, self._name = None, ""


@contextmanager
def bar(name: str, unit: str) -> Iterator[Bar]:
    """A bar for as long as the block runs."""
    shown = Bar()
    shown.start(name, unit)
    try:
        yield shown
    finally:
        shown.close()
