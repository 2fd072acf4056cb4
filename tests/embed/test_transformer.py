"""sentence-transformers, by a stand-in: the package brings PyTorch and is not installed for tests."""

import importlib.util
from typing import Any

import pytest

from kiemchung.embed import open_embedder
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.transformer import SentenceTransformersEmbedder
from kiemchung.errors import MissingPartError


class FakeTransformer:
    """Hashed vectors behind the methods of SentenceTransformer that are used."""

    def __init__(self, prompts: dict[str, str] | None = None) -> None:
        self.prompts = prompts or {}
        self.asked: list[tuple[list[str], dict[str, Any]]] = []

    def get_sentence_embedding_dimension(self) -> int:
        return 256

    def encode(self, sentences: list[str], **options: Any) -> Any:
        self.asked.append((sentences, options))
        return 3 * HashingEmbedder().passages(sentences)


def test_transformer_of_the_e5_family_gets_its_prefixes() -> None:
    fake = FakeTransformer()
    SentenceTransformersEmbedder("intfloat/multilingual-e5-large", fake).queries(["nước"])
    assert fake.asked[0][0] == ["query: nước"]


def test_transformer_with_prompts_of_its_own_gets_those() -> None:
    fake = FakeTransformer({"query": "search: "})
    embedder = SentenceTransformersEmbedder("org/model", fake)
    embedder.queries(["nước"])
    embedder.passages(["nước"])
    assert [(texts, options.get("prompt_name")) for texts, options in fake.asked] == [
        (["nước"], "query"),
        (["nước"], None),
    ]


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="it is installed here")
def test_transformer_without_the_package_says_how_to_get_it() -> None:
    with pytest.raises(MissingPartError, match="pip install sentence-transformers"):
        open_embedder("sentence-transformers:org/model")
