import unicodedata

import pytest

from kiemchung.text.lookalikes import read_as_latin


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("Nước chanh đã đóng", "Nuoc chanh da dong"),
        ("рауԁау", "payday"),
        ("ΗΟΤΕL", "HOTEL"),
        ("ＦＵＬＬ 𝓈𝒸𝓇𝒾𝓅𝓉 ⓡⓘⓝⓖ ᶠˡʸ", "FULL script ring fly"),
        ("sᴍᴀʟʟ 🇸🇴 🅱🅻🅰🅲🅺", "small so black"),
        ("q\u0336u\u200bi\u00ade\u20ddt", "quiet"),
        ("ı ɡ ŧ", "i g t"),
        ("水 น้ำ ж", "水 นา ж"),
        ("", ""),
    ],
)
def test_text_is_read_as_what_it_looks_like(drawn, read):
    assert read_as_latin(drawn) == read


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_unicode_form_does_not_matter(form):
    assert read_as_latin(unicodedata.normalize(form, "đường ѵề й")) == "duong ve и"
