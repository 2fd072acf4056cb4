"""Piece by piece: does each piece of a claim have its like in the message?

One vector for a whole text hides what differs: "toothpaste heals burns" and "toothpaste dries pimples" are near. The
embedder's last layer has a vector for each piece of a word in its context, made in the same pass; a claim's pieces that
nothing in the message comes near tell the two apart, within a language and across (docs/decisions/0021).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Codes = NDArray[np.int8]
#: Dimensions kept of each piece; with its weight it takes a byte more.
SIZE = 64
WIDTH = SIZE + 1
#: Pieces kept of a text; claims have some 25.
MOST = 96
#: Values of `differences`: four blocks of the claim's side and three of the message's.
DIFFERENCES = 7 * SIZE
_STEPS = 15  # of a weight's unit in its code
_LEAST_WEIGHT = 0.3


class Alignment(NamedTuple):
    """How the pieces of a claim and of a message find each other; cosines of each piece with its nearest.

    Attributes:
        claim_met: mean over the claim's pieces, by weight.
        claim_least: of the piece that is met worst, and `claim_least_rare` among those of more than mean weight.
        claim_met_rare: mean over the pieces of more than mean weight.
        claim_unmet: mean of the squared distance (1 - cosine), by weight: many small gaps count less than one wide.
        query_met, query_unmet: the same for the message's pieces.
    """

    claim_met: Floats
    claim_least: Floats
    claim_least_rare: Floats
    claim_met_rare: Floats
    claim_unmet: Floats
    query_met: Floats
    query_unmet: Floats


@dataclass(frozen=True)
class PieceSpace:
    """What makes pieces comparable and small.

    Attributes:
        passage_mean, query_mean: float32[dimensions], what all pieces of such texts share.
        turn: float32[dimensions, SIZE].
        rarity: float32[dimensions + 1]: tells from its vector how rare a piece is (last is the intercept); rare ones
            carry the claim.
    """

    passage_mean: Floats
    query_mean: Floats
    turn: Floats
    rarity: Floats

    def passages(self, hidden: Sequence[Floats]) -> list[Codes]:
        """int8[n_pieces, WIDTH] for each text: a vector of length 127, and the weight."""
        return [self._encode(each[:MOST] - self.passage_mean) for each in hidden]

    def queries(self, hidden: Sequence[Floats]) -> list[Codes]:
        """The same for messages, all of their pieces."""
        return [self._encode(each - self.query_mean) for each in hidden]

    def _encode(self, centred: Floats) -> Codes:
        weights = np.maximum(centred @ self.rarity[:-1] + self.rarity[-1], _LEAST_WEIGHT)
        turned = centred @ self.turn
        turned *= 127 / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        codes = np.hstack([turned, _STEPS * weights[:, None]])
        return np.asarray(np.rint(np.clip(codes, -127, 127)), dtype=np.int8)


def align(query: Codes, documents: Sequence[Codes]) -> Alignment:
    """How each document's pieces and the query's meet: float32[len(documents)] each, zeros where one side has none."""
    found = np.zeros((len(Alignment._fields), len(documents)), dtype=np.float32)
    held = [i for i, codes in enumerate(documents) if len(codes)]
    if held and len(query):
        found[:, held] = _align(query, [documents[i] for i in held])
    return Alignment(*found)


def _align(query: Codes, documents: list[Codes]) -> Floats:
    lengths = np.array([len(codes) for codes in documents])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    owner = np.repeat(np.arange(len(documents)), lengths)
    together = np.concatenate(documents).astype(np.float32)
    asked = query.astype(np.float32)
    cosines = together[:, :SIZE] @ (asked[:, :SIZE].T / np.float32(127 * 127))
    met, weights = cosines.max(axis=1), together[:, SIZE]
    total = np.add.reduceat(weights, starts)
    rare = weights >= (total / lengths)[owner]
    of_query, query_weights = np.maximum.reduceat(cosines, starts, axis=0), asked[:, SIZE] / asked[:, SIZE].sum()
    return np.stack(
        [
            np.add.reduceat(met * weights, starts) / total,
            np.minimum.reduceat(met, starts),
            np.minimum.reduceat(np.where(rare, met, 1), starts),
            np.add.reduceat(met * rare, starts) / np.add.reduceat(rare.astype(np.float32), starts),
            np.add.reduceat((1 - met) ** 2 * weights, starts) / total,
            of_query @ query_weights,
            (1 - of_query) ** 2 @ query_weights,
        ]
    )


def differences(query: Codes, documents: Sequence[Codes]) -> Floats:
    """float32[len(documents), DIFFERENCES]: what differs where pieces meet; zeros where one side has none.

    Each piece is set beside its nearest on the other side. Means by weight: of their difference, its size, their
    product and what is not met for the claim's pieces, the same without the product for the message's. A cosine tells
    how far a denial lies from a claim; these tell in which direction.
    """
    found = np.zeros((len(documents), DIFFERENCES), dtype=np.float32)
    held = [i for i, codes in enumerate(documents) if len(codes)]
    if held and len(query):
        found[held] = _differences(query, [documents[i] for i in held])
    return found


def _differences(query: Codes, documents: list[Codes]) -> Floats:
    lengths = np.array([len(codes) for codes in documents])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    together = np.concatenate(documents)
    claims, weights = together[:, :SIZE] / np.float32(127), together[:, SIZE].astype(np.float32)
    pieces, query_weights = query[:, :SIZE] / np.float32(127), query[:, SIZE].astype(np.float32)
    query_weights /= query_weights.sum()
    cosines = pieces @ claims.T
    nearest, unmet = cosines.argmax(axis=0), 1 - cosines.max(axis=0)
    best = np.empty((len(documents), len(pieces)), dtype=np.intp)
    share = np.zeros((len(documents), len(claims)), dtype=np.float32)
    for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        best[i] = cosines[:, start:end].argmax(axis=1) + start
        share[i, start:end] = weights[start:end]
    share /= share.sum(axis=1, keepdims=True)
    # Means are products with weights. What was used is overwritten: to get new memory takes longer than to fill it.
    beside = pieces[nearest]
    apart = claims - beside
    of_claim: list[Floats] = [share @ apart, share @ np.abs(apart, out=apart)]
    of_claim += [share @ np.multiply(claims, beside, out=beside), (share * unmet) @ claims]
    there = claims[best]
    away = np.subtract(pieces, there, out=there)
    missed = (1 - cosines[np.arange(len(pieces)), best]) * query_weights
    of_query: list[Floats] = [query_weights @ away, query_weights @ np.abs(away, out=away)]
    return np.hstack([*of_claim, *of_query, np.asarray(missed @ pieces)])


@cache
def packaged_piece_space(embedder_name: str) -> PieceSpace | None:
    """The space learned for this model (training/train_space.py); None for others."""
    path = resources.files("kiemchung.lookup").joinpath("data/pieces.npz")
    with path.open("rb") as file, np.load(file) as stored:
        if embedder_name.split("/")[0] != str(stored["model"]):
            return None
        names = ("passage_mean", "query_mean", "turn", "rarity")
        return PieceSpace(*(stored[name].astype(np.float32) for name in names))
