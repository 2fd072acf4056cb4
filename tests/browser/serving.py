"""An application on a port of this machine, for a browser to open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from kiemchung.web.server import configure, listen


@contextmanager
def serving(app, listener: socket.socket | None = None) -> Iterator[str]:
    """Where the application is served; one that has to know its address before brings its listener."""
    listener = listener or listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join()


def address_of(listener: socket.socket) -> str:
    """Where a listener is reached."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
