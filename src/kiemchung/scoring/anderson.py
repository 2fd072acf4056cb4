"""Anderson acceleration: the fixed point of a map from few of its values.

Safeguards are the caller's: where a step made things worse, it goes back to the last plain one and calls `forget`.

Source: Walker and Ni 2011.
"""

from __future__ import annotations

import numpy as np

from kiemchung.scoring import kernels
from kiemchung.scoring.table import Float64s


class Anderson:
    """Anderson acceleration of a fixed-point map, type II, over a window of past steps."""

    def __init__(self, size: int, depth: int) -> None:
        self.depth = depth
        self.residual_changes = np.empty((depth, size))
        self.swept_changes = np.empty((depth, size))
        self.gram = np.empty((depth, depth))
        self.right = np.empty(depth)
        self.forget()

    def forget(self) -> None:
        """Start over from the next plain step."""
        self.filled = 0
        self.next = 0
        self.last: tuple[Float64s, Float64s] | None = None
        self.used = False

    def step(self, state: Float64s, swept: Float64s) -> Float64s:
        """The next state to sweep from, given the last one and what a sweep made of it."""
        if self.depth == 0:
            return swept
        residual = swept - state
        if self.last is not None:
            np.subtract(residual, self.last[0], out=self.residual_changes[self.next])
            np.subtract(swept, self.last[1], out=self.swept_changes[self.next])
            self.next = (self.next + 1) % self.depth
            self.filled = min(self.filled + 1, self.depth)
        self.last = residual, swept
        if self.filled == 0:
            return swept
        kernels.anderson_products(self.residual_changes, self.filled, residual, self.gram, self.right)
        m = self.filled
        gram = self.gram[:m, :m]
        scale = float(np.trace(gram))
        if not scale > 0:
            return swept
        mix = np.linalg.solve(gram + 1e-12 * scale * np.eye(m), self.right[:m])
        self.used = True
        correction: Float64s = (mix[:, None] * self.swept_changes[:m]).sum(axis=0)
        return swept - correction
