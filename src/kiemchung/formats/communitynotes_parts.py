"""One part of a public file, opened: what it is packed in, which columns it has, and where a bad cell stands.

Source: FORMATS 3.5 (names), SCORING 2 (tab-separated, UTF-8, header row, empty = missing).
"""

from __future__ import annotations

import difflib
import glob
import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import polars as pl

from kiemchung.errors import InputError
from kiemchung.formats.communitynotes_columns import Column, Kind, Table

#: Bytes of a part that are looked at for its header; the longest we know has 1,013.
_HEADER_BYTES = 65_536
_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
_SUFFIXES = ("tsv", "tsv.gz", "tsv.zst", "tsv.zip", "zip", "parquet")
#: Name of the column that stands for all that are not read; no public column begins with a space.
REST = " rest"
_NUMBERS = (Kind.ID, Kind.TIME, Kind.NUMBER)


@dataclass(slots=True)
class TableReport:
    """What reading one table found.

    Attributes:
        files: the parts, as they were given.
        n_rows: rows kept.
        unknown_columns: header cells that are in no registry; they were not read.
        missing_columns: column -> what it is needed for.
        dropped: reason -> rows left out.
    """

    files: list[str] = field(default_factory=list)
    n_rows: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    missing_columns: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str, rows: int) -> None:
        """Count rows that were left out."""
        if rows:
            self.dropped[reason] = self.dropped.get(reason, 0) + rows


@dataclass(frozen=True, slots=True)
class Part:
    """One tab-separated or Parquet file.

    Attributes:
        name: how it was given, for messages.
        path: where its bytes are (a temporary file for a member of a zip archive).
        header: its column names, in order.
    """

    name: str
    path: Path
    parquet: bool
    header: tuple[str, ...]

    def names(self, table: Table) -> dict[str, str]:
        """Known column -> the name that this part has for it.

        Raises:
            InputError: two header cells mean the same column.
        """
        names: dict[str, str] = {}
        for cell in self.header:
            known = table.known_name(cell)
            if known is None:
                continue
            if known in names:
                raise InputError(f"the columns {names[known]} and {cell} mean the same; keep one", where=self.name)
            names[known] = cell
        return names

    def scan(self, columns: Sequence[Column], names: dict[str, str], *, as_text: bool) -> pl.LazyFrame:
        """The given columns under their known names; every cell a string if as_text, else numbers where possible.

        A last column, REST, touches all others: polars overlooks rows with too many cells unless it reads every column.
        """
        if self.parquet:
            frame = pl.scan_parquet(self.path)
        else:
            kinds = {names[column.name]: column.kind for column in columns}
            schema = {cell: _schema_type(kinds.get(cell), as_text) for cell in self.header}
            frame = pl.scan_csv(self.path, separator="\t", schema=schema, glob=False)
        wanted = [pl.col(names[column.name]).alias(column.name) for column in columns]
        taken = {names[column.name] for column in columns}
        others = [pl.col(cell).is_null() for cell in self.header if cell not in taken]
        frame = frame.select(*wanted, pl.any_horizontal(others or [pl.lit(False)]).alias(REST))
        return frame.cast(pl.String) if self.parquet and as_text else frame


def _schema_type(kind: Kind | None, as_text: bool) -> type[pl.DataType]:
    if as_text or kind is None:
        return pl.String
    if kind is Kind.FLAG:
        return pl.Int8
    return pl.Int64 if kind in _NUMBERS else pl.String


