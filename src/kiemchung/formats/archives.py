"""Documents out of `.gz`, `.zst` and `.zip`, as streams that end at a limit: bombs are refused, not unpacked."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from kiemchung.errors import InputError

_MAX_MEMBERS = 100_000
_MAX_DEPTH = 2
#: Text shrinks up to about thirtyfold; beyond this factor, and this size, it is a bomb.
_MAX_FACTOR = 500
_FREE_BYTES = 50_000_000
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Document:
    """A document to read; `stream` raises InputError at the limit."""

    name: str
    stream: "io.BufferedReader[Any]"


class Limits:
    """How much may be unpacked; one for everything that comes out of one file."""

    def __init__(self, max_bytes: int, packed_bytes: int = 0) -> None:
        """Allow max_bytes in all, and no more than a sane multiple of what was handed in packed."""
        sane = max(_FREE_BYTES, packed_bytes * _MAX_FACTOR) if packed_bytes else max_bytes
        self.max_bytes = min(max_bytes, sane)
        self.taken = 0
        by_setting = "raise import_max_bytes if that is right"
        self.advice = by_setting if max_bytes <= sane else f"over {_MAX_FACTOR} times its size, so it is no text"

    def take(self, n_bytes: int, name: str) -> None:
        """Count bytes that came out.

        Raises:
            InputError: more than allowed.
        """
        self.taken += n_bytes
        if self.taken > self.max_bytes:
            raise InputError(f"unpacks to more than {self.max_bytes:,} bytes; {self.advice}", where=name)


class _Limited(io.RawIOBase):
    """Reads a stream as far as the limits go; errors of the packing become ours."""

    def __init__(self, stream: IO[bytes], name: str, limits: Limits) -> None:
        self._stream, self._name, self._limits = stream, name, limits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError, _zstd_error()) as error:
            raise InputError(f"the archive is damaged ({error})", where=self._name) from error
        self._limits.take(len(data), self._name)
        buffer[: len(data)] = data
        return len(data)


def unpack(name: str, stream: IO[bytes], limits: Limits, _depth: int = 0) -> Iterator[Document]:
    """The documents in a file: itself, or what it packs, told by its first bytes.

    Args:
        stream: seekable.

    Raises:
        InputError: damaged, encrypted, too many members, or unpacks to too much.
    """
    head = stream.read(4)
    stream.seek(0)
    if _depth > _MAX_DEPTH:
        raise InputError("archives in archives in archives are not opened", where=name)
    if head.startswith(_GZIP):
        inner: Any = gzip.GzipFile(fileobj=stream)
        yield from _unpack_inner(_without(name, ".gz", ".gzip"), inner, limits, _depth)
    elif head.startswith(_ZSTD):
        inner = _Zstd(stream)
        yield from _unpack_inner(_without(name, ".zst", ".zstd"), inner, limits, _depth)
    elif head.startswith(_ZIP) and not name.lower().endswith((".docx", ".xlsx", ".odt", ".ods", ".epub")):
        yield from _members(name, stream, limits, _depth)
    else:
        yield Document(name, io.BufferedReader(_Limited(stream, name, limits), 1 << 16))


def _unpack_inner(name: str, inner: Any, limits: Limits, depth: int) -> Iterator[Document]:
    buffered = io.BufferedReader(_Limited(inner, name, limits), 1 << 16)
    head = buffered.peek(4)[:4]
    if head.startswith((_GZIP, _ZSTD, _ZIP)):
        yield from unpack(name, io.BytesIO(buffered.read()), limits, depth + 1)
    else:
        yield Document(name, buffered)


def _members(name: str, stream: IO[bytes], limits: Limits, depth: int) -> Iterator[Document]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, struct.error) as error:
        raise InputError(f"the archive is damaged ({error})", where=name) from error
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_hidden(m.filename)]
        if len(members) > _MAX_MEMBERS:
            raise InputError(f"{len(members):,} files in one archive are more than {_MAX_MEMBERS:,}", where=name)
        for member in members:
            inner_name = f"{name}/{member.filename}"
            if member.flag_bits & 1:
                raise InputError("the archive is encrypted; unpack it first", where=inner_name)
            try:
                inner = archive.open(member)
            except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError) as error:
                raise InputError(f"the archive is damaged ({error})", where=inner_name) from error
            with inner:
                yield from _unpack_inner(inner_name, inner, limits, depth)


class _Zstd:
    """Frames one after the other. The library's own reader takes a file that is cut off for one that has ended."""

    def __init__(self, stream: IO[bytes]) -> None:
        import zstandard  # only for such files

        self._stream = stream
        self._start = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj
        self._frame: zstandard.ZstdDecompressionObj | None = self._start()
        self._packed = b""
        self._ready = io.BytesIO()

    def read(self, size: int) -> bytes:
        while not (found := self._ready.read(size)):
            # a few hundred bytes of a bomb unpack to megabytes, so little is taken at a time
            self._packed = self._packed or self._stream.read(512)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("it ends too early")
                return b""
            self._frame = self._frame or self._start()
            self._ready = io.BytesIO(self._frame.decompress(self._packed))
            self._packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        return found


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _without(name: str, *endings: str) -> str:
    return next((name[: -len(ending)] for ending in endings if name.lower().endswith(ending)), name)


def _zstd_error() -> type[Exception]:
    import zstandard  # only for such files

    return zstandard.ZstdError
