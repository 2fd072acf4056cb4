"""Sums by row, always in the order of the ratings, so that equal input gives equal bytes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import Float64s


def sum_by(rows: NDArray[Any], values: NDArray[Any], size: int) -> Float64s:
    """The sum of the values of each row, float64[size]; 0 for rows without any."""
    return cast(Float64s, np.bincount(rows, weights=values, minlength=size))
