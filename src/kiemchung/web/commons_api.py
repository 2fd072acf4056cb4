"""GET /api/v1/requests and /notes: what people ask about and what was written, for forums and other programs to read.

Reading only: asking, writing and rating need a codename's session, which no other site can ride on.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from kiemchung.commons.opening import Commons
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import Words, open_words, wished_language
from kiemchung.i18n.note_documents import note_document, request_document
from kiemchung.model import Note, NoteStatus
from kiemchung.web.api import ANY_OTHER
from kiemchung.web.note_schema import NoteReply, NotesReply, RequestsReply, RequestWithNotesReply, Status
from kiemchung.web.schema import ErrorReply, Language

router = APIRouter(tags=["commons"])

_MOST = 100
_ORDER = {NoteStatus.SHOWN: 0, NoteStatus.NEEDS_RATINGS: 1, NoteStatus.NOT_SHOWN: 2}
_BUSY: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorReply, "description": "A value is out of range."},
    503: {"model": ErrorReply, "description": "The server is busy; Retry-After says when."},
    "default": ANY_OTHER,
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorReply, "description": "There is none of this id."}}

Id = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=_MOST)]
Wished = Annotated[Language | None, Query(description="Of the sentences; by default the first of Accept-Language.")]


@router.get("/api/v1/requests", response_model=RequestsReply, responses=_BUSY, operation_id="requests")
async def get_requests(
    request: Request, limit: Limit = 20, offset: Annotated[int, Query(ge=0, le=10_000)] = 0
) -> dict[str, Any]:
    """Claims about which people ask and for which no note is shown, the most asked first."""
    state = request.app.state
    return await state.counter.run(_requests, state.commons, limit, offset)  # type: ignore[no-any-return]


@router.get(
    "/api/v1/requests/{request_id}",
    response_model=RequestWithNotesReply,
    responses=_BUSY | _UNKNOWN,
    operation_id="request",
)
async def get_request(request: Request, request_id: Id, language: Wished = None) -> dict[str, Any]:
    """A request with its notes, each with its status and why it has it."""
    state = request.app.state
    return await state.counter.run(_request, state.commons, request_id, _words(request, language))  # type: ignore[no-any-return]


@router.get("/api/v1/notes", response_model=NotesReply, responses=_BUSY, operation_id="notes")
async def get_notes(
    request: Request,
    status: Annotated[Status, Query(description="By default those that are shown.")] = "shown",
    limit: Limit = 20,
    after: Annotated[str, Query(max_length=64, description="next_after of the page before.")] = "",
    language: Wished = None,
) -> dict[str, Any]:
    """Open notes of a status."""
    state = request.app.state
    words = _words(request, language)
    return await state.counter.run(_notes, state.commons, NoteStatus(status), limit, after, words)  # type: ignore[no-any-return]


@router.get("/api/v1/notes/{note_id}", response_model=NoteReply, responses=_BUSY | _UNKNOWN, operation_id="note")
async def get_note(request: Request, note_id: Id, language: Wished = None) -> dict[str, Any]:
    """A note with its status and why it has it; a tombstone where it was withdrawn or redacted."""
    state = request.app.state
    return await state.counter.run(_note, state.commons, note_id, _words(request, language))  # type: ignore[no-any-return]


def _words(request: Request, language: Language | None) -> Words:
    return open_words(language or wished_language(request.headers.get("accept-language", "")))


def _requests(commons: Commons, limit: int, offset: int) -> dict[str, Any]:
    found = commons.contributions.open_requests(limit=limit + 1, offset=offset)
    counts = commons.contributions.note_counts([each.request_id for each in found])
    return {
        "requests": [request_document(each, counts.get(each.request_id, 0)) for each in found[:limit]],
        "next_offset": offset + limit if len(found) > limit else None,
    }


def _request(commons: Commons, request_id: str, words: Words) -> dict[str, Any]:
    known = commons.contributions.get_requests([request_id]).get(request_id)
    if known is None:
        raise NotAllowedError("unknown", "there is no such request")
    notes = sorted(commons.contributions.notes_of_request(request_id), key=_place)
    n_open = commons.contributions.note_counts([request_id]).get(request_id, 0)
    return request_document(known, n_open) | {"notes": [note_document(note, words) for note in notes]}


def _place(note: Note) -> tuple[int, int, str]:
    return note.draft is None, _ORDER[note.score.status] if note.score else 1, note.note_id


def _notes(commons: Commons, status: NoteStatus, limit: int, after: str, words: Words) -> dict[str, Any]:
    found = commons.contributions.notes_by_status(status, limit=limit + 1, after=after)
    return {
        "notes": [note_document(note, words) for note in found[:limit]],
        "next_after": found[limit - 1].note_id if len(found) > limit else None,
    }


def _note(commons: Commons, note_id: str, words: Words) -> dict[str, Any]:
    note = commons.contributions.get_notes([note_id]).get(note_id)
    if note is None:
        raise NotAllowedError("unknown", "there is no such note")
    return note_document(note, words)
