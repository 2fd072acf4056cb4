import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.claims import clean as cleaning
from kiemchung.claims.clean import clean, plain_text

LETTERS = st.sampled_from(
    [
        *"aăâđêôơưệữẾ Zz9.,!?\n\r\t",
        *"\u0301\u0323\u0302\u200b\u200d\ufe0f\u202e\u00a0\u00ad\ud800\udc00\u0600",
        *"аеоνΑ𝐚ａﬁ🔥👨‍👩❤ไعم한",
        "\r\n",
        "e\u0302\u0323",
    ]
)
MESSAGES = st.lists(LETTERS, max_size=40).map("".join) | st.text(max_size=40)


@given(MESSAGES | st.text(alphabet="aĂệộƯĐđ’…–\n ð0"))
def test_clean_by_letter_finds_nothing_in_what_is_plain_at_a_glance(message):
    assert clean(message) == cleaning._clean_by_letter(message)


def test_every_plain_character_is_kept():
    plain = [character for character in map(chr, range(0x3000)) if cleaning._PLAIN.fullmatch(character)]
    assert len(plain) == 304
    for character in plain:
        assert cleaning._clean_by_letter(f"a{character}ệ b").text == f"a{character}ệ b"


@given(MESSAGES)
def test_clean_keeps_the_way_back(message):
    cleaned = clean(message)
    assert len(cleaned.text) == len(cleaned.starts) == len(cleaned.ends)
    assert all(0 <= start < end <= len(message) for start, end in zip(cleaned.starts, cleaned.ends, strict=True))
    assert list(cleaned.starts) == sorted(cleaned.starts)
    assert list(cleaned.ends) == sorted(cleaned.ends)


@given(st.text(alphabet="aăâđêôơưệữẾ Zz9.,!?", max_size=60))
def test_clean_of_decomposed_text_is_composed(message):
    assert clean(unicodedata.normalize("NFD", message)).text == message


@given(MESSAGES)
def test_plain_text_twice_is_plain_text(message):
    assert plain_text(plain_text(message)) == plain_text(message)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("u\u200bống nướ\u00adc", "uống nước"),
        ("𝐧𝐮̛𝐨̛́𝐜 𝓬𝓱𝓪𝓷𝓱", "nước chanh"),
        ("ＨＯＴ １００％", "HOT 100%"),
        ("uố\u043eng \u0441hanh", "uốong chanh"),
        ("\u0412\u0410\u0421\u041a", "BACK"),
        ("Привет, Вова", "Привет, Вова"),
        ("Ðường ở ðây", "Đường ở đây"),
        ("a\r\nb\u2028c\rd", "a b c d"),
        ("m² ½ 3℃", "m² ½ 3℃"),
        ("ﬁve ﬂags", "five flags"),
        ("\ud800", ""),
    ],
)
def test_plain_text_of_disguised_letters(message, expected):
    assert plain_text(message) == expected


def test_span_of_an_emoji_takes_its_joiners_along():
    message = "a ❤️ b"
    cleaned = clean(message)
    place = cleaned.text.index("❤")
    start, end = cleaned.span(place, place + 1)
    assert message[start:end] == "❤️"
