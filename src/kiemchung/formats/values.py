"""Loose values, as publishers write them, to plain text, addresses, dates and language tags."""

import codecs
import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

_CHARSET = re.compile(r"(?:utf-(?:8|16|32)|iso|cp|koi8|mac|gb|big5|euc|shift|tis|johab|hz|kz|ptcp)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.*?-->", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_ISO = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\b")
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WORDY = re.compile(
    r"(?i)^(?:\w+,\s*)?(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)
#: "ngày 2 tháng 3 năm 2024", "2 tháng 3, 2024".
_VIETNAMESE = re.compile(r"(?i)\b(\d{1,2})\s+th[aá]ng\s+(\d{1,2})(?:,|\s+n[aă]m|\s*/)?\s*(\d{4})\b")
#: What Vietnamese pages put before a date in numbers: the day of the week, the time of day.
_BEFORE_NUMBERS = re.compile(
    r"(?i)^(?:(?:th[uứ]\s+(?:hai|ba|t[uư]|n[aă]m|s[aá]u|b[aả]y|[2-7])|ch[uủ]\s+nh[aậ]t|cn|ng[aà]y|l[uú]c"
    r"|\d{1,2}(?::|h|g)\d{0,2}(?::\d{2})?(?:\s*[ap]m)?)[\s,|\-–]*)+(?=\d)"
)
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*$")
#: Names of languages as publishers write them; tags are the rule.
_LANGUAGE_NAMES = {
    "vietnamese": "vi", "tiếng việt": "vi", "english": "en", "spanish": "es", "español": "es", "portuguese": "pt",
    "português": "pt", "french": "fr", "français": "fr", "german": "de", "deutsch": "de", "hindi": "hi",
    "arabic": "ar", "indonesian": "id", "thai": "th", "chinese": "zh", "bengali": "bn", "bangla": "bn",
}  # fmt: skip


def text_of(value: Any) -> str:
    """The words in a value: entities resolved, markup and control characters dropped, white space single.

    Lists give their parts joined by a space; objects their `@value`, `name`, `text` or `headline`.
    """
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and abs(value) < 1e15 else str(value)
    if isinstance(value, list):
        return " ".join(part for part in map(text_of, value) if part)
    if isinstance(value, dict):
        return next((found for key in ("@value", "name", "text", "headline") if (found := text_of(value.get(key)))), "")
    return ""


def _clean(text: str) -> str:
    if "&" in text:
        text = html.unescape(html.unescape(text))  # some publishers escape twice
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(_CONTROL.sub(" ", text).split())


def known_charset(name: str | None) -> str | None:
    """A declared encoding by the name Python reads it under; None for one that is unknown or encodes no text.

    Python knows more (`zlib`, `idna`, `unicode_escape`), which a server may name and which fail in their own ways.
    """
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return None
    if found in ("iso8859-1", "ascii"):
        return "cp1252"  # as browsers read it
    return found if _CHARSET.match(found) else None


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a value that may be one, a list of them, or neither."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from objects_in(part)


def addresses_in(value: Any) -> Iterator[str]:
    """Every http(s) address in a value: a text, an object's `url` or `@id`, or a list of such."""
    if isinstance(value, str):
        for part in value.split():
            if part.lower().startswith(("http://", "https://")):
                yield part.rstrip(",;")
    elif isinstance(value, dict):
        found = list(addresses_in(value.get("url")))
        yield from found or addresses_in(value.get("@id"))
    elif isinstance(value, list):
        for part in value:
            yield from addresses_in(part)


def first_address(value: Any, base: str = "") -> str:
    """The first address in a value, resolved against the page's own; empty where there is none."""
    if isinstance(value, list):
        return next((found for part in value if (found := first_address(part, base))), "")
    if isinstance(value, dict):
        return first_address(value.get("url"), base) or first_address(value.get("@id"), base)
    if not isinstance(value, str) or not (address := "".join(_clean(value).split())):
        return ""
    if address.lower().startswith("www."):
        return f"https://{address}"
    if base:
        try:
            return urljoin(base, address)
        except ValueError:
            return address
    return f"https:{address}" if address.startswith("//") else address


def is_web_address(address: str) -> bool:
    """Whether it is an http(s) address with a host that can be one."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme.lower() in ("http", "https")
        and ("." in host.strip(".") or ":" in host)
        and not re.search(r"[\s<>\"'{}|\\^`]", host)
        and len(address) <= 4_000
    )


def tidy_address(address: str) -> str:
    """The address with white space and other characters that addresses cannot hold percent-encoded."""
    return (
        quote(address, safe="%/:=&?~#+!$,;'@()*[]-._", encoding="utf-8")
        if not address.isascii() or " " in address
        else address
    )


def host_of(address: str) -> str:
    """The host without `www.`; empty where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def iso_date(value: Any, *, day_first: bool = False) -> str | None:
    """A date or date-time in ISO 8601; None where there is none or it can be read in two ways.

    Args:
        day_first: 03/04/2026 is the third of April (as in Vietnamese), not unreadable.
    """
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list):
        return next((found for part in value if (found := iso_date(part, day_first=day_first))), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value))
    text = text_of(value)
    if not text:
        return None
    if re.fullmatch(r"\d{9,13}", text):
        return _from_epoch(float(text))
    try:
        return (
            _from_iso(text)
            or _from_numbers(text, day_first)
            or _from_rfc(text)
            or _from_words(text)
            or _from_vietnamese(text, day_first)
        )
    except ValueError:
        return None


