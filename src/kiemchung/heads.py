"""Regressions over vectors of the embedder's second model: what it was tuned to tell of a sentence, or of a pair."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
#: Vectors of length 1 are small beside the weights of a regression.
SCALE = 10.0


class Head(NamedTuple):
    """float32[dimensions], float32[n_answers, dimensions] and float32[n_answers]."""

    mean: Floats
    weights: Floats
    bias: Floats

    def scores(self, vectors: Floats) -> Floats:
        """float32[n, n_answers]: the log odds of each answer, up to a number for each vector."""
        scores = SCALE * (vectors - self.mean) @ self.weights.T + self.bias
        return np.asarray(scores, dtype=np.float32)


@cache
def packaged_head(room: str) -> Head:
    """The head in `data/second_reading.npz` of a room, `kiemchung.claims` or `kiemchung.lookup`."""
    path = files(room).joinpath("data/second_reading.npz")
    with path.open("rb") as file, np.load(file) as stored:
        return Head(*(stored[name].astype(np.float32) for name in Head._fields))
