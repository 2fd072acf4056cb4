"""Notes as others may carry them: shown ones, and what became of those that were shown once."""

from collections.abc import Callable
from dataclasses import dataclass

from kiemchung.model import Note, NoteState, NoteStatus, Request, StatusChange
from kiemchung.ports import Contributions

#: Status changes that are looked through for a feed.
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class PublicNote:
    """A note with what it is about.

    Attributes:
        change: the newest change of its status that a reader of the list should know.
    """

    note: Note
    request: Request
    change: StatusChange


def newly_shown(contributions: Contributions, language: str | None, limit: int) -> list[PublicNote]:
    """Notes that are shown now, the latest shown first; in one language, or in all (None)."""
    changes = _first_of_each(contributions, lambda change: change.after is NoteStatus.SHOWN)
    return [
        each
        for each in _with_notes(contributions, changes)
        if each.note.score
        and each.note.score.status is NoteStatus.SHOWN
        and each.note.draft
        and language in (None, each.note.draft.language)
    ][:limit]


def corrected(contributions: Contributions, language: str, limit: int) -> list[PublicNote]:
    """Notes that were shown and are so no more, by a change of status or since their text is gone; the latest first."""
    changes = _first_of_each(contributions, lambda change: NoteStatus.SHOWN in (change.before, change.after))
    return [
        each
        for each in _with_notes(contributions, changes)
        if (each.change.before is NoteStatus.SHOWN or each.note.state is not NoteState.OPEN)
        and language == (each.note.draft.language if each.note.draft else each.request.language)
    ][:limit]


def public_note(contributions: Contributions, note_id: str) -> tuple[Note, Request] | None:
    """A note with its request; None for an unknown id."""
    note = contributions.get_notes([note_id]).get(note_id)
    return (note, contributions.get_requests([note.request_id])[note.request_id]) if note else None


def _first_of_each(contributions: Contributions, wanted: Callable[[StatusChange], bool]) -> list[StatusChange]:
    first: dict[str, StatusChange] = {}
    for change in contributions.status_changes(limit=_LOOKED_AT):
        if wanted(change):
            first.setdefault(change.note_id, change)
    return list(first.values())


def _with_notes(contributions: Contributions, changes: list[StatusChange]) -> list[PublicNote]:
    notes = contributions.get_notes([change.note_id for change in changes])
    requests = contributions.get_requests(list({note.request_id for note in notes.values()}))
    return [
        PublicNote(note, requests[note.request_id], change) for change in changes if (note := notes.get(change.note_id))
    ]
