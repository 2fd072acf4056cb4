"""Dates as publishers write them to ISO 8601, with the habits of the text's language."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from kiemchung.formats.values import text_of

_ISO = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?!\d)")
#: "2026年3月4日", "2026년 3월 4일".
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"
#: "4th March 2026", "4 de marzo de 2026", "4. März 2026", with the day of the week before it or not.
_DAY_MONTH = re.compile(
    rf"(?i)^(?:[^\d,]{{2,20}},\s*)?(\d{{1,2}}){_ORDINAL}\s+(?:de\s+)?([^\d\s,/-]{{2,20}}),?\s+(?:del?\s+)?(\d{{4}})"
)
#: "March 4, 2026".
_MONTH_DAY = re.compile(rf"(?i)^(?:[^\d,]{{2,20}},\s*)?([^\d\s,/-]{{2,20}})\s+(\d{{1,2}}){_ORDINAL},?\s+(\d{{4}})")
#: "ngày 2 tháng 3 năm 2024", "2 tháng 3, 2024".
_VIETNAMESE = re.compile(r"(?i)\b(\d{1,2})\s+th[aá]ng\s+(\d{1,2})(?:,|\s+n[aă]m|\s*/)?\s*(\d{4})\b")
#: What Vietnamese pages put before a date in numbers: the day of the week, the time of day.
_BEFORE_NUMBERS = re.compile(
    r"(?i)^(?:(?:th[uứ]\s+(?:hai|ba|t[uư]|n[aă]m|s[aá]u|b[aả]y|[2-7])|ch[uủ]\s+nh[aậ]t|cn|ng[aà]y|l[uú]c"
    r"|\d{1,2}(?::|h|g)\d{0,2}(?::\d{2})?(?:\s*[ap]m)?)[\s,|\-–]*)+(?=\d)"
)
#: Nothing reviewed is older; smaller years are of other calendars, or none at all.
_FIRST_YEAR = 1800
#: Of 1973; smaller numbers are years, or none.
_FIRST_SECOND = 1e8
_HALF_DAY = re.compile(r"(?i)\d\s*[ap]\.?\s?m\b")
_WEEKDAY = re.compile(r"^([^\W\d]{2,12})\.?,\s*(?=\d{1,4}[./-])")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Languages that write the day before the month; English has both habits.
_DAY_FIRST = frozenset(
    [
        "vi", "fr", "es", "pt", "it", "de", "nl", "pl", "tr", "id", "ms", "th", "ru", "uk", "ro", "el", "cs", "sk",
        "sl", "hr", "bg", "sr", "mk", "da", "nb", "no", "fi", "ca", "gl", "he", "hi", "bn", "ta", "te", "ka",
    ]
)  # fmt: skip
#: Texts that may count years from the Buddha, which is so many more.
_BUDDHIST, _BUDDHIST_ERA = frozenset(["th", "lo", "km"]), 543


def iso_date(value: Any, *, language: str = "und") -> str | None:
    """A date or date-time in ISO 8601; None where there is none or it can be read in two ways.

    Args:
        language: BCP 47 tag of the text around it: names of months are read in it and in English, and it says whether
            03/04/2026 is the third of April.
    """
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list):
        return next((found for part in value if (found := iso_date(part, language=language))), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value))
    text = text_of(value)
    if not text:
        return None
    if re.fullmatch(r"\d{9,13}", text):
        return _from_epoch(float(text))
    primary = language.split("-")[0]
    try:
        return (
            _from_iso(text, primary)
            or _from_numbers(text, primary)
            or _from_rfc(text)
            or _from_words(text, primary)
            or _from_vietnamese(text, primary)
            or _from_weekday(text, primary)
            or _from_east_asian(text, primary)
        )
    except ValueError:
        return None


def _day(year: int, month: int, day: int, language: str) -> str:
    if language in _BUDDHIST and 2400 < year < 2700:
        year -= _BUDDHIST_ERA
    if year < _FIRST_YEAR or (year, month, day) == (1970, 1, 1):
        raise ValueError("another calendar, or the zero of a computer's clock")
    return date(year, month, day).isoformat()


def _from_iso(text: str, language: str) -> str | None:
    found = _ISO.match(text)
    if found is None:
        return None
    day = _day(int(found[1]), int(found[2]), int(found[3]), language)
    if found[4] is None or _HALF_DAY.search(text):
        return day
    clock = f"{found[4]}:{found[5]}:{found[6] or '00'}"
    datetime.fromisoformat(f"{day}T{clock}")
    zone = found[8] or ""
    return f"{day}T{clock}{zone if zone in ('', 'Z') or ':' in zone else f'{zone[:3]}:{zone[3:]}'}"


def _from_numbers(text: str, language: str) -> str | None:
    found = _NUMERIC.match(text)
    if found is None:
        return None
    a, b, c = (int(found[i]) for i in (1, 2, 3))
    if len(found[1]) == 4:
        return _day(a, b, c, language)
    if len(found[3]) != 4:
        return None
    if a > 12 or language in _DAY_FIRST or a == b or "." in found[0]:
        return _day(c, b, a, language)
    return _day(c, a, b, language) if b > 12 else None


def _from_weekday(text: str, language: str) -> str | None:
    """Numbers behind a day of the week, which in English says which of two readings is meant."""
    found = _WEEKDAY.match(text)
    if found is None:
        return None
    rest = text[found.end() :]
    if found[1][:3].lower() not in _WEEK:
        return _from_numbers(rest, language)
    numbers = _NUMERIC.match(rest)
    if numbers is None or len(numbers[3]) != 4:
        return _from_numbers(rest, language)
    readings = ((numbers[1], numbers[2]), (numbers[2], numbers[1]))
    days = {date(int(numbers[3]), int(m), int(d)) for m, d in readings if int(m) <= 12}
    fitting = [day for day in days if day.weekday() == _WEEK.index(found[1][:3].lower())]
    return fitting[0].isoformat() if len(fitting) == 1 else None


def _from_east_asian(text: str, language: str) -> str | None:
    found = _EAST_ASIAN.search(text)
    return _day(int(found[1]), int(found[2]), int(found[3]), language) if found else None


def _from_words(text: str, language: str) -> str | None:
    if found := _DAY_MONTH.match(text):
        day, name, year = found.groups()
    elif found := _MONTH_DAY.match(text):
        name, day, year = found.groups()
    else:
        return None
    name = name.casefold().rstrip(".")
    month = _months("en").get(name) or _months(language).get(name)
    return _day(int(year), month, int(day), language) if month else None


@cache
def _months(language: str) -> dict[str, int]:
    """Names of months, long and short and as they stand alone, casefolded without full stops; by Unicode's CLDR."""
    from babel.core import Locale, UnknownLocaleError  # takes 50 ms, and few dates are in words

    try:
        months = Locale(language).months
    except (UnknownLocaleError, ValueError):
        return {}
    names = {"sept": 9} if language == "en" else {}
    for context in months.values():
        for width in ("wide", "abbreviated"):
            names.update({name.casefold().rstrip("."): number for number, name in context.get(width, {}).items()})
    return names


def _from_vietnamese(text: str, language: str) -> str | None:
    if found := _VIETNAMESE.search(text):
        return _day(int(found[3]), int(found[2]), int(found[1]), language)
    before = _BEFORE_NUMBERS.match(text)
    return _from_numbers(text[before.end() :], language) if before else None


def _from_rfc(text: str) -> str | None:
    if _HALF_DAY.search(text):
        return None  # the standard knows none, and its reader passes over it
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _from_epoch(number: float) -> str | None:
    seconds = number / 1000 if number > 1e11 else number
    if not _FIRST_SECOND < seconds < 4e9:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
