"""Notes for the fediverse (ActivityPub, publish only): an actor, and an outbox of public Note objects to pull.

Nobody can follow, write to or be delivered to by this actor: a list of followers would be a list of people. The inbox
that the standard asks for stands there and takes nothing.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from kiemchung.model import Note, Request

CONTENT_TYPE = "application/activity+json"
_CONTEXT = "https://www.w3.org/ns/activitystreams"
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
NAME = "notes"


def actor(site: str, name: str, summary: str) -> dict[str, Any]:
    """The site as an actor; site is its address without a slash at the end."""
    return {
        "@context": _CONTEXT,
        "id": f"{site}/activitypub/actor",
        "type": "Application",
        "preferredUsername": NAME,
        "name": name,
        "summary": summary,
        "url": f"{site}/",
        "inbox": f"{site}/activitypub/inbox",
        "outbox": f"{site}/activitypub/outbox",
        "manuallyApprovesFollowers": True,
        "discoverable": True,
    }


def webfinger(site: str) -> dict[str, Any]:
    """Where the actor is found (RFC 7033)."""
    return {
        "subject": account(site),
        "aliases": [f"{site}/activitypub/actor"],
        "links": [{"rel": "self", "type": CONTENT_TYPE, "href": f"{site}/activitypub/actor"}],
    }


def account(site: str) -> str:
    """The actor's account name, acct:notes@host."""
    return f"acct:{NAME}@{urlsplit(site).netloc}"


def note_object(site: str, note: Note, request: Request, headings: Mapping[str, str], shown_at: str) -> dict[str, Any]:
    """A shown note.

    Args:
        headings: by language what the note says of its claim, in a few words; the first is the default.
        shown_at: UTC, ISO 8601.

    Raises:
        ValueError: the note has no text any more.
    """
    if note.draft is None:
        raise ValueError(f"note {note.note_id} has no text to publish")
    contents = {language: _content(heading, note, request) for language, heading in headings.items()}
    return {
        "id": f"{site}/activitypub/notes/{note.note_id}",
        "type": "Note",
        "attributedTo": f"{site}/activitypub/actor",
        "to": [_PUBLIC],
        "published": shown_at,
        "url": [
            {
                "type": "Link",
                "mediaType": "text/html",
                "hreflang": language,
                "href": f"{site}/{language}/notes/{note.note_id}",
            }
            for language in headings
        ],
        "content": next(iter(contents.values())),
        "contentMap": contents,
    }


def create(note: Mapping[str, Any]) -> dict[str, Any]:
    """The activity of publishing a note."""
    return {
        "id": f"{note['id']}#create",
        "type": "Create",
        "actor": note["attributedTo"],
        "to": note["to"],
        "published": note["published"],
        "object": dict(note),
    }


def collection(outbox: str, total: int) -> dict[str, Any]:
    """The outbox itself; its pages hold the activities."""
    return {
        "@context": _CONTEXT,
        "id": outbox,
        "type": "OrderedCollection",
        "totalItems": total,
        "first": f"{outbox}?page=1",
    }


def collection_page(outbox: str, page: int, activities: Sequence[Mapping[str, Any]], *, more: bool) -> dict[str, Any]:
    """One page of the outbox, newest first."""
    value: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": f"{outbox}?page={page}",
        "type": "OrderedCollectionPage",
        "partOf": outbox,
        "orderedItems": [dict(each) for each in activities],
    }
    if more:
        value["next"] = f"{outbox}?page={page + 1}"
    return value


def with_context(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object that stands alone."""
    return {"@context": _CONTEXT, **value}


def _content(heading: str, note: Note, request: Request) -> str:
    assert note.draft is not None
    sources = "".join(
        f'<li><a href="{escape(source.url)}" rel="nofollow noopener noreferrer">'
        f"{escape(source.title or source.url)}</a></li>"
        for source in note.draft.sources
        if source.url.startswith(("http://", "https://"))
    )
    return (
        f"<blockquote><p>{escape(request.claim)}</p></blockquote><p>{escape(heading)}: {escape(note.draft.text)}</p>"
        f"<ul>{sources}</ul>"
    )
