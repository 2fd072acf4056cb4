"""Tables of page routes, made into the routes of a language."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiemchung.i18n import Words, open_words

#: Answers a request in the language of its address.
Answer = Callable[[Request, Words], Awaitable[Response]]
#: Method, path after the language, and what answers.
Routes = tuple[tuple[str, str, Answer], ...]


def page_routes(language: str, *tables: Routes) -> list[Route]:
    """The routes of these tables under /vi or /en.

    They are Starlette's own: a router of FastAPI's in between costs as much as answering a rating.
    """
    words = open_words(language)
    return [
        Route(f"/{language}{path}", _endpoint(answer, words), methods=[method])
        for method, path, answer in (row for table in tables for row in table)
    ]


def _endpoint(answer: Answer, words: Words) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(request, words)

    return endpoint
