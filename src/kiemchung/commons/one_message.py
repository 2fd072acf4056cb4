"""The vectors of one message: labels and lookup ask for the same sentences, which are embedded once."""

from collections.abc import Sequence

import numpy as np

from kiemchung.ports import Embedder, Vectors


class MessageEmbedder:
    """An embedder that remembers the vectors of queries, for as long as one message is answered.

    Args:
        ahead: texts that will be asked for later; they are embedded with the first ones, side by side on free cores.
    """

    def __init__(self, embedder: Embedder, ahead: Sequence[str] = ()) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._embedder = embedder
        self._ahead = list(ahead)
        self._known: dict[str, Vectors] = {}

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder; not remembered."""
        return self._embedder.passages(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        asked = dict.fromkeys([*texts, *self._ahead])
        self._ahead = []
        if new := [text for text in asked if text not in self._known]:
            self._known.update(zip(new, self._embedder.queries(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else self._embedder.queries([])
