"""Labelled sentences in a table: read what is to be labelled, write what was told."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TextIO

from kiemchung.claims.checkworthy import SentenceLabel
from kiemchung.errors import InputError
from kiemchung.model import ClaimLabel

#: What label columns call our labels; `fact` is what others say for checkable.
NAMES = {**{label.value: label for label in ClaimLabel}, "fact": ClaimLabel.CHECKABLE}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A row of a table of sentences; `label` is None where the table has none."""

    sentence_id: str
    text: str
    label: ClaimLabel | None


def read_sentences(lines: Iterable[str], where: str) -> list[Sentence]:
    """The rows of a tab-separated table with the columns sentence_id, text and, if known, label.

    Args:
        where: the table's name in errors.

    Raises:
        InputError: a column is missing, a row is broken or a label is unknown; says in which line.
    """
    table = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [name.lstrip("\ufeff").strip().lower() for name in next(table, [])]
    missing = [name for name in ("sentence_id", "text") if name not in header]
    if missing:
        raise InputError(f"no column {', '.join(missing)}; the first line must name them, parted by tabs", where=where)
    return list(_rows(table, header, where))


def _rows(table: Iterable[list[str]], header: list[str], where: str) -> Iterator[Sentence]:
    for number, cells in enumerate(table, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise InputError(f"{len(cells)} cells where the first line has {len(header)}", where=f"{where}:{number}")
        row = dict(zip(header, cells, strict=True))
        label = _label(row["label"], f"{where}:{number}") if "label" in row else None
        yield Sentence(row["sentence_id"], row["text"], label)


def _label(cell: str, where: str) -> ClaimLabel | None:
    name = cell.strip().lower()
    if name in NAMES or not name:
        return NAMES.get(name)
    guess = get_close_matches(name, NAMES, n=1)
    hint = f"; did you mean {guess[0]}?" if guess else f"; one of {', '.join(NAMES)}"
    raise InputError(f"label {cell!r} is unknown{hint}", where=where)


def write_labels(out: TextIO, sentences: Iterable[Sentence], told: Iterable[SentenceLabel]) -> None:
    """A table of sentence_id, label, confidence, with a first line that says so."""
    out.write("sentence_id\tlabel\tconfidence\n")
    for sentence, found in zip(sentences, told, strict=True):
        out.write(f"{sentence.sentence_id}\t{found.label.value}\t{found.confidence:.4f}\n")
