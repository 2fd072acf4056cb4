"""Taking part: a codename is made and shown once, typed back, and lets in."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons import take_part
from kiemchung.commons.effort import Challenge
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import Words
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.session import COOKIE, drop_cookie, log_in_cookie, own_form, session_of, visitors_form

#: Where a log-in may lead: pages of this site, by the rest of their address after the language.
_NEXT = re.compile(r"(?:me|rate|ask|requests|(?:rate|write|edit|notes|requests)/[0-9a-z]{1,20})")
#: Longest codename that is looked at, in characters; the longest real one has about 120.
_MAX_TYPED = 400


async def _take_part(request: Request, words: Words) -> Response:
    if session_of(request):
        return RedirectResponse(f"/{words.language}/me", 303)
    return _invitation(request, words)


async def _make(request: Request, words: Words) -> Response:
    """The new codename, shown this once."""
    form, state = await visitors_form(request), request.app.state
    try:
        state.taking_part.effort.accept(form.one("proof"), form.one("ticket"), state.commons.clock.now_ms())
    except NotAllowedError as error:
        return _invitation(request, words, error, form.one("ticket"))
    codename = await state.keys.run(take_part.make_codename, state.commons, words.language, state.cost)
    return render(request, "codename.html", words, codename=codename.split(", "))


def _invitation(request: Request, words: Words, error: NotAllowedError | None = None, ticket: str = "") -> Response:
    values: dict[str, Any] = {"error": error, "challenge": challenge(request, error, ticket)}
    return render(request, "take_part.html", words, 429 if error else 200, script=True, **values)


def challenge(request: Request, error: NotAllowedError | None = None, ticket: str = "") -> Challenge:
    """A fresh challenge for a form; a ticket that has begun to wait goes on waiting."""
    state = request.app.state
    fresh: Challenge = state.taking_part.effort.challenge(state.commons.clock.now_ms())
    return Challenge(fresh.puzzle, ticket) if error and error.reason == "effort_wait" else fresh


async def _log_in_page(request: Request, words: Words) -> Response:
    if session_of(request):
        return RedirectResponse(f"/{words.language}/me", 303)
    return _log_in_form(request, words, request.query_params.get("next", ""))


async def _log_in(request: Request, words: Words) -> Response:
    """One answer to a wrong, an unknown and a paused codename, after the same work (G18)."""
    form, state = await visitors_form(request), request.app.state
    typed, wanted = form.one("codename")[:_MAX_TYPED], _next(form.one("next"))
    token = await state.keys.run(take_part.log_in, state.commons, state.taking_part.sessions, typed, state.cost)
    if token is None:
        return _log_in_form(request, words, wanted, typed=typed, failed=True, status=403)
    response = RedirectResponse(f"/{words.language}/{wanted or 'me'}", 303)
    log_in_cookie(request, response, token)
    return response


def _log_in_form(
    request: Request, words: Words, wanted: str, *, typed: str = "", failed: bool = False, status: int = 200
) -> Response:
    values: dict[str, Any] = {"next": _next(wanted), "typed": typed, "failed": failed}
    return render(request, "log_in.html", words, status, **values)


async def _log_out(request: Request, words: Words) -> Response:
    await own_form(request)
    request.app.state.taking_part.sessions.close(request.cookies[COOKIE])
    response = RedirectResponse(f"/{words.language}/", 303)
    drop_cookie(request, response)
    return response


def _next(wanted: str) -> str:
    return wanted if _NEXT.fullmatch(wanted) else ""


ROUTES: Routes = (
    ("GET", "/take-part", _take_part),
    ("POST", "/take-part", _make),
    ("GET", "/log-in", _log_in_page),
    ("POST", "/log-in", _log_in),
    ("POST", "/log-out", _log_out),
)
