"""The vectors of one message: labels and lookup ask for the same sentences, which are embedded once."""

from collections.abc import Sequence

import numpy as np

from kiemchung.ports import Embedder, PieceEmbedder, Vectors


class MessageEmbedder:
    """An embedder that remembers the vectors of queries, for as long as one message is answered.

    Args:
        ahead: texts that will be asked for later; they are embedded with the first ones, side by side on free cores.
    """

    def __init__(self, embedder: Embedder, ahead: Sequence[str] = ()) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._embedder = embedder
        self._ahead = list(ahead)
        self._known: dict[str, tuple[Vectors, Vectors]] = {}

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder; not remembered."""
        return self._embedder.passages(texts)

    def passages_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """See PieceEmbedder; not remembered, and no pieces where the embedder tells none."""
        if isinstance(self._embedder, PieceEmbedder):
            return self._embedder.passages_in_pieces(texts)
        vectors = self._embedder.passages(texts)
        return vectors, [vectors[:0]] * len(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self.queries_in_pieces(texts)[0]

    def queries_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """See PieceEmbedder; no pieces where the embedder tells none."""
        asked = dict.fromkeys([*texts, *self._ahead])
        self._ahead = []
        if new := [text for text in asked if text not in self._known]:
            self._known.update(zip(new, zip(*self._embed(new), strict=True), strict=True))
        if not texts:
            return self._embedder.queries([]), []
        return np.stack([self._known[text][0] for text in texts]), [self._known[text][1] for text in texts]

    def _embed(self, texts: list[str]) -> tuple[Vectors, list[Vectors]]:
        if isinstance(self._embedder, PieceEmbedder):
            return self._embedder.queries_in_pieces(texts)
        vectors = self._embedder.queries(texts)
        return vectors, [vectors[:0]] * len(texts)
