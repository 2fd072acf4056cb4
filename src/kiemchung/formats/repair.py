"""JSON as publishers really write it, read as far as it goes.

Template engines leave trailing commas, bare line breaks, comments and unescaped quotes in JSON-LD, and some blocks end
in the middle. Strict JSON drops all of that in silence; here it is mended, or reported by the caller.
"""

import html
import json
import re
from typing import Any

_WRAPPERS = re.compile(
    r"^\s*(?:\ufeff|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[|<!--|//\s*-->)\s*"
    r"|\s*(?://\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|//\s*-->|-->|;)\s*$"
)
# editors put paragraphs and line breaks between the lines of a block
_BLANK = re.compile(r"(?:\s|,|//[^\n]*|/\*.*?\*/|\ufeff|</?(?:br|p|div)\b[^<>]{0,99}>)*", re.DOTALL)
_BLANK_ONLY = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|</?(?:br|p|div)\b[^<>]{0,99}>)*", re.DOTALL)
#: Quotation marks by what closes them; editors make straight ones curly.
_QUOTES = {'"': '"', "'": "'", "“": "”“″", "”": "”“″", "″": "″”", "„": "“”", "«": "»"}
_FIRST_OBJECT = re.compile(r"(?:\[\s*)?\{\s*[\"'@\w]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"[\w$@.:/%+-]+")
_WORDS = {"true": True, "false": False, "null": None, "None": None, "True": True, "False": False, "undefined": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MAX_DEPTH = 100
_KEY = r"(?:[\"“”″'][\w@$:.-]{1,60}[\"“”″']\s*:)"
#: What may stand after a whole value, after the comma behind a member, and after the comma behind a list's element.
_AFTER_VALUE = re.compile(rf"\s*(?:[}}\]]|(?P<comma>,)|{_KEY}|</?(?:br|p)\b|$)")
_MEMBER = re.compile(rf"\s*(?:{_KEY}|[\w@$]+\s*:|[}}\]<]|//|/\*|$)")
_ELEMENT = re.compile(r"\s*(?:[\"“”″'{\[}\]<]|-?\d|true|false|null|//|/\*|$)")


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
        value = _strict(bare)
        # some sites write the block as one string that holds it
        return [_strict(value) if isinstance(value, str) and "{" in value else value], False
    except (ValueError, RecursionError):
        pass
    # the whole block may have been escaped as if it were text, or stand behind `var data =` or a program's warning
    problem = ValueError("neither an object nor a list")
    first = _FIRST_OBJECT.search(bare)
    for candidate in (bare, html.unescape(bare), bare[first.start() :] if first else ""):
        try:
            values = [value for value in _Reader(candidate).values() if isinstance(value, dict | list)]
        except ValueError as error:
            problem = error
            continue
        if any(values):
            return values, True
    raise problem


def _strict(text: str) -> Any:
    return json.loads(text, strict=False, object_pairs_hook=_object_of)


def _object_of(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of several members with one name, objects are all kept, and what says nothing replaces nothing."""
    found: dict[str, Any] = {}
    for name, value in members:
        held = found.get(name)
        if isinstance(value, dict) and isinstance(held, dict | list):
            found[name] = [*(held if isinstance(held, list) else [held]), value]
        elif value not in ("", None, {}, []) or name not in found:
            found[name] = value
    return found


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

    def _value(self, depth: int, *, in_object: bool = False) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        char = self._char()
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._list(depth)
        if char in _QUOTES:
            return self._string(_QUOTES[char], in_object=in_object)
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return json.loads(number[0].replace("-0", "-0")) if not re.match(r"-?0\d", number[0]) else number[0]
        bare = _BARE.match(self.text, self.at)
        if bare is None:
            raise ValueError(f"character {self.at}: {char!r} begins no value")
        self.at = bare.end()
        return _WORDS.get(bare[0], bare[0])

    def _object(self, depth: int) -> dict[str, Any]:
        found: list[tuple[str, Any]] = []
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
                    break
                if self._char() in ",}":
                    continue
                found.append((key, self._value(depth + 1, in_object=True)))
            except _BrokenOffError:
                self.at = len(self.text)
        self.at += 1
        return _object_of(found)

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
        if self._char() in _QUOTES:
            return self._string(_QUOTES[self._char()], is_key=True)
        bare = re.compile(r"[\w$@-]+").match(self.text, self.at)
        if bare is None:
            raise ValueError(f"character {self.at}: {self._char()!r} begins no name")
        self.at = bare.end()
        return bare[0]

    def _string(self, marks: str, *, is_key: bool = False, in_object: bool = False) -> str:
        """A string that one of these marks closes; one inside it that nobody escaped does not."""
        parts: list[str] = []
        self.at += 1
        while (char := self._char()) != "":
            self.at += 1
            if char == "\\":
                parts.append(self._escape())
            elif char in marks and (is_key or self._ends_here(in_object=in_object)):
                return "".join(parts)
            else:
                parts.append(char)
        raise _BrokenOffError("the text ends inside a string")

    def _ends_here(self, *, in_object: bool) -> bool:
        """Whether a quotation mark just read ends its string: what follows must be able to follow a value."""
        following = _AFTER_VALUE.match(self.text, self.at)
        if following is None:
            return False
        if following["comma"] is None:
            return True
        return (_MEMBER if in_object else _ELEMENT).match(self.text, following.end()) is not None

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
