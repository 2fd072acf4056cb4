import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.formats.values import iso_date, language_tag, text_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-04", "2026-03-04"),
        ("20260304", "2026-03-04"),
        ("2026/03/04", "2026-03-04"),
        ("2026-03-04 20:02", "2026-03-04T20:02:00"),
        ("2026-03-04T14:00:00+0200", "2026-03-04T14:00:00+02:00"),
        ("2026-03-04T13:32:06.838Z", "2026-03-04T13:32:06Z"),
        ("Wed, 04 Mar 2026 10:00:00 GMT", "2026-03-04T10:00:00+00:00"),
        ("March 4, 2026", "2026-03-04"),
        ("4 March 2026", "2026-03-04"),
        ("4th Mar 2026", "2026-03-04"),
        ("24/03/2026", "2026-03-24"),
        ("03/24/2026", "2026-03-24"),
        ("4.3.2026", "2026-03-04"),
        (1772582400000, "2026-03-04T00:00:00Z"),
        ("1772582400", "2026-03-04T00:00:00Z"),
        (["", "2026-03-04"], "2026-03-04"),
        ({"@value": "2026-03-04"}, "2026-03-04"),
    ],
)
def test_date_is_read_in_many_forms(value: object, expected: str) -> None:
    assert iso_date(value) == expected


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-13-01", "2026-02-30", "03/04/2026", -5, True, "99"])
def test_date_that_is_none_or_ambiguous_is_none(value: object) -> None:
    assert iso_date(value) is None


def test_date_of_a_vietnamese_text_has_the_day_first() -> None:
    assert iso_date("03/04/2026", day_first=True) == "2026-04-03"


@given(st.text() | st.integers() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_values_of_any_kind_are_read_without_error(value: object) -> None:
    assert text_of(text_of(value)) == text_of(value) or "&" in text_of(value) or "<" in text_of(value)
    iso_date(value)
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
