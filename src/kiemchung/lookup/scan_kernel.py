"""The compiled loop of `scan`; its plain twin is `scan.scan_plainly`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from kiemchung.lookup.scan import STEP, TOGETHER

_cgutils: Any = cgutils  # without types


def _compare(
    typing: Any, codes: Any, row: Any, scale: Any, queries: Any, first_query: Any, query_scales: Any, scores: Any
) -> Any:
    """scores[q] = the cosine of `codes[row]`, whose scale is given, with query `first_query + q`.

    Written as the pair sums that processors make in one instruction, on rows of 512 bits (narrower processors take
    several steps for it): the compiler finds it by itself only for one query at a time. The sums of all queries are
    folded together at the end, not one by one.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        code_data, query_data, scale_data, score_data = (
            context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 3, 5, 6)
        )
        size = builder.extract_value(context.make_array(signature.args[0])(context, builder, arguments[0]).shape, 1)
        i16, i32, i64 = (ir.IntType(bits) for bits in (16, 32, 64))
        wide, half = (ir.VectorType(i32, n) for n in (STEP, STEP // 2))
        row_data = builder.gep(code_data, [builder.mul(arguments[1], size)])
        first = [builder.mul(builder.add(arguments[4], i64(q)), size) for q in range(TOGETHER)]
        before = builder.block
        loop, after = (builder.append_basic_block(name) for name in ("step", "done"))
        builder.branch(loop)
        builder.position_at_end(loop)
        at = builder.phi(i64)
        at.add_incoming(i64(0), before)
        sums = [builder.phi(half) for _ in range(TOGETHER)]

        def load(data: Any, kind: Any, place: Any, align: int) -> Any:
            pointer = builder.bitcast(builder.gep(data, [place]), ir.VectorType(kind, STEP).as_pointer())
            return builder.sext(builder.load(pointer, align=align), wide)

        def pick(left: Any, right: Any, places: Sequence[int]) -> Any:
            return builder.shuffle_vector(left, right, ir.Constant(ir.VectorType(i32, len(places)), list(places)))

        def fold(left: Any, right: Any, places: Sequence[int]) -> Any:
            """The sums of neighbours among the places."""
            return builder.add(pick(left, right, places[::2]), pick(left, right, places[1::2]))

        code = load(row_data, ir.IntType(8), at, 1)
        new = []
        for q in range(TOGETHER):
            products = builder.mul(code, load(query_data, i16, builder.add(first[q], at), 2))
            new.append(builder.add(sums[q], fold(products, products, range(STEP))))
        following = builder.add(at, i64(STEP))
        at.add_incoming(following, loop)
        for q in range(TOGETHER):
            sums[q].add_incoming(ir.Constant(half, None), before)
            sums[q].add_incoming(new[q], loop)
        builder.cbranch(builder.icmp_signed("<", following, size), loop, after)
        builder.position_at_end(after)
        first_two, last_two = (fold(new[q], new[q + 1], _BY_FOURS) for q in (0, 2))
        total = fold(first_two, last_two, _BY_FOURS)  # four times the four queries, a quarter of their sums each
        for n in (STEP // 4, STEP // 8):
            total = builder.add(pick(total, total, range(n)), pick(total, total, range(n, 2 * n)))
        floats = ir.VectorType(ir.FloatType(), TOGETHER)
        scale = builder.insert_element(ir.Constant(floats, ir.Undefined), arguments[2], i32(0))
        of_row = builder.fmul(builder.sitofp(total, floats), pick(scale, scale, [0] * TOGETHER))
        of_queries = builder.load(_as(builder, floats, builder.gep(scale_data, [arguments[4]])), align=4)
        builder.store(builder.fmul(of_row, of_queries), _as(builder, floats, score_data), align=4)
        return context.get_dummy_value()

    arguments = codes, types.intp, types.float32, queries, types.intp, query_scales, scores
    return types.void(*arguments), generate


def _as(builder: Any, kind: Any, pointer: Any) -> Any:
    return builder.bitcast(pointer, kind.as_pointer())


#: Four numbers of one row, four of the other, and so on: processors move numbers about within fours.
_BY_FOURS = [
    place for start in range(0, STEP // 2, 4) for row in (0, STEP // 2) for place in range(row + start, row + start + 4)
]
_cosines: Any = intrinsic(_compare)


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
        query_codes, query_scales, own: see `scan.Queries`; a multiple of `TOGETHER`, dimensions one of `STEP`.
        best_rows, best_scores: [n_queries, 2, depth], filled with -1 and -inf; own language first.
        sums, squares: [n_groups, n_queries], of zeros.
    """
    scores = np.zeros(TOGETHER, dtype=np.float32)
    least = np.full(sums.shape, -np.inf, dtype=np.float32)  # what a score must pass to come into the list
    for row in range(codes.shape[0]):
        group = groups[row]
        if group < 0:
            continue
        for first in range(0, query_codes.shape[0], TOGETHER):
            _cosines(codes, row, scales[row], query_codes, first, query_scales, scores)
            near = False
            for query in range(TOGETHER):  # nothing else stands in this loop, so that it takes few steps
                score = scores[query]
                sums[group, first + query] += score
                squares[group, first + query] += np.float64(score) * np.float64(score)
                near |= score > least[group, first + query]
            if near:
                for query in range(first, first + TOGETHER):
                    score = scores[query - first]
                    if score > least[group, query]:
                        side = 0 if group == own[query] else 1
                        _insert(best_rows[query, side], best_scores[query, side], first_row + row, score)
                        for other in range(len(least)):
                            if (other == own[query]) == (side == 0):
                                least[other, query] = best_scores[query, side, -1]


@njit(cache=True, nogil=True)
def _insert(rows: NDArray[np.int64], scores: NDArray[np.float32], row: int, score: np.float32) -> None:
    """Put a row into a list in the place of its last, behind all that are as good."""
    place = len(scores) - 1
    while place > 0 and scores[place - 1] < score:
        scores[place], rows[place] = scores[place - 1], rows[place - 1]
        place -= 1
    scores[place], rows[place] = score, row
