"""Codenames: seven two-part words that are an account, and all there is of one (GUARANTEES 4.4)."""

import json
import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

from kiemchung.errors import InputError
from kiemchung.text import fold, words
from kiemchung.text.lookalikes import read_as_latin

#: Words of a codename. With more than 6,752 words to choose from, seven hold at least 89 bits.
WORDS_PER_CODENAME = 7

#: Languages that have a word list.
LANGUAGES = ("vi", "en")

#: What is read as the other where it suits.
_SAME_STROKE = str.maketrans("1l0", "iio")


@dataclass(frozen=True, slots=True)
class WordList:
    """The two-part words of one language, e.g. "mèo xanh", "quiet river".

    Every part is unique within its half after folding, so that a codename typed without marks is the same codename.
    """

    language: str
    first: tuple[str, ...]
    second: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.first) * len(self.second)

    @property
    def bits(self) -> float:
        """Entropy of a codename of this list, in bits."""
        return WORDS_PER_CODENAME * math.log2(len(self))

    def word(self, index: int) -> str:
        """The word at 0 <= index < len(self)."""
        return f"{self.first[index // len(self.second)]} {self.second[index % len(self.second)]}"


@cache
def word_list(language: str) -> WordList:
    """The list of a language of `LANGUAGES`."""
    parts = json.loads(files("kiemchung.notes.data").joinpath(f"codename.{language}.json").read_text(encoding="utf-8"))
    return WordList(language, tuple(parts["first"]), tuple(parts["second"]))


def new_codename(language: str, *, draw: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh codename to show once: seven words, joined by ", ".

    Args:
        draw: gives a uniform integer below its argument; the system's secure generator unless a test says otherwise.
    """
    chosen = word_list(language)
    return ", ".join(chosen.word(draw(len(chosen))) for _ in range(WORDS_PER_CODENAME))


def canonical(typed: str) -> str:
    """What a typed codename is hashed as: its folded parts, one space between; marks, case and commas do not matter.

    Raises:
        InputError: not seven words of one list; says which part is in no list, never what the codename would be.
    """
    parts = [fold(part) for part in words(typed)]
    if len(parts) != 2 * WORDS_PER_CODENAME:
        raise InputError(f"a codename has {WORDS_PER_CODENAME} words of two parts; {len(parts)} parts were typed")
    for language in LANGUAGES:
        if all(part in _folded_parts(language)[i % 2] for i, part in enumerate(parts)):
            return " ".join(parts)
    raise InputError(f"part {_first_stranger(parts) + 1} is in no list; look for a typing mistake there")


def appears_in(codename: str, text: str, *, least: int = 3) -> bool:
    """Whether text gives away a codename: `least` of its words, in any order and any letters that look alike (G16).

    Words of two parts hardly ever stand in ordinary text, so three of one's own seven are no chance.
    """
    seen = fold(read_as_latin(text))
    said = ("".join(filter(str.isalnum, seen)), "".join(filter(str.isalpha, seen)))  # figures may number or disguise
    own = words(fold(codename))
    parts = [_strokes(first + second) for first, second in zip(own[::2], own[1::2], strict=True)]
    return any(sum(part in each for part in parts) >= least for each in map(_strokes, said))


def _strokes(letters: str) -> str:
    """Letters and figures that are one stroke or one ring as one of them."""
    return letters.translate(_SAME_STROKE)


@cache
def _folded_parts(language: str) -> tuple[frozenset[str], frozenset[str]]:
    chosen = word_list(language)
    return frozenset(map(fold, chosen.first)), frozenset(map(fold, chosen.second))


def _first_stranger(parts: Sequence[str]) -> int:
    """Index of the part at which the list that fits longest stops fitting."""
    fits = []
    for language in LANGUAGES:
        known = _folded_parts(language)
        fits.append(next((i for i, part in enumerate(parts) if part not in known[i % 2]), len(parts)))
    return max(fits)


def all_words(language: str) -> list[str]:
    """Every word of a list; for tests and for printing."""
    chosen = word_list(language)
    return [f"{a} {b}" for a, b in product(chosen.first, chosen.second)]
