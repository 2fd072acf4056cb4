"""Checks in CSV and TSV files with named columns, and in Fact-Check Insights' CSV."""

import csv
import itertools
import re
from collections.abc import Iterator
from typing import TextIO

from kiemchung.formats import insights, plain
from kiemchung.formats.records import Notice, Record, Rejected, cut

_DELIMITERS = "\t,;|"
_SEPARATOR = re.compile('"?sep=."?\\s*$')
#: Lines among which the header is looked for.
_MAX_BEFORE = 10
#: A header of an export with all its columns has some thousand characters.
_MAX_LINE = 20_000
#: A longer first line is prose that happens to speak of claims and links.
_MAX_HEADER = 400
#: The csv module's own limit of 131,072 refuses long articles.
_MAX_FIELD = 16_000_000


def looks_like_table(text: str) -> bool:
    """Whether one of a text's first lines is a header that names a claim's column."""
    return any(map(_is_header, text.splitlines()[:_MAX_BEFORE]))


def _is_header(line: str) -> bool:
    if len(line) > _MAX_LINE:
        return False
    columns = [column.strip() for column in _split(line, _delimiter(line))]
    if len(columns) < 2:
        return False
    by_guess = len(line) <= _MAX_HEADER and {"claim", "verdict", "url"} <= set(plain.guesses(columns).values())
    return insights.is_row(columns) or plain.is_row(columns) or by_guess


def read_table(stream: TextIO) -> Iterator[Record]:
    """The checks in a table, one record a row; columns that are not read are named once.

    A tab separated file without quoted names is taken as unquoted: a lone quotation mark is a character there.
    """
    first, header, lines = _header(stream)
    delimiter = _delimiter(header)
    quoted = delimiter != "\t" or '"' in header
    rows = _quoted_rows(lines, delimiter, first) if quoted else _unquoted_rows(lines, first)
    _, columns, _ = next(rows, (1, [], ""))
    columns = [column.strip() for column in columns]
    is_insights = insights.is_row(columns)
    guessed = {} if is_insights else plain.guesses(columns)
    columns = [guessed.get(column, column) for column in columns]
    if not is_insights and not plain.is_row(columns):
        names = ", ".join(columns[:12])
        yield Rejected("not_known", f"no column names a claim (found {names[:300]})", f"line {first}", cut(header))
        return
    for column, name in guessed.items():
        detail = f"column {column} is read as {name}; name it {name} if that is right, else rename it"
        yield Notice(detail, f"line {first}")
    unknown = [] if is_insights else plain.unknown_columns(columns)
    if unknown:
        yield Notice(f"columns that are not read: {', '.join(unknown)}", f"line {first}")
    for line, cells, problem in rows:
        where = f"line {line}"
        if problem or len(cells) > len(columns):
            detail = problem or f"{len(cells)} cells under {len(columns)} columns"
            yield Rejected("bad_row", detail, where, cut(delimiter.join(cells)))
        elif any(cell.strip() for cell in cells):
            row = dict(zip(columns, cells, strict=False))
            yield insights.read_row(row, where) if is_insights else plain.read_row(row, where)


def _header(stream: TextIO) -> tuple[int, str, Iterator[str]]:
    """The number of the line that names the columns, the line, and it with all that follow.

    Titles, empty lines and what spreadsheets say of the separator (`sep=;`) may stand before it.
    """
    head = [line.lstrip("\ufeff") for line in itertools.islice(stream, _MAX_BEFORE)]
    full = (number for number, line in enumerate(head) if line.strip() and not _SEPARATOR.match(line))
    first = next((number for number, line in enumerate(head) if _is_header(line)), next(full, 0))
    return first + 1, "".join(head[first : first + 1]), itertools.chain(head[first:], stream)


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\ufeff\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_strict(lines: list[str], delimiter: str) -> bool:
    """Whether every quotation mark in a row of several lines is closed where a cell ends."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _unquoted_rows(lines: Iterator[str], number: int) -> Iterator[tuple[int, list[str], str]]:
    for line in lines:
        yield number, [_unquote(cell) for cell in line.rstrip("\r\n").split("\t")], ""
        number += 1


def _unquote(cell: str) -> str:
    """Spreadsheets quote a cell that holds a quotation mark, and double the mark."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and cell[1:-1].replace('""', "").count('"') == 0:
        return cell[1:-1].replace('""', '"')
    return cell


def _quoted_rows(lines: Iterator[str], delimiter: str, number: int) -> Iterator[tuple[int, list[str], str]]:
    """The rows with the lines in which they begin.

    A quotation mark that nothing closes would take the rows behind it into its cell; it costs its own line alone.
    """
    csv.field_size_limit(_MAX_FIELD)
    taken: list[str] = []
    width = 0

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line.replace("\x00", "")

    reader = csv.reader(noted(), delimiter=delimiter)
    while True:
        number += len(taken)
        taken.clear()
        problem, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = str(error)
        width = width or len(cells)
        whole_rows = (len(_split(line, delimiter)) == width for line in taken[1:])
        if len(taken) > 1 and not _is_strict(taken, delimiter) and any(whole_rows):
            yield number, taken[:1], "a quotation mark in this line is never closed"
            lines = itertools.chain(taken[1:], lines)
            del taken[1:]
            reader = csv.reader(noted(), delimiter=delimiter)
        else:
            yield number, cells, problem
