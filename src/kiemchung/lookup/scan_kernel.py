"""The compiled loop of `scan`; its plain twin is `scan.scan_plainly`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _product(code: NDArray[np.int8], query: NDArray[np.int16]) -> np.int32:
    """The product in 32 bits; numba would widen to 64, where no processor multiplies and adds in one step."""
    total = np.int32(0)
    for i in range(code.shape[0]):
        total = np.int32(total + np.int32(np.int32(code[i]) * np.int32(query[i])))
    return total


@njit(cache=True, nogil=True)
def scan(
    codes: NDArray[np.int8],
    scales: NDArray[np.float32],
    groups: NDArray[np.int16],
    first_row: int,
    query_codes: NDArray[np.int16],
    query_scales: NDArray[np.float32],
    own: NDArray[np.int64],
    best_rows: NDArray[np.int64],
    best_scores: NDArray[np.float32],
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    """Put the rows of one piece into the lists and sums of every query.

    Args:
        codes, scales, groups: see `scan.Rows`; row 0 here is `first_row` of the collection.
        query_codes, query_scales, own: see `scan.Queries`.
        best_rows, best_scores: [n_queries, 2, depth], filled with -1 and -inf; own language first.
        sums, squares: [n_queries, n_groups], of zeros.
    """
    depth = best_rows.shape[2]
    for row in range(codes.shape[0]):
        group = groups[row]
        if group < 0:
            continue
        for query in range(query_codes.shape[0]):
            score = np.float32(np.float32(_product(codes[row], query_codes[query])) * scales[row]) * query_scales[query]
            sums[query, group] += score
            squares[query, group] += np.float64(score) * np.float64(score)
            side = 0 if group == own[query] else 1
            place = depth - 1
            if score <= best_scores[query, side, place]:
                continue
            while place > 0 and best_scores[query, side, place - 1] < score:
                best_scores[query, side, place] = best_scores[query, side, place - 1]
                best_rows[query, side, place] = best_rows[query, side, place - 1]
                place -= 1
            best_scores[query, side, place] = score
            best_rows[query, side, place] = first_row + row
