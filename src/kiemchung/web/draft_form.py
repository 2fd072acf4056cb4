"""The form of a note as a draft, and back."""

from datetime import date
from itertools import islice, zip_longest

from kiemchung.commons.write_notes import text_language
from kiemchung.model import DeskDraft, NoteDraft, Source
from kiemchung.notes.draft import MAX_SOURCES, Problem
from kiemchung.web.forms import Form

#: Sources that an empty form has room for.
_ROOM = 2
#: What is looked at of a field: enough to say that it is too long, little enough to say it at once.
_MOST, _MOST_ROWS = 2_400, 12


def draft_of(form: Form, language: str) -> NoteDraft:
    """The draft that a form holds; sources with nothing in them are left out.

    Args:
        language: of the page, for a text too short to tell.
    """
    misleading = form.one("misleading") != "no"
    text = form.one("text").strip()[:_MOST]
    reasons = form.many("reason" if misleading else "reason_not")
    return NoteDraft(misleading, tuple(dict.fromkeys(reasons)), text, text_language(text) or language, sources_of(form))


def sources_of(form: Form) -> tuple[Source, ...]:
    """The sources of a form; rows with nothing in them are left out."""
    fields = zip_longest(*(form.many(name) for name in ("url", "quote", "date", "archive")), fillvalue="")
    rows = [tuple(value.strip()[:_MOST] for value in row) for row in islice(fields, _MOST_ROWS)]
    return tuple(
        Source(url, " ".join(quote.split()), _day(day), archive_url=archive)
        for url, quote, day, archive in rows
        if url or quote or day or archive
    )


def _day(said: str) -> str | None:
    """An ISO date; what people write as 31/12/2025 is read as well, and the rest left as it is, to be told of."""
    parts = said.replace("-", "/").replace(".", "/").split("/")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        numbers = [int(part) for part in parts]
        year, month, day = numbers if len(parts[0]) == 4 else reversed(numbers)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return said
    return said or None


def rows(draft: NoteDraft | DeskDraft | None, room: int = 0) -> list[Source]:
    """The sources that the form shows, with empty ones to fill in: room for so many, and never less than for two."""
    sources = list(draft.sources) if draft else []
    room = max(_ROOM, room, len(sources))
    return [*sources, *(Source("", "") for _ in range(room - len(sources)))][:MAX_SOURCES]


def by_place(problems: list[Problem]) -> dict[str, list[Problem]]:
    """Problems by the field that they stand beside."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.where, []).append(problem)
    return found
