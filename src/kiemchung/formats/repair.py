"""JSON as publishers really write it, read as far as it goes.

Template engines leave trailing commas, bare line breaks, comments and unescaped quotes in JSON-LD, and some blocks end
in the middle. Strict JSON drops all of that in silence; here it is mended, or reported by the caller.
"""

import json
import re
from typing import Any

_WRAPPERS = re.compile(
    r"^\s*(?:\ufeff|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[|<!--|//\s*-->)\s*"
    r"|\s*(?://\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|//\s*-->|-->|;)\s*$"
)
_BLANK = re.compile(r"(?:\s|,|//[^\n]*|/\*.*?\*/|\ufeff)*", re.DOTALL)
_BLANK_ONLY = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"[\w$@.:/%+-]+")
_WORDS = {"true": True, "false": False, "null": None, "None": None, "True": True, "False": False, "undefined": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MAX_DEPTH = 100


def loads(text: str) -> tuple[list[Any], bool]:
    """The values in a text that should be JSON, and whether it had to be mended.

    A member whose value breaks off is left out; what is whole before it is kept.

    Raises:
        ValueError: nothing in the text can be read as an object or a list.
    """
    bare = text
    for _ in range(4):
        bare = _WRAPPERS.sub("", bare)
    try:
        return [json.loads(bare, strict=False)], False
    except (ValueError, RecursionError):
        pass
    values = [value for value in _Reader(bare).values() if isinstance(value, dict | list)]
    if not values:
        raise ValueError("neither an object nor a list")
    return values, True


class _BrokenOffError(ValueError):
    """The text ended inside a string: what was read of it is not to be trusted."""


class _Reader:
    """Reads one text; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def values(self) -> list[Any]:
        found: list[Any] = []
        try:
            while self._next() and self._char() in "{[":
                found.append(self._value(0))
        except _BrokenOffError:
            pass
        return found

    def _next(self, pattern: re.Pattern[str] = _BLANK) -> bool:
        """Skip blanks (and commas, so that missing and trailing ones are the same); whether something follows."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _char(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _value(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        char = self._char()
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._list(depth)
        if char in "\"'":
            return self._string(char)
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return json.loads(number[0].replace("-0", "-0")) if not re.match(r"-?0\d", number[0]) else number[0]
        bare = _BARE.match(self.text, self.at)
        if bare is None:
            raise ValueError(f"character {self.at}: {char!r} begins no value")
        self.at = bare.end()
        return _WORDS.get(bare[0], bare[0])

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while self._next() and self._char() != "}":
            if self._char() == "]":  # a bracket of the wrong kind closes as well
                break
            try:
                key = self._key()
                if not self._next(_BLANK_ONLY) or self._char() != ":":
                    raise ValueError(f"character {self.at}: no colon after {key!r}")
                self.at += 1
                if not self._next(_BLANK_ONLY):
                    return found
                if self._char() in ",}":
                    continue
                found[key] = self._value(depth + 1)
            except _BrokenOffError:
                self.at = len(self.text)
                return found
        self.at += 1
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while self._next() and self._char() != "]":
            if self._char() == "}":
                break
            try:
                found.append(self._value(depth + 1))
            except _BrokenOffError:
                self.at = len(self.text)
                return found
        self.at += 1
        return found

    def _key(self) -> str:
        if self._char() in "\"'":
            return self._string(self._char(), is_key=True)
        bare = re.compile(r"[\w$@-]+").match(self.text, self.at)
        if bare is None:
            raise ValueError(f"character {self.at}: {self._char()!r} begins no name")
        self.at = bare.end()
        return bare[0]

    def _string(self, mark: str, *, is_key: bool = False) -> str:
        """A string; a quotation mark inside it that nobody escaped does not end it."""
        parts: list[str] = []
        self.at += 1
        while (char := self._char()) != "":
            self.at += 1
            if char == "\\":
                parts.append(self._escape())
            elif char == mark and (is_key or self._ends_here()):
                return "".join(parts)
            else:
                parts.append(char)
        raise _BrokenOffError("the text ends inside a string")

    def _ends_here(self) -> bool:
        """Whether a quotation mark just read ends its string: what follows must be able to follow a value."""
        rest = re.compile(r"\s*(?:(?P<close>[}\]])|(?P<comma>,)|(?P<key>\"[\w@$-]{1,60}\"\s*:)|$)").match(
            self.text, self.at
        )
        if rest is None:
            return False
        if rest["comma"] is None:
            return True
        return (
            re.compile(r"\s*(?:[\"'{\[}\]]|-?\d|true|false|null|//|/\*|[\w@$]+\s*:|$)").match(self.text, rest.end())
            is not None
        )

    def _escape(self) -> str:
        char = self._char()
        self.at += 1
        if char == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", self.text[self.at : self.at + 4]):
            code = int(self.text[self.at : self.at + 4], 16)
            self.at += 4
            return self._surrogate(code)
        return _ESCAPES.get(char, char)

    def _surrogate(self, code: int) -> str:
        low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(self.text, self.at)
        if 0xD800 <= code < 0xDC00 and low:
            self.at = low.end()
            return chr(0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00))
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
