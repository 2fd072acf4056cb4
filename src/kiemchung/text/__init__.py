"""What "the same text" means: Unicode form, folding, tokens."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*", re.UNICODE)


def normalise(text: str) -> str:
    """The text in NFC with every run of white space as one space; letters, case and marks stay."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Lower case without marks: `Đường` -> `duong`. Lengths may change.

    `đ` has no decomposition in Unicode, so it is mapped by hand (SQLite's FTS5 leaves it alone).
    """
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """The words and numbers of a text in order; `1.000,5` is one word."""
    return _WORD.findall(text)


def page_language(language: str) -> str:
    """Which of the languages of the pages a text in this language is listed under."""
    return "vi" if language.split("-")[0] == "vi" else "en"
