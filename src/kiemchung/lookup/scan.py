"""Which rows come nearest to some queries: one pass over the codes for all queries of a message.

While a row's products are at hand, they go into the lists of the best and into the sums that z-scores need, so that no
row is looked at twice and no scores of all rows are kept. Products are of whole numbers (codes of 8 bits, queries of
16), so they are exact, and equal for any number of threads and whether compiled or not.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Codes = NDArray[np.int8]

#: Queries that the compiled loop takes at once, so that the codes of a row are widened once for all of them.
TOGETHER = 4
#: Dimensions that it takes in one step; vectors of other lengths than a multiple of it are searched without it.
STEP = 32
#: Rows of one piece of work; pieces are put together in their order, whichever thread was quicker.
_PIECE_ROWS = 65_536
_CACHE_LINE = 64  # bytes
_BLOCK_ROWS = 512  # decoded for one product without numba: 1.5 MB


@dataclass(frozen=True, slots=True)
class Rows:
    """What is searched.

    Attributes:
        codes: int8[n_rows, dimensions].
        scales: float32[n_rows]; `code * scale` is the vector.
        groups: int16[n_rows], the number of the row's language; -1 for rows that are not searched.
        counts: int64[n_groups], the searched rows of each language.
    """

    codes: Codes
    scales: Floats
    groups: NDArray[np.int16]
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What one pass found.

    Attributes:
        rows: int64[n_queries, 2, depth], best first: the nearest rows of the query's own language, then of all others;
            -1 where there are no more.
        sums, squares: float64[n_queries, n_groups], over the cosines of each language's rows.
    """

    rows: NDArray[np.int64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Queries:
    """Queries in whole numbers.

    Attributes:
        codes: int16[n_queries, dimensions].
        scales: float32[n_queries]; `code * scale` is the query's vector up to rounding.
        own: int64[n_queries], the number of the query's language, -1 where no row has it.
    """

    codes: NDArray[np.int16]
    scales: Floats
    own: NDArray[np.int64]


def whole_numbers(vectors: Floats, own: NDArray[np.int64]) -> Queries:
    """The queries as `nearest` and `cosines` take them."""
    largest = min(2**15 - 1, (2**31 - 1) // (127 * vectors.shape[1]))  # a sum of products fits 32 bits
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12).astype(np.float32) / np.float32(largest)
    return Queries(np.rint(vectors / scales[:, None]).astype(np.int16), scales, own)


def begin(
    rows: Rows,
    vectors: Floats,
    own: NDArray[np.int64],
    depth: int,
    pool: Executor | None = None,
    *,
    compiled: bool = False,
) -> "Callable[[], Scan]":
    """Begin one pass over all rows; what is given back waits for the rest of it.

    Args:
        vectors: float32[n_queries, dimensions].
        own: int64[n_queries], the number of each query's language, -1 where no row has it.
        depth: rows kept of either kind.
        pool: what works side by side; without one, this thread does all.
        compiled: a seventh of the work, once numba is loaded, which takes as long as two passes over 300,000 rows.
    """
    queries = whole_numbers(vectors, own)
    finish = _begin(rows, queries, depth, pool, compiled)
    return lambda: Scan(rows, queries, finish())


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows, queries, and what one pass found."""

    rows: Rows
    queries: Queries
    nearest: Nearest

    def cosines(self, chosen: NDArray[np.int64], query: int) -> Floats:
        """float32[len(chosen)]: the cosines of some rows with one query."""
        products = self.rows.codes[chosen].astype(np.float64) @ self.queries.codes[query].astype(np.float64)
        return np.asarray(products.astype(np.float32) * self.rows.scales[chosen] * self.queries.scales[query])


def _begin(rows: Rows, queries: Queries, depth: int, pool: Executor | None, compiled: bool) -> Callable[[], Nearest]:
    """The `depth` nearest rows of each query, within its own language and among all others; of equals the first."""
    n_rows, n_queries = len(rows.codes), len(queries.own)
    if compiled and rows.codes.shape[1] % STEP == 0:
        from kiemchung.lookup.scan_kernel import scan  # numba loads here

        work: Callable[..., None] = scan
        queries = _in_fours(queries)
    else:
        work = scan_plainly
    starts = range(0, n_rows, _PIECE_ROWS)
    pieces = [_empty(len(queries.own), depth, len(rows.counts)) for _ in starts]

    def fill(piece: int) -> None:
        part = slice(starts[piece], starts[piece] + _PIECE_ROWS)
        arrays = rows.codes[part], rows.scales[part], rows.groups[part]
        work(*arrays, starts[piece], queries.codes, queries.scales, queries.own, *pieces[piece])

    if pool is None:
        for piece in range(len(pieces)):
            fill(piece)
        return lambda: _together(pieces, n_queries, depth, len(rows.counts))
    filled = [pool.submit(fill, piece) for piece in range(len(pieces))]

    def finish() -> Nearest:
        for each in filled:
            each.result()
        return _together(pieces, n_queries, depth, len(rows.counts))

    return finish


def _in_fours(queries: Queries) -> Queries:
    """Queries of zeros added up to a multiple of `TOGETHER`, and the codes where lines of the processor's cache begin.

    A step reads 64 bytes of a query. Where these stand in two lines, as by chance they do, the pass takes up to twice
    as long.
    """
    missing = -len(queries.own) % TOGETHER
    codes = np.pad(queries.codes, ((0, missing), (0, 0)))
    room = np.empty(codes.nbytes + _CACHE_LINE, dtype=np.uint8)
    start = -room.ctypes.data % _CACHE_LINE
    placed = room[start : start + codes.nbytes].view(codes.dtype).reshape(codes.shape)
    placed[:] = codes
    return Queries(placed, np.pad(queries.scales, (0, missing)), np.pad(queries.own, (0, missing), constant_values=-1))


def scan_plainly(
    codes: Codes,
    scales: Floats,
    groups: NDArray[np.int16],
    first_row: int,
    query_codes: NDArray[np.int16],
    query_scales: Floats,
    own: NDArray[np.int64],
    best_rows: NDArray[np.int64],
    best_scores: Floats,
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    """What `scan_kernel.scan` does, by NumPy: for small collections, and to test the kernel against."""
    scores = np.empty((len(query_codes), len(codes)), dtype=np.float32)
    turned = np.ascontiguousarray(query_codes.T.astype(np.float64))
    for start in range(0, len(codes), _BLOCK_ROWS):
        block = codes[start : start + _BLOCK_ROWS].astype(np.float64)
        scores[:, start : start + len(block)] = (block @ turned).T
    scores *= scales
    scores *= query_scales[:, None]
    depth = best_rows.shape[2]
    for query, found in enumerate(scores):
        alive = groups >= 0
        there = groups[alive]
        n_groups = len(sums)
        sums[:, query] += np.bincount(there, weights=found[alive], minlength=n_groups)
        squares[:, query] += np.bincount(there, weights=found[alive].astype(np.float64) ** 2, minlength=n_groups)
        for side, members in enumerate((groups == own[query], alive & (groups != own[query]))):
            if own[query] < 0 and side == 0:
                continue
            chosen = np.flatnonzero(members)
            chosen = chosen[_best(found[chosen], depth)]
            best_rows[query, side, : len(chosen)] = chosen + first_row
            best_scores[query, side, : len(chosen)] = found[chosen]


def _best(scores: Floats, depth: int) -> NDArray[np.int64]:
    """Places of the best scores, best first; of equals the first."""
    if len(scores) > depth:
        least = np.partition(scores, len(scores) - depth)[len(scores) - depth]
        kept = np.flatnonzero(scores >= least)
    else:
        kept = np.arange(len(scores))
    return kept[np.argsort(-scores[kept], kind="stable")][:depth]


_Piece = tuple[NDArray[np.int64], Floats, NDArray[np.float64], NDArray[np.float64]]


def _empty(n_queries: int, depth: int, n_groups: int) -> _Piece:
    return (
        np.full((n_queries, 2, depth), -1, dtype=np.int64),
        np.full((n_queries, 2, depth), -np.inf, dtype=np.float32),
        np.zeros((n_groups, n_queries)),
        np.zeros((n_groups, n_queries)),
    )


def _together(pieces: list[_Piece], n_queries: int, depth: int, n_groups: int) -> Nearest:
    rows, _, sums, squares = _empty(n_queries, depth, n_groups)
    for piece in pieces:
        sums += piece[2][:, :n_queries]
        squares += piece[3][:, :n_queries]
    if pieces:
        all_rows = np.concatenate([piece[0][:n_queries] for piece in pieces], axis=2)
        all_scores = np.concatenate([piece[1][:n_queries] for piece in pieces], axis=2)
        order = np.argsort(-all_scores, axis=2, kind="stable")[:, :, :depth]
        rows = np.take_along_axis(all_rows, order, axis=2)
    return Nearest(rows, sums.T, squares.T)
