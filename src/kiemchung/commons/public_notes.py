"""Notes as others may carry them: shown ones, and what became of those that were shown once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kiemchung.model import Note, NoteState, NoteStatus, Request, StatusChange
from kiemchung.ports import Contributions
from kiemchung.text import page_language

#: Changes from or to "shown" that are looked through: as many as a sitemap takes.
_LOOKED_AT = 10_000
#: Notes read from the store at once.
_AT_ONCE = 200


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
    """Notes that are shown now, the latest shown first; on the pages of one language, or of all (None)."""
    found = (
        each
        for each in _with_notes(contributions, _newest_of_each(contributions))
        if each.change.after is NoteStatus.SHOWN
        and is_shown(each.note)
        and each.note.draft
        and language in (None, page_language(each.note.draft.language))
    )
    return list(islice(found, limit))


def corrected(contributions: Contributions, language: str, limit: int) -> list[PublicNote]:
    """Notes that were shown and are so no more, by a change of status or since their text is gone; the latest first."""
    found = (
        each
        for each in _with_notes(contributions, _newest_of_each(contributions))
        if (each.change.before is NoteStatus.SHOWN or each.note.state is not NoteState.OPEN)
        and language == page_language((each.note.draft or each.request).language)
    )
    return list(islice(found, limit))


def is_shown(note: Note) -> bool:
    """Whether readers see the note as one that people who usually disagree found helpful."""
    return bool(note.draft and note.score and note.score.status is NoteStatus.SHOWN)


def public_note(contributions: Contributions, note_id: str) -> tuple[Note, Request] | None:
    """A note with its request; None for an unknown id."""
    note = contributions.get_notes([note_id]).get(note_id)
    return (note, contributions.get_requests([note.request_id])[note.request_id]) if note else None


def _newest_of_each(contributions: Contributions) -> list[StatusChange]:
    """The newest change of each note that was shown by it or lost that by it."""
    first: dict[str, StatusChange] = {}
    for change in contributions.status_changes(touching=NoteStatus.SHOWN, limit=_LOOKED_AT):
        first.setdefault(change.note_id, change)
    return list(first.values())


def _with_notes(contributions: Contributions, changes: list[StatusChange]) -> Iterator[PublicNote]:
    for first in range(0, len(changes), _AT_ONCE):
        part = changes[first : first + _AT_ONCE]
        notes = contributions.get_notes([change.note_id for change in part])
        requests = contributions.get_requests(list({note.request_id for note in notes.values()}))
        for change in part:
            if note := notes.get(change.note_id):
                yield PublicNote(note, requests[note.request_id], change)
