"""The pages of checking: the form, the answer, checks by their ids, and what the site does. No script, no cookie."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kiemchung.commons.check import MAX_CHARACTERS, check, fold_long, read_page, web_address
from kiemchung.commons.site import why_closed
from kiemchung.errors import KiemchungError
from kiemchung.i18n import Words, phrases, wished_language
from kiemchung.model import Answer, Decision
from kiemchung.web.errors import problem_of
from kiemchung.web.forms import read_fields
from kiemchung.web.render import render
from kiemchung.web.routing import Routes

#: Reviews that a shared address may name.
_MAX_SHARED = 40
_REVIEW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def root(request: Request) -> Response:
    """The bare address leads to the language that the browser wishes."""
    language = wished_language(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", 302, {"Vary": "Accept-Language"})


async def _to_home(request: Request, words: Words) -> Response:
    return RedirectResponse(f"/{words.language}/", 302)


async def _home(request: Request, words: Words) -> Response:
    return render(request, "home.html", words)


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
    return render(
        request,
        "shared.html",
        words,
        200 if reviews else 404,
        reviews=reviews,
        path=f"result?r={','.join(ids)}",
    )


async def _about(request: Request, words: Words) -> Response:
    return render(request, "about.html", words)


async def _manifest(request: Request, words: Words) -> Response:
    return JSONResponse(
        manifest(words, request.app.state.commons.settings.site_name), media_type="application/manifest+json"
    )


def _shared_ids(request: Request) -> list[str]:
    named = request.query_params.get("r", "").split(",")[:_MAX_SHARED]
    return list(dict.fromkeys(each for each in named if _REVIEW_ID.fullmatch(each)))


async def _answer(request: Request, words: Words, *names: str) -> Response:
    text = ""
    try:
        fields = await read_fields(request)
        text = "\n".join(dict.fromkeys(value for name in names if (value := fields.get(name, "").strip("\n"))))
        state = request.app.state
        answer = await state.workshop.run(check, state.commons, await _message(request, text), state.find)
        closed = await state.counter.run(why_closed, state.commons.contributions)
    except KiemchungError as error:
        problem = problem_of(error)
        kept = text if len(text) <= MAX_CHARACTERS and problem.code != "bad_encoding" else ""
        message = phrases.error_phrase(words, error)
        return render(request, "home.html", words, problem.status, error=message, text=_harmless(kept))
    folding = fold_long(answer)
    return render(
        request,
        "answer.html",
        words,
        answer=answer,
        folding=folding,
        text=text,
        share=share_ids(answer),
        may_ask=not closed,
    )


async def _message(request: Request, text: str) -> str:
    """What is to be checked: the text, or where it is nothing but a web address, the article there.

    Slow pages are waited for apart from the checks, so that links to a few of them cannot keep everybody waiting.
    """
    state, address = request.app.state, web_address(text)
    return str(await state.articles.run(read_page, state.commons, address)) if address else text


def _harmless(text: str) -> str:
    """The text without characters that a page cannot hold."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not "\ud800" <= c <= "\udfff"))


def share_ids(answer: Answer) -> str:
    """The ids of the checks found, matches first: all that a shared address says of the message."""
    found = [each for claim in answer.claims for each in claim.found]
    found.sort(key=lambda each: each.match.decision is not Decision.MATCH)
    return ",".join(list(dict.fromkeys(each.stored.review_id for each in found))[:_MAX_SHARED])


def manifest(words: Words, site_name: str) -> dict[str, Any]:
    """The web app manifest: installable, and a target of the share menu by POST, so that no address holds the text."""
    base = f"/{words.language}/"
    return {
        "id": "/",
        "name": words.say("%(site)s: check a message", site=site_name),
        "short_name": site_name,
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


ROUTES: Routes = (
    ("GET", "/", _home),
    ("GET", "", _to_home),
    ("POST", "/check", _check),
    ("POST", "/share", _share),
    ("GET", "/check", _back_to_form),
    ("GET", "/share", _back_to_form),
    ("GET", "/result", _result),
    ("GET", "/about", _about),
    ("GET", "/manifest.webmanifest", _manifest),
)
