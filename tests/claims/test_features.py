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
    plain = "Sân vận động tặng doanh nghiệp nông nghiệp hai chiếc ghế hạnh phúc."
    assert not {"fate", "belief", "satire", "irony"} & names(plain)


def test_steps_and_prices_are_counted():
    def value(name, text):
        return cues(text, spelled(text))[CUE_NAMES.index(name)]

    assert value("steps", "Vo gạo, ngâm một giờ, rồi nấu lửa nhỏ.") == 1
    assert value("steps", "Gạo ngâm lâu thì mất chất.") == 0
    assert value("prices", "Cam 20k, bưởi 35.000 đồng một trái.") == 1
    assert value("prices", "Cam có 20 loại.") == 0
