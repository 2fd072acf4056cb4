"""Requests and shown notes about the claims of a message; apart from asking for one, which a check never loads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiemchung.commons.one_message import message_embedder
from kiemchung.commons.public_notes import is_shown
from kiemchung.lookup.lookup import Query, look_up
from kiemchung.model import Asked, Claim, Decision, NoteState, Request

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons


def asked_about(commons: "Commons", claims: Sequence[Claim]) -> list[Asked | None]:
    """For each claim the request about the same one, with its shown notes; None where nobody asked."""
    index = commons.requests_index
    if not claims or not len(index):
        return [None] * len(claims)
    queries = [Query(claim.text, claim.language) for claim in claims]
    found = look_up(index, queries, message_embedder(commons.embedder), limit=1)
    ids = [next((m.doc_id for m in matches if m.decision is Decision.MATCH), None) for matches in found]
    if not any(ids):
        return [None] * len(claims)
    requests = commons.contributions.get_requests([i for i in ids if i])
    return [_with_notes(commons, requests[i]) if i and i in requests else None for i in ids]


def _with_notes(commons: "Commons", request: Request) -> Asked:
    notes = [n for n in commons.contributions.notes_of_request(request.request_id) if n.state is NoteState.OPEN]
    shown = tuple(note for note in notes if is_shown(note))
    return Asked(request, shown, len(notes) - len(shown))
