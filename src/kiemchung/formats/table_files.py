"""Rows of a table to a CSV, NDJSON or Parquet file and back, in bounded memory."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from kiemchung.errors import InputError
from kiemchung.formats.data_package import BOOLEAN, INTEGER, JSON, Table, WrittenTable

#: Rows held at once; a row group of Parquet.
_BATCH = 10_000
Row = Sequence[Any]
#: What a cell begins with that a spreadsheet would run, or that stands before such a cell of ours.
_TAKEN_FOR_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "'")


def write_table(folder: Path, table: Table, rows: Iterable[Row], form: str) -> WrittenTable:
    """Write rows, values in the order of the table's columns; how it came out."""
    path = folder / f"{table.name}.{form}"
    n_rows = {"csv": _write_csv, "ndjson": _write_ndjson, "parquet": _write_parquet}[form](path, table, iter(rows))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return WrittenTable(table, path.name, n_rows, file.tell(), digest)


def read_rows(stream: IO[bytes], form: str) -> Iterator[dict[str, Any]]:
    """The rows of a file by column name; lists that CSV and Parquet hold as text stay text.

    Raises:
        InputError: not a file of this form.
    """
    try:
        if form == "parquet":
            yield from _read_parquet(stream)
        elif form == "ndjson":
            for line in stream:
                yield json.loads(line)
        else:
            csv.field_size_limit(16_000_000)
            text = io.TextIOWrapper(stream, "utf-8", newline="")
            try:
                for row in csv.DictReader(text):
                    yield {name: _unguarded(value) for name, value in row.items()}
            finally:
                text.detach()  # the stream is its owner's to close
    except (ValueError, csv.Error, OSError) as error:
        raise InputError(f"not a {form} table ({str(error)[:200]})") from error


def _write_csv(path: Path, table: Table, rows: Iterator[Row]) -> int:
    lists = [column.kind == JSON for column in table.columns]
    yes_no = [column.kind == BOOLEAN for column in table.columns]
    n_rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in table.columns)
        for row in rows:
            n_rows += 1
            writer.writerow(
                _json(value) if is_list else _true_false(value) if is_yes_no else _guarded(value)
                for value, is_list, is_yes_no in zip(row, lists, yes_no, strict=True)
            )
    return n_rows


def _write_ndjson(path: Path, table: Table, rows: Iterator[Row]) -> int:
    names = [column.name for column in table.columns]
    n_rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            n_rows += 1
            file.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":")) + "\n")
    return n_rows


def _write_parquet(path: Path, table: Table, rows: Iterator[Row]) -> int:
    import pyarrow as pa  # 0.2 s, and only this form needs it
    import pyarrow.parquet as pq

    kinds = {INTEGER: pa.int64(), BOOLEAN: pa.bool_()}
    schema = pa.schema(
        [pa.field(c.name, kinds.get(c.kind, pa.string()), nullable=not c.required) for c in table.columns]
    )
    lists = [i for i, column in enumerate(table.columns) if column.kind == JSON]
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            columns: list[Sequence[Any]] = list(zip(*batch, strict=True))
            for i in lists:
                columns[i] = [_json(value) for value in columns[i]]
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            n_rows += len(batch)
    return n_rows


def _read_parquet(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    import pyarrow as pa  # as above
    import pyarrow.parquet as pq

    try:
        for batch in pq.ParquetFile(stream).iter_batches(_BATCH):
            yield from batch.to_pylist()
    except pa.ArrowException as error:  # a damaged schema raises others than ArrowInvalid
        raise InputError(f"not a Parquet file ({str(error)[:200]})") from error


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _guarded(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: texts are written by strangers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_TAKEN_FOR_FORMULAS) else value


def _unguarded(value: Any) -> Any:
    return value[1:] if isinstance(value, str) and value.startswith("'") else value


def _true_false(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"
