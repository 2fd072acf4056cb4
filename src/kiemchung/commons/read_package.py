"""Another site's export as published checks: its table of checks, held to the package's checksum."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

from kiemchung.errors import InputError
from kiemchung.formats import plain
from kiemchung.formats.data_package import CHECKS, FORMATS, PACKAGE_FILE, SUMS_FILE, check_record
from kiemchung.formats.records import Record, Rejected
from kiemchung.formats.table_files import read_rows
from kiemchung.ports import Fetcher

_MAX_DESCRIPTOR = 4_000_000


def open_package(path: Path, max_bytes: int) -> tuple[str, str, Iterator[Record]] | None:
    """The checksum, the name for origins and the checks of a package; None where a file is no package of ours.

    Args:
        path: a package's datapackage.json, or a zip with one at its top.

    Raises:
        InputError: a package whose checks are missing, too large, or not what its checksum says.
    """
    with _opened(path) as files:
        package = _descriptor(path, files)
        if package is None:
            return None
        resource = _checks_of(package, path)
        form, name = resource["format"], str(resource["path"])
        digest = _sha256(files, name, max_bytes, path)
    if resource.get("hash") != f"sha256:{digest}":
        raise InputError(f"{name} is not what its checksum says; get the package anew", where=str(path))
    where = str(package.get("homepage") or package.get("title") or path.parent.name)
    return digest, f"{where}: {name}", _records(path, name, form)


def files_of_package(descriptor: Path) -> set[Path]:
    """The files that are read, or passed over, with a package's descriptor; none where the package is not ours."""
    with _opened(descriptor) as files:
        package = _descriptor(descriptor, files) or {"resources": []}
    listed = [each for each in package["resources"] if isinstance(each, dict)]
    names = {str(each[key]) for each in listed for key in ("path", "jsonSchema") if key in each}
    return {descriptor.parent / name for name in (*names, SUMS_FILE)} if names else set()


def fetch_package(url: str, fetcher: Fetcher, folder: Path) -> Path | None:
    """Bring a package's descriptor and checks from an address into a folder; None where there is no package of ours.

    Raises:
        InputError: it has no checks. FetchError: one of both cannot be read.
    """
    path = folder / PACKAGE_FILE
    path.write_bytes(fetcher.get(url).content)
    with _opened(path) as files:
        package = _descriptor(path, files)
    if package is None:
        return None
    name = Path(str(_checks_of(package, Path(url))["path"])).name
    (folder / name).write_bytes(fetcher.get(urljoin(url, name)).content)
    return path


def _records(path: Path, name: str, form: str) -> Iterator[Record]:
    with _opened(path) as files, files.open(name) as stream:
        try:
            for number, row in enumerate(read_rows(stream, form), start=1):
                lists = {key: _list(row.get(key)) for key in ("appearances", "corrections")}
                yield plain.read_row(check_record({**row, **lists}), f"row {number}")
        except InputError as error:
            yield Rejected("unreadable", str(error), name)


def _list(value: Any) -> Any:
    """Lists are text in CSV and Parquet."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


class _Files:
    """The files of a package: beside its descriptor, or in its zip."""

    def __init__(self, folder: Path, archive: zipfile.ZipFile | None) -> None:
        self._folder, self._archive = folder, archive

    @property
    def is_packed(self) -> bool:
        return self._archive is not None

    def open(self, name: str) -> IO[bytes]:
        if Path(name).name != name:  # nothing outside of the package is read
            raise InputError(f"a package's file lies beside its descriptor, not at {name[:200]!r}")
        if self._archive is not None:
            return self._archive.open(name)
        return (self._folder / name).open("rb")


@contextmanager
def _opened(path: Path) -> Iterator[_Files]:
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield _Files(path.parent, archive)
    else:
        yield _Files(path.parent, None)


def _descriptor(path: Path, files: _Files) -> dict[str, Any] | None:
    if path.name != PACKAGE_FILE and not files.is_packed:
        return None
    try:
        with files.open(PACKAGE_FILE) if files.is_packed else path.open("rb") as stream:
            found = json.loads(stream.read(_MAX_DESCRIPTOR))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, RuntimeError):  # no package; read as another file
        return None
    ours = isinstance(found, dict) and "kiemchung" in found and isinstance(found.get("resources"), list)
    return found if ours else None


def _checks_of(package: dict[str, Any], path: Path) -> dict[str, Any]:
    for resource in package["resources"]:
        if isinstance(resource, dict) and resource.get("name") == CHECKS.name and resource.get("format") in FORMATS:
            return resource
    raise InputError(f"a data package without a table {CHECKS.name!r}", where=str(path))


def _sha256(files: _Files, name: str, max_bytes: int, path: Path) -> str:
    digest, taken = hashlib.sha256(), 0
    try:
        with files.open(name) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
                taken += len(block)
                if taken > max_bytes:
                    raise InputError(
                        f"{name} has more than {max_bytes:,} bytes; raise import_max_bytes", where=str(path)
                    )
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{name} of the package cannot be read; copy the whole folder", where=str(path)) from error
    return digest.hexdigest()
