"""A small embeddings server that speaks OpenAI's protocol, with hashed vectors."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kiemchung.embed.hashing import HashingEmbedder


class EmbeddingsServer:
    """Answers POST /v1/embeddings.

    Attributes:
        url: to be given as the base address.
        statuses: answered first, one a request, instead of vectors.
        change: is given the answer before it is sent.
        requests: what was asked, with the Authorization header as `key`.
    """

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.change: Any = lambda answer: answer
        self.requests: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, asked: dict[str, Any]) -> bytes:
        vectors = HashingEmbedder().passages(asked["input"])
        # Backwards and not of length 1: neither is promised by the protocol.
        data = [{"index": i, "embedding": (2 * row).tolist()} for i, row in enumerate(vectors)][::-1]
        return json.dumps(self.change({"object": "list", "data": data})).encode()


@contextmanager
def embeddings_server() -> Iterator[EmbeddingsServer]:
    """Run one on a free port of this machine."""
    state = EmbeddingsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(asked | {"key": self.headers.get("Authorization"), "path": self.path})
            status = state.statuses.pop(0) if state.statuses else 200
            body = state.answer(asked) if status == 200 else json.dumps({"error": asked["input"]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
