"""A visitor of a running site: one kept connection, a cookie, forms. Lean: it shares the machine with the server."""

import asyncio
import re
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="form_token" value="([^"]+)"')


class GoneError(Exception):
    """The server closed the connection or is not there."""


class Visitor:
    """One browser, as far as a benchmark needs it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.cookie = self.form_token = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.drop()

    def drop(self) -> None:
        """Close the connection; the next request opens another."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return await self._ask(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\n\r\n".encode())

    async def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> tuple[int, bytes]:
        """Status and body of the answer to a form; the cookie that it sets is kept."""
        body = urlencode(fields)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        return await self._ask((head + body).encode())

    async def log_in(self, codename: str) -> None:
        """Start a session and remember its form token."""
        status, _ = await self.post("/en/log-in", {"codename": codename})
        if status != 303 or not self.cookie:
            raise RuntimeError(f"log-in answered {status}")
        _, page = await self.get("/en/rate")
        found = _TOKEN.search(page)
        if not found:
            raise RuntimeError("the page to rate holds no form")
        self.form_token = found[1].decode()

    async def rate(self, note_id: str, level: str, reasons: list[tuple[str, str]]) -> int:
        """Status of the answer to a rating; 303 says that it is on the disk."""
        fields = [("form_token", self.form_token), ("note_id", note_id), ("level", level), *reasons]
        status, _ = await self.post("/en/rate", fields)
        return status

    async def _ask(self, message: bytes) -> tuple[int, bytes]:
        try:
            if self._writer is None or self._reader is None:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            self._writer.write(message)
            head = await self._reader.readuntil(b"\r\n\r\n")
            length, closes = 0, False
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                match name.lower():
                    case b"content-length":
                        length = int(value)
                    case b"set-cookie":
                        self.cookie = value.split(b";")[0].strip().decode()
                    case b"connection":
                        closes = b"close" in value
            body = await self._reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.drop()
            raise GoneError(str(error)) from error
        if closes:
            self.drop()
        return int(head[9:12]), body
