"""An application on a port of this machine, for a browser to open."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from kiemchung.web.server import configure, listen


@contextmanager
def serving(app) -> Iterator[str]:
    """Where the application is served."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
