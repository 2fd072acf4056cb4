"""Threads that share the rows of a kernel; what a kernel writes does not depend on their number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np

from kiemchung.scoring.table import Int64s

#: Below so many ratings a second thread costs more than it gives (a hand-over takes some 30 microseconds).
MIN_RATINGS_PER_THREAD = 50_000
#: Pieces per thread, so that a thread that meets cheap rows takes another piece.
PIECES_PER_THREAD = 4


class Workers:
    """Runs kernels `kernel(lo, hi, *arguments)` over ranges of rows, on one or several threads."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = max(1, threads)
        self._pool = ThreadPoolExecutor(self.threads, "scoring") if self.threads > 1 else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown()

    def over_rows(self, kernel: Callable[..., None], start: Int64s, *arguments: Any) -> None:
        """Run the kernel over all rows of a CSR side with these starts, in pieces of about equally many ratings."""
        rows = len(start) - 1
        ratings = int(start[-1])
        if self._pool is None or ratings < 2 * MIN_RATINGS_PER_THREAD:
            kernel(0, rows, *arguments)
            return
        pieces = self.threads * PIECES_PER_THREAD
        bounds = np.searchsorted(start, np.linspace(0, ratings, pieces + 1))
        bounds[0], bounds[-1] = 0, rows
        tasks = [self._pool.submit(kernel, int(lo), int(hi), *arguments) for lo, hi in pairwise(bounds) if lo < hi]
        for task in tasks:
            task.result()
