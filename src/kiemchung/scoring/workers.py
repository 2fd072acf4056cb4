"""Threads that share the rows of a kernel; what a kernel writes does not depend on their number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import Int64s

#: Below so many ratings a second thread costs more than it gives (a hand-over takes some 30 microseconds).
MIN_RATINGS_PER_THREAD = 50_000
#: Pieces per thread, so that a thread that meets cheap rows takes another piece.
PIECES_PER_THREAD = 4
#: Places that are looked up at a time; as 64-bit numbers, which NumPy makes of them, they stay in the nearest caches.
_PLACES = 1 << 14


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

    def take(self, values: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
        """values[places], looked up by all threads; every place must be one of values'."""
        out = np.empty(len(places), values.dtype)

        def look_up(lo: int, hi: int) -> None:
            for first in range(lo, hi, _PLACES):
                last = min(first + _PLACES, hi)
                np.take(values, places[first:last], out=out[first:last], mode="clip")  # "raise" would copy `out`

        if self._pool is None or len(places) < 2 * MIN_RATINGS_PER_THREAD:
            look_up(0, len(places))
            return out
        bounds = np.linspace(0, len(places), self.threads * PIECES_PER_THREAD + 1).astype(np.int64)
        for task in [self._pool.submit(look_up, int(lo), int(hi)) for lo, hi in pairwise(bounds)]:
            task.result()
        return out
