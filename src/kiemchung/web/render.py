"""Templates to replies, with what every page says around its own part."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from threading import Lock
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kiemchung import __version__
from kiemchung.commons.check import MAX_CHARACTERS
from kiemchung.commons.opening import Commons
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import LANGUAGES, Words, note_phrases, open_words, phrases, wished_language
from kiemchung.i18n.documents import claim_result
from kiemchung.web.address import site_address
from kiemchung.web.errors import RETRY_AFTER_SECONDS, Problem
from kiemchung.web.headers import SCRIPT_POLICY
from kiemchung.web.session import session_of

#: How long the foot of the pages may speak of an older state of the store.
_SEARCHED_LIFE_MS = 5_000


class Searched:
    """What stands in the foot of every page: the store's summary, asked for at most every few seconds."""

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self._summary: dict[str, Any] = {}
        self._until_ms = -1
        self._lock = Lock()

    def __call__(self) -> dict[str, Any]:
        """The summary."""
        with self._lock:
            now = self._commons.clock.now_ms()
            if now > self._until_ms:
                self._summary, self._until_ms = self._commons.store.summary(), now + _SEARCHED_LIFE_MS
            return self._summary


def render(
    request: Request, template: str, words: Words, status: int = 200, *, script: bool = False, **values: Any
) -> Response:
    """A page.

    Args:
        script: let our own script run on it, which only adds comfort.
        values: for the template; `path` names the page that the language switch leads to, `canonical` the address of
            a page that has one in one language.
    """
    state, session = request.app.state, session_of(request)
    known = {
        "words": words,
        "say": words.say,
        "count": words.count,
        "phrases": phrases,
        "notes": note_phrases,
        "claim_result": claim_result,
        "other": "en" if words.language == "vi" else "vi",
        "path": _same_page(request, status),
        "style": static("style.css"),
        "script": static("comfort.js") if script else "",
        "searched": state.searched(),
        "site_name": state.commons.settings.site_name,
        "site_url": site_address(request),
        "address": f"{site_address(request)}/{words.language}",
        "head": None,
        "at_home": request.method == "GET" and request.url.path == f"/{words.language}/",
        "session": session,
        "form_token": session.form_token if session else "",
        "canonical": "",
        "version": __version__,
        "limit": MAX_CHARACTERS,
    }
    page = _templates().get_template(template).render(known | values)
    headers = {"Content-Language": words.language}
    if script:
        headers["Content-Security-Policy"] = SCRIPT_POLICY
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return HTMLResponse(page, status, headers)


def error_page(request: Request, problem: Problem, error: Exception | None = None) -> Response:
    """A failed request as a page in the language of its address, or of the browser."""
    first = request.url.path.split("/")[1]
    words = open_words(first if first in LANGUAGES else wished_language(request.headers.get("accept-language", "")))
    refused = error if isinstance(error, NotAllowedError) and problem.status != 404 else None
    return render(request, "error.html", words, problem.status, problem=problem, refused=refused)


def _same_page(request: Request, status: int) -> str:
    """The rest of the address after the language, for the switch; a posted page has none to go to."""
    parts = request.url.path.split("/", 2)
    if request.method != "GET" or status != 200 or len(parts) < 3 or parts[1] not in LANGUAGES:
        return ""
    return quote(parts[2])


@cache
def static(name: str) -> str:
    """The address of a static file with a short hash of it, so that browsers may keep it for good."""
    content = files("kiemchung.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?{sha256(content).hexdigest()[:10]}"


def compile_templates() -> None:
    """Compile every template now, which takes a second, rather than while the first readers wait."""
    for name in _templates().list_templates():
        _templates().get_template(name)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("kiemchung.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
