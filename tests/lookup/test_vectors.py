"""Vectors in eight bits: products over blocks are the products."""

import numpy as np
import pytest

from kiemchung.lookup.vectors import dots, encode


@pytest.mark.parametrize("n_rows", [0, 1, 255, 256, 257, 1000])
def test_dots_over_blocks_is_the_product(n_rows):
    rng = np.random.default_rng(5)
    vectors = rng.standard_normal((max(n_rows, 1), 48)).astype(np.float32)[:n_rows]
    queries = rng.standard_normal((3, 48)).astype(np.float32)
    codes, scales = encode(vectors) if n_rows else (np.zeros((0, 48), np.int8), np.zeros(0, np.float32))
    whole = queries @ (codes.astype(np.float32) * scales[:, None]).T
    assert dots(codes, scales, queries) == pytest.approx(whole, abs=1e-4)
