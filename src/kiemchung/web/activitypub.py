"""The fediverse can pull: an actor and its outbox. Nothing is taken in, and nobody who follows is kept."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiemchung.commons.public_notes import is_shown, newly_shown, public_note
from kiemchung.commons.published_checks import newest_checks, published_check
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats import activitypub
from kiemchung.i18n import LANGUAGES, note_phrases, open_words
from kiemchung.model import DeskCheck, Note, NoteStatus, StatusChange
from kiemchung.model import Request as NoteRequest
from kiemchung.ports import Contributions
from kiemchung.text import page_language
from kiemchung.web.address import site_address

_ON_A_PAGE, _MOST = 20, 1_000
_NOTHING_IN = "this actor publishes only: it takes no messages and keeps no followers; read its outbox"


async def actor(request: Request) -> Response:
    """The site as an actor."""
    name = request.app.state.commons.settings.site_name
    summary = " / ".join(
        open_words(language).say(
            "Notes that people who usually disagree found helpful, and checks by the desk. To be read, not followed."
        )
        for language in LANGUAGES
    )
    return _reply(activitypub.actor(site_address(request), name, summary))


async def outbox(request: Request) -> Response:
    """Shown notes, the desk's checks and their corrections as activities, newest first."""
    state, site, wanted = request.app.state, site_address(request), request.query_params.get("page", "")
    activities = await state.counter.run(_activities, state.commons.contributions, site)
    address = f"{site}/activitypub/outbox"
    if not wanted:
        return _reply(activitypub.collection(address, len(activities)))
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 5 and 0 < int(wanted) <= _MOST):
        raise InputError(f"page: there is none of this number; they count from 1 to {_MOST}")
    page = int(wanted)
    part = activities[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    more = len(activities) > page * _ON_A_PAGE
    return _reply(activitypub.collection_page(address, page, part, more=more))


async def note(request: Request) -> Response:
    """One shown note; a tombstone (410) once it is shown no more."""
    state, site = request.app.state, site_address(request)
    note_id = request.path_params["note_id"]
    found, history = await state.counter.run(_note_with_history, state.commons.contributions, note_id)
    shown_at = [change.at for change in history if change.after is NoteStatus.SHOWN]
    if found is None or not shown_at:
        raise NotAllowedError("unknown", "no such note is shown")
    if not is_shown(found[0]):
        return _reply(activitypub.with_context(activitypub.tombstone(site, f"notes/{note_id}")), 410)
    return _reply(activitypub.with_context(_object(site, found[0], found[1], shown_at[-1])))


async def check(request: Request) -> Response:
    """One published check of the desk's own."""
    state, check_id = request.app.state, request.path_params["check_id"]
    found = await state.counter.run(published_check, state.commons.contributions, check_id)
    return _reply(activitypub.with_context(_article(site_address(request), found)))


async def inbox(_request: Request) -> Response:
    """Takes nothing, and says so."""
    return JSONResponse({"error": {"code": "publish_only", "message": _NOTHING_IN}}, 405, {"Allow": ""})


async def webfinger(request: Request) -> Response:
    """Where the actor of this host is found."""
    site, wanted = site_address(request), request.query_params.get("resource", "")
    if wanted not in (activitypub.account(site), f"{site}/activitypub/actor"):
        raise NotAllowedError("unknown", f"only {activitypub.account(site)} is here")
    return JSONResponse(activitypub.webfinger(site), media_type="application/jrd+json")


def _activities(contributions: Contributions, site: str) -> list[dict[str, Any]]:
    found = [
        activitypub.create(_object(site, each.note, each.request, each.change.at))
        for each in newly_shown(contributions, None, _MOST)
    ]
    for check in newest_checks(contributions)[:_MOST]:
        article = _article(site, check)
        found.append(activitypub.create(article))
        found += [
            activitypub.update(article, number, version.day)
            for number, version in enumerate(check.versions[1:], start=2)
        ]
    by_id = sorted(found, key=lambda activity: activity["id"])
    return sorted(by_id, key=lambda activity: activity["published"], reverse=True)[:_MOST]


def _note_with_history(
    contributions: Contributions, note_id: str
) -> tuple[tuple[Note, NoteRequest] | None, list[StatusChange]]:
    return public_note(contributions, note_id), contributions.history_of(note_id)


def _object(site: str, note: Note, asked: NoteRequest, shown_at: str) -> dict[str, Any]:
    draft = note.draft
    assert draft is not None
    headings = {
        language: note_phrases.classification_phrase(open_words(language), misleading=draft.misleading)
        for language in _order(draft.language)
    }
    return activitypub.note_object(site, note, asked, headings, shown_at)


def _article(site: str, check: DeskCheck) -> dict[str, Any]:
    language = page_language(check.versions[-1].draft.language)
    reasons = [version.reason for version in check.versions if version.reason]
    corrections = {
        each: [open_words(each).say("Correction: %(reason)s", reason=reason) for reason in reasons]
        for each in _order(language)
    }
    return activitypub.check_object(site, check, corrections)


def _order(first: str) -> list[str]:
    """The languages of the pages, that of a text before the others."""
    return sorted(LANGUAGES, key=lambda language: language != first)


def _reply(value: dict[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "public, max-age=300"}
    return JSONResponse(value, status, headers, media_type=activitypub.CONTENT_TYPE)


ROUTES = [
    Route("/.well-known/webfinger", webfinger),
    Route("/activitypub/actor", actor),
    Route("/activitypub/outbox", outbox),
    Route("/activitypub/notes/{note_id}", note),
    Route("/activitypub/checks/{check_id}", check),
    Route("/activitypub/inbox", inbox, methods=["GET", "POST"]),
]
