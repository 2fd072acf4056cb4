import unicodedata

import pytest

from kiemchung.claims.article import article_text, decode_text, looks_like_html
from kiemchung.errors import InputError

VIETNAMESE = "Uống nước ấm mỗi sáng giúp tiêu hóa tốt hơn. Đường phố vắng."
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body><nav><a href="/">Menu</a></nav>
<article><h1>Nước ấm</h1><p>{VIETNAMESE}</p><p>{"Một đoạn văn dài hơn để thành bài báo. " * 8}</p></article></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_decode_text_knows_unicode_forms(encoding):
    assert decode_text(VIETNAMESE.encode(encoding)) == VIETNAMESE


def test_decode_text_knows_windows_1258():
    spoken = "Uô\u0301ng nươ\u0301c mô\u0303i sa\u0301ng, đươ\u0300ng phô\u0301"
    assert decode_text(spoken.encode("cp1258")) == unicodedata.normalize("NFC", spoken)


def test_decode_text_knows_windows_1252():
    assert decode_text("Café “crème” costs £5".encode("cp1252")) == "Café “crème” costs £5"


def test_decode_text_believes_a_charset_that_fits():
    assert decode_text("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert decode_text(VIETNAMESE.encode(), "no-such-charset") == VIETNAMESE
    assert decode_text('<meta charset="koi8-r">Привет'.encode("koi8-r")).endswith("Привет")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"PK\x03\x04rest", "zip"),
        (bytes(range(256)) * 4, "binary"),
        (b"\xef\xbb\xbf\xff\xff", "save it again as UTF-8"),
        (b"\x01\x02\x03\x90\x91" * 50, "binary"),
    ],
)
def test_decode_text_of_no_text_says_what_it_is(content, what):
    with pytest.raises(InputError, match=what):
        decode_text(content)


def test_decode_text_of_nothing():
    assert decode_text(b"") == ""


@pytest.mark.parametrize("page", [PAGE, PAGE.encode()])
def test_article_text_is_the_article_alone(page):
    text = article_text(page, "https://example.org/a")
    assert VIETNAMESE in text
    assert "Menu" not in text


def test_article_text_of_a_part_of_a_page():
    assert article_text("<p>Uống nước ấm.</p><div>Hai.") == "Uống nước ấm.\nHai."


def test_article_text_without_an_article_says_so():
    with pytest.raises(InputError, match="no article text"):
        article_text("<html><body></body></html>", "https://example.org/")


def test_looks_like_html():
    assert looks_like_html(PAGE)
    assert not looks_like_html("a < b and c > d")
