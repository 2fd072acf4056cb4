"""The fediverse can pull: an actor and its outbox. Nothing is taken in, and nobody who follows is kept."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiemchung.commons.public_notes import PublicNote, newly_shown
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats import activitypub
from kiemchung.i18n import LANGUAGES, note_phrases, open_words
from kiemchung.web.address import site_address

_ON_A_PAGE, _MOST = 20, 1_000
_NOTHING_IN = "this actor publishes only: it takes no messages and keeps no followers; read its outbox"


async def actor(request: Request) -> Response:
    """The site as an actor."""
    name = request.app.state.commons.settings.site_name
    summary = " / ".join(
        open_words(language).say("Notes that people who usually disagree found helpful. To be read, not followed.")
        for language in LANGUAGES
    )
    return _reply(activitypub.actor(site_address(request), name, summary))


async def outbox(request: Request) -> Response:
    """The shown notes as activities, newest first."""
    site, wanted = site_address(request), request.query_params.get("page", "")
    shown = await _shown(request)
    address = f"{site}/activitypub/outbox"
    if not wanted:
        return _reply(activitypub.collection(address, len(shown)))
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= _MOST):
        raise InputError(f"page: {wanted[:20]!r} is no page; they count from 1")
    page = int(wanted)
    part = shown[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    activities = [activitypub.create(_object(site, each)) for each in part]
    return _reply(activitypub.collection_page(address, page, activities, more=len(shown) > page * _ON_A_PAGE))


async def note(request: Request) -> Response:
    """One shown note; gone once it is shown no more."""
    note_id = request.path_params["note_id"]
    found = next((each for each in await _shown(request) if each.note.note_id == note_id), None)
    if found is None:
        raise NotAllowedError("unknown", "no such note is shown")
    return _reply(activitypub.with_context(_object(site_address(request), found)))


async def inbox(_request: Request) -> Response:
    """Takes nothing, and says so."""
    return JSONResponse({"error": {"code": "publish_only", "message": _NOTHING_IN}}, 405, {"Allow": ""})


async def webfinger(request: Request) -> Response:
    """Where the actor of this host is found."""
    site, wanted = site_address(request), request.query_params.get("resource", "")
    if wanted not in (activitypub.account(site), f"{site}/activitypub/actor"):
        raise NotAllowedError("unknown", f"only {activitypub.account(site)} is here")
    return JSONResponse(activitypub.webfinger(site), media_type="application/jrd+json")


async def _shown(request: Request) -> list[PublicNote]:
    state = request.app.state
    found: list[PublicNote] = await state.counter.run(newly_shown, state.commons.contributions, None, _MOST)
    return found


def _object(site: str, each: PublicNote) -> dict[str, Any]:
    draft = each.note.draft
    assert draft is not None
    order = sorted(LANGUAGES, key=lambda language: language != draft.language)
    headings = {
        language: note_phrases.classification_phrase(open_words(language), misleading=draft.misleading)
        for language in order
    }
    return activitypub.note_object(site, each.note, each.request, headings, each.change.at)


def _reply(value: dict[str, Any]) -> Response:
    return JSONResponse(value, media_type=activitypub.CONTENT_TYPE, headers={"Cache-Control": "public, max-age=300"})


ROUTES = [
    Route("/.well-known/webfinger", webfinger),
    Route("/activitypub/actor", actor),
    Route("/activitypub/outbox", outbox),
    Route("/activitypub/notes/{note_id}", note),
    Route("/activitypub/inbox", inbox, methods=["GET", "POST"]),
]
