"""The space that claims are compared in: vectors without what their language adds, and without what wording adds.

Embedders put texts of one language together, so that a Vietnamese message ranks every Vietnamese check above the
English one that answers it. The mean of the same everyday sentences in each language is what the language adds; taken
off, the topic remains. Means of the collection itself would take the topic off as well: measured on data/vi mixed with
English claims, MAP@5 across languages is .70 with neutral means and .54 with those of messages and collection.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from kiemchung.ports import Embedder

Floats = NDArray[np.float32]
OTHER = "other"
PARTS = ("claim", "whole")


@dataclass(frozen=True)
class Space:
    """Means and a linear map of one embedder.

    Attributes:
        passage_means, query_means: float32[dimensions] by language; `other` is the mean of all.
        turns: for each part float32[dimensions, dimensions]; shrinks the directions in which texts of one claim
            differ. Learned from our own pairs for the default model (training/train_space.py), the identity for
            others. Gentler for `claim`, which serves across languages, than for `whole`.
    """

    passage_means: dict[str, Floats]
    query_means: dict[str, Floats]
    turns: dict[str, Floats]

    def passages(self, vectors: Floats, languages: list[str], part: str) -> Floats:
        """Vectors of documents in this space, length 1."""
        return self._place(vectors, languages, self.passage_means, part)

    def queries(self, vectors: Floats, languages: list[str], part: str) -> Floats:
        """Vectors of messages in this space, length 1."""
        return self._place(vectors, languages, self.query_means, part)

    def _place(self, vectors: Floats, languages: list[str], means: dict[str, Floats], part: str) -> Floats:
        centred = vectors - np.stack([means.get(language, means[OTHER]) for language in languages])
        return _unit(centred @ self.turns[part])


@cache
def neutral_texts() -> dict[str, list[str]]:
    """The same everyday sentences in several languages."""
    raw = resources.files("kiemchung.lookup").joinpath("data/neutral.json").read_text("utf-8")
    texts: dict[str, list[str]] = json.loads(raw)
    return texts


def measure_space(embedder: Embedder) -> Space:
    """Means of the neutral sentences under an embedder, with the packaged map where it was learned for this model."""
    passages: dict[str, Floats] = {}
    queries: dict[str, Floats] = {}
    for language, texts in neutral_texts().items():
        passages[language] = embedder.passages(texts).mean(axis=0)
        queries[language] = embedder.queries(texts).mean(axis=0)
    for means in (passages, queries):
        means[OTHER] = np.mean(list(means.values()), axis=0)
    return Space(passages, queries, _turns_for(embedder))


def _turns_for(embedder: Embedder) -> dict[str, Floats]:
    path = resources.files("kiemchung.lookup").joinpath("data/turns.npz")
    if path.is_file():
        with path.open("rb") as file, np.load(file) as packaged:
            # engines of the same weights give the same vectors up to rounding: "multilingual-e5-small/ct2-int8"
            if embedder.name.split("/")[0] == str(packaged["model"]):
                return {part: packaged[part].astype(np.float32) for part in PARTS}
    return dict.fromkeys(PARTS, np.eye(embedder.dimensions, dtype=np.float32))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
