"""Compiled loops that put ratings in order: counting sorts, linear in the ratings; nothing else.

Kept apart from `kernels`, because tables are put together before any fit. Compiled at the first call, kept on disk.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _place(keys, order, free, out):
    """Stable counting sort: walk the rows in `order` and put each at the next free place of its key."""
    for j in range(order.size):
        row = order[j]
        place = free[keys[row]]
        free[keys[row]] = place + 1
        out[place] = row


def order_by(first: NDArray[Any], n_first: int, second: NDArray[Any], n_second: int) -> NDArray[np.int64]:
    """The rows' order by (first, second), int64[k]; equal pairs keep the order in which they came.

    Args:
        first, second: keys, whole numbers from 0 to n_first - 1 and n_second - 1.
    """
    rows = np.arange(len(first), dtype=np.int64)
    by_second = np.empty_like(rows)
    _place(second, rows, _starts(second, n_second), by_second)
    _place(first, by_second, _starts(first, n_first), rows)
    return rows


def _starts(keys: NDArray[Any], n: int) -> NDArray[np.int64]:
    starts = np.zeros(n, np.int64)
    if n:
        np.cumsum(np.bincount(keys, minlength=n)[:-1], out=starts[1:])
    return starts
