"""How long the server waits for a client, and how much it takes in before a request begins; uvicorn bounds neither.

A few hundred connections that say nothing, or read nothing of their answers, would shut all readers out, and one
endless header would fill the memory.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: From the opening of a connection, or the first byte after an answer, to the end of the request's head.
HEAD_SECONDS = 10.0
#: Counted from the second piece on that a head comes in; the first is as large as one read of the socket.
MAX_HEAD_BYTES = 64 * 1024
#: In so long a client must read so many bytes of its answer, or the rest of it; a tenth is enough on the slowest line.
READING_SECONDS, LEAST_READ = 60.0, 50_000


class BoundedPatience(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, for clients that come to the point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._in_head = self._began = False
        self._head_bytes = self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client is here; the clock runs."""
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop_clock()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request; a head that takes too much ends the connection."""
        self._began = False
        super().data_received(data)
        if self._in_head and not self._began:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._let_go()
        if self._is_idle() and self._deadline is None and self.timeout_keep_alive_task is None:
            self._start_clock()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = self._began = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole; from here on `BodyLimit` sees to time and size."""
        self._in_head = False
        self._stop_clock()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """More of an answer waits to be read than is held for a client."""
        super().pause_writing()
        self._start_reading_clock()

    def resume_writing(self) -> None:
        """The client has read on."""
        self._stop_reading_clock()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more is asked; what is left of the last answer is still sent, if it is read."""
        self._let_go()

    def _let_go(self) -> None:
        self.transport.close()
        self._start_reading_clock()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _start_clock(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._let_go)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _start_reading_clock(self) -> None:
        self._stop_reading_clock()
        self._unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(READING_SECONDS, self._see_whether_it_reads)

    def _see_whether_it_reads(self) -> None:
        if self._unread - self.transport.get_write_buffer_size() >= LEAST_READ:
            self._start_reading_clock()
        else:
            self.transport.abort()

    def _stop_reading_clock(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
