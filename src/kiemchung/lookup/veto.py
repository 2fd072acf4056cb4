"""What rules a match out, whatever the learned score: another number, a denial, an opposite, a meaning too far off."""

import numpy as np
from numpy.typing import NDArray

from kiemchung.lookup.features import FEATURES

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
#: From here on the denial probe and cue words together say that the message denies what the claim says. Of the pairs
#: that score .4 or more it takes 48 of 418 denials and 22 of 2,113 matches in our own, 4 of 8 and 1 of 139 in data/vi
#: (folds); from .5 on it took 97 and 80, 4 and 6 (docs/decisions/0068).
_DENIES = 1.5
#: Centred cosine that a match across languages has at least: below it, of what the networks would call a match, the
#: greater part is wrong (of our pairs 68 of 125, of data/vi 5 of 7, folds by topic and record).
_LEAST_COSINE = 0.3


def denies(features: Floats, denial: Floats, at: float = _DENIES) -> Mask:
    """Whether one side denies and the other does not, by cue words and by the probe on the message's vector.

    Args:
        features: float32[n, len(FEATURES)].
        denial: float32[n], what the probe says, see `probe_features`.
    """
    return np.asarray((features[:, FEATURES.index("denial_differs")] > 0) & (denial > at))


def ruled_out(features: Floats, denial: Floats, opposite: Mask, same_language: Mask, *, uses_vectors: bool) -> Mask:
    """Pairs that are no match.

    Args:
        opposite: where both sides say opposites, see `contrary`.
        uses_vectors: whether cosines tell anything.
    """
    differs = (features[:, FEATURES.index("number_conflict")] > 0) | denies(features, denial) | opposite
    if not uses_vectors:
        return differs
    return np.asarray(differs | (~same_language & (features[:, FEATURES.index("best_cosine")] < _LEAST_COSINE)))
