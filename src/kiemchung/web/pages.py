"""The pages: the form, the answer, checks by their ids, and what the site does and keeps. No script, no cookie."""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import jinja2
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from kiemchung import __version__
from kiemchung.commons.check import MAX_CHARACTERS, check_shared, fold_long
from kiemchung.errors import KiemchungError
from kiemchung.i18n import LANGUAGES, Words, open_words, phrases, wished_language
from kiemchung.i18n.documents import claim_result
from kiemchung.model import Answer, Decision
from kiemchung.web.errors import RETRY_AFTER_SECONDS, Problem, problem_of
from kiemchung.web.forms import read_fields

#: Reviews that a shared address may name.
_MAX_SHARED = 40
_REVIEW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def page_router(language: str) -> APIRouter:
    """The routes under /vi or /en."""
    router, words = APIRouter(), open_words(language)

    def add(path: str, answer: Callable[[Request, Words], Awaitable[Response]], method: str = "GET") -> None:
        async def endpoint(request: Request) -> Response:
            return await answer(request, words)

        router.add_route(f"/{language}{path}", endpoint, [method], include_in_schema=False)  # GET brings HEAD along

    add("/", _home)
    add("/check", _check, "POST")
    add("/share", _share, "POST")
    add("/check", _back_to_form)
    add("/share", _back_to_form)
    add("/result", _result)
    add("/about", _about)
    add("/manifest.webmanifest", _manifest)
    return router


async def root(request: Request) -> Response:
    """The bare address leads to the language that the browser wishes."""
    language = wished_language(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", 302, {"Vary": "Accept-Language"})


async def _home(request: Request, words: Words) -> Response:
    return await _render(request, "home.html", words)


async def _check(request: Request, words: Words) -> Response:
    return await _answer(request, words, "text")


async def _share(request: Request, words: Words) -> Response:
    """The target of the phone's share menu; Android puts a shared link into `text`."""
    return await _answer(request, words, "title", "text", "url")


async def _back_to_form(_request: Request, words: Words) -> Response:
    """A reload of a result: what was pasted is not here any more."""
    return RedirectResponse(f"/{words.language}/", 303)


async def _result(request: Request, words: Words) -> Response:
    """Published checks by their ids: what a reader passes on."""
    state, ids = request.app.state, _shared_ids(request)
    stored = await state.workshop.run(state.commons.store.get_reviews, ids)
    reviews = [stored[each] for each in ids if each in stored]
    return await _render(request, "shared.html", words, 200 if reviews else 404, reviews=reviews)


async def _about(request: Request, words: Words) -> Response:
    return await _render(request, "about.html", words)


async def _manifest(_request: Request, words: Words) -> Response:
    return JSONResponse(manifest(words), media_type="application/manifest+json")


def _shared_ids(request: Request) -> list[str]:
    named = request.query_params.get("r", "").split(",")[:_MAX_SHARED]
    return list(dict.fromkeys(each for each in named if _REVIEW_ID.fullmatch(each)))


async def _answer(request: Request, words: Words, *names: str) -> Response:
    text = ""
    try:
        fields = await read_fields(request)
        text = "\n".join(dict.fromkeys(value for name in names if (value := fields.get(name, "").strip("\n"))))
        state = request.app.state
        answer = await state.workshop.run(check_shared, state.commons, text, state.find)
    except KiemchungError as error:
        problem = problem_of(error)
        kept = text if len(text) <= MAX_CHARACTERS and problem.code != "bad_encoding" else ""
        message = phrases.error_phrase(words, error)
        return await _render(request, "home.html", words, problem.status, error=message, text=_harmless(kept))
    folding = fold_long(answer)
    return await _render(
        request, "answer.html", words, answer=answer, folding=folding, text=text, share=share_ids(answer)
    )


def _harmless(text: str) -> str:
    """The text without characters that a page cannot hold."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not "\ud800" <= c <= "\udfff"))


def share_ids(answer: Answer) -> str:
    """The ids of the checks found, matches first: all that a shared address says of the message."""
    found = [each for claim in answer.claims for each in claim.found]
    found.sort(key=lambda each: each.match.decision is not Decision.MATCH)
    return ",".join(list(dict.fromkeys(each.stored.review_id for each in found))[:_MAX_SHARED])


async def error_page(request: Request, problem: Problem) -> Response:
    """A failed request as a page in the language of its address, or of the browser."""
    first = request.url.path.split("/")[1]
    wished = wished_language(request.headers.get("accept-language", ""))
    return await _render(
        request, "error.html", open_words(first if first in LANGUAGES else wished), problem.status, problem=problem
    )


async def _render(request: Request, template: str, words: Words, status: int = 200, **values: Any) -> Response:
    state = request.app.state
    searched = state.searched()
    page = (
        _templates()
        .get_template(template)
        .render(
            words=words,
            say=words.say,
            count=words.count,
            phrases=phrases,
            claim_result=claim_result,
            other="en" if words.language == "vi" else "vi",
            path=_same_page(request),
            style=f"/static/style.css?{style_version()}",
            searched=searched,
            version=__version__,
            limit=MAX_CHARACTERS,
            **values,
        )
    )
    headers = {"Content-Language": words.language}
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return HTMLResponse(page, status, headers)


def _same_page(request: Request) -> str:
    """The rest of the address after the language, for the switch; a posted page has none to go to."""
    parts = request.url.path.split("/", 2)
    if request.method != "GET" or len(parts) < 3 or parts[1] not in LANGUAGES:
        return ""
    if parts[2] == "result":
        return f"result?r={','.join(_shared_ids(request))}"
    return parts[2] if parts[2] == "about" else ""


@cache
def style_version() -> str:
    """A short hash of the style sheet, so that browsers may keep it for good."""
    return sha256(files("kiemchung.web").joinpath("static/style.css").read_bytes()).hexdigest()[:10]


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("kiemchung.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def manifest(words: Words) -> dict[str, Any]:
    """The web app manifest: installable, and a target of the share menu by POST, so that no address holds the text."""
    base = f"/{words.language}/"
    return {
        "id": "/",
        "name": words.say("Kiểm chứng: check a message"),
        "short_name": "Kiểm chứng",
        "description": words.say("Check a message against published fact-checks."),
        "lang": words.language,
        "dir": "ltr",
        "start_url": base,
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f5f0",
        "theme_color": "#0f5c55",
        "icons": [
            {"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": "/static/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": "/static/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {"src": "/static/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "share_target": {
            "action": f"{base}share",
            "method": "POST",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
