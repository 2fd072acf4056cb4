"""Small public files for tests: our own notes about the weather and cooking, made from a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kiemchung.formats.communitynotes_columns import ENROLLMENT, NOTES, RATINGS, STATUS_HISTORY, Kind, Table

#: 2026-08-01, when the notes of these tests were written.
AUGUST_MS = 1_785_542_400_000


def cells(table: Table, **given: object) -> dict[str, str]:
    """A full row: zero for flags, empty for the rest, then what is given."""
    row = {column.name: "0" if column.kind is Kind.FLAG else "" for column in table.columns}
    return row | {name: str(value) for name, value in given.items()}


def note(note_id: int, author: str = "author", **given: object) -> dict[str, str]:
    standard = {
        "noteId": note_id,
        "noteAuthorParticipantId": author,
        "createdAtMillis": AUGUST_MS,
        "tweetId": 1000 + note_id,
        "classification": "MISINFORMED_OR_POTENTIALLY_MISLEADING",
        "summary": "The flood picture is from another year.",
    }
    return cells(NOTES, **(standard | given))


def rating(note_id: int, rater: str, level: str = "HELPFUL", **given: object) -> dict[str, str]:
    standard = {
        "noteId": note_id,
        "raterParticipantId": rater,
        "createdAtMillis": AUGUST_MS + 60_000,
        "helpfulnessLevel": level,
        "ratingSourceBucketed": "DEFAULT",
    }
    return cells(RATINGS, **(standard | given))


def history(note_id: int, author: str = "author", **given: object) -> dict[str, str]:
    standard = {"noteId": note_id, "noteAuthorParticipantId": author, "createdAtMillis": AUGUST_MS}
    return cells(STATUS_HISTORY, **(standard | given))


def enrolled(participant: str, **given: object) -> dict[str, str]:
    return cells(ENROLLMENT, **({"participantId": participant, "enrollmentState": "earnedIn"} | given))


def as_tsv(rows: Sequence[Mapping[str, str]], header: Sequence[str] | None = None) -> str:
    """Header and rows, tab-separated."""
    names = list(header if header is not None else rows[0])
    return "\n".join(["\t".join(names), *("\t".join(row[name] for name in names) for row in rows), ""])


def write(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] | None = None) -> Path:
    path.write_text(as_tsv(rows, header), encoding="utf-8")
    return path
