"""The learned score of a pair: two linear probes on the vectors, then a small network over all features. numpy alone.

The weights were learned by training/train_reranker.py from our own pairs; data/reranker.md says from what and how well.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from kiemchung.lookup.features import FEATURES, OF_PIECES, STANDING

Floats = NDArray[np.float32]
#: Features that need vectors; the model for other embedders does without them, and without how far words stand out:
#: alone that misleads in small collections.
EMBEDDED = (
    "claim_cosine", "whole_cosine", "best_cosine", "whole_over_claim", "claim_z", "whole_z", "claim_gap", "whole_gap",
    "fused_gap", "rank", *(f"{name}_standing" for name in STANDING), *OF_PIECES,
)  # fmt: skip
#: What each model does without: the one for the packaged embedder, and the one for others.
WITHOUT = {"full": (), "words": EMBEDDED}
#: Score of a claim that stands in the message word for word; no model is asked.
CERTAIN = 0.99
_CLIP = 6.0  # standard deviations; what lies further out was not seen in training


@dataclass(frozen=True)
class Reranker:
    """Weights of one model.

    Attributes:
        denial: float32[dimensions + 1]: probe on the query's vector (last is the intercept): does it deny a rumour?
        pairing: float32[3 * dimensions + 1]: probe on product, distance and difference of both vectors: one claim?
        mean, scale: float32[n_inputs] of the inputs of the networks.
        layers: for each network (weights, intercepts) of the hidden and the output layer.
        match_at, related_at: thresholds of the score for another and for the same language, in this order.
        without: features that it does without, see `WITHOUT`.
        uses_vectors: False for the model of unknown embedders.
    """

    denial: Floats
    pairing: Floats
    mean: Floats
    scale: Floats
    layers: tuple[tuple[Floats, Floats, Floats, Floats], ...]
    match_at: tuple[float, float]
    related_at: tuple[float, float]
    without: tuple[str, ...] = ()
    uses_vectors: bool = True

    def score(self, features: Floats, query: Floats, documents: Floats, same_language: NDArray[np.bool_]) -> Floats:
        """float32[n_pairs] in 0..1: the calibrated probability that the document answers the query.

        Args:
            features: float32[n_pairs, len(FEATURES)].
            query: float32[dimensions], the claim vector of the query.
            documents: float32[n_pairs, dimensions], the claim vectors of the documents.
        """
        features = without(features, self.without)
        inputs = network_inputs(features, probe_features(self, query, documents), same_language)
        standard = np.clip((inputs - self.mean) / self.scale, -_CLIP, _CLIP)
        logits = [np.maximum(standard @ w1 + b1, 0) @ w2[:, 0] + b2[0] for w1, b1, w2, b2 in self.layers]
        return np.asarray(1 / (1 + np.exp(-np.mean(logits, axis=0))), dtype=np.float32)


def pair_inputs(query: Floats, documents: Floats) -> Floats:
    """float32[n, 3 * dimensions]: product, distance and difference, scaled to like sizes."""
    difference = query - documents
    return np.hstack([20 * query * documents, 5 * np.abs(difference), difference])


def probe_features(model: Reranker, query: Floats, documents: Floats) -> Floats:
    """float32[n, 2]: what the probes say of the query and of each pair; zeros without vectors."""
    found = np.zeros((len(documents), 2), dtype=np.float32)
    if model.uses_vectors and len(documents):
        found[:, 0] = query @ model.denial[:-1] + model.denial[-1]
        found[:, 1] = pair_inputs(query, documents) @ model.pairing[:-1] + model.pairing[-1]
    return found


def network_inputs(features: Floats, probes: Floats, same_language: NDArray[np.bool_]) -> Floats:
    """float32[n, 2 * (n_features + 3)]: all features, and once more for pairs in one language only."""
    same = same_language.astype(np.float32)[:, None]
    inputs = np.hstack([features, probes, same])
    return np.hstack([inputs, inputs * same])


def without(features: Floats, names: tuple[str, ...]) -> Floats:
    """The features with the named ones set to zero."""
    if names:
        features = features.copy()
        features[:, [FEATURES.index(name) for name in names]] = 0
    return features


@cache
def packaged_reranker(embedder_name: str) -> Reranker:
    """The model for this embedder, or the one that looks at words alone."""
    path = resources.files("kiemchung.lookup").joinpath("data/reranker.npz")
    with path.open("rb") as file, np.load(file) as stored:
        known = embedder_name.split("/")[0] == str(stored["model"])
        kind = "full" if known else "words"
        n_networks = int(stored["n_networks"])
        return Reranker(
            denial=stored["denial"],
            pairing=stored["pairing"],
            mean=stored[f"{kind}_mean"],
            scale=stored[f"{kind}_scale"],
            layers=tuple(
                (
                    stored[f"{kind}_{i}_w1"],
                    stored[f"{kind}_{i}_b1"],
                    stored[f"{kind}_{i}_w2"],
                    stored[f"{kind}_{i}_b2"],
                )
                for i in range(n_networks)
            ),
            match_at=_limits(stored[f"{kind}_match_at"], across=known),
            related_at=_limits(stored[f"{kind}_related_at"], across=known),
            without=WITHOUT[kind],
            uses_vectors=known,
        )


def _limits(values: NDArray[np.float64], *, across: bool) -> tuple[float, float]:
    """Thresholds for another and for the same language; across languages words alone tell equal texts only."""
    return float(values[0]) if across else CERTAIN, float(values[1])
