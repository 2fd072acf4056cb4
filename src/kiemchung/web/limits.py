"""What one request and all requests together may cost: body size, and work in flight."""

import os
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiemchung.lookup.remembered import forget
from kiemchung.web.errors import BusyError

P = ParamSpec("P")
T = TypeVar("T")

#: 200,000 bytes of text grow threefold when percent-encoded in a form or escaped in JSON.
MAX_BODY_BYTES = 640_000
#: A sender slower than this is cut off, so that unfinished bodies cannot pile up in memory.
BODY_SECONDS = 20.0


class BodyLimit:
    """Reads each body whole before the routes see it, and answers 413 for one that is too large.

    Starlette's own limiter answers in plain text without our headers and error shape. Bodies stay in memory: nothing
    that was sent is spooled to a file (G6).
    """

    def __init__(self, app: ASGIApp, respond: Callable[[Request, int], Awaitable[Response]]) -> None:
        self._app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _has_no_body(scope):
            await self._app(scope, receive, send)
            return
        status, body = 200, bytearray()
        try:
            with anyio.fail_after(BODY_SECONDS):
                async for part in _parts(receive):
                    body += part
                    if len(body) > MAX_BODY_BYTES:
                        status = 413
                        break
        except TimeoutError:
            status = 408
        if status != 200:
            response = await self._respond(Request(scope), status)
            response.headers["Connection"] = "close"
            await response(scope, receive, send)
            return
        await self._app(scope, _replay(bytes(body), receive), send)


def _has_no_body(scope: Scope) -> bool:
    """Whether the request announces no body (RFC 9112, 6.3)."""
    return not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _parts(receive: Receive):  # type: ignore[no-untyped-def]
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


class Workshop:
    """Runs the slow part of requests in threads: a few at once, a few waiting, the rest told to come back.

    What lookup remembers of texts is forgotten at the end of each, so that no message outlives its answer (G6).
    """

    def __init__(self, at_once: int | None = None, waiting: int = 32) -> None:
        self._at_once = at_once or max(2, os.cpu_count() or 2)
        self._limit = self._at_once + waiting
        self._in_flight = 0
        self._threads: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of work, from a thread.

        Raises:
            BusyError: too much is in flight.
        """
        if self._in_flight >= self._limit:
            raise BusyError("the server is busy; try again in a few seconds")
        if self._threads is None:  # a limiter belongs to the running event loop
            self._threads = anyio.CapacityLimiter(self._at_once)
        self._in_flight += 1
        try:
            return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=self._threads)
        finally:
            self._in_flight -= 1
            forget()
