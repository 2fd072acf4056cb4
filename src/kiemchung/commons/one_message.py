"""The vectors of one message: labels, published checks and requests are looked for by the same texts, embedded once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from kiemchung.ports import Embedder, PairReader, PieceEmbedder, SecondReader, Vectors


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

    def expect(self, texts: Sequence[str]) -> None:
        """As `ahead`."""
        self._ahead += texts

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

    def read_again(self, texts: Sequence[str]) -> Vectors | None:
        """See SecondReader; not remembered."""
        return self._embedder.read_again(texts) if isinstance(self._embedder, SecondReader) else None

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> Vectors | None:
        """See PairReader; not remembered."""
        return self._embedder.read_pairs(pairs) if isinstance(self._embedder, PairReader) else None

    def _embed(self, texts: list[str]) -> tuple[Vectors, list[Vectors]]:
        if isinstance(self._embedder, PieceEmbedder):
            return self._embedder.queries_in_pieces(texts)
        vectors = self._embedder.queries(texts)
        return vectors, [vectors[:0]] * len(texts)


_held: ContextVar[list[MessageEmbedder] | None] = ContextVar("held", default=None)


@contextmanager
def one_message() -> Iterator[None]:
    """Within, all steps share what `message_embedder` gives; then it is forgotten."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def message_embedder(embedder: Embedder, ahead: Sequence[str] = ()) -> MessageEmbedder:
    """The embedder of the message at hand; outside of `one_message`, one for the caller alone."""
    held = _held.get()
    if held is None:
        return MessageEmbedder(embedder, ahead)
    if not held:
        held.append(MessageEmbedder(embedder))
    held[0].expect(ahead)
    return held[0]
