"""The application: routes, limits, headers and errors put together."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiemchung import __version__
from kiemchung.commons.check import Find
from kiemchung.commons.known_checks import KnownChecks
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.opening import Commons
from kiemchung.commons.page_titles import PageTitles
from kiemchung.commons.taking_part import TakingPart
from kiemchung.errors import KiemchungError
from kiemchung.i18n import LANGUAGES
from kiemchung.notes.keys import Argon2Cost
from kiemchung.web import (
    activitypub,
    api,
    checks,
    claims_search,
    commons_api,
    crawlers,
    data,
    desk,
    embed,
    feeds,
    log_pages,
    me,
    notes,
    pages,
    rating,
    requests,
    site,
    take_part,
)
from kiemchung.web.errors import Problem, http_problem, json_error, problem_of, wants_json
from kiemchung.web.headers import OPEN_PREFIXES, SafeHeaders, safe_headers
from kiemchung.web.limits import BodyLimit, Workshop
from kiemchung.web.logs import log_failure
from kiemchung.web.render import Searched, error_page
from kiemchung.web.routing import page_routes

#: Short work on the database at once. Ratings are not among it: no thread waits with them for the disk.
_COUNTER, _QUEUE = 16, 200
#: Codenames derived at once, each with 64 MiB for a tenth of a second, and how many may wait.
_KEYS, _KEYS_QUEUE = 2, 30
#: Pages read at once, of sources for their titles, and of pasted links for their articles.
_OUTSIDE, _OUTSIDE_QUEUE = 4, 16
_TABLES = (
    pages.ROUTES,
    rating.ROUTES,
    requests.ROUTES,
    notes.ROUTES,
    take_part.ROUTES,
    me.ROUTES,
    site.ROUTES,
    checks.ROUTES,
    data.PAGE_ROUTES,
    desk.ROUTES,
    log_pages.PAGE_ROUTES,
)
#: What other sites and programs read, without a language in its address or with one of its own.
_OUTSIDE_ROUTES = (*feeds.ROUTES, *embed.ROUTES, *activitypub.ROUTES, *crawlers.ROUTES, *data.ROUTES, *log_pages.ROUTES)
_STATIC = Path(__file__).parent / "static"
#: FastAPI can report bodies and errors to OpenTelemetry, even by an environment variable alone: all of it is off (G6).
_NO_TELEMETRY: Any = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(
    commons: Commons,
    *,
    workshop: Workshop | None = None,
    find: Find | None = None,
    taking_part: TakingPart | None = None,
    cost: Argon2Cost | None = None,
) -> FastAPI:
    """The web application over an opened commons.

    Args:
        workshop: how much is worked on at once.
        find: what finds checks for a text; by default what `check` uses.
        taking_part: sessions, budgets and challenges; by default none yet.
        cost: of deriving a codename's keys; only tests take another than the default.
    """
    app = FastAPI(
        title="kiemchung",
        version=__version__,
        summary="Check a message against published fact-checks.",
        license_info={"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from another origin
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(_HeadAsGet),
            Middleware(_OpenCors),
            Middleware(BodyLimit, respond=lambda request, status: _respond(request, http_problem(status))),
        ],
    )
    app.state.commons = commons
    app.state.workshop = workshop or Workshop()
    app.state.counter = Workshop(at_once=_COUNTER, waiting=_QUEUE)
    app.state.find = find
    app.state.keys = Workshop(at_once=_KEYS, waiting=_KEYS_QUEUE)
    app.state.outside = Workshop(at_once=_OUTSIDE, waiting=_OUTSIDE_QUEUE)
    app.state.articles = Workshop(at_once=_OUTSIDE, waiting=_OUTSIDE_QUEUE)
    app.state.taking_part = taking_part or TakingPart()
    app.state.cost = cost
    app.state.known_checks = KnownChecks(find)
    app.state.titles = PageTitles(commons.title_fetcher)
    app.state.searched = Searched(commons)
    app.state.feed_changes = feeds.LastChanges(commons.clock)
    app.add_exception_handler(KiemchungError, _on_our_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_mistake)
    for table in _TABLES:  # looked through from the front, so the pages that are read and sent most stand there
        for language in LANGUAGES:
            app.router.routes.extend(page_routes(language, table))
    app.add_route("/", pages.root, include_in_schema=False)
    app.include_router(api.router)
    app.include_router(claims_search.router)
    app.include_router(commons_api.router)
    app.router.routes.extend(_OUTSIDE_ROUTES)
    app.mount("/log", log_pages.LogFiles(log_folder(commons.settings)))
    app.mount("/static", _Static(directory=_STATIC))
    return app


class _Static(StaticFiles):
    """Style and icons; addresses with a version may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope["query_string"] and response.status_code in (200, 304)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if versioned else "public, max-age=86400"
        )
        return response


class _HeadAsGet:
    """Answers HEAD wherever programs may GET: FastAPI's routes leave it out (RFC 9110, 9.1)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


class _OpenCors:
    """CORS for the routes of programs alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["Content-Type", "Accept-Language"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and scope["path"].startswith(OPEN_PREFIXES)
        await (self._open if is_open else self._app)(scope, receive, send)


async def _respond(request: Request, problem: Problem) -> Response:
    return json_error(request, problem) if wants_json(request) else error_page(request, problem)


async def _on_our_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KiemchungError)
    problem = problem_of(error)
    if problem.status >= 500 and error.code != "busy":
        log_failure(error, _route(request))
    if wants_json(request):
        return json_error(request, problem)
    if problem.status == 401:
        return _to_log_in(request)
    return error_page(request, problem, error)


def _to_log_in(request: Request) -> Response:
    """Pages for those who take part lead to the log-in, and a page that was only read back from there."""
    _, language, wanted = request.url.path.split("/", 2)
    if wanted.split("/")[0] == "desk":
        return RedirectResponse(f"/{language}/desk/log-in", 303)
    come_back = f"?next={quote(wanted)}" if request.method == "GET" else ""
    return RedirectResponse(f"/{language}/log-in{come_back}", 303)


async def _on_invalid(request: Request, error: Exception) -> Response:
    """What is wrong with a request, by field; never with the value, which may be the pasted text."""
    assert isinstance(error, RequestValidationError)
    if wants_json(request):
        return json_error(request, invalid_problem(error))
    return error_page(request, http_problem(400))


def invalid_problem(error: RequestValidationError) -> Problem:
    """The first thing that is wrong with a request."""
    first = error.errors()[0]
    if said := _OF_BODIES.get(first["type"]):
        return Problem(400, "bad_input", said)
    where = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
    return Problem(400, "bad_input", f"{where}: {first['msg']}")


#: In our own words what pydantic says of whole bodies; the name of an unknown field was sent, so it is not repeated.
_OF_BODIES = {
    "json_invalid": "the body is not valid JSON in UTF-8",
    "model_attributes_type": "the body is not a JSON object",
    "extra_forbidden": "the body holds a field that is not known",
}


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = await _respond(request, http_problem(error.status_code))
    response.headers.update(error.headers or {})
    return response


async def _on_mistake(request: Request, error: Exception) -> Response:
    log_failure(error, _route(request))
    response = await _respond(request, http_problem(500))
    response.headers.update(safe_headers(request.url.path))  # this handler stands outside of the middleware
    if request.url.path.startswith(OPEN_PREFIXES):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))
