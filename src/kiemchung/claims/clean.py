"""Message to plain text with the way back: Unicode form, invisible characters, look-alike letters."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kiemchung.text.lookalikes import LOOKALIKES

_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
#: Styled alphabets of "fancy text" generators: NFKC gives the plain letter. Other compatibility characters (², ½, ①)
#: carry meaning and stay.
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e\ufb00-\ufb06\u24b6-\u24e9\U0001f130-\U0001f149\u2100-\u214f]")
_KEEPS_MEANING = frozenset("℃℉№℡™Ω℮ℹ")
_NEWLINES = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
#: Texts of these characters are plain as they are: ASCII, Latin letters with their marks in one, common punctuation.
_PLAIN = re.compile("[ -~\n\u00c0-\u00cf\u00d1-\u00d6\u00d9-\u00ef\u00f1-\u00f6\u00f9-\u0130ƠơƯư\u1ea0-\u1ef9–—‘’“”…]*")
_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE = re.compile("[ăơưĂƠƯ\u1ea0-\u1ef9]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Plain text and where each of its characters stood in the message.

    Attributes:
        text: NFC, without invisible characters, look-alike letters made plain, every line break as a newline.
        starts: first code point in the message of each character of text.
        ends: one past its last code point.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the message of `text[start:end]`; start < end."""
        return self.starts[start], self.ends[end - 1]


def clean(message: str) -> Cleaned:
    """Make a message plain and remember where each character came from."""
    if _PLAIN.fullmatch(message):
        return Cleaned(message, tuple(range(len(message))), tuple(range(1, len(message) + 1)))
    return _clean_by_letter(message)


def _clean_by_letter(message: str) -> Cleaned:
    clusters = [(_unstyled(text), start, end) for text, start, end in _clusters(message)]
    heads = _plain_letters("".join(text[0] for text, _, _ in clusters))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for head, (text, start, end) in zip(heads, clusters, strict=True):
        for character in unicodedata.normalize("NFC", head + text[1:]):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return Cleaned("".join(characters), tuple(starts), tuple(ends))


def plain_text(text: str) -> str:
    """The text as `clean` makes it, with every run of white space as one space: what is embedded and looked up."""
    return " ".join(clean(text).text.split())


def _clusters(message: str) -> Iterator[tuple[str, int, int]]:
    """Each letter with its marks composed, and its span; invisible characters join the one before them or vanish."""
    base, start, end = "", 0, 0
    for place, character in enumerate(message):
        kind = _kind(character)
        if kind == "mark" and base and base not in _NEWLINES and not base.isspace():
            base, end = base + character, place + 1
        elif kind == "joiner" and base:
            end = place + 1
        elif kind in ("seen", "mark"):
            if character == "\n" and base == "\r" and end == place:
                base, end = "\n", place + 1
                continue
            if base:
                yield base, start, end
            base, start, end = character, place, place + 1
    if base:
        yield base, start, end


def _kind(character: str) -> str:
    """seen, mark (goes with the letter before), joiner (invisible part of an emoji) or hidden."""
    if " " <= character <= "~":
        return "seen"
    if character in _JOINERS:
        return "joiner"
    if character in _FILLERS:
        return "hidden"
    category = unicodedata.category(character)
    if category[0] == "M" or "\u1160" <= character <= "\u11ff":
        return "mark"
    if category in ("Cf", "Cs", "Co", "Cn") or (category == "Cc" and character not in _NEWLINES and character != "\t"):
        return "hidden"
    return "seen"


def _unstyled(cluster: str) -> str:
    """A letter with its marks in plain style; line breaks as newline, other white space as a space."""
    first = cluster[0]
    if first in _NEWLINES:
        return "\n"
    if first.isspace():
        return " "
    if first in _SMALL_CAPITALS:
        return _SMALL_CAPITALS[first] + cluster[1:]
    styled = first not in _KEEPS_MEANING and _STYLED.match(first)
    return unicodedata.normalize("NFKC", cluster) if styled else cluster


def _plain_letters(heads: str) -> str:
    """Look-alike letters as Latin ones, in place.

    Args:
        heads: the letters of a message without their marks, one for each.
    """
    if heads.isascii():
        return heads
    if "ð" in heads.lower() and _VIETNAMESE.search(heads):
        heads = heads.replace("Ð", "Đ").replace("ð", "đ")
    words = [(match.start(), match.end()) for match in _WORD.finditer(heads)]
    foreign = any(_is_foreign(heads[start:end]) for start, end in words)
    pieces, last = [], 0
    for start, end in words:
        word = heads[start:end]
        if any(letter in LOOKALIKES for letter in word) and _is_disguised(word, foreign=foreign):
            pieces += [heads[last:start], "".join(LOOKALIKES.get(letter, letter) for letter in word)]
            last = end
    return "".join([*pieces, heads[last:]])


def _is_foreign(word: str) -> bool:
    """Whether a word has a Greek or Cyrillic letter that looks like no Latin one, and no Latin letter."""
    others = [letter for letter in word if "\u0370" <= letter <= "\u052f"]
    return any(letter not in LOOKALIKES for letter in others) and len(others) == len(word)


def _is_disguised(word: str, *, foreign: bool) -> bool:
    """Whether look-alikes are meant as Latin: the word mixes scripts, or nothing in the message is truly foreign."""
    others = [letter for letter in word if "\u0370" <= letter <= "\u052f"]
    if any(letter not in LOOKALIKES for letter in others):
        return False
    return len(others) < len(word) or (not foreign and len(word) > 1)
