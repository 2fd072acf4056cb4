"""Updates to the weights of the default model: for texts of one claim in any language, and for a second reading.

Each is of low rank: the matrix W becomes W + b a. Learned from our own pairs (training/train_updates.py), and from
pairs and sentences (training/train_second.py); the card beside each file says from which. They are added once, when
the weights are converted, and cost nothing afterwards.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np

from kiemchung.embed.weights import Floats

#: Texts whose vectors stand beside the updates, as the training's own arithmetic had them.
SAMPLES = (
    "Uống nước chanh nóng mỗi sáng không chữa được bệnh tiểu đường.",
    "Pin điện thoại sạc qua đêm không bị nổ, theo ba phòng thử nghiệm.",
    "Boiled water freezes at zero degrees Celsius at sea level.",
    "The message promises a prize of 500 dollars for a fee of 20.",
)
#: What the two sets are called: vectors that are looked up, and those of the second reading (SecondReader, PairReader).
CLAIMS, SECOND = "updates", "second"
_SAMPLE_VECTORS = "samples"
_DATA = resources.files("kiemchung.embed").joinpath("data")


class Updates:
    """Updates by name of the matrix; one that has none stays as it is.

    Args:
        arrays: `NAME.a` float[rank, columns] and `NAME.b` float[rows, rank].
    """

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self._arrays = arrays

    @property
    def names(self) -> list[str]:
        """The matrices that have an update."""
        return [name.removesuffix(".a") for name in self._arrays if name.endswith(".a")]

    def added(self, name: str, blocks: Iterable[Floats]) -> Iterator[Floats]:
        """The blocks of rows of a matrix, from its first row on, with its update."""
        if f"{name}.a" not in self._arrays:
            yield from blocks
            return
        inner, outer = self._arrays[f"{name}.a"], self._arrays[f"{name}.b"]
        first = 0
        for rows in blocks:
            yield rows + outer[first : first + len(rows)] @ inner
            first += len(rows)


def read_updates(path: Path | Traversable) -> Updates:
    """The updates of a file that training wrote."""
    return Updates({name: array for name, array in _read(path).items() if name != _SAMPLE_VECTORS})


def packaged_updates(which: str = CLAIMS) -> Updates:
    """The updates in the package."""
    return read_updates(_DATA.joinpath(f"{which}.npz"))


def sample_vectors(which: str = CLAIMS) -> Floats:
    """float32[len(SAMPLES), 384], rows of length 1: `passages` of SAMPLES (SECOND: `read_again`), but for rounding."""
    return _read(_DATA.joinpath(f"{which}.npz"))[_SAMPLE_VECTORS]


@cache
def updates_id(which: str = CLAIMS) -> str:
    """The first eight digits of the packaged updates' SHA-256, out of their card: part of the embedder's name."""
    card = json.loads(_DATA.joinpath(f"{which}.json").read_text("utf-8"))
    return str(card["sha256"])[:8]


def _read(path: Path | Traversable) -> dict[str, Floats]:
    with path.open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}
