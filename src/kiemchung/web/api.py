"""The API for programs: POST /api/v1/check, and whether the server lives."""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kiemchung.commons.check import check
from kiemchung.i18n import open_words, wished_language
from kiemchung.i18n.documents import answer_document
from kiemchung.web.schema import CheckReply, CheckRequest, ErrorReply, HealthReply

#: Stands in for FastAPI's own 422, which is never answered here.
ANY_OTHER: dict[str, Any] = {"model": ErrorReply, "description": "Any other error, in the same shape."}
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorReply, "description": "The text cannot be checked: empty, binary, not JSON, not UTF-8."},
    413: {"model": ErrorReply, "description": "The text is too long."},
    415: {"model": ErrorReply, "description": "The body is not named as JSON."},
    503: {
        "model": ErrorReply,
        "description": "The server is busy, or its checks cannot be read; Retry-After says when.",
    },
    "default": ANY_OTHER,
}
#: Such as application/ld+json (RFC 6839).
_JSON_SUFFIX = re.compile(r"application/[\w.+-]+\+json")


class _StrictJsonRequest(Request):
    """Reads JSON by pydantic's parser: it refuses half characters and deep nesting, where Python's does not."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise json.JSONDecodeError("not valid JSON in UTF-8", "", 0) from error


class StrictJsonRoute(APIRoute):
    """A route whose bodies are JSON, say so, and are read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, handed a request that reads JSON strictly."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
            if request.method == "POST" and kind != "application/json" and not _JSON_SUFFIX.fullmatch(kind):
                raise HTTPException(415)
            return await handle(_StrictJsonRequest(request.scope, request.receive))

        return handle_strictly


router = APIRouter(route_class=StrictJsonRoute)


@router.post("/api/v1/check", response_model=CheckReply, responses=ERRORS, operation_id="check", tags=["check"])
async def post_check(request: Request, wanted: CheckRequest) -> dict[str, Any]:
    """Look every claim of fact in a message up among the published checks.

    Opinions and questions are marked and not looked up. Nothing of the message is kept or logged.
    """
    language = wanted.language or wished_language(request.headers.get("accept-language", ""))
    state = request.app.state
    answer = await state.workshop.run(check, state.commons, wanted.text, state.find)
    return answer_document(answer, open_words(language))


@router.get("/healthz", response_model=HealthReply, operation_id="health", tags=["operation"])
async def get_health() -> dict[str, str]:
    """Does the server answer?"""
    return {"status": "ok"}
