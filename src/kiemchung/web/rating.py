"""Rating: one note at a time, beside its claim and its sources."""

import asyncio
from random import SystemRandom
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons import rate_notes
from kiemchung.commons.opening import Commons
from kiemchung.commons.sessions import Session
from kiemchung.commons.site import require_open
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import Words
from kiemchung.model import Level, Note, NoteState, Rating
from kiemchung.model import Request as NoteRequest
from kiemchung.web.forms import Form
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.session import need_session, own_form

_RANDOM = SystemRandom()
_LEVELS = {level.value: level for level in Level}


async def _next(request: Request, words: Words) -> Response:
    """The note from whose rating most is learnt, or that there is none."""
    session, state = need_session(request), request.app.state
    skip = request.query_params.get("not", "")[:40]
    found = await state.counter.run(_next_note, state.commons, session, skip)
    kept = request.query_params.get("kept") == "1"
    if found is None:
        return render(request, "nothing_to_rate.html", words, kept=kept, path="rate")
    note, claim = found
    return _page(request, words, note, claim, None, kept=kept)


async def _one(request: Request, words: Words) -> Response:
    """A certain note, to rate it or to change an own rating."""
    session, state = need_session(request), request.app.state
    note, claim, own = await state.counter.run(_this_note, state.commons, session, request.path_params["note_id"])
    return _page(request, words, note, claim, own)


async def _rate(request: Request, words: Words) -> Response:
    session, form = await own_form(request)
    state, note_id = request.app.state, form.one("note_id")[:40]
    level = _LEVELS.get(form.one("level"))
    if level is None:
        note, claim, own = await state.counter.run(_this_note, state.commons, session, note_id)
        return _page(request, words, note, claim, own, status=400, missing=True)
    tags = () if level is Level.NOT else _ticked(form, "tag")
    not_tags = () if level is Level.HELPFUL else _ticked(form, "not_tag")
    part = state.taking_part
    begun = rate_notes.begin_to_rate(state.commons, part, session, note_id, level, tags, not_tags)
    if not await asyncio.wrap_future(begun):  # no thread waits with it: fifty raters share one wait for the disk
        raise await state.counter.run(rate_notes.refusal, state.commons, session, note_id)
    return RedirectResponse(f"/{words.language}/rate?kept=1", 303)


async def _withdraw(request: Request, words: Words) -> Response:
    session, form = await own_form(request)
    state = request.app.state
    await state.counter.run(rate_notes.withdraw, state.commons, session, form.one("note_id")[:40])
    return RedirectResponse(f"/{words.language}/me?taken=1", 303)


async def _back(_request: Request, words: Words) -> Response:
    return RedirectResponse(f"/{words.language}/rate", 303)


def _ticked(form: Form, name: str) -> tuple[str, ...]:
    """Reasons that go with the answer; those of the other answer are hidden on the page and not looked at."""
    return tuple(dict.fromkeys(form.many(name)))


def _page(
    request: Request,
    words: Words,
    note: Note,
    claim: NoteRequest,
    own: Rating | None,
    *,
    status: int = 200,
    missing: bool = False,
    kept: bool = False,
) -> Response:
    values: dict[str, Any] = {"note": note, "claim": claim, "own": own, "missing": missing, "kept": kept}
    path = f"rate/{note.note_id}"
    return render(request, "rate.html", words, status, path=path, **values)


def _next_note(commons: Commons, session: Session, skip: str) -> tuple[Note, NoteRequest] | None:
    require_open(commons)
    note = rate_notes.next_note(commons, session, _RANDOM, skip=skip)
    return (note, commons.contributions.get_requests([note.request_id])[note.request_id]) if note else None


def _this_note(commons: Commons, session: Session, note_id: str) -> tuple[Note, NoteRequest, Rating | None]:
    require_open(commons)
    contributions = commons.contributions
    note = contributions.get_notes([note_id]).get(note_id)
    if note is None or note.state is not NoteState.OPEN:
        raise NotAllowedError("unknown", "there is no such note")
    if contributions.wrote(session.keys.author, note_id):
        raise NotAllowedError("own_note", "an own note is rated by others")
    if note.score and note.score.locked:
        raise NotAllowedError("locked", "this note takes no ratings any more")
    claim = contributions.get_requests([note.request_id])[note.request_id]
    return note, claim, contributions.rating_of(session.keys.rater, note_id)


ROUTES: Routes = (
    ("GET", "/rate", _next),
    ("POST", "/rate", _rate),
    ("POST", "/rate/withdraw", _withdraw),
    ("GET", "/rate/withdraw", _back),
    ("GET", "/rate/{note_id}", _one),
)
