"""A community note as schema.org JSON-LD: a Claim with a cited comment; a ClaimReview only where the operator chose it.

A shown note is no verdict: by default it is published as what it is, a comment on a claim, with its sources.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiemchung.model import Note, NoteDraft, Request, Source

_CONTEXT = "https://schema.org"


@dataclass(frozen=True, slots=True)
class Site:
    """Who publishes.

    Attributes:
        url: of the site, without a slash at its end.
        licence: address of the licence of notes.
    """

    name: str
    url: str
    licence: str = "https://creativecommons.org/publicdomain/zero/1.0/"


def claim_with_notes(site: Site, request: Request, notes: Sequence[tuple[Note, str]], url: str) -> dict[str, Any]:
    """A `Claim` whose `comment`s are the notes on it, with `citation` for every source.

    Args:
        notes: each with the ISO 8601 day of its newest change that readers see.
        url: the page's own, canonical address.

    Raises:
        ValueError: a note has no text (withdrawn or redacted); such are not published.
    """
    comments = [_comment(site, note, url, modified) for note, modified in notes]
    return {**_claim(request, url), "comment": comments[0] if len(comments) == 1 else comments}


def claim_with_lost_note(
    site: Site, request: Request, note: Note, url: str, said: str, day: str | None
) -> dict[str, Any]:
    """A `Claim` with what is left of a note that was shown once: its correction, and no text.

    Args:
        said: what became of the note, in words.
        day: when, ISO 8601; None where nobody knows.
    """
    correction = {"@type": "CorrectionComment", "text": said} | ({"datePublished": day} if day else {})
    comment = {
        "@type": "Comment",
        "@id": f"{url}#note-{note.note_id}",
        "datePublished": note.day,
        "correction": correction,
        "publisher": publisher(site),
    } | ({"dateModified": day} if day else {})
    return {**_claim(request, url), "comment": comment}


def _claim(request: Request, url: str) -> dict[str, Any]:
    return {
        "@context": _CONTEXT,
        "@type": "Claim",
        "@id": url,
        "url": url,
        "text": request.claim,
        "inLanguage": request.language,
    }


def _comment(site: Site, note: Note, url: str, modified: str) -> dict[str, Any]:
    draft = _draft(note)
    return {
        "@type": "Comment",
        "@id": f"{url}#note-{note.note_id}",
        "text": draft.text,
        "inLanguage": draft.language,
        "datePublished": note.day,
        "dateModified": modified,
        "keywords": [_keyword(draft), *draft.reasons],
        "citation": [citation(source) for source in draft.sources],
        "isBasedOn": [source.url for source in draft.sources],
        "license": site.licence,
        "publisher": publisher(site),
    }


def review_of_note(site: Site, request: Request, note: Note, url: str, modified: str, verdict: str) -> dict[str, Any]:
    """A `ClaimReview`, for sites whose operator has switched it on and published method and corrections pages.

    Args:
        verdict: the agreed classification in words, e.g. "Misleading: missing context".

    Raises:
        ValueError: as `claim_with_notes`.
    """
    draft = _draft(note)
    return {
        "@context": _CONTEXT,
        "@type": "ClaimReview",
        "@id": f"{url}#review",
        "url": url,
        "headline": request.claim,
        "claimReviewed": request.claim,
        "itemReviewed": {"@type": "Claim", "text": request.claim},
        "author": publisher(site),
        "publisher": publisher(site),
        "reviewRating": {"@type": "Rating", "alternateName": verdict},
        "reviewBody": draft.text,
        "datePublished": note.day,
        "dateModified": modified,
        "inLanguage": draft.language,
        "citation": [citation(source) for source in draft.sources],
        "isBasedOn": [source.url for source in draft.sources],
        "license": site.licence,
    }


def script_text(value: dict[str, Any]) -> str:
    """JSON for a `<script type="application/ld+json">`: nothing in it can end the script or start a comment."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _draft(note: Note) -> NoteDraft:
    if note.draft is None:
        raise ValueError(f"note {note.note_id} has no text to publish")
    return note.draft


def _keyword(draft: NoteDraft) -> str:
    return "misleading" if draft.misleading else "not_misleading"


def citation(source: Source) -> dict[str, Any]:
    """A source as a `CreativeWork`."""
    parts = {
        "@type": "CreativeWork",
        "url": source.url,
        "name": source.title,
        "text": source.quote,
        "datePublished": source.published,
        "archivedAt": source.archive_url,
    }
    return {key: value for key, value in parts.items() if value}


def publisher(site: Site) -> dict[str, Any]:
    """The site as an `Organization`, with its method and its corrections page."""
    return {
        "@type": "Organization",
        "name": site.name,
        "url": site.url,
        "correctionsPolicy": f"{site.url}/en/site/corrections",
        "publishingPrinciples": f"{site.url}/en/site/method",
    }
