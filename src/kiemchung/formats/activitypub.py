"""Notes and checks for the fediverse (ActivityPub, publish only): an actor, and an outbox of public objects to pull.

Nobody can follow, write to or be delivered to by this actor: a list of followers would be a list of people. The inbox
that the standard asks for stands there and takes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from kiemchung.model import DeskCheck, Note, Request, Source

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
    """A shown note, as a Note.

    Args:
        headings: by language what the note says of its claim, in a few words; the first is the default.
        shown_at: UTC, ISO 8601.

    Raises:
        ValueError: the note has no text any more.
    """
    draft = note.draft
    if draft is None:
        raise ValueError(f"note {note.note_id} has no text to publish")
    contents = {
        language: _content(request.claim, f"{heading}: {draft.text}", draft.sources)
        for language, heading in headings.items()
    }
    return _object(site, "Note", f"notes/{note.note_id}", contents, shown_at)


def check_object(site: str, check: DeskCheck, corrections: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A published check of the desk's own, as an Article in the language that it is written in.

    Args:
        corrections: by language, a sentence for each; the first language is the default.
    """
    draft = check.versions[-1].draft
    contents = {
        language: _content(draft.claim, f"{draft.verdict}. {draft.explanation}", draft.sources, sentences)
        for language, sentences in corrections.items()
    }
    first = _midnight(check.versions[0].day)
    value = {**_object(site, "Article", f"checks/{check.check_id}", contents, first), "name": draft.claim}
    return value | ({"updated": _midnight(check.versions[-1].day)} if len(check.versions) > 1 else {})


def tombstone(site: str, path: str) -> dict[str, Any]:
    """What stands where something was published once."""
    return {"id": f"{site}/activitypub/{path}", "type": "Tombstone"}


def create(value: Mapping[str, Any]) -> dict[str, Any]:
    """The activity of publishing a note or a check."""
    return _activity("Create", f"{value['id']}#create", value, value["published"])


def update(value: Mapping[str, Any], version: int, day: str) -> dict[str, Any]:
    """The activity of correcting a check: `version` is the one that the correction made, on this ISO day."""
    return _activity("Update", f"{value['id']}#version-{version}", value, _midnight(day))


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


def _activity(kind: str, activity_id: str, value: Mapping[str, Any], published: str) -> dict[str, Any]:
    return {
        "id": activity_id,
        "type": kind,
        "actor": value["attributedTo"],
        "to": value["to"],
        "published": published,
        "object": dict(value),
    }


def _object(site: str, kind: str, path: str, contents: Mapping[str, str], published: str) -> dict[str, Any]:
    """An object of the actor's; `path` names its page and its address here."""
    return {
        "id": f"{site}/activitypub/{path}",
        "type": kind,
        "attributedTo": f"{site}/activitypub/actor",
        "to": [_PUBLIC],
        "published": published,
        "url": [
            {"type": "Link", "mediaType": "text/html", "hreflang": language, "href": f"{site}/{language}/{path}"}
            for language in contents
        ],
        "content": next(iter(contents.values())),
        "contentMap": dict(contents),
    }


def _content(claim: str, said: str, sources: Iterable[Source], more: Iterable[str] = ()) -> str:
    cited = "".join(
        f'<li><a href="{escape(source.url)}" rel="nofollow noopener noreferrer">'
        f"{escape(source.title or source.url)}</a></li>"
        for source in sources
        if source.url.startswith(("http://", "https://"))
    )
    further = "".join(f"<p>{escape(each)}</p>" for each in more)
    return f"<blockquote><p>{escape(claim)}</p></blockquote><p>{escape(said)}</p>{further}<ul>{cited}</ul>"


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"
