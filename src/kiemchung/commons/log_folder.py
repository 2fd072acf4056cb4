"""The public log as a folder of static files, which any file server can serve.

    checkpoint                 the newest signed checkpoint
    key                        the log's public key (vkey)
    tile/..., tile/entries/... hashes and leaves' data (C2SP tlog-tiles)
    opening/000.ndjson         what stands behind the leaves, 256 to a file

Only `checkpoint` says how much of the rest is valid: it is replaced last, at once. What an interrupted run left
behind it is written over by the next.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiemchung.commons.settings import Settings
from kiemchung.errors import InputError, StoreError
from kiemchung.formats.log_entry import Opening, new_opening, parse_opening
from kiemchung.formats.signed_note import Checkpoint, SignedCheckpoint, Signer, VerifierKey, parse_checkpoint
from kiemchung.formats.tiles import TILE_WIDTH, TreeBuilder, tile_path, with_full_tiles

#: How long a second writer waits for the first before it is refused.
_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 20, 0.1


class LogFolder:
    """A log that this process may append to. One writer at a time; readers read the files."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        """Open the folder, or make it; `signer.name` is the log's origin.

        Raises:
            StoreError: another process writes to it, or the files do not fit the checkpoint.
        """
        self.folder = folder
        self.signer = signer
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / ".lock").open("w")
        if not _locked(self._lock):
            self._lock.close()
            raise StoreError(f"{folder}: another process is writing this log; stop it first")
        try:
            self._tree = self._resume()
        except (OSError, InputError) as error:
            self._lock.close()
            raise StoreError(f"{folder}: the log is damaged ({error}); put a backup in its place") from error
        self._waiting: list[Opening] = []

    @property
    def size(self) -> int:
        """Entries, those that wait for the next checkpoint included."""
        return self._tree.size

    def append(self, entries: Iterable[dict[str, Any]]) -> range:
        """Add entries; their indexes. They count from the next `checkpoint` on."""
        first = self._tree.size
        for entry in entries:
            opening = new_opening(self._tree.size, entry)
            self._tree.append(opening.commitment())
            self._waiting.append(opening)
        return range(first, self._tree.size)

    def checkpoint(self) -> SignedCheckpoint:
        """Write what was appended to the disk, then the checkpoint that makes it valid."""
        checkpoint = Checkpoint(self.signer.name, self._tree.size, self._tree.root())
        signed = SignedCheckpoint(checkpoint, (self.signer.line(checkpoint),))
        files = self._opening_files() | self._tree.flush()
        write_files(self.folder, {**files, "key": f"{self.signer.verifier}\n".encode()})
        write_files(self.folder, {"checkpoint": signed.render().encode()})
        self._waiting = []
        for path in files:  # a full tile takes its parts' place, once no checkpoint on the disk needs them
            if path.startswith("tile/") and ".p/" not in path:
                shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)
        return signed

    def accept(self, cosigned: SignedCheckpoint, witness: VerifierKey) -> None:
        """Publish a witness's cosignature with the present checkpoint.

        Raises:
            InputError: it is of another checkpoint, or the witness did not sign it.
        """
        held = parse_checkpoint((self.folder / "checkpoint").read_text("utf-8"))
        if cosigned.checkpoint != held.checkpoint:
            raise InputError(
                f"the cosignature is for {cosigned.checkpoint.size} entries of {cosigned.checkpoint.origin}, the log "
                f"has {held.checkpoint.size} of {held.checkpoint.origin}; have the present checkpoint cosigned"
            )
        lines = [line for line in cosigned.lines if SignedCheckpoint(held.checkpoint, (line,)).signed_by(witness)]
        if not lines:
            raise InputError(f"{witness.name} did not cosign this checkpoint with that key")
        kept = (line for line in held.lines if SignedCheckpoint(held.checkpoint, (line,)).signed_by(witness) is None)
        both = SignedCheckpoint(held.checkpoint, (*kept, lines[0]))
        write_files(self.folder, {"checkpoint": both.render().encode()})

    def redact(self, index: int, reason: dict[str, Any]) -> int:
        """Empty an entry's opening and append the reason; the leaf stays. The index of the reason.

        Raises:
            InputError: there is no such entry.
        """
        if self._waiting:
            self.checkpoint()
        if not 0 <= index < self.size:
            raise InputError(f"there is no log entry {index}; the log has {self.size}")
        (place,) = self.append([{"kind": "redaction", "of": index, **reason}])
        self.checkpoint()
        self.empty([index])
        return place

    def empty(self, indexes: Iterable[int]) -> None:
        """Empty the openings of entries whose reason stands before the last checkpoint; again does no harm."""
        by_bundle: dict[int, list[int]] = {}
        for index in indexes:
            by_bundle.setdefault(index // TILE_WIDTH, []).append(index)
        for bundle, within in by_bundle.items():
            path = opening_path(bundle)
            with (self.folder / path).open("r+b") as held:
                lines = held.read().splitlines(keepends=True)
                for index in within:
                    lines[index % TILE_WIDTH] = Opening(index, None).render()
                write_files(self.folder, {path: b"".join(lines)})
                _overwrite(held)

    def openings(self, *, last: int | None = None, holding: str = "") -> Iterator[Opening]:
        """The openings in order, up to the last checkpoint.

        Args:
            last: at least so many of the newest only.
            holding: only those whose text has this ASCII word in it.
        """
        size = self.size - len(self._waiting)
        first = 0 if last is None else max(0, size - last) // TILE_WIDTH
        for bundle in range(first, -(-size // TILE_WIDTH)):
            lines = (self.folder / opening_path(bundle)).read_bytes().split(b"\n")
            for line in lines[: min(TILE_WIDTH, size - bundle * TILE_WIDTH)]:
                if holding.encode() in line:
                    yield parse_opening(line)

    def close(self) -> None:
        """Give the lock back; what waits for a checkpoint is dropped."""
        self._lock.close()

    def _resume(self) -> TreeBuilder:
        path = self.folder / "checkpoint"
        if not path.exists():
            return TreeBuilder()
        held = parse_checkpoint(path.read_text("utf-8"))
        if held.signed_by(self.signer.verifier) is None or held.checkpoint.origin != self.signer.name:
            raise InputError("its checkpoint is signed with another key or has another name")
        # a backup may hold a checkpoint and the tiles of a moment later
        read = with_full_tiles(lambda name: (self.folder / name).read_bytes())
        tree = TreeBuilder.resume(held.checkpoint.size, read)
        if tree.root() != held.checkpoint.root:
            raise InputError("its tiles do not give the root of its checkpoint")
        return tree

    def _opening_files(self) -> dict[str, bytes]:
        by_bundle: dict[int, list[Opening]] = {}
        for opening in self._waiting:
            by_bundle.setdefault(opening.index // TILE_WIDTH, []).append(opening)
        files = {}
        for bundle, openings in by_bundle.items():
            path = opening_path(bundle)
            kept = openings[0].index % TILE_WIDTH
            before = (self.folder / path).read_bytes().splitlines(keepends=True)[:kept] if kept else []
            files[path] = b"".join(before) + b"".join(opening.render() for opening in openings)
        return files


def _locked(file: IO[str]) -> bool:
    """Take the lock; another holds it for a moment while it publishes, or for as long as it backs the site up."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_SECONDS)
        else:
            return True
    return False


