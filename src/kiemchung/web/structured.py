"""What machines read in the head of a page: structured data, canonical addresses, and the picture of a link."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from kiemchung.commons.opening import Commons
from kiemchung.commons.public_notes import is_shown
from kiemchung.commons.site import missing_pages
from kiemchung.formats.desk_check import check_jsonld
from kiemchung.formats.note_jsonld import Site, claim_with_lost_note, claim_with_notes, review_of_note, script_text
from kiemchung.i18n import Words, note_phrases
from kiemchung.model import DeskCheck, Note
from kiemchung.model import Request as NoteRequest
from kiemchung.web.address import site_address


@dataclass(frozen=True, slots=True)
class Head:
    """For the head of a page that others link to.

    Attributes:
        data: JSON-LD, ready to stand in a script of type application/ld+json; empty where there is nothing to say.
        picture: absolute address of the link's picture.
    """

    title: str
    summary: str
    data: str
    picture: str


def note_head(
    request: Request, words: Words, note: Note, asked: NoteRequest, *, was_shown: bool, lost_at: str | None
) -> Head:
    """The head of a note's page: the claim with the note as a cited comment once it is shown.

    As a ClaimReview only where the operator has chosen so and has filled in the pages of method and corrections.

    Args:
        was_shown: the note was shown, and is so no more.
        lost_at: since when; None where nobody knows.
    """
    settings = request.app.state.commons.settings
    url = f"{site_address(request)}/{words.language}/notes/{note.note_id}"
    site = Site(settings.site_name, site_address(request))
    value: dict[str, Any] | None = None
    if was_shown:
        value = claim_with_lost_note(site, asked, note, url, note_phrases.lost_phrase(words, note), lost_at)
    elif is_shown(note):
        value = (
            review_of_note(site, asked, note, url, modified(note), verdict_of_note(words, note))
            if are_reviews(request.app.state.commons)
            else claim_with_notes(site, asked, [(note, modified(note))], url)
        )
    summary = note.draft.text if note.draft else note_phrases.status_phrase(words, note)
    return Head(
        asked.claim, summary, script_text(value) if value else "", _picture(request, words, "notes", note.note_id)
    )


def request_head(request: Request, words: Words, asked: NoteRequest, notes: list[Note]) -> Head:
    """The head of a request's page: the claim with all its shown notes."""
    shown = [(note, modified(note)) for note in notes if is_shown(note)]
    url = f"{site_address(request)}/{words.language}/requests/{asked.request_id}"
    site = Site(request.app.state.commons.settings.site_name, site_address(request))
    data = script_text(claim_with_notes(site, asked, shown, url)) if shown else ""
    summary = shown[0][0].draft.text if shown and shown[0][0].draft else words.say("People ask about this claim")
    return Head(asked.claim, summary, data, _picture(request, words, "requests", asked.request_id))


def check_head(request: Request, words: Words, check: DeskCheck) -> Head:
    """The head of a page with a check of the site's own: a `ClaimReview`, once, under its canonical address."""
    site = Site(request.app.state.commons.settings.site_name, site_address(request))
    draft = check.versions[-1].draft
    picture = _picture(request, words, "checks", check.check_id)
    return Head(draft.claim, f"{draft.verdict}. {draft.explanation}", script_text(check_jsonld(site, check)), picture)


def are_reviews(commons: Commons) -> bool:
    """Whether shown notes are marked up as ClaimReview: chosen by the operator, whose pages are filled in."""
    return commons.settings.notes_as_claim_review and not missing_pages(commons.contributions)


def modified(note: Note) -> str:
    """Since when a note reads and counts as it does, an ISO date."""
    return note.score.since if note.score else note.day


def verdict_of_note(words: Words, note: Note) -> str:
    """What a note says of its claim, in words: the field of a verdict where a note is marked up as ClaimReview."""
    assert note.draft is not None
    misleading = note.draft.misleading
    reasons = ", ".join(note_phrases.claim_reason(words, code, misleading=misleading) for code in note.draft.reasons)
    return f"{note_phrases.classification_phrase(words, misleading=misleading)}: {reasons}"


def _picture(request: Request, words: Words, kind: str, found_id: str) -> str:
    return f"{site_address(request)}/card/{words.language}/{kind}/{found_id}.png"
