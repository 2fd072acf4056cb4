"""Who is logged in with this request, and that a form came from our own pages.

The cookie is set by logging in and by nothing else, ends with the browser's session, and means nothing to another
process: sessions are in memory only.
"""

from starlette.requests import Request
from starlette.responses import Response

from kiemchung.commons.sessions import Session
from kiemchung.errors import NotAllowedError
from kiemchung.web.forms import Form, read_form

COOKIE = "session"


def session_of(request: Request) -> Session | None:
    """The session of this request, if there is one."""
    token = request.cookies.get(COOKIE)
    state = request.app.state
    return state.taking_part.sessions.get(token, state.commons.clock.now_ms()) if token else None


def need_session(request: Request) -> Session:
    """The session of this request.

    Raises:
        NotAllowedError: nobody is logged in (reason `no_session`); the door leads to the log-in page.
    """
    session = session_of(request)
    if session is None:
        raise NotAllowedError("no_session", "log in with a codename first")
    return session


async def own_form(request: Request) -> tuple[Session, Form]:
    """A form sent by somebody who is logged in, from our own page.

    Raises:
        NotAllowedError: nobody is logged in, or the form's token is not the session's (reason `bad_form`).
    """
    form, session = await visitors_form(request), need_session(request)
    check_token(session, form)
    return session, form


def check_token(session: Session, form: Form) -> None:
    """That a form of somebody who is logged in came from a page of theirs.

    Raises:
        NotAllowedError: reason `bad_form`.
    """
    if form.one("form_token") != session.form_token:
        raise NotAllowedError("bad_form", "this form is not of this session; open the page anew")


async def visitors_form(request: Request) -> Form:
    """A form that needs no session, from our own page as far as the browser tells.

    Without a session there is nothing to ride on; what is refused here is that another site logs a reader in with a
    codename of its own. `Origin` says nothing, since our pages send no referrer.

    Raises:
        NotAllowedError: the browser says that another site sent it (reason `bad_form`).
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowedError("bad_form", "this form was sent from another site")
    return await read_form(request)


def log_in_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser the token of its session."""
    set_session_cookie(request, response, COOKIE, token)


def set_session_cookie(request: Request, response: Response, name: str, token: str) -> None:
    """Set a cookie that ends with the browser's session."""
    response.set_cookie(name, token, path="/", httponly=True, samesite="strict", secure=_is_https(request))


def drop_cookie(request: Request, response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=_is_https(request))


def _is_https(request: Request) -> bool:
    """Behind a proxy the request itself does not say; then the site's address does."""
    return request.url.scheme == "https" or request.app.state.commons.settings.site_url.startswith("https://")
