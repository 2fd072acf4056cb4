"""A second reading of pairs in doubt: message and claim in one sequence, by a model tuned for such pairs."""

import math

import numpy as np
from numpy.typing import NDArray

from kiemchung.heads import Floats, packaged_head

#: What a message is to a claim: the same, something near it (a denial, another detail, the same thing), something else.
RELATIONS = ("same", "near", "other")
#: Log odds of the first reading between which a pair is in doubt. From -2.5 to 2 twice as many are read, for no
#: more matches (docs/decisions/0072).
DOUBT = (-1.0, 1.0)
#: How many pairs of a message are read again, the likeliest of those in doubt.
MOST_PAIRS = 2
#: How much the second reading counts beside the first. Chosen on topics that neither had learned from: more matches are
#: found there, and fewer messages without one get one (docs/decisions/0072).
SHARE = 0.4


def log_odds(vectors: Floats) -> Floats:
    """float32[n]: that the message says the same as the claim, from the vectors of `PairReader`."""
    scores = packaged_head("kiemchung.lookup").scores(vectors)
    odds: Floats = (scores[:, 0] - np.logaddexp(scores[:, 1], scores[:, 2])).astype(np.float32)
    return odds


def in_doubt(scores: Floats) -> NDArray[np.bool_]:
    """bool[n]: whether a first score (0..1) is worth a second reading."""
    low, high = (1 / (1 + np.exp(-bound)) for bound in DOUBT)
    return np.asarray((scores > low) & (scores < high))


def mixed(first: float, odds: float) -> float:
    """The score of both readings together."""
    return 1 / (1 + math.exp(-(math.log(first / (1 - first)) + SHARE * odds)))
