"""Signed notes and checkpoints (C2SP signed-note, checkpoint, tlog-cosignature), with Ed25519."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiemchung.errors import InputError
from kiemchung.formats.merkle import HASH_SIZE

_ED25519, _COSIGNATURE = 0x01, 0x04
_EM_DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many entries it has, and their root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, in the form `name+id+key` (signed-note's vkey).

    Attributes:
        algorithm: 0x01 for a log's Ed25519 signatures, 0x04 for a witness's timestamped cosignatures.
    """

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.algorithm]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key that `str` wrote.

        Raises:
            InputError: not a verifier key, or its id does not belong to it.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        data = _unbase64(encoded, "verifier key")
        if not name or len(data) != 33 or data[0] not in (_ED25519, _COSIGNATURE):
            raise InputError(f"not a verifier key of the form name+id+key: {text.strip()[:80]!r}")
        key = cls(name, data[0], data[1:])
        if key.key_id.hex() != key_id:
            raise InputError(f"verifier key of {name}: the id {key_id} is not the key's ({key.key_id.hex()})")
        return key


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key with its name; signs checkpoints as a log or cosigns them as a witness."""

    name: str
    private: Ed25519PrivateKey
    algorithm: int = _ED25519

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def line(self, checkpoint: Checkpoint, *, time: int | None = None) -> str:
        """The signature line of a checkpoint; a witness also signs `time`, Unix seconds.

        Source: C2SP tlog-cosignature (cosignature/v1).
        """
        if self.algorithm == _COSIGNATURE:
            if time is None:
                raise ValueError("a cosignature needs a time")
            signature = time.to_bytes(8, "big") + self.private.sign(_cosigned(checkpoint, time))
        else:
            signature = self.private.sign(checkpoint.body().encode())
        return f"{_EM_DASH} {self.name} {base64.b64encode(self.verifier.key_id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with its signature lines, as served at `/checkpoint`."""

    checkpoint: Checkpoint
    lines: tuple[str, ...]

    def render(self) -> str:
        """The signed note."""
        return self.checkpoint.body() + "\n" + "".join(self.lines)

    def signed_by(self, key: VerifierKey) -> int | None:
        """Whether key signed it: None if not, else the time of a cosignature (Unix seconds), 0 for a log's own."""
        for line in self.lines:
            name, data = _parse_line(line)
            if (
                name == key.name
                and data[:4] == key.key_id
                and (when := _verify(self.checkpoint, key, data[4:])) is not None
            ):
                return when
        return None


def witness(name: str, private: Ed25519PrivateKey) -> Signer:
    """A signer that cosigns."""
    return Signer(name, private, _COSIGNATURE)


def parse_checkpoint(text: str) -> SignedCheckpoint:
    """Read a signed checkpoint; unknown signatures are kept, as the specification asks.

    Raises:
        InputError: not a signed checkpoint; says which line is wrong.
    """
    body, separator, signatures = text.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) < 3:
        raise InputError("not a signed checkpoint: it needs origin, size, root, an empty line and signatures")
    origin, size, root = lines[:3]
    if not origin or not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")):
        raise InputError(f"checkpoint: origin {origin[:60]!r} or size {size[:20]!r} is not one")
    root_hash = _unbase64(root, "checkpoint root")
    if len(root_hash) != HASH_SIZE or len(lines) > 3:
        raise InputError(
            "checkpoint: the root is not 32 bytes, or extension lines follow that this version does not know"
        )
    found = tuple(line + "\n" for line in signatures.split("\n") if line)
    if not found or not signatures.endswith("\n"):
        raise InputError("checkpoint: no signature line, or the last one is cut off")
    for line in found:
        _parse_line(line)
    return SignedCheckpoint(Checkpoint(origin, int(size), root_hash), found)


def known_signatures(signed: SignedCheckpoint, keys: Mapping[str, VerifierKey]) -> dict[str, int]:
    """By key name, the time of each signature that verifies (0 for a log's own)."""
    return {name: when for name, key in keys.items() if (when := signed.signed_by(key)) is not None}


def _parse_line(line: str) -> tuple[str, bytes]:
    parts = line.rstrip("\n").split(" ")
    if len(parts) != 3 or parts[0] != _EM_DASH or not parts[1]:
        raise InputError(f"checkpoint: not a signature line: {line[:60]!r}")
    data = _unbase64(parts[2], "signature")
    if len(data) < 5:
        raise InputError("checkpoint: a signature of no length")
    return parts[1], data


def _verify(checkpoint: Checkpoint, key: VerifierKey, signature: bytes) -> int | None:
    time, message = 0, checkpoint.body().encode()
    if key.algorithm == _COSIGNATURE:
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        message = _cosigned(checkpoint, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        return None
    return time


def _cosigned(checkpoint: Checkpoint, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{checkpoint.body()}".encode()


def _unbase64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{what}: not base64") from error
    if base64.b64encode(data).decode() != text:
        raise InputError(f"{what}: base64 that could be written in another way")
    return data
