"""Days and months in a text: "27 August", "ngày 27 tháng tám" and "8月27日" name one day. Patterns of our own."""

import re
from typing import NamedTuple

_NAMES = (
    "january february - april - june july august september october november december",
    "enero febrero marzo abril - junio julio agosto septiembre octubre noviembre diciembre",
    "janvier février - avril - juin juillet août septembre octobre novembre décembre",
    "januar februar märz april - juni juli august september oktober november dezember",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maret april - juni juli agustus september oktober november desember",
)
#: Also other words, so months only beside the number of a day or a year, or after "in" and its like.
_DOUBTFUL = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "- - march - mayo - - - sept - - -",
    "- - mars - mai - - - - - - -",
    "- - - - mei - - - - - - -",
)
_VIETNAMESE = "một hai ba tư năm sáu bảy tám chín mười mười_một mười_hai"


def _numbered(*lists: str) -> dict[str, int]:
    return {name.replace("_", " "): i + 1 for names in lists for i, name in enumerate(names.split()) if name != "-"}


_SURE = _numbered(*_NAMES)
_UNSURE = _numbered(*_DOUBTFUL)
_OF_VIETNAMESE = _numbered(_VIETNAMESE) | {"giêng": 1, "bẩy": 7, "chạp": 12}
_MONTHS = _SURE | _UNSURE


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


#: What is counted after a number: "một tháng hai lần" speaks of no February.
_COUNTED = (
    "ngày|hôm|tuần|tháng|giờ|tiếng|phút|giây|lần|triệu|tr|nghìn|ngàn|k|trăm|tỷ|tỉ|mươi|chục|rưỡi|phần|độ|kg|ký|kí|cân|lít|mét|km|đồng|đô|viên|con"
    "|người|cái|quả|trái|năm tù|sinh|hours?|days?|weeks?|months?|years?|minutes?|percent|times|people|miles?|metres?|kilometres?"
)
_EACH = "".join(
    f"(?<!{word} )"
    for word in ["mỗi", "hàng", "hằng", "một", "mấy", "vài", "nhiều", "các", "những", "cả", "ngày", "theo", "trong"]
)
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
_NOT_MORE = r"(?![\d%]|[.,/]\d)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:(?:ngày |mùng |mồng )?(?<![\d.,]){_DAY} |{_EACH}\b)tháng (?P<month>{_any(_OF_VIETNAMESE)}|1[0-2]|0?[1-9])\b{_NOT_MORE}(?! ?(?:{_COUNTED})\b)",
        rf"\b(?:ngày|hôm|đêm|sáng|trưa|chiều|tối|mùng|mồng) {_DAY}/(?P<month>1[0-2]|0?[1-9])\b{_NOT_MORE}",
        r"(?<![\d/])(?P<day>1[3-9]|2\d|3[01])/(?P<month>1[0-2]|0?[1-9])(?=/\d{4}\b)",
        r"(?<![\d/])(?P<month>1[0-2]|0?[1-9])/(?P<day>1[3-9]|2\d|3[01])(?=/\d{4}\b)",
        rf"(?<!\d)(?P<month>1[0-2]|0?[1-9])月(?:{_DAY}日)?",
        rf"(?<![\d.,]){_DAY}(?:st|nd|rd|th|er|\.)?(?: of| de)? (?P<month>{_any(_SURE)})\b",
        rf"(?<![\d.,]){_DAY}(?:st|nd|rd|th|er|\.)?(?: of| de)? (?P<month>{_any(_UNSURE)})\b(?=\.? \d{{4}}\b|[.,;:!?)]|$)",
        rf"\b(?P<month>{_any(_MONTHS)})\.? {_DAY}(?:st|nd|rd|th)?\b{_NOT_MORE}(?! (?:{_COUNTED})\b)",
        rf"\b(?P<month>{_any(_SURE)})\b",
        rf"\b(?:(?<=in )|(?<=since )|(?<=until )|(?<=early )|(?<=late )|(?<=of ))(?P<month>{_any(_UNSURE)})\b",
        rf"\b(?P<month>{_any(_UNSURE)})(?=\.? \d{{4}}\b)",
    )
)  # fmt: skip
_HINT = re.compile(rf"tháng|/|月|{_any(_MONTHS)}")


class Dates(NamedTuple):
    """What is left of a text without its dates, and of each date its parts: (number, "day" or "month", as written)."""

    rest: str
    parts: list[tuple[int, str, str]]


def dates(text: str) -> Dates:
    """The dates of a text in lower case with single spaces; a bare year is a number like others."""
    parts: list[tuple[int, str, str]] = []
    if not _HINT.search(text):
        return Dates(text, parts)

    def take(found: re.Match[str]) -> str:
        named, day = found["month"], found.groupdict().get("day")
        month = int(named) if named.isdigit() else (_OF_VIETNAMESE.get(named) or _MONTHS[named])
        written = found[0].strip()
        if day:
            parts.append((int(day), "day", written))
        parts.append((month, "month", written))
        return "_"  # a word that is no number and no unit, so that what stands around it does not grow together

    for pattern in _PATTERNS:
        text = pattern.sub(take, text)
    return Dates(text, parts)
