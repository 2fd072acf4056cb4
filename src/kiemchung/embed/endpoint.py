"""An embeddings server that speaks OpenAI's protocol (`POST BASE/embeddings`): Ollama, llama.cpp, vLLM, a hosted one.

Every text that is embedded goes to that server, a reader's pasted message too. So it is never a default, and an
operator who sets one answers for what it keeps.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from kiemchung.embed.prefixes import prefixes
from kiemchung.embed.rows import unit_rows
from kiemchung.embed.texts import clean
from kiemchung.errors import FetchError, SettingsError
from kiemchung.ports import Vectors

#: Holds the server's key, if it wants one. Not a setting, so that it stands in no settings file.
KEY_VARIABLE = "EMBEDDER_API_KEY"
_BATCH = 64
_LIMIT_BYTES = 64 * 1024 * 1024
#: Pauses before the second and third try of a request that a busy server refused.
_PAUSES_SECONDS = (0.5, 2.0)
_BUSY = (429, 502, 503, 504)


class EndpointEmbedder:
    """The vectors of a model behind an address; same text, same bytes as far as that server keeps it.

    Args:
        base_url: with its version part, e.g. `http://127.0.0.1:11434/v1`.
        model: as the server calls it; models of the e5 family get their prefixes.
        key: sent as a bearer token; empty for none.
        timeout_seconds: for one request from beginning to end.
        sleep: waits between tries.

    Raises:
        SettingsError: base_url is no http(s) address, or carries a password.
        FetchError: the server cannot be reached or does not answer with vectors (one text is embedded to learn their
            length).
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        key: str = "",
        timeout_seconds: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        _check_address(base_url)
        import httpx2  # heavy, and only this embedder talks to a server

        self.name = f"{model.replace('/', '--')}/openai-api"
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._model = model
        self._timeout_seconds = timeout_seconds
        self._sleep = sleep
        self._before_query, self._before_passage = prefixes(model)
        # Redirects are not followed: the key and the texts go where the operator said, nowhere else.
        self._client = httpx2.Client(timeout=min(10.0, timeout_seconds), follow_redirects=False)
        if key:
            self._client.headers["Authorization"] = f"Bearer {key}"
        self.dimensions = self._request(["1"], None).shape[1]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), dimensions], rows of length 1.

        Raises:
            FetchError: as when opened.
        """
        return self._embed(self._before_passage, texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`, with the model's prefix for queries."""
        return self._embed(self._before_query, texts)

    def _embed(self, prefix: str, texts: Sequence[str]) -> Vectors:
        # A server may refuse an empty text, so one without letters is sent as a full stop.
        prepared = [prefix + (clean(text).strip() or ".") for text in texts]
        parts = [prepared[at : at + _BATCH] for at in range(0, len(prepared), _BATCH)]
        none = np.empty((0, self.dimensions), dtype=np.float32)
        return np.concatenate([none, *(self._request(part, self.dimensions) for part in parts)])

    def _request(self, texts: list[str], dimensions: int | None) -> Vectors:
        for pause in (*_PAUSES_SECONDS, None):
            status, body = self._post({"model": self._model, "input": texts, "encoding_format": "float"})
            if status == 200:
                return self._read(body, len(texts), dimensions)
            if status not in _BUSY or pause is None:
                break
            self._sleep(pause)
        raise FetchError(self._url, "status", f"the embeddings server answered {status}{_advice(status)}")

    def _post(self, content: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body; what a server says in an error is not passed on, as it may repeat the texts."""
        import httpx2  # loaded when this was opened

        body, ends = bytearray(), time.monotonic() + self._timeout_seconds
        try:
            with self._client.stream("POST", self._url, json=content) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _LIMIT_BYTES:
                        raise FetchError(self._url, "too_large", "the embeddings server answered with over 64 MB")
                    if time.monotonic() > ends:
                        raise FetchError(self._url, "timeout", f"no whole answer in {self._timeout_seconds:g} s")
                return response.status_code, bytes(body)
        except httpx2.TimeoutException as error:
            raise FetchError(
                self._url, "timeout", "the embeddings server does not answer; is it overloaded?"
            ) from error
        except httpx2.HTTPError as error:
            kind = type(error).__name__
            raise FetchError(self._url, "network", f"cannot reach the embeddings server ({kind})") from error

    def _read(self, body: bytes, n_texts: int, dimensions: int | None) -> Vectors:
        try:
            rows = sorted(json.loads(body)["data"], key=lambda row: row["index"])
            if [row["index"] for row in rows] != list(range(n_texts)):
                raise ValueError(f"{len(rows)} vectors for {n_texts} texts")
            return unit_rows([row["embedding"] for row in rows], n_texts, dimensions)
        except (ValueError, KeyError, TypeError) as error:
            wanted = f"{n_texts} vectors of {dimensions or 'any'} dimensions"
            raise FetchError(self._url, "content", f"the embeddings server's answer is not {wanted}") from error


def _check_address(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"embedder address {base_url!r} is not an http(s) address")
    if parts.username or parts.password:
        raise SettingsError(f"the embedder address carries a password; put the key into {KEY_VARIABLE}")


def _advice(status: int) -> str:
    if status in (401, 403):
        return f"; set its key in {KEY_VARIABLE}"
    return "; is the address right, with its /v1?" if status in (404, 405) else ""