def find_parts(table: Table, given: Sequence[str]) -> list[Path]:
    """The files that a repeated option names: files, folders (parts named after the table) and globs, sorted, once.

    Raises:
        InputError: something names no file.
    """
    found: list[Path] = []
    for name in given:
        path = Path(name)
        if path.is_dir():
            parts = sorted(p for p in path.iterdir() if p.is_file() and _is_part(p.name, table))
        elif path.is_file():
            parts = [path]
        else:
            hits = glob.glob(name, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
            parts = sorted(p for p in map(Path, hits) if p.is_file())
        if not parts:
            message = f"no {table.stem} file there; give a file, a folder that holds {table.stem}-*.tsv, or a glob"
            raise InputError(message, where=name)
        found.extend(parts)
    return list(dict.fromkeys(found))


def _is_part(name: str, table: Table) -> bool:
    stem, _, rest = name.partition(".")
    return rest in _SUFFIXES and (stem == table.stem or stem.startswith(f"{table.stem}-"))


@contextmanager
def opened(path: Path) -> Iterator[list[Part]]:
    """The parts in a file: itself, or the members of a zip archive, unpacked for as long as the block runs.

    Raises:
        InputError: the file cannot be read, is empty or is damaged.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from error
    if magic != _ZIP:
        yield [_part(str(path), path, magic)]
        return
    with tempfile.TemporaryDirectory(prefix="kiemchung-") as folder:
        yield [_part(f"{path}!{name}", file, b"") for name, file in _unpacked(path, Path(folder))]


def _unpacked(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(name for name in archive.namelist() if name.endswith(".tsv"))
            for number, name in enumerate(members):
                target = folder / f"{number}.tsv"
                with archive.open(name) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
                yield name, target
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise InputError(f"the zip archive is damaged ({error}); fetch it again", where=str(path)) from error
    if not members:
        raise InputError("the zip archive holds no .tsv file", where=str(path))


def _part(name: str, path: Path, magic: bytes) -> Part:
    if magic == _PARQUET:
        try:
            header = tuple(pl.read_parquet_schema(path))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InputError(f"not a readable Parquet file ({_first_line(error)})", where=name) from error
        return Part(name, path, parquet=True, header=header)
    try:
        with text_stream(path) as stream:
            line = stream.readline(_HEADER_BYTES)
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise InputError(
            f"cannot be read as UTF-8 text ({error}); the file is damaged or no TSV", where=name
        ) from error
    header = tuple(line.rstrip("\r\n").split("\t"))
    if not line.strip():
        raise InputError("the file is empty; it must begin with a header row", where=name)
    if len(header) == 1 and (comma := next((cell for cell in ",;" if cell in line), None)):
        raise InputError(f"its cells are separated by {comma!r}, not by tabs; write it anew as TSV", where=name)
    if len(set(header)) < len(header):
        twice = next(cell for cell in header if header.count(cell) > 1)
        raise InputError(f"the header has the column {twice} twice", where=name)
    return Part(name, path, parquet=False, header=header)


@contextmanager
def text_stream(path: Path) -> Iterator[IO[str]]:
    """The text of a plain, gzip or zstd file."""
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        binary: Any = file
        if magic.startswith(_GZIP):
            binary = gzip.GzipFile(fileobj=file)
        elif magic == _ZSTD:
            import zstandard  # only for packed input

            binary = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="\n") as text:
            yield text


def bad_cell(part: Part, columns: Sequence[Column], error: Exception | None = None) -> InputError:
    """The error for a part that could not be read: its first bad line and cell, found by reading it again as text."""
    if not part.parquet and (ragged := _ragged_line(part)):
        return ragged
    try:
        frame = part.scan(columns, part.names(_table_of(columns)), as_text=True).with_row_index("line", offset=2)
        for column in columns:
            hit = frame.filter(_is_bad(column)).select("line", column.name).head(1).collect(engine="streaming")
            if len(hit):
                line, found = hit.row(0)
                return InputError(_describe(column, found), where=f"{part.name}, line {line}")
    except pl.exceptions.PolarsError as again:
        error = again
    return InputError(f"cannot be read ({_first_line(error)})", where=part.name)


def _table_of(columns: Sequence[Column]) -> Table:
    return Table("", tuple(columns))


def _ragged_line(part: Part) -> InputError | None:
    expected = len(part.header)
    try:
        with text_stream(part.path) as lines:
            for number, line in enumerate(lines, 1):
                found = line.count("\t") + 1
                # A quoted cell may hold line breaks; such a file is left to the cell-wise search.
                if found != expected and line.strip() and '"' not in line:
                    message = f"{found} cells where the header has {expected}; the row is cut or run together"
                    return InputError(message, where=f"{part.name}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        return InputError(f"damaged ({error}); fetch it again", where=part.name)
    return None


def _is_bad(column: Column) -> pl.Expr:
    cell = pl.col(column.name)
    empty = pl.lit(False) if column.nullable else cell.is_null()
    match column.kind:
        case Kind.ID | Kind.TIME | Kind.NUMBER:
            return empty | (cell.is_not_null() & cell.str.strip_suffix(".0").cast(pl.Int64, strict=False).is_null())
        case Kind.FLAG:
            return empty | (cell.is_not_null() & ~cell.is_in(["0", "1"]))
        case Kind.WORD:
            return empty | (cell.is_not_null() & ~cell.is_in(list(column.words)))
        case Kind.PARTICIPANT | Kind.TEXT:
            return empty


def _describe(column: Column, found: str | None) -> str:
    if found is None:
        return f"{column.name} is empty; it must be {column.kind}"
    shown = found if len(found) <= 40 else f"{found[:40]}..."
    if column.kind is not Kind.WORD:
        return f"{column.name} is {shown!r}, not {column.kind}"
    guess = difflib.get_close_matches(found, column.words, 1)
    hint = f"; did you mean {guess[0]}?" if guess else ""
    return f"{column.name} is {shown!r}, not one of {', '.join(column.words)}{hint}"


def _first_line(error: Exception | None) -> str:
    return str(error).strip().split("\n", 1)[0] if error else "for no reason that could be found"
