"""The learned score of a pair: probes on the vectors, then small networks over all features. numpy alone.

The weights were learned by training/train_reranker.py from our own pairs; data/reranker.md says from what and how well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

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
N_PROBES = 3
_CLIP = 6.0  # standard deviations; what lies further out was not seen in training


class Layers(NamedTuple):
    """A network of one hidden layer, and what its inputs are brought to one size by."""

    mean: Floats
    scale: Floats
    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats

    def logits(self, inputs: Floats) -> Floats:
        """float32[n] of float32[n, n_inputs]."""
        standard = np.clip((inputs - self.mean) / self.scale, -_CLIP, _CLIP)
        return np.asarray(np.maximum(standard @ self.w1 + self.b1, 0) @ self.w2[:, 0] + self.b2[0])


@dataclass(frozen=True)
class Reranker:
    """Weights of one model.

    Attributes:
        denial: float32[dimensions + 1]: probe on the query's vector (last is the intercept): does it deny a rumour?
        pairing: float32[3 * dimensions + 1]: probe on product, distance and difference of both vectors: one claim?
        differing: probe on what differs piece by piece, `pieces.differences`: one claim?
        network: decides; the mean of those that were trained.
        match_at, related_at: thresholds of the score for another and for the same language, in this order.
        without: features that it does without, see `WITHOUT`.
        uses_vectors: False for the model of unknown embedders.
    """

    denial: Floats
    pairing: Floats
    differing: Layers
    network: Layers
    match_at: tuple[float, float]
    related_at: tuple[float, float]
    without: tuple[str, ...] = ()
    uses_vectors: bool = True

    def score(self, features: Floats, probes: Floats, same_language: NDArray[np.bool_]) -> Floats:
        """float32[n_pairs] in 0..1: the calibrated probability that the document answers the query.

        Args:
            features: float32[n_pairs, len(FEATURES)].
            probes: of `probe_features`.
        """
        inputs = network_inputs(without(features, self.without), probes, same_language)
        return np.asarray(1 / (1 + np.exp(-self.network.logits(inputs))), dtype=np.float32)


def pair_inputs(query: Floats, documents: Floats) -> Floats:
    """float32[n, 3 * dimensions]: product, distance and difference, scaled to like sizes."""
    difference = query - documents
    return np.hstack([20 * query * documents, 5 * np.abs(difference), difference])


def probe_features(model: Reranker, query: Floats, documents: Floats, differences: Floats) -> Floats:
    """float32[n, 3]: what the probes say of the query, of each pair and of its pieces; zeros without vectors.

    Args:
        query: float32[dimensions], the claim vector of the query.
        documents: float32[n, dimensions], the claim vectors of the documents.
        differences: float32[n, DIFFERENCES], see `pieces.differences`.
    """
    found = np.zeros((len(documents), N_PROBES), dtype=np.float32)
    if model.uses_vectors and len(documents):
        found[:, 0] = query @ model.denial[:-1] + model.denial[-1]
        found[:, 1] = pair_inputs(query, documents) @ model.pairing[:-1] + model.pairing[-1]
        found[:, 2] = model.differing.logits(differences)
    return found


def network_inputs(features: Floats, probes: Floats, same_language: NDArray[np.bool_]) -> Floats:
    """float32[n, 2 * (n_features + N_PROBES + 1)]: all features, and once more for pairs in one language only."""
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
        return Reranker(
            denial=stored["denial"],
            pairing=stored["pairing"],
            differing=_layers(stored, "differing", "differing"),
            network=_mean([_layers(stored, kind, f"{kind}_{i}") for i in range(int(stored["n_networks"]))]),
            match_at=_limits(stored[f"{kind}_match_at"], across=known),
            related_at=_limits(stored[f"{kind}_related_at"], across=known),
            without=WITHOUT[kind],
            uses_vectors=known,
        )


def _mean(networks: Sequence[Layers]) -> Layers:
    """One network whose logits are the mean of those of networks with the same inputs: all their hidden units."""
    w1, b1 = (np.concatenate([getattr(each, name) for each in networks], axis=-1) for name in ("w1", "b1"))
    w2 = np.concatenate([each.w2 for each in networks]) * np.float32(1 / len(networks))
    return networks[0]._replace(w1=w1, b1=b1, w2=w2, b2=np.mean([each.b2 for each in networks], axis=0))


def _layers(stored: Mapping[str, Floats], inputs: str, network: str) -> Layers:
    standard = (stored[f"{inputs}_mean"], stored[f"{inputs}_scale"])
    return Layers(*standard, *(stored[f"{network}_{name}"] for name in ("w1", "b1", "w2", "b2")))


def _limits(values: NDArray[np.float64], *, across: bool) -> tuple[float, float]:
    """Thresholds for another and for the same language; across languages words alone tell equal texts only."""
    return float(values[0]) if across else CERTAIN, float(values[1])
