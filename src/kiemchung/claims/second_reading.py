"""A second reading of sentences whose kind is in doubt, by a model tuned for it."""

from collections.abc import Sequence

import numpy as np

from kiemchung.heads import Floats, packaged_head
from kiemchung.ports import SecondReader

#: What the first reading is surer of than this is not read again: reading more of them again changes no figure
#: (docs/decisions/0070).
SURE = 0.8
#: How much the second reading counts beside the first. Chosen with `HANDICAP` on sentences of the training half that
#: neither reading had learned from.
SHARE = 0.5
#: Taken off the log odds of "checkable" where both are mixed: of equal doubt an opinion stays unrated.
HANDICAP = 0.3


def read_again(probabilities: Floats, texts: Sequence[str], reader: SecondReader) -> Floats:
    """The probabilities, those in doubt mixed with what a second reading says; the others as they are.

    Args:
        probabilities: float32[len(texts), 4] of the first reading, rows sum to 1.
        texts: spelled out.
    """
    doubtful = np.flatnonzero(probabilities.max(axis=1) < SURE).tolist()
    vectors = reader.read_again([texts[i] for i in doubtful]) if doubtful else None
    if vectors is None:
        return probabilities
    mixed = probabilities.copy()
    mixed[doubtful] = mix(probabilities[doubtful], second_scores(vectors))
    return mixed


def second_scores(vectors: Floats) -> Floats:
    """float32[n, 4]: the log odds of each of checkworthy.LABELS, from the vectors of `SecondReader`."""
    return packaged_head("kiemchung.claims").scores(vectors)


def mix(first: Floats, scores: Floats) -> Floats:
    """Probabilities of both readings together."""
    mixed = (1 - SHARE) * np.log(np.maximum(first, 1e-6)) + SHARE * scores
    mixed[:, 0] -= HANDICAP
    mixed = np.exp(mixed - mixed.max(axis=1, keepdims=True))
    result: Floats = mixed / mixed.sum(axis=1, keepdims=True)
    return result
