"""From a codename to keys that nothing joins (GUARANTEES 4.4)."""

import hashlib
import hmac
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

_LABELS = (b"kiemchung verifier", b"kiemchung rater", b"kiemchung author", b"kiemchung asker")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys of a codename, 32 bytes each; held together only in the memory of a session.

    Attributes:
        verifier: proves a login; stored alone.
        rater: ratings hang on it, and nothing else.
        author: notes hang on it, and nothing else.
        asker: makes a different key for every request, so that wishes cannot be told to be of one codename.
    """

    verifier: bytes
    rater: bytes
    author: bytes
    asker: bytes

    def ask_key(self, request_id: str) -> bytes:
        """What is stored of a wish for a note: 32 bytes."""
        return hmac.digest(self.asker, request_id.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """Cost of one derivation.

    Attributes:
        memory_kib: RFC 9106's second recommended setting uses 64 MiB.
        passes: times over the memory.
        lanes: parallel lanes; part of the result, so not the machine's core count.
    """

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4


def derive_keys(canonical_codename: str, site_salt: bytes, cost: Argon2Cost | None = None) -> Keys:
    """The keys of a codename on one site: one Argon2id run, then HKDF-Expand with one label a key.

    Args:
        canonical_codename: as `codename.canonical` gives it.
        site_salt: 16 bytes or more, random, the same for the whole site; kept outside the database.

    Source: RFC 9106 (Argon2id), RFC 5869 section 2.3 (HKDF-Expand).
    """
    cost = cost or Argon2Cost()
    master = hash_secret_raw(
        canonical_codename.encode(), site_salt, cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID
    )
    return Keys(*(_expand(master, label) for label in _LABELS))


def _expand(master: bytes, label: bytes) -> bytes:
    """HKDF-Expand to one block of 32 bytes."""
    return hmac.digest(master, label + b"\x01", hashlib.sha256)