def log_folder(settings: Settings) -> Path:
    """Where the log lies; the folder can be served as it is."""
    return settings.data_dir / "log"


@contextmanager
def held_still(folder: Path) -> Iterator[None]:
    """Nothing is written to the log for as long as the block runs; a folder that is not there stays so.

    Raises:
        StoreError: another process writes to it all the time.
    """
    if not folder.is_dir():
        yield
        return
    with (folder / ".lock").open("w") as file:
        if not _locked(file):
            raise StoreError(f"{folder}: another process is writing this log; try again in a moment")
        yield


def opening_path(bundle: int) -> str:
    """The file of the openings of entry bundle `bundle`."""
    return tile_path("opening", bundle).removeprefix("tile/") + ".ndjson"


def load_signer(path: Path, origin: str) -> Signer:
    """The log's signing key, made at the first call; lies beside the log folder, never in it.

    Raises:
        StoreError: unreadable or not a key.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(Ed25519PrivateKey.generate().private_bytes_raw())
                file.flush()
                os.fsync(file.fileno())
        raw = path.read_bytes()
        return Signer(origin, Ed25519PrivateKey.from_private_bytes(raw))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path}: the log's key cannot be read ({error}); put the one of a backup in its place"
        ) from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files in place, each at once, and wait until they and their names are on the disk."""
    parents = set()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".new")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        parents |= {path.parent, *(folder / above for above in Path(name).parents)}
    for parent in parents:
        descriptor = os.open(parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _overwrite(file: BinaryIO) -> None:
    """Leave no bytes of a file that was replaced, as far as the disk lets a program decide that."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    file.write(bytes(size))
    file.flush()
    os.fsync(file.fileno())
