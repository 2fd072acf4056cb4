"""The compiled loop of `scan`; its plain twin is `scan.scan_plainly`."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from kiemchung.lookup.scan import TOGETHER

_cgutils: Any = cgutils  # without types
#: Numbers multiplied in one step: a row of 512 bits; narrower processors take several steps for it.
_WIDE = 32


def _sum_products(typing: Any, codes: Any, first_code: Any, queries: Any, first_query: Any, totals: Any) -> Any:
    """totals[q] = the product of a row of codes with query q, over the part of the row that is full steps.

    `codes` and `queries` are two-dimensional; the row begins at `codes[first_code, 0]`, the queries at
    `queries[first_query, 0]`. Written as the pair sums that processors make in one instruction: the compiler finds it
    by itself only for one query at a time.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        code_array, code_row, query_array, query_row, total_array = arguments
        arrays = [
            context.make_array(signature.args[i])(context, builder, value)
            for i, value in ((0, code_array), (2, query_array), (4, total_array))
        ]
        i16, i32, i64 = (ir.IntType(bits) for bits in (16, 32, 64))
        wide, half = (ir.VectorType(i32, n) for n in (_WIDE, _WIDE // 2))
        size = builder.extract_value(arrays[0].shape, 1)
        row = builder.gep(arrays[0].data, [builder.mul(code_row, size)])
        first = [builder.mul(builder.add(query_row, i64(q)), size) for q in range(TOGETHER)]
        before = builder.block
        loop, after = (builder.append_basic_block(name) for name in ("step", "done"))
        builder.branch(loop)
        builder.position_at_end(loop)
        at = builder.phi(i64)
        at.add_incoming(i64(0), before)
        sums = [builder.phi(half) for _ in range(TOGETHER)]

        def load(data: Any, kind: Any, place: Any, align: int) -> Any:
            pointer = builder.bitcast(builder.gep(data, [place]), ir.VectorType(kind, _WIDE).as_pointer())
            return builder.sext(builder.load(pointer, align=align), wide)

        code = load(row, ir.IntType(8), at, 1)
        pairs = [ir.Constant(half, list(range(start, _WIDE, 2))) for start in (0, 1)]
        new = []
        for q in range(TOGETHER):
            both = builder.mul(code, load(arrays[1].data, i16, builder.add(first[q], at), 2))
            even, odd = (builder.shuffle_vector(both, ir.Constant(wide, ir.Undefined), pair) for pair in pairs)
            new.append(builder.add(sums[q], builder.add(even, odd)))
        following = builder.add(at, i64(_WIDE))
        at.add_incoming(following, loop)
        for q in range(TOGETHER):
            sums[q].add_incoming(ir.Constant(half, None), before)
            sums[q].add_incoming(new[q], loop)
        builder.cbranch(builder.icmp_signed("<=", builder.add(following, i64(_WIDE)), size), loop, after)
        builder.position_at_end(after)
        name = f"llvm.vector.reduce.add.v{_WIDE // 2}i32"
        add_up = _cgutils.get_or_insert_function(builder.module, ir.FunctionType(i32, [half]), name)
        for q in range(TOGETHER):
            builder.store(builder.call(add_up, [new[q]]), builder.gep(arrays[2].data, [i64(q)]))
        return context.get_dummy_value()

    return types.void(codes, types.intp, queries, types.intp, totals), generate


_products: Any = intrinsic(_sum_products)


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
        query_codes, query_scales, own: see `scan.Queries`; codes with rows of zeros up to a multiple of `TOGETHER`.
        best_rows, best_scores: [n_queries, 2, depth], filled with -1 and -inf; own language first.
        sums, squares: [n_queries, n_groups], of zeros.
    """
    n_queries, depth, size = own.shape[0], best_rows.shape[2], codes.shape[1]
    n_full = size // _WIDE * _WIDE
    totals = np.zeros(TOGETHER, dtype=np.int32)
    for row in range(codes.shape[0]):
        group = groups[row]
        if group < 0:
            continue
        for first in range(0, n_queries, TOGETHER):
            if n_full > 0:
                _products(codes, row, query_codes, first, totals)
            for query in range(first, min(first + TOGETHER, n_queries)):
                total = totals[query - first]
                for i in range(n_full, size):
                    total = np.int32(total + np.int32(np.int32(codes[row, i]) * np.int32(query_codes[query, i])))
                score = np.float32(np.float32(total) * scales[row]) * query_scales[query]
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
