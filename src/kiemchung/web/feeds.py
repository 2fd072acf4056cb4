"""Feeds of notes that are shown, and of corrections: RSS, Atom and JSON Feed, one of each a language."""

from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiemchung.commons.desk_checks import DeskChange, changes_of_desk
from kiemchung.commons.public_notes import PublicNote, corrected, newly_shown
from kiemchung.errors import NotAllowedError
from kiemchung.formats.desk_check import check_address
from kiemchung.formats.syndication import Feed, Item, render_atom, render_json_feed, render_rss
from kiemchung.i18n import LANGUAGES, Words, note_phrases, open_words
from kiemchung.model import NoteStatus
from kiemchung.web.address import site_address

_ITEMS = 50
_FORMATS = {
    "rss": (render_rss, "application/rss+xml; charset=utf-8"),
    "atom": (render_atom, "application/atom+xml; charset=utf-8"),
    "json": (render_json_feed, "application/feed+json"),
}
#: Of a feed in which nothing stands yet, so that it too has equal bytes at every call.
_NEVER = "2026-01-01T00:00:00Z"


async def feed(request: Request) -> Response:
    """One feed; 304 for a reader that has it already."""
    language, name, form = (request.path_params[key] for key in ("language", "name", "form"))
    if language not in LANGUAGES or name not in ("notes", "corrections") or form not in _FORMATS:
        raise NotAllowedError("unknown", "there is no such feed")
    state, words = request.app.state, open_words(language)
    find = newly_shown if name == "notes" else corrected
    found: list[PublicNote] = await state.counter.run(find, state.commons.contributions, language, _ITEMS)
    site = site_address(request)
    title = (
        words.say("%(site)s: notes", site=state.commons.settings.site_name)
        if name == "notes"
        else words.say("%(site)s: corrections", site=state.commons.settings.site_name)
    )
    items = tuple(_item(words, site, name, each) for each in found)
    if name == "corrections":
        of_desk = await state.counter.run(lambda: list(changes_of_desk(state.commons.contributions, language)))
        items = tuple(sorted((*items, *(_desk_item(words, site, each) for each in of_desk)), key=_newest)[:_ITEMS])
    updated = max((item.updated for item in items), default=_NEVER)
    whole = Feed(title, f"{site}/{language}/requests", f"{site}{request.url.path}", language, updated, items)
    render, kind = _FORMATS[form]
    return _cached(request, render(whole), kind, updated)


def _item(words: Words, site: str, name: str, each: PublicNote) -> Item:
    note, change = each.note, each.change
    draft = note.draft
    shown = name == "notes"
    says = note_phrases.status_phrase(words, note) if not draft else note_phrases.short_status(words, change.after)
    text = [] if shown else [words.say("This note was shown. Now: %(status)s.", status=says)]
    if draft:
        text += [note_phrases.classification_phrase(words, misleading=draft.misleading) + ": " + draft.text]
        text += [f"{source.title or source.url}: {source.url}" for source in draft.sources]
    kind = "note" if shown else "correction"
    return Item(
        item_id=f"urn:kiemchung:{kind}:{note.note_id}" + ("" if shown else f":{change.run_id}"),
        url=f"{site}/{words.language}/notes/{note.note_id}",
        title=each.request.claim,
        text="\n".join(text),
        language=draft.language if draft else each.request.language,
        published=change.at if change.after is NoteStatus.SHOWN or not shown else f"{note.day}T00:00:00Z",
        updated=change.at,
    )


def _newest(item: Item) -> tuple[int, str]:
    return -int("".join(c for c in item.updated if c.isdigit())[:14]), item.item_id


def _desk_item(words: Words, site: str, change: DeskChange) -> Item:
    """A correction of, or a reply to, a check of the desk's own."""
    told = (
        words.say("Reply by %(by)s: %(text)s", by=change.by, text=change.text)
        if change.by
        else words.say("Correction: %(reason)s", reason=change.text)
    )
    moment = f"{change.day}T00:00:00Z"
    return Item(
        item_id=f"urn:kiemchung:check:{change.check.check_id}:{change.position}",
        url=check_address(site, change.check),
        title=change.check.versions[-1].draft.claim,
        text=told,
        language=change.check.versions[-1].draft.language,
        published=moment,
        updated=moment,
    )


def _cached(request: Request, content: bytes, kind: str, updated: str) -> Response:
    """The content with its tag, or only the tag where the reader has it."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers: dict[str, Any] = {
        "ETag": tag,
        "Last-Modified": format_datetime(datetime.fromisoformat(updated.replace("Z", "+00:00")), usegmt=True),
        "Cache-Control": "public, max-age=300",
    }
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(None, 304, headers)
    return Response(content, 200, {**headers, "Content-Type": kind})


ROUTES = [Route("/feeds/{language}/{name}.{form}", feed)]
