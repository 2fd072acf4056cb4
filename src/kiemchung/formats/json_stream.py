"""Values out of large JSON and NDJSON documents, one at a time, in bounded memory, past broken ones.

A Data Commons feed is one line of several hundred megabytes; a broken element must not cost the ones after it. So the
lists that are known to hold records are walked element by element, and a broken element is found its end and mended
or reported. (A pull parser such as ijson stops for good at the first error.)
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from kiemchung.formats import repair

#: Members of the outermost object whose elements are records of their own.
RECORD_LISTS = ("dataFeedElement", "claimReviews", "mediaReviews", "claims", "results", "claimReviewMarkupPages")
#: A single value may be this long, in characters.
MAX_VALUE = 16_000_000
_READ = 1 << 20
_BLANK = re.compile(r"[\s,\x1e\ufeff]*")
_STEP = re.compile(r'["{}\[\]]')
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a document.

    Attributes:
        key: the record list that it stands in; empty for one that stands by itself.
        number: from 1, counted over the whole document; for NDJSON its line.
        error: why it could not be read; empty where it could.
        raw: the text of one that could not be read.
    """

    value: Any
    key: str
    number: int
    repaired: bool = False
    error: str = ""
    raw: str = ""


def read_values(stream: TextIO) -> Iterator[Found]:
    """The values in a document: a list's elements, an object's record lists, or several values one after the other."""
    window = _Window(stream)
    if _is_ndjson(window):
        yield from _lines(window)
        return
    counter = _Counter()
    while window.skip_blank():
        char = window.char()
        if char == "[":
            yield from _elements(window, "", counter)
        elif char == "{":
            yield from _object(window, counter)
        else:
            yield Found(None, "", counter.next(), error="neither an object nor a list begins here", raw=window.line())


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def next(self) -> int:
        self.count += 1
        return self.count


