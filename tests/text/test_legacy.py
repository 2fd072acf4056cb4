import unicodedata

import pytest

from kiemchung.text.legacy import decode_one_byte

TONES = "\u0300\u0301\u0303\u0309\u0323"


def windows_1258(text: str) -> bytes:
    """Hats, breves and horns with their letter, tones behind it, as Windows writes Vietnamese."""
    split = unicodedata.normalize("NFD", text)
    tones = "".join(c for c in split if c in TONES)
    assert tones, "a text without tones is no test"
    letters = []
    for letter in text:
        base = "".join(c for c in unicodedata.normalize("NFD", letter) if c not in TONES)
        letters += [
            unicodedata.normalize("NFC", base),
            *(c for c in unicodedata.normalize("NFD", letter) if c in TONES),
        ]
    return "".join(letters).encode("cp1258")


@pytest.mark.parametrize(
    "text", ["Uống nước chanh chữa khỏi ung thư.", "Đường phố", "Bác sĩ nói: ăn tỏi sống là khỏi cúm"]
)
def test_vietnamese_is_read_and_composed(text: str) -> None:
    assert decode_one_byte(windows_1258(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "As informações não são verdadeiras; as eleições, os corações e os limões também não.",
        "Perché così? La città però può, e il virtù è già lunedì. Ciò che vuò, andrò.",
        "L’été à Noël : œuvre, garçon, où, brûlé",
        "Þetta er það sem við sáum í gær, og öllum þótti það gott.",
        "Größe, Straße, über",
    ],
)
def test_western_text_stays_western(text: str) -> None:
    assert decode_one_byte(text.encode("cp1252")) == text
