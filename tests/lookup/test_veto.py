"""What is never a match, whatever the score."""

import numpy as np
import pytest

from kiemchung.lookup.features import FEATURES
from kiemchung.lookup.veto import ruled_out


def never(*, denial=0.0, opposite=False, same=True, uses_vectors=True, **features):
    row = np.zeros((1, len(FEATURES)), dtype=np.float32)
    row[0, FEATURES.index("best_cosine")] = 0.6
    for name, value in features.items():
        row[0, FEATURES.index(name)] = value
    return bool(
        ruled_out(
            row, np.float32([denial]), np.array([opposite]), np.array([same]), uses_vectors=uses_vectors
        )[0]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ({}, False),
        ({"number_conflict": 1}, True),
        ({"denial_differs": 1, "denial": 2.0}, True),
        ({"denial_differs": 1, "denial": -1.0}, False),  # a cue word alone may stand anywhere
        ({"denial": 2.0}, False),  # both deny, or neither
        ({"opposite": True}, True),
        ({"best_cosine": 0.1}, False),
        ({"best_cosine": 0.1, "same": False}, True),
        ({"best_cosine": 0.0, "same": False, "uses_vectors": False}, False),
    ],
)
def test_numbers_denials_opposites_and_far_meanings_rule_a_match_out(pair, expected):
    assert never(**pair) is expected
