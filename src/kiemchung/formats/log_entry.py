"""Entries of the public log: canonical JSON, a salted commitment, and what opens it.

The leaf holds only the commitment, SHA-256(salt, canonical entry). The opening (salt and entry) lies beside it. A
privacy redaction takes the opening away: the leaf, and so the whole tree, stays as it was, and a later entry gives
the reason.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

import rfc8785

from kiemchung.errors import InputError

#: Bytes of salt. Without it, a short entry could be guessed from its hash after a redaction.
SALT_SIZE = 16


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands behind a leaf.

    Attributes:
        entry: None after a redaction.
        salt: empty after a redaction.
    """

    index: int
    entry: dict[str, Any] | None
    salt: bytes = b""

    def commitment(self) -> bytes:
        """The leaf's data, 32 bytes.

        Raises:
            InputError: the opening is redacted, so only the leaf itself can say.
        """
        if self.entry is None:
            raise InputError("its opening was redacted", where=f"log entry {self.index}")
        return hashlib.sha256(self.salt + canonical(self.entry)).digest()

    def render(self) -> str:
        """One line of JSON."""
        value: dict[str, Any] = {"index": self.index}
        if self.entry is None:
            value["redacted"] = True
        else:
            value |= {"salt": self.salt.hex(), "entry": self.entry}
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def new_opening(index: int, entry: dict[str, Any]) -> Opening:
    """An entry with a fresh salt."""
    return Opening(index, entry, secrets.token_bytes(SALT_SIZE))


def canonical(entry: dict[str, Any]) -> bytes:
    """The entry as RFC 8785 canonical JSON.

    Raises:
        InputError: it holds something that JSON cannot say (NaN, integers beyond 2**53).
    """
    try:
        return rfc8785.dumps(entry)
    except rfc8785.CanonicalizationError as error:
        raise InputError(f"log entry cannot be written canonically: {error}") from error


def parse_opening(line: str) -> Opening:
    """Read one line that `render` wrote; another way to write the same is refused, so that no byte can change unseen.

    Raises:
        InputError: not such a line; names the entry where it can.
    """
    try:
        value = json.loads(line)
        index = int(value["index"])
        salt = bytes.fromhex(value.get("salt", ""))
        opening = Opening(index, value.get("entry"), salt)
        same = opening.render().rstrip("\n") == line.rstrip("\n")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"not an opening of a log entry: {line[:60]!r}") from error
    if not same:
        raise InputError("its opening is not written as this log writes", where=f"log entry {index}")
    if opening.entry is not None and (not isinstance(opening.entry, dict) or len(salt) != SALT_SIZE):
        raise InputError("its opening lacks an entry or has a salt of another length", where=f"log entry {index}")
    return opening
