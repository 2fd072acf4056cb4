import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.formats.values import language_tag, text_of


@given(st.text() | st.integers() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_values_of_any_kind_are_read_without_error(value: object) -> None:
    assert text_of(text_of(value)) == text_of(value) or "&" in text_of(value) or "<" in text_of(value)
    language_tag(value)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("vi", "vi"),
        ("vi_VN", "vi-VN"),
        ("PT-br", "pt-BR"),
        ("zh-hant-TW", "zh-Hant-TW"),
        ("Vietnamese", "vi"),
        ({"@type": "Language", "name": "Tiếng Việt"}, "vi"),
        (["", "en"], "en"),
        ("", "und"),
        ("???", "und"),
    ],
)
def test_language_is_a_tag(value: object, tag: str) -> None:
    assert language_tag(value) == tag
