import numpy as np
from hypothesis import given

from kiemchung.claims.features import CUE_NAMES, cues, expanded, hashed_ngrams, spelled
from tests.claims.test_clean import MESSAGES


@given(MESSAGES)
def test_features_are_bounded(text):
    found = cues(text, spelled(text))
    assert found.shape == (len(CUE_NAMES),)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.linalg.norm(hashed_ngrams(text, spelled(text))) < 1.001


def test_features_of_marked_and_unmarked_text_are_the_same():
    assert expanded("Nước này uống được không?") == expanded("nuoc nay uong dc ko?")
    marked, unmarked = "Nước này uống được", "nuoc nay uong duoc"
    assert spelled(unmarked) == marked.lower()
    assert (hashed_ngrams(marked, spelled(marked)) == hashed_ngrams(unmarked, spelled(unmarked))).all()


def test_marks_keep_words_of_fate_and_judgement_apart_from_others():
    def names(text):
        return {name for name, value in zip(CUE_NAMES, cues(text, spelled(text)), strict=True) if value}

    assert "fate" in names("Chúa thương tất cả mọi người.")
    assert not {"fate", "belief", "judgement"} & names("Tế bào thận chưa chữa được trong hai ngày mưa giông.")
