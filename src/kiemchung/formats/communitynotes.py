"""The public Community Notes files, read: TSV (plain, gzip, zstd, zip) and Parquet, in any number of parts.

Columns are found by name in any order (`communitynotes_columns`); unknown ones are reported and never read. A cell that
cannot be read stops the run with its file and line. Ratings stream through in batches and end in narrow columns, 25
bytes a rating: participant ids become codes as they are read.

Source: FORMATS 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kiemchung.errors import InputError
from kiemchung.formats.communitynotes_columns import (
    ENROLLMENT,
    HELPFUL_TAGS,
    HELPFULNESS_LEVELS,
    NOT_HELPFUL_TAGS,
    NOTES,
    RATING_SOURCES,
    RATINGS,
    STATUS_HISTORY,
    Column,
    Kind,
    Table,
)
from kiemchung.formats.communitynotes_parts import REST, Part, TableReport, bad_cell, opened
from kiemchung.formats.communitynotes_rows import (
    EMPTY,
    EMPTY_DELAY,
    EnrollmentRows,
    HistoryRows,
    Int64s,
    NoteRows,
    RatingRows,
    Strings,
)

#: Rows that are turned into arrays at a time.
_BATCH_ROWS = 500_000
#: Called with the table's name and the rows read so far.
Progress = Callable[[str, int], None]


class ParticipantCodes:
    """Participant ids to whole numbers, the same over all files of a run.

    Codes come in the order of reading, which threads may change; `ordered` gives the ids sorted and each code's place.
    """

    def __init__(self) -> None:
        self._categories = pl.Categories.random()
        self.dtype = pl.Categorical(self._categories)
        self._keep_alive = pl.Series([], dtype=self.dtype)  # polars forgets the codes with the last column of them

    def ordered(self) -> tuple[list[str], NDArray[np.int32]]:
        """The ids in code point order, and the place of each code in that order (int32[n_codes])."""
        ids = self._categories.to_series().cast(pl.String)
        order = ids.arg_sort().to_numpy()
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        return ids.gather(order).to_list(), place

    def name(self, code: int) -> str:
        """The id of a code."""
        return str(self._categories.to_series()[code])


def read_notes(
    paths: Sequence[Path], codes: ParticipantCodes, *, summaries: bool = False
) -> tuple[NoteRows, TableReport]:
    """All notes; exact repeats count once. `summaries` keeps the texts, which only topics need.

    Raises:
        InputError: a missing column, a cell that cannot be read, or two different rows for one note.
    """
    columns = [column for column in NOTES.used if summaries or column.kind is not Kind.TEXT]
    frame, report = _read_table(paths, NOTES, columns, codes, key="noteId")
    rows = NoteRows(
        note_id=_ints(frame["noteId"]),
        author=_ints(frame["noteAuthorParticipantId"]),
        created_at_ms=_ints(frame["createdAtMillis"]),
        post_id=_ints(frame["tweetId"]),
        classification=_ints(frame["classification"]),
        summary=_texts(frame["summary"]) if summaries else None,
    )
    return rows, report


def read_status_history(paths: Sequence[Path], codes: ParticipantCodes) -> tuple[HistoryRows, TableReport]:
    """The status history of all notes; exact repeats count once. Raises as `read_notes`."""
    frame, report = _read_table(paths, STATUS_HISTORY, STATUS_HISTORY.used, codes, key="noteId")
    delay = "timestampMillisOfNmrDueToMinStableCrhTime"
    frame = frame.with_columns(pl.col(delay).fill_null(EMPTY_DELAY))
    kinds = {column.name: column.kind for column in STATUS_HISTORY.used}
    read = [_texts(frame[name]) if kinds[name] is Kind.TEXT else _ints(frame[name]) for name in kinds]
    return HistoryRows(*read), report


def read_enrollment(paths: Sequence[Path], codes: ParticipantCodes) -> tuple[EnrollmentRows, TableReport]:
    """The enrollment of all participants; exact repeats count once. Raises as `read_notes`."""
    frame, report = _read_table(paths, ENROLLMENT, ENROLLMENT.used, codes, key="participantId")
    return EnrollmentRows(*(_ints(frame[column.name]) for column in ENROLLMENT.used)), report


def read_ratings(
    paths: Sequence[Path], codes: ParticipantCodes, note_ids: Int64s, progress: Progress = lambda *_: None
) -> tuple[RatingRows, TableReport]:
    """All ratings of the given notes (sorted ids) that have an answer, in no fixed order; the rest are counted.

    Raises:
        InputError: a missing column, or a cell that cannot be read, with its file and line.
    """
    report = TableReport()
    places = pl.LazyFrame({"note_id": note_ids, "note": np.arange(len(note_ids), dtype=np.int32)})
    batches: list[tuple[NDArray[Any], ...]] = []
    for path in paths:
        with opened(path) as parts:
            for part in parts:
                for frame in _rating_batches(part, codes, places, report):
                    batches.append(_rating_arrays(frame, report))
                    progress(RATINGS.stem, report.n_rows)
    return RatingRows(*_joined(batches)), report


def _rating_batches(
    part: Part, codes: ParticipantCodes, places: pl.LazyFrame, report: TableReport
) -> Iterator[pl.DataFrame]:
    """The rows of a part in no fixed order, each with the place of its note (null for an unknown one)."""
    columns, names = _columns_of(part, RATINGS, RATINGS.used, report)
    _check_answers(part, names)
    plan = part.scan(columns, names, as_text=False).select(*_rating_expressions(names, codes), REST)
    plan = plan.join(places, on="note_id", how="left")
    try:
        for frame in plan.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=False):
            kept = frame.filter(~pl.all_horizontal(pl.col("note_id", "rater", "created_at_ms").is_null()))
            required = ("note_id", "rater", "created_at_ms", "helpful_tags", "not_helpful_tags")
            if any(kept[name].null_count() for name in required) or not kept["flags_are_valid"].all():
                raise bad_cell(part, columns)
            yield kept
    except (pl.exceptions.PolarsError, OSError) as error:
        raise bad_cell(part, columns, error) from error


def _check_answers(part: Part, names: Mapping[str, str]) -> None:
    if "helpfulnessLevel" not in names and not {"helpful", "notHelpful"} <= names.keys():
        message = "the column helpfulnessLevel is missing (or helpful and notHelpful); it is needed for the answers"
        raise InputError(message, where=part.name)


def _rating_expressions(names: Mapping[str, str], codes: ParticipantCodes) -> list[pl.Expr]:
    flags = [pl.col(tag) for tag in (*HELPFUL_TAGS, *NOT_HELPFUL_TAGS, "helpful", "notHelpful") if tag in names]
    bits = reduce(lambda a, b: a | b, (flag.fill_null(0) for flag in flags)) if flags else pl.lit(0)
    return [
        pl.col("noteId").cast(pl.Int64).alias("note_id"),
        pl.col("raterParticipantId").cast(pl.String).cast(codes.dtype).to_physical().alias("rater"),
        pl.col("createdAtMillis").cast(pl.Int64).alias("created_at_ms"),
        _answer(names).alias("value"),
        _mask(HELPFUL_TAGS, names).alias("helpful_tags"),
        _mask(NOT_HELPFUL_TAGS, names).alias("not_helpful_tags"),
        _sampled(names).alias("population_sampled"),
        ((bits >= 0) & (bits <= 1)).alias("flags_are_valid"),
    ]


def _answer(names: Mapping[str, str]) -> pl.Expr:
    old = pl.lit(None, pl.Float32)
    if {"helpful", "notHelpful"} <= names.keys():
        old = (
            pl.when(pl.col("notHelpful") == 1).then(0.0).when(pl.col("helpful") == 1).then(1.0).cast(pl.Float32)
        )  # one of them at most in the public data
    if "helpfulnessLevel" not in names:
        return old
    level = pl.col("helpfulnessLevel").cast(pl.Enum(HELPFULNESS_LEVELS)).to_physical().cast(pl.Float32) / 2
    return pl.coalesce(level.cast(pl.Float32), old)


def _mask(tags: Sequence[str], names: Mapping[str, str]) -> pl.Expr:
    bits = [pl.col(tag).cast(pl.UInt16) * (1 << j) for j, tag in enumerate(tags) if tag in names]
    return reduce(lambda a, b: a | b, bits) if bits else pl.lit(0, pl.UInt16)


def _sampled(names: Mapping[str, str]) -> pl.Expr:
    if "ratingSourceBucketed" not in names:
        return pl.lit(False)
    source = pl.col("ratingSourceBucketed").cast(pl.Enum(RATING_SOURCES)).to_physical()
    return (source == RATING_SOURCES.index("POPULATION_SAMPLED")).fill_null(False)


def _rating_arrays(frame: pl.DataFrame, report: TableReport) -> tuple[NDArray[Any], ...]:
    answered = frame.drop_nulls("value")
    report.drop("no answer", len(frame) - len(answered))
    known = answered.drop_nulls("note")
    report.drop("note unknown to notes and status history", len(answered) - len(known))
    report.n_rows += len(known)
    names = ("note", "rater", "value", "created_at_ms", "helpful_tags", "not_helpful_tags", "population_sampled")
    return tuple(known[name].to_numpy() for name in names)


_RATING_TYPES = (np.int32, np.uint32, np.float32, np.int64, np.uint16, np.uint16, np.bool_)


def _joined(batches: list[tuple[NDArray[Any], ...]]) -> Iterator[NDArray[Any]]:
    """The batches' columns end to end, one at a time; a column's pieces are freed as soon as it is joined."""
    columns = [list(pieces) for pieces in zip(*batches, strict=True)] if batches else [[] for _ in _RATING_TYPES]
    batches.clear()
    for pieces, dtype in zip(columns, _RATING_TYPES, strict=True):
        yield np.concatenate([*pieces, np.empty(0, dtype)]).astype(dtype, copy=False)
        pieces.clear()


def _read_table(
    paths: Sequence[Path], table: Table, wanted: Sequence[Column], codes: ParticipantCodes, *, key: str
) -> tuple[pl.DataFrame, TableReport]:
    """A small table whole, sorted by its key, with every wanted column (empty where no part has it)."""
    report = TableReport()
    frames: list[pl.DataFrame] = []
    for path in paths:
        with opened(path) as parts:
            frames.extend(_table_part(part, table, wanted, codes, report) for part in parts)
    frame = pl.concat(frames).drop_nulls(key)
    once = frame.unique(maintain_order=True)
    report.drop("repeated row", len(frame) - len(once))
    twice = once.filter(pl.col(key).is_duplicated())
    if len(twice):
        name = twice[key][0] if key == "noteId" else codes.name(twice[key][0])
        raise InputError(f"two different rows for {key} {name}; keep one", where=", ".join(report.files))
    report.n_rows = len(once)
    return once.sort(key), report


def _table_part(
    part: Part, table: Table, wanted: Sequence[Column], codes: ParticipantCodes, report: TableReport
) -> pl.DataFrame:
    columns, names = _columns_of(part, table, wanted, report)
    plan = part.scan(columns, names, as_text=True).filter(~pl.all_horizontal(pl.exclude(REST).is_null()))
    cells = [_parsed(column, codes) if column.name in names else _empty(column) for column in wanted]
    try:
        frame = plan.select(*cells, REST).collect().drop(REST)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise bad_cell(part, columns, error) from error
    if any(frame[column.name].null_count() for column in columns if not column.nullable):
        raise bad_cell(part, columns)
    return frame


def _columns_of(
    part: Part, table: Table, wanted: Sequence[Column], report: TableReport
) -> tuple[list[Column], dict[str, str]]:
    """The wanted columns that the part has, and their names there; the rest goes to the report.

    Raises:
        InputError: a required column is missing.
    """
    names = part.names(table)
    report.files.append(part.name)
    unknown = [cell for cell in part.header if table.known_name(cell) is None]
    report.unknown_columns.extend(cell for cell in unknown if cell not in report.unknown_columns)
    for column in wanted:
        if column.name in names:
            continue
        if column.required:
            raise InputError(_missing(column, table, part), where=part.name)
        report.missing_columns[column.name] = column.needed_for
    return [column for column in wanted if column.name in names], names


def _missing(column: Column, table: Table, part: Part) -> str:
    """That a column is missing, and whether the file looks like another table's."""
    tables = (table, NOTES, RATINGS, STATUS_HISTORY, ENROLLMENT)
    likeliest = max(tables, key=lambda one: sum(one.known_name(cell) is not None for cell in part.header))
    if likeliest is not table:
        return f"this looks like a {likeliest.stem} file, and {table.stem} was asked for"
    others = f" (or {', '.join(column.aliases)})" if column.aliases else ""
    return f"the column {column.name}{others} is missing; it is needed for {column.needed_for}"


def _parsed(column: Column, codes: ParticipantCodes) -> pl.Expr:
    cell = pl.col(column.name)
    match column.kind:
        case Kind.TEXT:
            return cell
        case Kind.PARTICIPANT:
            return cell.cast(codes.dtype).to_physical().cast(pl.Int64).alias(column.name)
        case Kind.WORD:
            return cell.cast(pl.Enum(column.words)).to_physical().cast(pl.Int64).alias(column.name)
        case _:  # the reference writes some whole numbers as 1793491200000.0
            return cell.str.strip_suffix(".0").cast(pl.Int64)


def _empty(column: Column) -> pl.Expr:
    return pl.lit(None, pl.String if column.kind is Kind.TEXT else pl.Int64).alias(column.name)


def _ints(series: pl.Series) -> Int64s:
    return series.fill_null(EMPTY).to_numpy()


def _texts(series: pl.Series) -> Strings:
    return np.array(series.fill_null("").to_list(), np.dtypes.StringDType())
