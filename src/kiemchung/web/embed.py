"""Notes and checks on others' pages: a card without scripts in a frame of one request, and oEmbed that leads to it."""

import base64
import re
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiemchung.commons.opening import Commons
from kiemchung.commons.public_notes import is_shown, public_note
from kiemchung.commons.published_checks import published_check
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.i18n import LANGUAGES, Words, open_words
from kiemchung.model import Note
from kiemchung.model import Request as NoteRequest
from kiemchung.web.address import site_address
from kiemchung.web.render import render

_PAGE = re.compile(r"/(vi|en)/(notes|requests|checks)/([0-9a-zA-Z_-]{1,40})")
_WIDTH, _LEAST_WIDTH, _HEIGHT = 600, 280, 420


async def card(request: Request) -> Response:
    """The card of a note, of a request with its shown notes, or of a check by the desk.

    Any site may frame it, and it loads nothing more.
    """
    language, kind, found_id = (request.path_params[key] for key in ("language", "kind", "id"))
    if language not in LANGUAGES or kind not in ("notes", "requests", "checks"):
        raise NotAllowedError("unknown", "there is no such card")
    state, words = request.app.state, open_words(language)
    label = _label(words, kind, state.commons)
    around: dict[str, Any] = {"label": label, "home": site_address(request), "css": _style()}
    if kind == "checks":
        check = await state.counter.run(published_check, state.commons.contributions, found_id)
        reply = render(request, "embed_check.html", words, check=check, newest=check.versions[-1], **around)
    else:
        asked, notes = await state.counter.run(_shown_of, state.commons, kind, found_id)
        reply = render(request, "embed_notes.html", words, asked=asked, shown=notes, kind=kind, **around)
    reply.headers["Content-Security-Policy"] = _policy()
    reply.headers["Cache-Control"] = "public, max-age=300"
    return reply


async def oembed(request: Request) -> Response:
    """oEmbed 1.0 for the pages of notes, requests and the desk's checks."""
    wanted = request.query_params
    if wanted.get("format", "json") != "json":
        return JSONResponse({"error": {"code": "not_implemented", "message": "only format=json is given"}}, 501)
    site = site_address(request)
    page = _page_at(wanted.get("url", "")[:500], site)
    if page is None:
        raise NotAllowedError("unknown", f"url: only notes, requests and checks of {site} can be embedded")
    width = min(_WIDTH, _number(wanted.get("maxwidth", ""), "maxwidth"))
    height = min(_HEIGHT, _number(wanted.get("maxheight", ""), "maxheight"))
    language, kind, found_id = page.groups()
    state = request.app.state
    title = await state.counter.run(_claim_of, state.commons, kind, found_id)
    label = _label(open_words(language), kind, state.commons)
    frame = (
        f'<iframe src="{escape(site)}/embed/{language}/{kind}/{found_id}" width="{width}" height="{height}" '
        f'title="{escape(label)}" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        'referrerpolicy="no-referrer" '
        'style="border:0;max-width:100%"></iframe>'
    )
    return JSONResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": state.commons.settings.site_name,
            "provider_url": f"{site}/",
            "cache_age": 3600,
            "html": frame,
            "width": max(width, _LEAST_WIDTH),
            "height": height,
        },
        headers={"Cache-Control": "public, max-age=300"},
    )


def _page_at(url: str, site: str) -> re.Match[str] | None:
    """The page of this site at an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return _PAGE.fullmatch(parts.path) if parts.netloc == urlsplit(site).netloc else None


def _label(words: Words, kind: str, commons: Commons) -> str:
    name = commons.settings.site_name
    return (
        words.say("A check by %(site)s", site=name) if kind == "checks" else words.say("A note by %(site)s", site=name)
    )


def _claim_of(commons: Commons, kind: str, found_id: str) -> str:
    if kind == "checks":
        return published_check(commons.contributions, found_id).versions[-1].draft.claim
    return _shown_of(commons, kind, found_id)[0].claim


def _shown_of(commons: Commons, kind: str, found_id: str) -> tuple[NoteRequest, list[Note]]:
    contributions = commons.contributions
    if kind == "notes":
        found = public_note(contributions, found_id)
        if found is None:
            raise NotAllowedError("unknown", "there is no such note")
        return found[1], [found[0]]
    asked = contributions.get_requests([found_id]).get(found_id)
    if asked is None:
        raise NotAllowedError("unknown", "there is no such request")
    return asked, [note for note in contributions.notes_of_request(found_id) if is_shown(note)]


def _number(text: str, name: str) -> int:
    if not text:
        return 10_000
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InputError(f"{name}: give a whole number of pixels")
    return max(int(text), _LEAST_WIDTH)


@cache
def _style() -> str:
    return files("kiemchung.web").joinpath("static/embed.css").read_text("utf-8").strip()


@cache
def _policy() -> str:
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors *"


ROUTES = [Route("/oembed", oembed), Route("/embed/{language}/{kind}/{id}", card)]
