"""Dates, numbers and the choice of language."""

from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.i18n import LANGUAGES, open_words, terminal_language, wished_language

PATTERNS = {"vi": "dd/MM/y", "en": "d MMMM y"}


@given(st.dates(min_value=date(1, 1, 1)), st.sampled_from(LANGUAGES))
def test_dates_are_as_babel_writes_them(day, language):
    assert open_words(language).date(day.isoformat()) == format_date(day, PATTERNS[language], language)


@given(st.integers(0, 10**12), st.sampled_from(LANGUAGES))
def test_numbers_are_as_babel_writes_them(n, language):
    assert open_words(language).number(n) == format_decimal(n, locale=language)


@pytest.mark.parametrize("published", [None, "", "yesterday", "2024-02-31", "2024"])
def test_an_unreadable_date_is_left_out(published):
    assert open_words("vi").date(published) == ""


def test_a_date_time_is_shown_as_its_day():
    assert open_words("en").date("2024-11-30T23:30:00+07:00") == "30 November 2024"


@pytest.mark.parametrize(
    ("language", "tag", "name"),
    [
        ("vi", "en", "tiếng Anh"),
        ("vi", "fr-CA", "tiếng Pháp"),
        ("en", "vi", "Vietnamese"),
        ("en", "pt_BR", "Portuguese"),
        ("en", "und", ""),
        ("vi", "", ""),
        ("vi", "zzz", ""),
    ],
)
def test_languages_have_names(language, tag, name):
    assert open_words(language).language_name(tag) == name


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en-US;q=0.6", "vi"),
        ("fr, en;q=0.3", "en"),
        ("fr;q=1, de", "vi"),
        ("en;q=0, vi;q=0.1", "vi"),
        ("en;q=0.2;vi", "vi"),
        ("\x00;;;,,,=" * 200, "vi"),
    ],
)
def test_the_page_speaks_the_language_that_the_browser_wishes(header, language):
    assert wished_language(header) == language


@given(st.text())
def test_any_wish_is_answered(header):
    assert wished_language(header) in LANGUAGES


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "vi_VN"}, "vi"),
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_terminal_speaks_the_language_of_its_locale(environ, language):
    assert terminal_language(environ) == language


def test_counts_follow_the_language():
    one, many = "%(n)s published check", "%(n)s published checks"
    assert open_words("en").count(one, many, 1) == "1 published check"
    assert open_words("en").count(one, many, 10_375) == "10,375 published checks"
    assert open_words("vi").count(one, many, 10_375) == "10.375 bài kiểm chứng đã đăng"
