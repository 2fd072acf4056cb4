"""A note on somebody else's page: a card without scripts in a frame of one request, and oEmbed that leads to it."""

import base64
import re
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiemchung.commons.explain_note import explain
from kiemchung.commons.opening import Commons
from kiemchung.commons.public_notes import public_note
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.i18n import LANGUAGES, open_words
from kiemchung.model import Note, NoteState, NoteStatus
from kiemchung.model import Request as NoteRequest
from kiemchung.web.address import site_address
from kiemchung.web.render import render

_PAGE = re.compile(r"/(vi|en)/(notes|requests)/([0-9a-zA-Z_-]{1,40})")
_WIDTH, _LEAST_WIDTH, _HEIGHT = 600, 280, 420


async def card(request: Request) -> Response:
    """The card of a note, or of a request with its shown notes. Any site may frame it, and it loads nothing more."""
    language, kind, found_id = (request.path_params[key] for key in ("language", "kind", "id"))
    if language not in LANGUAGES or kind not in ("notes", "requests"):
        raise NotAllowedError("unknown", "there is no such card")
    state = request.app.state
    asked, notes = await state.counter.run(_shown_of, state.commons, kind, found_id)
    reply = render(
        request, "embed.html", open_words(language),
        asked=asked, cards=[(each, explain(each)) for each in notes], kind=kind,
        home=site_address(request), css=_style(),
    )  # fmt: skip
    reply.headers["Content-Security-Policy"] = _policy()
    reply.headers["Cache-Control"] = "public, max-age=300"
    return reply


async def oembed(request: Request) -> Response:
    """oEmbed 1.0 for the pages of notes and requests."""
    wanted = request.query_params
    if wanted.get("format", "json") != "json":
        return JSONResponse({"error": {"code": "not_implemented", "message": "only format=json is given"}}, 501)
    site = site_address(request)
    parts, ours = urlsplit(wanted.get("url", "")[:500]), urlsplit(site)
    page = _PAGE.fullmatch(parts.path)
    if parts.netloc != ours.netloc or page is None:
        raise NotAllowedError("unknown", f"url: only notes and requests of {site} can be embedded")
    width = min(_WIDTH, _number(wanted.get("maxwidth", ""), "maxwidth"))
    height = min(_HEIGHT, _number(wanted.get("maxheight", ""), "maxheight"))
    language, kind, found_id = page.groups()
    state = request.app.state
    asked, _ = await state.counter.run(_shown_of, state.commons, kind, found_id)
    words, name = open_words(language), state.commons.settings.site_name
    label = words.say("A note by %(site)s", site=name)
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
            "title": asked.claim,
            "provider_name": name,
            "provider_url": f"{site}/",
            "cache_age": 3600,
            "html": frame,
            "width": max(width, _LEAST_WIDTH),
            "height": height,
        },
        headers={"Cache-Control": "public, max-age=300"},
    )


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
    notes = contributions.notes_of_request(found_id)
    return asked, [n for n in notes if n.state is NoteState.OPEN and n.score and n.score.status is NoteStatus.SHOWN]


def _number(text: str, name: str) -> int:
    if not text:
        return 10_000
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InputError(f"{name}: {text[:20]!r} is no number of pixels")
    return max(int(text), _LEAST_WIDTH)


@cache
def _style() -> str:
    return files("kiemchung.web").joinpath("static/embed.css").read_text("utf-8").strip()


@cache
def _policy() -> str:
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors *"


ROUTES = [Route("/oembed", oembed), Route("/embed/{language}/{kind}/{id}", card)]
