"""Mean vectors of languages: what is taken off before vectors of different languages are compared.

Embedders put texts of one language together, so that a Vietnamese message ranks every Vietnamese check above the
English one that answers it. Without the mean of its language a vector tells the topic and no longer the language.
"""

import json
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from kiemchung.ports import Embedder

Floats = NDArray[np.float32]
#: Documents that the neutral mean counts as, when a language has few documents of its own. Measured on data/vi.
PRIOR_DOCUMENTS = 20.0
OTHER = "other"


@cache
def neutral_texts() -> dict[str, list[str]]:
    """The same everyday sentences in several languages: they tell what a language adds to a vector."""
    raw = resources.files("kiemchung.lookup").joinpath("data/neutral.json").read_text("utf-8")
    texts: dict[str, list[str]] = json.loads(raw)
    return texts


def neutral_means(embedder: Embedder) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Mean vectors of the neutral sentences per language, as passages and as queries; `other` is the mean of all."""
    passages: dict[str, Floats] = {}
    queries: dict[str, Floats] = {}
    for language, texts in neutral_texts().items():
        passages[language] = embedder.passages(texts).mean(axis=0)
        queries[language] = embedder.queries(texts).mean(axis=0)
    for means in (passages, queries):
        means[OTHER] = np.mean(list(means.values()), axis=0)
    return passages, queries


def unit(vectors: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