def _from_iso(text: str) -> str | None:
    found = _ISO.match(text)
    if found is None:
        return None
    day = date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    if found[4] is None:
        return day
    clock = f"{found[4]}:{found[5]}:{found[6] or '00'}"
    datetime.fromisoformat(f"{day}T{clock}")
    zone = found[8] or ""
    return f"{day}T{clock}{zone if zone in ('', 'Z') or ':' in zone else f'{zone[:3]}:{zone[3:]}'}"


def _from_numbers(text: str, day_first: bool) -> str | None:
    found = _NUMERIC.match(text)
    if found is None:
        return None
    a, b, c = (int(found[i]) for i in (1, 2, 3))
    if len(found[1]) == 4:
        return date(a, b, c).isoformat()
    if len(found[3]) != 4:
        return None
    if a > 12 or day_first or a == b or "." in found[0]:
        return date(c, b, a).isoformat()
    return date(c, a, b).isoformat() if b > 12 else None


def _from_words(text: str) -> str | None:
    found = _WORDY.match(text)
    if found is None or found[2][:3].lower() not in _MONTH_NAMES or not (found[1] or found[3]):
        return None
    month = _MONTH_NAMES.index(found[2][:3].lower()) + 1
    return date(int(found[4]), month, int(found[1] or found[3])).isoformat()


def _from_vietnamese(text: str, day_first: bool) -> str | None:
    if found := _VIETNAMESE.search(text):
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    before = _BEFORE_NUMBERS.match(text)
    return _from_numbers(text[before.end() :], day_first) if before else None


def _from_rfc(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _from_epoch(number: float) -> str | None:
    seconds = number / 1000 if number > 1e11 else number
    if not 0 < seconds < 4e9:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def language_tag(value: Any) -> str:
    """A BCP 47 tag: `pt_br` -> `pt-BR`, `Vietnamese` -> `vi`; "und" where there is none."""
    if isinstance(value, list):
        return next((tag for part in value if (tag := language_tag(part)) != "und"), "und")
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name") or value.get("@value")
    text = text_of(value)
    if text.casefold() in _LANGUAGE_NAMES:
        return _LANGUAGE_NAMES[text.casefold()]
    if not _LANGUAGE.match(text):
        return "und"
    language, *rest = text.replace("_", "-").split("-")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 else part.lower()
