"""A small witness: remembers a log's checkpoints, and cosigns those that continue what it saw."""

import os
from pathlib import Path

from kiemchung.errors import InputError, StoreError
from kiemchung.formats.merkle import consistency_proof, verify_consistency
from kiemchung.formats.signed_note import SignedCheckpoint, Signer, VerifierKey, parse_checkpoint
from kiemchung.formats.tiles import Read, nodes_in_tiles


class ForkError(InputError):
    """A log shows a past that is not the one that the witness saw; both checkpoints are kept as evidence."""

    code = "log_forked"


def cosign(read: Read, key: VerifierKey, witness: Signer, memory: Path, now_seconds: int) -> SignedCheckpoint:
    """Cosign the log's present checkpoint, if it continues the one that was cosigned last.

    Args:
        memory: file with the last checkpoint that this witness cosigned; made at the first.

    Returns:
        The checkpoint with the witness's line added.

    Raises:
        InputError: not signed by the log's key.
        ForkError: no continuation. The offered checkpoint is kept beside memory, with the ending `.fork`.
    """
    offered = parse_checkpoint(read("checkpoint").decode())
    if offered.signed_by(key) is None:
        raise InputError("the log's key did not sign its checkpoint")
    seen = _seen(memory)
    if seen is not None and not _continues(read, seen, offered):
        memory.with_name(memory.name + ".fork").write_text(offered.render(), encoding="utf-8")
        raise ForkError(
            f"{offered.checkpoint.origin}: {offered.checkpoint.size} entries are no continuation of the "
            f"{seen.checkpoint.size} seen before; both checkpoints are kept beside {memory}"
        )
    line = witness.line(offered.checkpoint, time=now_seconds)
    signed = SignedCheckpoint(offered.checkpoint, (*offered.lines, line))
    _remember(memory, signed)
    return signed


def _seen(memory: Path) -> SignedCheckpoint | None:
    try:
        return parse_checkpoint(memory.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (InputError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{memory}: the witness's memory is damaged ({error}); it must not start anew by itself"
        ) from error


def _continues(read: Read, seen: SignedCheckpoint, offered: SignedCheckpoint) -> bool:
    old, new = seen.checkpoint, offered.checkpoint
    if old.origin != new.origin or old.size > new.size:
        return False
    try:
        proof = consistency_proof(old.size, new.size, nodes_in_tiles(new.size, read))
    except FileNotFoundError as error:
        raise InputError(f"the log lacks {error}; its tiles are needed to see that it continues") from error
    return verify_consistency(old.size, new.size, old.root, new.root, proof)


def _remember(memory: Path, signed: SignedCheckpoint) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    temporary = memory.with_name(memory.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(signed.render())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(memory)
