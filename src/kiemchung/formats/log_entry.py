"""Entries of the public log: canonical JSON, a salted commitment, and what opens it.

The leaf holds only the commitment, SHA-256(salt, canonical entry). The opening (salt and entry) lies beside it. A
privacy redaction takes the opening away: the leaf, and so the whole tree, stays as it was, and a later entry gives
the reason.
"""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

import rfc8785

from kiemchung.errors import InputError

#: Bytes of salt. Without it, a short entry could be guessed from its hash after a redaction.
SALT_SIZE = 16


_LINE = re.compile(rb'\{"index":(0|[1-9][0-9]*),(?:"redacted":true|"salt":"([0-9a-f]{32})","entry":(\{.*\}))\}')


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands behind a leaf.

    Attributes:
        text: the entry as canonical JSON, the very bytes that were committed to; None after a redaction.
        salt: empty after a redaction.
        entry: what the text says; None after a redaction.
    """

    index: int
    text: bytes | None
    salt: bytes = b""
    entry: dict[str, Any] | None = None

    def commitment(self) -> bytes:
        """The leaf's data, 32 bytes.

        Raises:
            InputError: the opening is redacted, so only the leaf itself can say.
        """
        if self.text is None:
            raise InputError("its opening was redacted", where=f"log entry {self.index}")
        return hashlib.sha256(self.salt + self.text).digest()

    def render(self) -> bytes:
        """One line of JSON."""
        if self.text is None:
            return b'{"index":%d,"redacted":true}\n' % self.index
        return b'{"index":%d,"salt":"%s","entry":%s}\n' % (self.index, self.salt.hex().encode(), self.text)


def new_opening(index: int, entry: dict[str, Any]) -> Opening:
    """An entry with a fresh salt."""
    return Opening(index, canonical(entry), secrets.token_bytes(SALT_SIZE), entry)


def canonical(entry: dict[str, Any]) -> bytes:
    """The entry as RFC 8785 canonical JSON.

    Raises:
        InputError: it holds something that JSON cannot say (NaN, integers beyond 2**53).
    """
    try:
        # the library writes every value in Python; entries hold little else than what the fast writer puts the same way
        return _DUMPS(_plain(entry)).encode()
    except (_UnusualError, UnicodeEncodeError):
        pass
    try:
        return rfc8785.dumps(entry)
    except rfc8785.CanonicalizationError as error:
        raise InputError(f"log entry cannot be written canonically: {error}") from error


def parse_opening(line: bytes) -> Opening:
    """Read one line that `render` wrote, without its line end.

    Another way to write the same is refused, and the entry's bytes are kept as they stand, so that no byte can
    change unseen.

    Raises:
        InputError: not such a line.
    """
    found = _LINE.fullmatch(line)
    if not found:
        raise InputError(f"not an opening of a log entry: {line[:60]!r}")
    index, salt, text = found.groups()
    if text is None:
        return Opening(int(index), None)
    try:
        entry = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError("its opening is not JSON", where=f"log entry {int(index)}") from error
    return Opening(int(index), text, bytes.fromhex(salt.decode()), entry)


class _UnusualError(Exception):
    """Something that Python's own JSON writes in another way than RFC 8785, or not at all."""


_DUMPS = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
#: Integers that a double holds exactly (RFC 8785 3.2.2.3).
_MOST = 2**53 - 1
#: Within these both write a number without an exponent, in the fewest digits that give it back.
_LEAST_FLOAT, _MOST_FLOAT = 1e-4, 1e15


def _plain(value: Any) -> Any:
    """The value with whole floats as integers, if the fast writer gives what RFC 8785 asks for."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int and -_MOST <= value <= _MOST:
        return value
    if kind is float:
        if value.is_integer() and -_MOST_FLOAT < value < _MOST_FLOAT:
            return int(value)
        if _LEAST_FLOAT <= abs(value) < _MOST_FLOAT:
            return value
    elif kind is list:
        return [_plain(each) for each in value]
    elif kind is dict and all(type(key) is str and key.isascii() for key in value):  # others sort by UTF-16
        return {key: _plain(each) for key, each in value.items()}
    raise _UnusualError
