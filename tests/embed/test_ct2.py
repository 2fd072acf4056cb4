"""The default engine against the weights' own."""

from pathlib import Path

import numpy as np
import pytest

from kiemchung.embed import ct2
from kiemchung.embed.convert import model_folder
from kiemchung.embed.ct2 import CTranslate2Embedder, prepare
from kiemchung.errors import MissingPartError


def test_prepare_a_second_time_converts_nothing(model_data_dir: Path) -> None:
    steps: list[tuple[int, int]] = []
    assert prepare(model_data_dir, lambda done, total: steps.append((done, total))) == model_folder(model_data_dir)
    assert steps == []


def test_prepare_refuses_a_processor_that_gives_other_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ct2, "read_manifest", lambda folder, verify=False: {"cosine": 0.9})
    with pytest.raises(MissingPartError, match=r"0\.900"):
        prepare(tmp_path)


def test_prepare_says_when_the_data_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(MissingPartError, match="cannot convert"):
        prepare(tmp_path / "data")


def test_opening_a_folder_without_a_model_is_a_missing_part(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="cannot use the model"):
        CTranslate2Embedder(tmp_path)


def test_batches_hold_equal_lengths_and_every_row_once() -> None:
    rng = np.random.default_rng(1)
    tokens = [[0] * int(n) for n in rng.integers(3, 513, 500)]
    batches = ct2._batches(tokens)
    assert sorted(row for batch in batches for row in batch) == list(range(500))
    assert all(len({len(tokens[row]) for row in batch}) == 1 for batch in batches)
    assert all(len(batch) == 1 or len(batch) * len(tokens[batch[0]]) <= 256 for batch in batches)


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ([21, 61, 26, 20], [[2, 0, 3], [1]]),
        ([8, 30, 90, 30], [[2], [1, 3], [0]]),
        ([90, 50, 45, 40], [[1, 2], [0], [3]]),
        ([9], [[0]]),
        ([80] * 7, [[0, 1, 2], [3, 4, 5], [6]]),
    ],
)
def test_few_queries_are_shared_out_evenly_and_many_are_not(lengths: list[int], batches: list[list[int]]) -> None:
    assert ct2._shares([[0] * n for n in lengths], 2) == batches


def test_queries_have_the_same_bytes_alone_and_beside_longer_ones(model_data_dir: Path) -> None:
    claim = "Boiled water freezes at zero degrees Celsius at sea level, says a leaflet that hotels hand out."
    texts = ["Mưa đá.", claim, "Có.", " ".join(["dài"] * 60), f"{claim} {claim}"]
    for threads in (1, 2):
        embedder = CTranslate2Embedder(prepare(model_data_dir), threads)
        alone = np.concatenate([embedder.queries([text]) for text in texts])
        assert embedder.queries(texts).tobytes() == alone.tobytes()


def test_second_reading_has_other_vectors_and_the_same_bytes_alone(model_data_dir: Path) -> None:
    texts = [
        "Mưa đá.",
        "Boiled water freezes at zero degrees.",
        "Phim này hay quá, xem đi mọi người ơi, không phí tiền vé đâu!",
    ]
    embedder = CTranslate2Embedder(prepare(model_data_dir), 2)
    found = embedder.read_again(texts)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert found.tobytes() == np.concatenate([embedder.read_again([text]) for text in texts]).tobytes()
    assert (found * embedder.queries(texts)).sum(axis=1).max() < 0.95
    assert embedder.read_again([]).shape == (0, 384)


def test_pairs_have_the_same_bytes_alone_and_both_texts_count(model_data_dir: Path) -> None:
    embedder = CTranslate2Embedder(prepare(model_data_dir), 2)
    pairs = [
        ("Ice melts when salt is strewn on it, my uncle swears.", "Salt melts ice."),
        ("Ice melts when salt is strewn on it, my uncle swears.", "Salt does not melt ice."),
        ("Muối làm tan băng đó.", "Salt melts ice."),
    ]
    found = embedder.read_pairs(pairs)
    assert found.tobytes() == np.concatenate([embedder.read_pairs([pair]) for pair in pairs]).tobytes()
    assert (found @ found.T - np.eye(3)).max() < 0.999
    assert embedder.read_pairs([]).shape == (0, 384)
