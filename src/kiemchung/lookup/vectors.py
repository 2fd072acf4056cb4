"""Vectors on disk: eight bits a value, appended, read through a memory map."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BLOCK_ROWS = 8192  # a block of decoded rows stays in the second-level cache


class VectorFile:
    """Rows of int8 codes; a row's vector is `code * scale + origin`.

    `origin` is taken off before rounding because the vectors of one embedder share a large common part that would
    eat most of the eight bits.
    """

    def __init__(self, path: Path, dimensions: int, origin: Floats) -> None:
        self.path = path
        self.dimensions = dimensions
        self.origin = origin.astype(np.float32)

    def append(self, vectors: Floats, *, n_rows: int) -> Floats:
        """Write vectors after the first n_rows rows; later rows are dropped. Gives float32[len(vectors)] scales."""
        rest = vectors.astype(np.float32) - self.origin
        scale = np.maximum(np.abs(rest).max(axis=1), 1e-12) / np.float32(127)
        codes = np.rint(rest / scale[:, None]).astype(np.int8)
        with self.path.open("r+b" if self.path.exists() else "w+b") as file:
            file.truncate(n_rows * self.dimensions)
            file.seek(0, 2)
            file.write(codes.tobytes())
        return np.asarray(scale, dtype=np.float32)

    def open(self, n_rows: int) -> NDArray[np.int8]:
        """int8[n_rows, dimensions], mapped."""
        if n_rows == 0:
            return np.zeros((0, self.dimensions), dtype=np.int8)
        return np.memmap(self.path, dtype=np.int8, mode="r", shape=(n_rows, self.dimensions))


def dots(codes: NDArray[np.int8], scales: Floats, queries: Floats) -> Floats:
    """float32[n_queries, n_rows]: products of queries with `code * scale`."""
    out = np.empty((len(queries), len(codes)), dtype=np.float32)
    turned = np.ascontiguousarray(queries.T)
    for start in range(0, len(codes), _BLOCK_ROWS):
        block = codes[start : start + _BLOCK_ROWS].astype(np.float32)
        out[:, start : start + len(block)] = (block @ turned).T
    out *= scales
    return out
