"""The endpoint: what is sent, what is accepted, what is said when it fails."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiemchung.embed import open_embedder
from kiemchung.embed.endpoint import KEY_VARIABLE, EndpointEmbedder
from kiemchung.errors import FetchError, SettingsError
from tests.embed.server import EmbeddingsServer, embeddings_server


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with embeddings_server() as server:
        yield server


def test_endpoint_sends_model_prefix_and_key(server: EmbeddingsServer) -> None:
    embedder = EndpointEmbedder(server.url, "intfloat/multilingual-e5-base", key="k1")
    embedder.queries(["nước"])
    embedder.passages(["nước"])
    asked = server.requests[1:]
    assert [request["input"] for request in asked] == [["query: nước"], ["passage: nước"]]
    assert {(r["model"], r["key"], r["path"]) for r in asked} == {
        ("intfloat/multilingual-e5-base", "Bearer k1", "/v1/embeddings")
    }


def test_endpoint_asks_for_many_texts_in_parts(server: EmbeddingsServer) -> None:
    embedder = EndpointEmbedder(server.url, "m")
    assert embedder.passages([f"text {i}" for i in range(150)]).shape == (150, 256)
    assert [len(request["input"]) for request in server.requests[1:]] == [64, 64, 22]


def test_endpoint_tries_a_busy_server_again(server: EmbeddingsServer) -> None:
    pauses: list[float] = []
    embedder = EndpointEmbedder(server.url, "m", sleep=pauses.append)
    server.statuses = [503, 429]
    assert embedder.queries(["nước"]).shape == (1, 256)
    assert pauses == [0.5, 2.0]


@pytest.mark.parametrize(
    ("status", "said"), [(401, KEY_VARIABLE), (404, "/v1"), (500, "500"), (503, "503"), (302, "302")]
)
def test_endpoint_status_is_told_without_the_texts(server: EmbeddingsServer, status: int, said: str) -> None:
    embedder = EndpointEmbedder(server.url, "m", key="k1", sleep=lambda seconds: None)
    server.statuses = [status] * 3
    with pytest.raises(FetchError, match=said) as caught:
        embedder.queries(["a reader's words"])
    assert caught.value.reason == "status"
    assert "reader" not in str(caught.value)
    assert "k1" not in str(caught.value)


def _fewer(answer: dict[str, Any]) -> Any:
    return {"data": answer["data"][1:]}


def _shorter(answer: dict[str, Any]) -> Any:
    return {"data": [row | {"embedding": row["embedding"][:10]} for row in answer["data"]]}


def _zero(answer: dict[str, Any]) -> Any:
    return {"data": [row | {"embedding": [0.0] * 256} for row in answer["data"]]}


def _not_numbers(answer: dict[str, Any]) -> Any:
    return {"data": [row | {"embedding": ["x"] * 256} for row in answer["data"]]}


@pytest.mark.parametrize("change", [_fewer, _shorter, _zero, _not_numbers, lambda a: [], lambda a: {"data": 3}])
def test_endpoint_answer_without_the_vectors_is_refused(
    server: EmbeddingsServer, change: Callable[[dict[str, Any]], Any]
) -> None:
    embedder = EndpointEmbedder(server.url, "m")
    server.change = change
    with pytest.raises(FetchError) as caught:
        embedder.queries(["one", "two"])
    assert caught.value.reason == "content"


def test_endpoint_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError) as caught:
            EndpointEmbedder(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "m")
    assert caught.value.reason == "network"


def test_endpoint_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchError) as caught:
        EndpointEmbedder(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", "m", timeout_seconds=0.2)
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("url", ["ftp://example.org/v1", "example.org/v1", "https://", "https://u:p@example.org/v1"])
def test_endpoint_address_that_cannot_be_used_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError):
        EndpointEmbedder(url, "m")


def test_open_embedder_endpoint_takes_model_address_and_key(
    server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k2")
    embedder = open_embedder(f"endpoint:org/model@v2@{server.url}")
    assert embedder.name == "org--model@v2/openai-api"
    assert server.requests[0]["key"] == "Bearer k2"


@pytest.mark.parametrize("engine", ["endpoint:model", "endpoint:@http://127.0.0.1/v1", "elsewhere:model"])
def test_open_embedder_plug_in_with_a_wrong_name_is_a_wrong_setting(engine: str) -> None:
    with pytest.raises(SettingsError):
        open_embedder(engine)
