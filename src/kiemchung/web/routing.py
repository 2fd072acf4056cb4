"""Tables of page routes, made into one router a language."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiemchung.i18n import Words, open_words

#: Answers a request in the language of its address.
Answer = Callable[[Request, Words], Awaitable[Response]]
#: Method, path after the language, and what answers.
Routes = tuple[tuple[str, str, Answer], ...]


def page_router(language: str, *tables: Routes) -> APIRouter:
    """The routes of these tables under /vi or /en."""
    router, words = APIRouter(), open_words(language)
    for method, path, answer in (row for table in tables for row in table):
        router.add_route(f"/{language}{path}", _endpoint(answer, words), [method], include_in_schema=False)
    return router


def _endpoint(answer: Answer, words: Words) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(request, words)

    return endpoint
