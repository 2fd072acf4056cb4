"""A small witness: remembers a log's checkpoints and hashes, and cosigns what continues them."""

from pathlib import Path

from kiemchung.commons.log_copy import first_difference, keep_copy
from kiemchung.errors import InputError, StoreError
from kiemchung.formats.merkle import consistency_proof, verify_consistency
from kiemchung.formats.signed_note import SignedCheckpoint, Signer, VerifierKey, parse_checkpoint
from kiemchung.formats.tiles import Read, nodes_in_tiles, with_full_tiles


class ForkError(InputError):
    """A log shows a past that is not the one that the witness saw; what it shows is kept as evidence."""

    code = "log_forked"


def cosign(read: Read, key: VerifierKey, witness: Signer, memory: Path, now_seconds: int) -> SignedCheckpoint:
    """Cosign the log's present checkpoint, if it continues the one that was cosigned last.

    Args:
        memory: folder with the last checkpoint that this witness cosigned and the hashes below it; made at the first.

    Returns:
        The checkpoint with the witness's line added.

    Raises:
        InputError: not signed by the log's key.
        ForkError: no continuation; says which entry is another one. What the log shows is kept in memory.
    """
    offered = parse_checkpoint(read("checkpoint").decode())
    if offered.signed_by(key) is None:
        raise InputError("the log's key did not sign its checkpoint")
    seen = _seen(memory)
    if seen is not None and seen.checkpoint.origin != offered.checkpoint.origin:
        raise InputError(
            f"{memory} is the memory of {seen.checkpoint.origin}, this log is {offered.checkpoint.origin}; "
            "give each a memory of its own"
        )
    if seen is not None and not _continues(read, seen, offered):
        raise ForkError(
            f"{offered.checkpoint.origin}: {offered.checkpoint.size} entries are no continuation of the "
            f"{seen.checkpoint.size} seen before: {_keep_fork(read, offered, memory)}; both are kept in {memory}"
        )
    line = witness.line(offered.checkpoint, time=now_seconds)
    signed = SignedCheckpoint(offered.checkpoint, (*offered.lines, line))
    keep_copy(read, signed, memory)
    return signed


def _keep_fork(read: Read, offered: SignedCheckpoint, memory: Path) -> str:
    """Keep what the log shows now beside what was seen; says in what they differ."""
    fork = memory / f"fork-{offered.checkpoint.root.hex()[:16]}"
    fork.mkdir(parents=True, exist_ok=True)
    (fork / "checkpoint").write_text(offered.render(), encoding="utf-8")
    try:
        keep_copy(read, offered, fork)
        entry = first_difference(lambda path: (memory / path).read_bytes(), lambda path: (fork / path).read_bytes())
    except InputError as error:  # the checkpoints alone are evidence enough
        return f"the past was changed, and which entry cannot be told ({error})"
    return "entries were removed" if entry is None else f"entry {entry} is another one"


def _seen(memory: Path) -> SignedCheckpoint | None:
    try:
        return parse_checkpoint((memory / "checkpoint").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (InputError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{memory}: the witness's memory is damaged ({error}); it must not start anew by itself"
        ) from error


def _continues(read: Read, seen: SignedCheckpoint, offered: SignedCheckpoint) -> bool:
    old, new = seen.checkpoint, offered.checkpoint
    if old.size > new.size:
        return False
    try:
        proof = consistency_proof(old.size, new.size, nodes_in_tiles(new.size, with_full_tiles(read)))
    except FileNotFoundError as error:
        raise InputError(f"the log lacks {error}; its tiles are needed to see that it continues") from error
    return verify_consistency(old.size, new.size, old.root, new.root, proof)
