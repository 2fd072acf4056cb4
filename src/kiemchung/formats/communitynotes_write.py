"""Tables of a scoring run, written as TSV and Parquet under their public names; equal columns give equal bytes.

Source: FORMATS 3.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kiemchung.formats.communitynotes_columns import STATUS_HISTORY, STATUSES, Column, Kind
from kiemchung.formats.communitynotes_rows import EMPTY, EMPTY_DELAY, HistoryRows, Strings


def status_words(statuses: NDArray[Any]) -> pl.Series:
    """Status codes (positions in STATUSES, negative = none) as public words; none is empty."""
    return words_of(statuses, STATUSES)


def words_of(codes: NDArray[Any], words: Sequence[str]) -> pl.Series:
    """The words at these positions; a negative code is empty."""
    codes = np.asarray(codes, np.int64)
    place = np.where(codes < 0, len(words), codes)
    return pl.Series([*words, None], dtype=pl.String).gather(place)


Columns = Mapping[str, pl.Series | NDArray[Any]]


def write_table(folder: Path, stem: str, columns: Columns) -> tuple[Path, Path]:
    """Write stem.tsv and stem.parquet; NaN and null become empty cells, equal columns give equal bytes."""
    tsv, parquet = folder / f"{stem}.tsv", folder / f"{stem}.parquet"
    write_tsv(tsv, columns)
    write_parquet(parquet, columns)
    return tsv, parquet


def write_tsv(path: Path, columns: Columns) -> None:
    """Write columns as tab-separated text with a header row."""
    _frame(columns).write_csv(path, separator="\t")


def write_parquet(path: Path, columns: Columns) -> None:
    """Write columns as Parquet."""
    _frame(columns).write_parquet(path)


def _frame(columns: Columns) -> pl.DataFrame:
    return pl.DataFrame({name: _series(values) for name, values in columns.items()})


def _series(values: pl.Series | NDArray[Any]) -> pl.Series:
    if isinstance(values, pl.Series):
        return values
    if values.dtype.kind == "T":
        return pl.Series(values.tolist(), dtype=pl.String)
    series = pl.Series(values)
    return series.fill_nan(None) if values.dtype.kind == "f" else series


def history_columns(rows: HistoryRows, ids: Strings) -> dict[str, pl.Series]:
    """The status history under its public names; `rows.author` are positions in ids, -1 unknown."""
    columns = {}
    for column, name in zip(STATUS_HISTORY.used, rows.__slots__, strict=True):
        columns[column.name] = _public(column, getattr(rows, name), ids)
    return columns


def _public(column: Column, values: NDArray[Any], ids: Strings) -> pl.Series:
    if column.kind is Kind.PARTICIPANT:
        return pl.Series([*ids.tolist(), None], dtype=pl.String).gather(np.where(values < 0, len(ids), values))
    if column.kind is Kind.WORD:
        return words_of(values, column.words)
    if column.kind is Kind.TEXT:
        texts = pl.Series(values.tolist(), dtype=pl.String)
        return texts.set(texts == "", None)
    series = pl.Series(values, dtype=pl.Int64)
    empty = EMPTY_DELAY if column.name == "timestampMillisOfNmrDueToMinStableCrhTime" else EMPTY
    return series.set(series == empty, None)
