"""Vectors on disk: eight bits a value, appended, read through a memory map."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Codes = NDArray[np.int8]


def encode(vectors: Floats) -> tuple[Codes, Floats]:
    """int8 codes and a float32 scale for each row; `code * scale` is the vector up to rounding."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def append_codes(path: Path, codes: Codes, *, after: int) -> None:
    """Write codes as the rows from `after` on; rows that an interrupted run left there are dropped."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(after * codes.shape[1])
        file.seek(0, 2)
        file.write(codes.tobytes())


def map_codes(path: Path, n_rows: int, dimensions: int) -> Codes:
    """int8[n_rows, dimensions], mapped and read-only."""
    if n_rows == 0:
        return np.zeros((0, dimensions), dtype=np.int8)
    return np.memmap(path, dtype=np.int8, mode="r", shape=(n_rows, dimensions)).view(np.ndarray)
