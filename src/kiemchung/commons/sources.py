"""Where published checks are read from: files, folders, archives, addresses, and the pages that feeds point at."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from kiemchung.commons.read_package import fetch_package, files_of_package, open_package
from kiemchung.errors import FetchError, InputError
from kiemchung.formats.archives import Limits, unpack
from kiemchung.formats.data_package import PACKAGE_FILE
from kiemchung.formats.reading import read_document
from kiemchung.formats.records import Link, Record, Rejected
from kiemchung.ports import Fetched, Fetcher

#: A feed points at pages, an index of sitemaps at sitemaps that point at pages.
_MAX_HOPS = 2


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a source.

    Attributes:
        name: what its checks' origin says: the address, or the file's name inside what the operator named. Never the
            whole path, for that may hold a person's name.
        content_hash: SHA-256 of the file or answer that it came in, so that an import can go on where it stopped.
        records: read once, in order.
        progress: bytes read of the file or answer so far, and its size.
    """

    name: str
    content_hash: str
    records: Iterator[Record]
    progress: Callable[[], tuple[int, int]]


def open_sources(sources: list[str], fetcher: Callable[[], Fetcher], max_bytes: int) -> Iterator[Document]:
    """The documents of all sources, one after the other; each must be read before the next.

    Args:
        sources: paths or http(s) addresses.
        fetcher: gives the fetcher when it is first needed.
        max_bytes: that one file may unpack to.

    Raises:
        InputError: a path that does not exist or cannot be read; asked before anything is read.
        FetchError: an address that the operator named cannot be read.
    """
    for source in sources:
        if not is_address(source) and not Path(source).exists():
            raise InputError("no such file or folder; give a path or an http(s) address", where=source)
    for source in sources:
        if is_address(source) and urlsplit(source).path.endswith(f"/{PACKAGE_FILE}"):
            yield from _fetched_package(source, fetcher(), max_bytes)
        elif is_address(source):
            yield from _fetched(source, fetcher(), max_bytes)
        else:
            root = Path(source)
            for path in _files(root):
                yield from _file(path, _name(path, root), fetcher, max_bytes)


def is_address(source: str) -> bool:
    """Whether a source is an http(s) address, not a path."""
    return source.lower().startswith(("http://", "https://"))


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        return [root]
    found = {path for path in root.rglob("*") if path.is_file()}
    for descriptor in root.rglob(PACKAGE_FILE):  # other tables of a package are no checks that could not be read
        found -= files_of_package(descriptor)
    return sorted(path for path in found if not any(p.startswith(".") for p in path.relative_to(root).parts))


def _name(path: Path, root: Path) -> str:
    return path.name if path == root else f"{root.resolve().name}/{path.relative_to(root).as_posix()}"


def _file(path: Path, name: str, fetcher: Callable[[], Fetcher], max_bytes: int) -> Iterator[Document]:
    if (package := open_package(path, max_bytes)) is not None:
        digest, source, records = package
        yield Document(source, digest, records, lambda: (0, 0))
        return
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            yield from _documents(name, digest, file, size, fetcher, max_bytes)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(path)) from error


def _fetched(url: str, fetcher: Fetcher, max_bytes: int) -> Iterator[Document]:
    answer = fetcher.get(url)
    digest = hashlib.sha256(answer.content).hexdigest()
    size = len(answer.content)
    yield from _documents(url, digest, io.BytesIO(answer.content), size, lambda: fetcher, max_bytes, answer)


def _fetched_package(url: str, fetcher: Fetcher, max_bytes: int) -> Iterator[Document]:
    with TemporaryDirectory() as folder:
        path = fetch_package(url, fetcher, Path(folder))
        if path is None:
            yield from _fetched(url, fetcher, max_bytes)
        else:
            yield from _file(path, url, lambda: fetcher, max_bytes)


def _documents(
    name: str,
    digest: str,
    stream: Any,
    size: int,
    fetcher: Callable[[], Fetcher],
    max_bytes: int,
    answer: Fetched | None = None,
) -> Iterator[Document]:
    def progress() -> tuple[int, int]:
        return (size if stream.closed else min(stream.tell(), size)), size

    def failed(error: InputError) -> Document:
        rejected = Rejected("unreadable", str(error), "document")
        return Document(error.where or name, digest, iter([rejected]), progress)

    try:
        for document in unpack(name, stream, Limits(max_bytes, size)):
            found = _read(document.stream, answer)
            yield Document(document.name, digest, _resolved(found, fetcher, 0), progress)
    except InputError as error:
        yield failed(error)


def _read(stream: "io.BufferedReader[Any]", answer: Fetched | None) -> Iterator[Record]:
    """A document's records; an archive that turns out damaged on the way is one more rejected record."""
    try:
        if answer is None:
            yield from read_document(stream)
        else:
            yield from read_document(stream, url=answer.url, content_type=answer.content_type, charset=answer.charset)
    except InputError as error:
        yield Rejected("unreadable", str(error), "document")


def _resolved(records: Iterator[Record], fetcher: Callable[[], Fetcher], hops: int) -> Iterator[Record]:
    """The records, with what stands at the addresses in them in place of the addresses."""
    for record in records:
        if isinstance(record, Link):
            yield from _follow(record, fetcher, hops)
        else:
            yield record


def _follow(link: Link, fetcher: Callable[[], Fetcher], hops: int) -> Iterator[Record]:
    where = f"{link.where} {link.url}"
    if hops >= _MAX_HOPS:
        yield Rejected("not_fetched", "feeds that point at feeds that point at feeds are not followed", where)
        return
    try:
        if not fetcher().may_crawl(link.url):
            yield Rejected("not_fetched", "the site's robots.txt does not let programs read it", where)
            return
        answer = fetcher().get(link.url)
    except FetchError as error:
        yield Rejected("not_fetched", str(error), where)
        return
    stream = io.BufferedReader(io.BytesIO(answer.content))
    yield from _resolved(_read(stream, answer), fetcher, hops + 1)
