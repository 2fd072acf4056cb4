"""Vectors in eight bits."""

import numpy as np
import pytest

from kiemchung.lookup.vectors import encode


def test_code_times_scale_is_the_vector_up_to_rounding():
    vectors = np.random.default_rng(5).standard_normal((50, 48)).astype(np.float32)
    codes, scales = encode(vectors)
    assert np.abs(codes * scales[:, None] - vectors).max() <= scales.max() / 2 + 1e-6
    assert np.abs(codes).max(axis=1) == pytest.approx(127)
