"""Words for people, in Vietnamese and English; rooms speak in codes, doors turn them into these.

`say` and `count` look a sentence up in the gettext catalogues under `locales/`; `make messages` collects them.
Dates and whole numbers are written here rather than by Babel, whose import takes longer than a lookup; a test holds
both equal.
"""

import gettext
import os
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
DOMAIN = "kiemchung"
LOCALES = Path(__file__).parent / "locales"

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WISH = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,32})?\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*")

#: Languages that checks are often published in: no Babel is loaded for these.
_LANGUAGE_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "vi": {"vi": "tiếng Việt", "en": "tiếng Anh"},
        "en": {"vi": "Vietnamese", "en": "English"},
    }
)


class Words:
    """The sentences of one language.

    Attributes:
        language: "vi" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, LOCALES, languages=[language])

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in this language, with `%(name)s` filled in."""
        return self._catalogue.gettext(sentence) % values

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence for n things; `%(n)s` is n, grouped as the language does."""
        return self._catalogue.ngettext(one, many, n) % {"n": self.number(n), **values}

    def number(self, n: int) -> str:
        """A whole number with thousands grouped: 10.375 in Vietnamese, 10,375 in English."""
        grouped = f"{n:,}"
        return grouped.replace(",", ".") if self.language == "vi" else grouped

    def date(self, published: str | None) -> str:
        """An ISO 8601 date or date-time as the day in the local form; empty where there is none to read."""
        found = _DATE.match(published or "")
        if found is None:
            return ""
        try:
            day = date(*(int(part) for part in found.groups()))
        except ValueError:  # 2024-02-31: a publisher's slip, not worth an error
            return ""
        if self.language == "vi":
            return f"{day:%d/%m}/{day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def language_name(self, tag: str) -> str:
        """The name of a BCP 47 language as it stands inside a sentence; empty for "und" and unknown tags."""
        language = tag.replace("_", "-").split("-")[0].lower()
        if language in ("", "und"):
            return ""
        known = _LANGUAGE_NAMES[self.language].get(language)
        return known if known is not None else _babel_name(self.language, language)


@cache
def _babel_name(language: str, tag: str) -> str:
    from babel.core import Locale  # takes 50 ms, and most answers need no further name

    name = str(Locale(language).languages.get(tag, ""))
    return name[:1].lower() + name[1:] if language == "vi" else name


@cache
def open_words(language: str) -> Words:
    """The words of "vi" or "en"."""
    return Words(language)


def wished_language(accept_language: str) -> str:
    """The first of our languages in an Accept-Language header by its q values; Vietnamese where neither is wished.

    Source: RFC 9110, 12.5.4.
    """
    best, best_q = DEFAULT_LANGUAGE, 0.0
    for part in accept_language[:500].split(","):
        wish = _WISH.fullmatch(part)
        if wish is None:
            continue
        q = float(wish[2] or 1)
        if wish[1].lower() in LANGUAGES and q > best_q:
            best, best_q = wish[1].lower(), q
    return best


def terminal_language(environ: Mapping[str, str] | None = None) -> str:
    """The language of a terminal by LC_ALL, LC_MESSAGES and LANG: Vietnamese where they say so, else English."""
    environ = os.environ if environ is None else environ
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "vi" if locale.lower().startswith("vi") else "en"
