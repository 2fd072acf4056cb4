"""Requests and notes as plain values for programs: what `GET /api/v1/...` gives. Nothing in them is about a person."""

from typing import Any

from kiemchung.commons.explain_note import explain
from kiemchung.i18n import Words, note_phrases
from kiemchung.model import Note, NoteState, Request


def request_document(request: Request, n_notes: int) -> dict[str, Any]:
    """A request as it stands in a list."""
    return {
        "request_id": request.request_id,
        "claim": request.claim,
        "language": request.language,
        "day": request.day,
        "n_asked": request.n_asked,
        "n_notes": n_notes,
    }


def note_text(note: Note, words: Words) -> dict[str, Any]:
    """What a note says; for one whose text is there."""
    draft = note.draft
    assert draft is not None
    misleading = draft.misleading
    return {
        "note_id": note.note_id,
        "day": note.day,
        "misleading": misleading,
        "reasons": [
            {"code": code, "sentence": note_phrases.claim_reason(words, code, misleading=misleading)}
            for code in draft.reasons
        ],
        "text": draft.text,
        "language": draft.language,
        "sources": [
            {
                "url": source.url,
                "quote": source.quote,
                "published": source.published,
                "title": source.title,
                "archive_url": source.archive_url,
            }
            for source in draft.sources
        ],
    }


def note_document(note: Note, words: Words) -> dict[str, Any]:
    """A note with its status and why it has it; a tombstone has no content."""
    why, score = explain(note), note.score if note.state is NoteState.OPEN else None
    evidence = why.evidence if score else None
    return {
        "note_id": note.note_id,
        "request_id": note.request_id,
        "state": note.state.value,
        "status": score.status.value if score else None,
        "status_sentence": note_phrases.status_phrase(words, note),
        "since": score.since if score else None,
        "locked": bool(score and score.locked),
        "rule": score.rule if score else None,
        "n_ratings_at_least": why.n_ratings_at_least,
        "lacks": [
            {
                "code": lack.code,
                "count": lack.count,
                "sentence": note_phrases.lack_phrase(words, lack, why.sides_lacking),
            }
            for lack in (why.lacks if score else ())
        ],
        "evidence": {"helpful": evidence.helpful, "sides": list(evidence.sides), "needed": evidence.needed}
        if evidence
        else None,
        "content": note_text(note, words) if note.draft else None,
    }
