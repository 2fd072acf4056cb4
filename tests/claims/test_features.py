import numpy as np
from hypothesis import given

from kiemchung.claims.features import CUE_NAMES, cues, expanded, hashed_ngrams
from tests.claims.test_clean import MESSAGES


@given(MESSAGES)
def test_features_are_bounded(text):
    found = cues(text)
    assert found.shape == (len(CUE_NAMES),)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.linalg.norm(hashed_ngrams(text)) < 1.001


def test_features_of_marked_and_unmarked_text_are_the_same():
    assert expanded("Nước này uống được không?") == expanded("nuoc nay uong dc ko?")
    assert (hashed_ngrams("Nước này uống được") == hashed_ngrams("nuoc nay uong duoc")).all()
