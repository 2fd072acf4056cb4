"""Reading the file of 4-bit weights."""

from pathlib import Path

import numpy as np
import pytest

from kiemchung.embed.weights import E5Weights, source_file
from kiemchung.errors import MissingPartError
from tests.embed.tiny import PIECES, WIDTH, write_tiny_weights


def _naive(data: bytes, columns: int) -> list[list[float]]:
    """Weight by weight, as the C code's comment has it."""
    flat = []
    for at in range(0, len(data), 18):
        scale = float(np.frombuffer(data[at : at + 2], "<f2")[0])
        nibbles = [byte & 15 for byte in data[at + 2 : at + 18]] + [byte >> 4 for byte in data[at + 2 : at + 18]]
        flat += [(nibble - 8) * scale for nibble in nibbles]
    return [flat[at : at + columns] for at in range(0, len(flat), columns)]


def test_matrix_is_what_the_layout_says(tmp_path: Path) -> None:
    weights = E5Weights(write_tiny_weights(tmp_path / "w.bin"))
    read = np.concatenate(list(weights.matrix("l1.q.w", WIDTH)))
    _, offset, n_bytes = weights._tensors["l1.q.w"]
    raw = (tmp_path / "w.bin").read_bytes()[offset : offset + n_bytes]
    np.testing.assert_allclose(read, _naive(raw, WIDTH), rtol=1e-6)


def test_vocabulary_is_read_with_its_replacements(tmp_path: Path) -> None:
    vocabulary = E5Weights(write_tiny_weights(tmp_path / "w.bin")).vocabulary
    assert vocabulary.pieces == PIECES
    assert vocabulary.replacements == {9: " ", 1: ""}
    assert (vocabulary.start, vocabulary.end, vocabulary.unknown) == (0, 2, 3)


@pytest.mark.parametrize("keep", [2, 30, 200, -5])
def test_a_file_cut_off_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_tiny_weights(tmp_path / "w.bin")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(MissingPartError, match=r"w\.bin"):
        E5Weights(path)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(MissingPartError, match="no 4-bit e5 weights"):
        E5Weights(tmp_path / "w.bin")


def test_the_installed_file_holds_multilingual_e5_small() -> None:
    weights = E5Weights(source_file()[0])
    assert (weights.width, weights.n_layers, weights.n_heads, weights.inner_width) == (384, 12, 12, 1536)
