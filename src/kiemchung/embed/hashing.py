"""An embedder without a model: words and their pieces hashed into a vector, for tests and for trying things out."""

import zlib
from collections.abc import Sequence

import numpy as np

from kiemchung.ports import Vectors
from kiemchung.text import fold, words

DIMENSIONS = 256
_GRAM = 4


class HashingEmbedder:
    """Signed feature hashing of folded words and character 4-grams: texts that share words lie close.

    It knows no meaning and no translation. Queries and passages are treated alike.

    Source: Weinberger et al. 2009, arXiv:0902.2206.
    """

    name = f"hashing/{DIMENSIONS}-1"
    dimensions = DIMENSIONS

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), 256], rows of length 1; a text without words gives the first axis."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature in _features(text):
                # crc32 and not hash(): the latter differs from one process to the next.
                code = zlib.crc32(feature.encode("utf-8", "replace"))
                row[code % DIMENSIONS] += 1.0 if code & 0x8000_0000 else -1.0
            length = np.linalg.norm(row)
            if length > 0:
                row /= length
            else:
                row[0] = 1.0
        return rows

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`."""
        return self.passages(texts)


def _features(text: str) -> list[str]:
    found = words(fold(text))
    grams = (f"{word} "[i : i + _GRAM] for word in found for i in range(max(1, len(word) + 2 - _GRAM)))
    return [f"w:{word}" for word in found] + [f"g:{gram}" for gram in grams]
