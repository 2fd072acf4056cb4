"""A contributor's own page: how own notes and ratings fared, pausing, leaving. For nobody else's eyes."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons import rate_notes, take_part
from kiemchung.commons.opening import Commons
from kiemchung.commons.rate_notes import Fared
from kiemchung.commons.sessions import Session
from kiemchung.commons.taking_part import TakingPart
from kiemchung.errors import InputError
from kiemchung.i18n import Words
from kiemchung.model import Note
from kiemchung.notes.eligibility import Impact, is_founding, may_write
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.session import drop_cookie, need_session, own_form

#: Ratings listed, the newest first.
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Own:
    """What a contributor sees of their own."""

    notes: list[Note]
    fared: list[Fared]
    n_rated: int
    impact: Impact
    founding: bool
    may_write: bool
    impact_to_write: int


def _own(commons: Commons, part: TakingPart, session: Session) -> Own:
    fared, impact = rate_notes.own_ratings(commons, session)
    decided = commons.contributions.counts()["decided"]
    fared.sort(key=lambda each: each.rating.day, reverse=True)
    return Own(
        commons.contributions.notes_of_author(session.keys.author),
        fared[:_MOST_LISTED],
        len(fared),
        impact,
        is_founding(decided, part.eligibility),
        may_write(impact, decided, part.eligibility),
        part.eligibility.impact_to_write,
    )


async def _me(request: Request, words: Words) -> Response:
    session, state = need_session(request), request.app.state
    taken_back = request.query_params.get("taken") == "1"
    own = await state.counter.run(_own, state.commons, state.taking_part, session)
    return render(request, "me.html", words, own=own, most_days=take_part.MAX_PAUSE_DAYS, taken_back=taken_back)


async def _pause(request: Request, words: Words) -> Response:
    session, form = await own_form(request)
    state, days = request.app.state, form.one("days").strip()
    if not (days.isascii() and days.isdigit()) or not 1 <= int(days[:6]) <= take_part.MAX_PAUSE_DAYS:
        raise InputError(f"a pause lasts 1 to {take_part.MAX_PAUSE_DAYS} days", reason="bad_days")
    await state.counter.run(take_part.pause, state.commons, state.taking_part.sessions, session, int(days))
    return _gone(request, words, "paused", days=int(days))


async def _leave_page(request: Request, words: Words) -> Response:
    need_session(request)
    return render(request, "leave.html", words)


async def _leave(request: Request, words: Words) -> Response:
    """Forget the codename at once; what becomes of ratings and notes is chosen (G15)."""
    session, form = await own_form(request)
    state, choice = request.app.state, form.one("contributions")
    if choice not in ("stay", "go"):
        return render(request, "leave.html", words, 400, missing=True)
    await state.counter.run(
        take_part.leave, state.commons, state.taking_part.sessions, session, take_along=choice == "go"
    )
    return _gone(request, words, "left", along=choice == "go")


def _gone(request: Request, words: Words, what: str, **values: Any) -> Response:
    response = render(request, "gone.html", words, what=what, session=None, **values)
    drop_cookie(request, response)
    return response


async def _back(_request: Request, words: Words) -> Response:
    return RedirectResponse(f"/{words.language}/me", 303)


ROUTES: Routes = (
    ("GET", "/me", _me),
    ("POST", "/me/pause", _pause),
    ("GET", "/me/pause", _back),
    ("GET", "/me/leave", _leave_page),
    ("POST", "/me/leave", _leave),
)
