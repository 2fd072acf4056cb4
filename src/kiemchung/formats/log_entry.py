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
    """

    index: int
    text: bytes | None
    salt: bytes = b""

    @property
    def entry(self) -> dict[str, Any] | None:
        """The entry, read from its text; None after a redaction."""
        return None if self.text is None else json.loads(self.text)

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
    return Opening(index, canonical(entry), secrets.token_bytes(SALT_SIZE))


def canonical(entry: dict[str, Any]) -> bytes:
    """The entry as RFC 8785 canonical JSON.

    Raises:
        InputError: it holds something that JSON cannot say (NaN, integers beyond 2**53).
    """
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
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("its opening is not JSON", where=f"log entry {int(index)}") from error
    return Opening(int(index), text, bytes.fromhex(salt.decode()))
