import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.formats.dates import iso_date


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
        ("2026-03-04 02:05 PM", "2026-03-04"),
        ("Mar 4, 2026 2:05 PM PHT", "2026-03-04"),
        ("Wed, 03/04/2026 - 14:05", "2026-03-04"),
        ("Fri, 03/04/2026 - 14:05", "2026-04-03"),
        ("Selasa, 24/03/2026 14:05 WIB", "2026-03-24"),
        ("2026-3-4T2:05:00", "2026-03-04"),
        ("2026年3月4日 14:05", "2026-03-04"),
        ("2026년 3월 4일", "2026-03-04"),
    ],
)
def test_date_is_read_in_many_forms(value: object, expected: str) -> None:
    assert iso_date(value) == expected


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "2026-13-01", "2026-02-30", "03/04/2026", -5, 2026, True, "99", "Mon, 03/04/2026"]
)
def test_date_that_is_none_or_ambiguous_is_none(value: object) -> None:
    assert iso_date(value) is None


@pytest.mark.parametrize("value", ["1404/12/13", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z"])
def test_year_of_another_calendar_and_a_clocks_zero_are_no_dates(value: str) -> None:
    assert iso_date(value) is None


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("03/04/2026", "vi"),
        ("03/04/2026", "fr-FR"),
        ("3 avril 2026", "fr"),
        ("1er avril 2026", "fr"),
        ("vendredi, 3 avr. 2026", "fr"),
        ("3 de abril de 2026", "es"),
        ("3 de abril del 2026, 10:20", "es-MX"),
        ("3 de Abril de 2026", "pt-BR"),
        ("3. April 2026", "de"),
        ("3. Mai 2026", "de"),
        ("3 kwietnia 2026", "pl"),
        ("3 Nisan 2026", "tr"),
        ("3 April 2026", "id"),
        ("3 апреля 2026", "ru"),
        ("3 апреля 2026 г.", "ru"),
        ("3 เมษายน 2569", "th"),
        ("3 เม.ย. 2569", "th"),
        ("2569-04-03", "th"),
        ("03/04/2569", "th"),
        ("3 अप्रैल 2026", "hi"),
        ("April 3, 2026", "hi"),
    ],
)
def test_date_is_read_in_the_language_of_its_text(value: str, language: str) -> None:
    day = {"1er avril 2026": "2026-04-01", "3. Mai 2026": "2026-05-03"}.get(value, "2026-04-03")
    assert iso_date(value, language=language) == day


def test_name_of_a_month_is_not_guessed_from_another_language() -> None:
    assert iso_date("3 avril 2026", language="de") is None
    assert iso_date("3 avril 2026", language="no such language") is None


@given(st.text() | st.integers() | st.floats() | st.lists(st.text()), st.sampled_from(["vi", "en", "th", "", "x-y"]))
def test_anything_is_read_as_a_date_or_none_without_error(value: object, language: str) -> None:
    iso_date(value, language=language)
