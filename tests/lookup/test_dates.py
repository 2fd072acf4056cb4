"""Dates: the same day however it is written, and what only looks like a date."""

import pytest

from kiemchung.lookup.features import number_conflicts
from kiemchung.lookup.quantities import quantities


def parts(text):
    return sorted((q.kind, q.value) for q in quantities(text))


@pytest.mark.parametrize(
    "text",
    [
        "27 August",
        "August 27th",
        "the 27th of August",
        "Aug. 27",
        "27 tháng 8",
        "ngày 27 tháng tám",
        "ngày 27/8",
        "27 de agosto",
        "27. August",
        "27 août",
        "8月27日",
        "27 Agustus",
    ],
)
def test_a_day_is_the_same_in_every_language(text):
    assert parts(text) == [("day", 27), ("month", 8)]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("tháng giêng này", 1),
        ("từ tháng một", 1),
        ("tháng tư sang năm", 4),
        ("hồi tháng năm", 5),
        ("tháng mười một", 11),
        ("Tháng mười hai", 12),
        ("tháng chạp", 12),
        ("in May", 5),
        ("since March", 3),
        ("by October", 10),
        ("9月", 9),
    ],
)
def test_months_in_words(text, month):
    assert parts(text) == [("month", month)]


def test_a_year_stays_a_number():
    assert parts("13/5/2021") == [("", 2021), ("day", 13), ("month", 5)]
    assert parts("May 2021") == [("", 2021), ("month", 5)]


@pytest.mark.parametrize(
    "text",
    [
        "uống 3 tháng 10 ngày",
        "mỗi tháng hai lần",
        "một tháng năm triệu",
        "ghi rõ ngày tháng năm sinh",
        "This may cause harm.",
        "More than 30 may die.",
        "Soldiers march 20 km.",
        "1/2 cốc nước",
        "mỗi tháng một viên",
        "8个月",
    ],
)
def test_what_only_looks_like_a_date(text):
    assert {q.kind for q in quantities(text)}.isdisjoint({"day", "month"})


@pytest.mark.parametrize(
    ("asked", "claimed", "differ"),
    [
        ("tháng tám này sao Hỏa to bằng Mặt Trăng", "Mars will look big on 27 August.", False),
        ("ngày 28 tháng tám", "on 27 August", True),
        ("tháng chín này", "on 27 August", True),
        ("8 con cá", "in August", False),
        ("uống 8 tháng", "uống từ tháng 9", False),
    ],
)
def test_only_dates_that_differ_are_a_conflict(asked, claimed, differ):
    assert bool(number_conflicts(quantities(asked), quantities(claimed), quantities(claimed))) is differ
