"""What other models' answers must be before they count as vectors."""

from typing import Any

import numpy as np

from kiemchung.ports import Vectors


def unit_rows(values: Any, n_texts: int, dimensions: int | None = None) -> Vectors:
    """The values as float32[n_texts, dimensions] with rows of length 1.

    Raises:
        ValueError: another shape, or a row that is zero or not finite.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] != n_texts or rows.shape[1] != (dimensions or rows.shape[1]):
        raise ValueError(f"vectors of shape {rows.shape} for {n_texts} texts of {dimensions or 'any'} dimensions")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise ValueError("a vector is zero or not finite")
    vectors: Vectors = (rows / lengths).astype(np.float32)
    return vectors
