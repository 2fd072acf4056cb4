"""Checks in CSV and TSV files with named columns, and in Fact-Check Insights' CSV."""

import csv
import itertools
import re
from collections.abc import Iterator
from typing import TextIO

from kiemchung.formats import insights, plain
from kiemchung.formats.records import Notice, Record, Rejected, cut

_DELIMITERS = "\t,;|"
_SEPARATOR = re.compile('\ufeff?"?sep=."?\\s*$')
#: A longer first line is prose that happens to speak of claims and links.
_MAX_HEADER = 400
#: The csv module's own limit of 131,072 refuses long articles.
_MAX_FIELD = 16_000_000


def looks_like_table(first_line: str) -> bool:
    """Whether a line is a header that names a claim's column."""
    if _SEPARATOR.match(first_line):
        return True
    columns = _split(first_line, _delimiter(first_line))
    if len(columns) < 2:
        return False
    by_guess = len(first_line) <= _MAX_HEADER and {"claim", "verdict", "url"} <= set(plain.guesses(columns).values())
    return insights.is_row(columns) or plain.is_row(columns) or by_guess


def read_table(stream: TextIO) -> Iterator[Record]:
    """The checks in a table, one record a row; columns that are not read are named once.

    A tab separated file without quoted names is taken as unquoted: a lone quotation mark is a character there.
    """
    header = next((line for line in stream if not _is_before_header(line)), "").lstrip("\ufeff")
    delimiter = _delimiter(header)
    quoted = delimiter != "\t" or '"' in header
    rows = _quoted_rows(header, stream, delimiter) if quoted else _unquoted_rows(header, stream)
    _, columns, _ = next(rows, (1, [], ""))
    columns = [column.strip() for column in columns]
    is_insights = insights.is_row(columns)
    guessed = {} if is_insights else plain.guesses(columns)
    columns = [guessed.get(column, column) for column in columns]
    if not is_insights and not plain.is_row(columns):
        names = ", ".join(columns[:12])
        yield Rejected("not_known", f"no column names a claim (found {names[:300]})", "line 1", cut(header))
        return
    for column, name in guessed.items():
        yield Notice(f"column {column} is read as {name}; name it {name} if that is right, else rename it", "line 1")
    unknown = [] if is_insights else plain.unknown_columns(columns)
    if unknown:
        yield Notice(f"columns that are not read: {', '.join(unknown)}", "line 1")
    for line, cells, problem in rows:
        where = f"line {line}"
        if problem or len(cells) > len(columns):
            detail = problem or f"{len(cells)} cells under {len(columns)} columns"
            yield Rejected("bad_row", detail, where, cut(delimiter.join(cells)))
        elif any(cell.strip() for cell in cells):
            row = dict(zip(columns, cells, strict=False))
            yield insights.read_row(row, where) if is_insights else plain.read_row(row, where)


def _is_before_header(line: str) -> bool:
    """Whether a line is empty, or the one in which spreadsheets name the separator (`sep=;`)."""
    return not line.strip("\ufeff \r\n") or _SEPARATOR.match(line) is not None


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\ufeff\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _unquoted_rows(header: str, stream: TextIO) -> Iterator[tuple[int, list[str], str]]:
    for number, line in enumerate(itertools.chain([header], stream), start=1):
        yield number, [_unquote(cell) for cell in line.rstrip("\r\n").split("\t")], ""


def _unquote(cell: str) -> str:
    """Spreadsheets quote a cell that holds a quotation mark, and double the mark."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and cell[1:-1].replace('""', "").count('"') == 0:
        return cell[1:-1].replace('""', '"')
    return cell


def _quoted_rows(header: str, stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    csv.field_size_limit(_MAX_FIELD)
    lines = (line.replace("\x00", "") for line in itertools.chain([header], stream))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, [], str(error)
            continue
        yield reader.line_num, cells, ""