class _Window:
    """The part of a stream that is being looked at."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.text = ""
        self.at = 0
        self.dropped = 0
        self.ended = False

    def more(self, size: int = _READ) -> bool:
        """Read on; whether there was more."""
        if self.ended:
            return False
        chunk = self.stream.read(size)
        self.ended = not chunk
        if self.at > _READ:
            self.dropped += self.at
            self.text, self.at = self.text[self.at :], 0
        self.text += chunk
        return bool(chunk)

    def skip_blank(self) -> bool:
        """Go to the next character that says something; whether there is one."""
        while True:
            match = _BLANK.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return True
            if not self.more():
                return False

    def char(self) -> str:
        return self.text[self.at]

    def line(self) -> str:
        """Take the rest of the line."""
        while (end := self.text.find("\n", self.at)) < 0:
            if len(self.text) - self.at > MAX_VALUE or not self.more():
                end = len(self.text)
                break
        line = self.text[self.at : end]
        self.at = min(end + 1, len(self.text))
        return line

    def value(self, beginning: re.Pattern[str] | None = None) -> tuple[Any, bool, str, str]:
        """Take one value: it, whether it was mended, else the error and the text that was left out.

        Args:
            beginning: how the next value of a list begins; a broken one ends there at the latest.
        """
        size = _READ
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                problem = str(error)
            else:
                # a number at the very end may go on in what is not read yet
                if end < len(self.text) or self.ended or self.text[end - 1] in '}]"':
                    self.at = end
                    return value, False, "", ""
                problem = ""
            end = self._end_of_value(beginning)
            if end and problem:
                raw, self.at = self.text[self.at : end], end
                return _mend(raw, problem)
            if len(self.text) - self.at > MAX_VALUE or not self.more(size):
                raw, self.at = self.text[self.at :], len(self.text)
                if len(raw) > MAX_VALUE:
                    self.drain()
                    return None, False, "a single value longer than 16 million characters", raw
                return _mend(raw, problem)
            size *= 2

    def drain(self) -> None:
        while self.more():
            self.at = len(self.text)

    def _end_of_value(self, beginning: re.Pattern[str] | None) -> int:
        """Where the value that begins here ends: by its brackets, or before the next one; 0: not in the window."""
        by_brackets = self._closing_bracket()
        following = beginning.search(self.text, self.at + 1, by_brackets or len(self.text)) if beginning else None
        return following.start() if following else by_brackets

    def _closing_bracket(self) -> int:
        depth, at = 0, self.at
        while step := _STEP.search(self.text, at):
            at = step.end()
            if step[0] == '"':
                string = _STRING_END.match(self.text, at)
                if string is None:
                    return 0
                at = string.end()
            else:
                depth += 1 if step[0] in "{[" else -1
                if depth <= 0:
                    return at
        return 0


def _mend(raw: str, problem: str) -> tuple[Any, bool, str, str]:
    try:
        values, _ = repair.loads(raw)
    except ValueError:
        return None, False, problem or "not JSON", raw
    return (values[0] if len(values) == 1 else values), True, "", ""


def _elements(window: _Window, key: str, counter: _Counter) -> Iterator[Found]:
    """The elements of the list that begins here."""
    window.at += 1
    beginning: re.Pattern[str] | None = None
    while window.skip_blank() and window.char() != "]":
        if window.char() == "}":
            break  # the list was not closed
        value, repaired, error, raw = window.value(beginning)
        if beginning is None and not repaired:
            beginning = _beginning(value)
        yield Found(value, key, counter.next(), repaired, error, raw)
    window.at = min(window.at + 1, len(window.text))


def _beginning(element: Any) -> re.Pattern[str] | None:
    """How elements of a list begin, after the comma before them, learned from a whole one."""
    if not isinstance(element, dict) or not element:
        return None
    name, value = next(iter(element.items()))
    said = r"\s*" + re.escape(json.dumps(value)) if name.startswith("@") and isinstance(value, str) else ""
    return re.compile(r",\s*\{\s*" + re.escape(json.dumps(name)) + r"\s*:" + said)


def _object(window: _Window, counter: _Counter) -> Iterator[Found]:
    """The record lists of the outermost object; what else it holds as one value, or the object itself."""
    number = counter.count + 1
    members: dict[str, Any] = {}
    n_lists, repaired = 0, False
    start = window.dropped + window.at
    window.at += 1
    while window.skip_blank() and window.char() != "}":
        key, mended, error, _ = window.value() if window.char() == '"' else ("", True, "no name", "")
        if not isinstance(key, str) or error or not window.skip_blank() or window.char() != ":":
            yield from _rest_of_broken_object(window, start - window.dropped if n_lists == 0 else window.at, counter)
            return
        window.at += 1
        if not window.skip_blank():
            break
        if key in RECORD_LISTS and window.char() == "[":
            n_lists += 1
            yield from _elements(window, key, counter)
            continue
        members[key], mended, error, _ = window.value()
        repaired = repaired or mended
        if error:
            members.pop(key)
            repaired = True
    window.at = min(window.at + 1, len(window.text))
    if n_lists == 0 or "claimReviewed" in members:
        counter.count = max(counter.count, number)
        yield Found(members, "", number, repaired)


def _rest_of_broken_object(window: _Window, start: int, counter: _Counter) -> Iterator[Found]:
    """An object whose names cannot be followed: mended as a whole where it is small, else reported."""
    start = max(start, 0)
    while len(window.text) - start < MAX_VALUE and window.more():
        pass
    value, _, error, raw = _mend(window.text[start:], "the object's names cannot be followed")
    window.at = len(window.text)
    window.drain()
    yield Found(value, "", counter.next(), not error, error, raw)


def _is_ndjson(window: _Window) -> bool:
    """Whether the first line is a value by itself and another line follows."""
    if not window.skip_blank():
        return False
    end = window.text.find("\n", window.at)
    if end < 0 or (not window.text[end:].strip() and not window.more()):
        return False
    first = window.text[window.at : end].rstrip()
    value = _loads(first)
    if value is None:  # a broken first line: the second one tells, unless the first one is plainly the start of a list
        second = _loads(window.text[end + 1 : window.text.find("\n", end + 1)])
        return not first.endswith(("[", "{", ",", ":")) and isinstance(second, dict)
    return isinstance(value, dict) and not any(isinstance(value.get(key), list) for key in RECORD_LISTS)


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _lines(window: _Window) -> Iterator[Found]:
    number = 0
    while window.at < len(window.text) or window.more():
        number += 1
        line = window.line().strip().strip("\x1e\ufeff").rstrip(",")
        if not line:
            continue
        if len(line) >= MAX_VALUE:
            yield Found(None, "", number, error="a line longer than 16 million characters", raw=line)
            continue
        try:
            yield Found(json.loads(line, strict=False), "", number)
        except (ValueError, RecursionError) as error:
            value, repaired, problem, raw = _mend(line, str(error))
            yield Found(value, "", number, repaired, problem, raw)
