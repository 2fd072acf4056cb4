"""Notes on narrow topics, which have models of their own in the public pipeline: by seed words, then by text.

A topic says what a post is about, never anything of a person or a view. The word lists are ours: the specification
names the topics, not the words (decision 0013). The posts of the found topics are left out of the core scorer.

Source: SCORING 10 (topics).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import UNKNOWN, Int8s, Int64s, Notes

#: A seeded post keeps its topic unless the other classes together are likelier than this.
KEEP_SEED_BELOW = 0.99
#: Relabelling below this share of right labels, averaged over the classes, is not used.
MIN_BALANCED_ACCURACY = 0.35
#: A word must be in this many posts to be looked at; a rarer one tells only its own post.
MIN_WORD_POSTS = 2
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the words, lower case, of which one names it."""

    name: str
    seeds: tuple[str, ...]


#: Names as the public files have them in `noteTopic`.
TOPICS = (
    Topic("UkraineConflict", ("ukraine", "ukrainian", "ukrainians", "kyiv", "donbas", "zelensky", "zelenskyy")),
    Topic("GazaConflict", ("gaza", "hamas", "israel", "israeli", "palestine", "palestinian", "palestinians")),
    Topic("MessiRonaldo", ("messi", "ronaldo")),
    Topic("Scams", ("scam", "scams", "scammer", "scammers", "phishing", "dropshipping", "dropship", "airdrop")),
    Topic("IndianAxis", ("bjp", "sabha", "lok", "rajya")),
)


def label_topics(notes: Notes, topics: Sequence[Topic]) -> tuple[Int8s, str]:
    """The topic of each note, and why there are none (empty if there are).

    Returns:
        int8[n], position in topics, -1 none; all notes of a post have one topic.
    """
    nothing = np.full(len(notes), UNKNOWN, np.int8)
    if not topics:
        return nothing, ""
    if notes.summary is None:
        return nothing, "the notes' texts were not read"
    post_id, post = np.unique(notes.post_id, return_inverse=True)
    words = _words_of_posts(notes, post, len(post_id))
    seeded = _seeded(words, topics)
    seeded[post_id == UNKNOWN] = UNKNOWN
    if not (seeded >= 0).any():
        return nothing, "no post has a seed word of a topic"
    relabelled, accuracy = _relabelled(words, seeded, topics)
    if accuracy < MIN_BALANCED_ACCURACY:
        return (
            nothing,
            f"the text model is right on {accuracy:.0%} of the seeded posts; {MIN_BALANCED_ACCURACY:.0%} needed",
        )
    relabelled[post_id == UNKNOWN] = UNKNOWN
    return relabelled[post], ""


def _words_of_posts(notes: Notes, post: Int64s, n_posts: int) -> list[set[str]]:
    words: list[set[str]] = [set() for _ in range(n_posts)]
    for p, text in zip(post.tolist(), (notes.summary if notes.summary is not None else ()), strict=True):
        words[p].update(_WORD.findall(text.lower()))
    return words


def _seeded(words: Sequence[set[str]], topics: Sequence[Topic]) -> Int8s:
    """The one topic whose seeds a post has; none where it has those of several."""
    hits = np.array(
        [[not topic.seeds or bool(post & set(topic.seeds)) for topic in topics] for post in words], np.bool_
    )
    hits = hits.reshape(len(words), len(topics))
    return np.where(hits.sum(axis=1) == 1, hits.argmax(axis=1), UNKNOWN).astype(np.int8)


def _relabelled(words: Sequence[set[str]], seeded: Int8s, topics: Sequence[Topic]) -> tuple[Int8s, float]:
    """Labels by a logistic regression on all words but the seeds, and its balanced accuracy on the seeded labels."""
    seeds = {seed for topic in topics for seed in topic.seeds}
    features = _bag_of_words(words, seeds)
    labels = seeded.astype(np.int64) + 1  # class 0: no topic
    classes, compact = np.unique(labels, return_inverse=True)
    probability = np.zeros((len(words), len(topics) + 1))
    probability[:, classes] = _fitted_probabilities(features, compact, len(classes))
    found = probability.argmax(axis=1)
    recalls = [float((found[labels == c] == c).mean()) for c in classes]
    own = probability[np.arange(len(words)), labels]
    keep = (labels > 0) & (1 - own <= KEEP_SEED_BELOW)
    return np.where(keep, seeded, found - 1).astype(np.int8), float(np.mean(recalls))


def _bag_of_words(words: Sequence[set[str]], seeds: set[str]) -> Any:
    from scipy.sparse import csr_array  # only where there are topics

    counts: dict[str, int] = {}
    for post in words:
        for word in post:
            counts[word] = counts.get(word, 0) + 1
    kept = sorted(word for word, count in counts.items() if count >= MIN_WORD_POSTS and word not in seeds)
    column = {word: j for j, word in enumerate(kept)}
    rows = [sorted(column[word] for word in post if word in column) for post in words]
    start = np.cumsum([0, *(len(row) for row in rows)])
    flat = np.array([j for row in rows for j in row], np.int64)
    return csr_array((np.ones(len(flat)), flat, start), shape=(len(words), len(kept)))


def _fitted_probabilities(features: Any, labels: Int64s, n_classes: int) -> NDArray[np.float64]:
    """Class probabilities of a softmax regression on its training posts.

    Minimises sum of cross-entropies + |W|^2 / 2 (no penalty on the offsets), classes weighted to count alike.
    """
    from scipy.optimize import minimize  # only where there are topics

    n, width = features.shape
    if n_classes == 1:
        return np.ones((n, 1))
    weight = (n / (n_classes * np.bincount(labels, minlength=n_classes)))[labels]
    transposed = features.T.tocsr()
    target = np.zeros((n, n_classes))
    target[np.arange(n), labels] = 1

    def probabilities(flat: NDArray[np.float64]) -> NDArray[np.float64]:
        table = flat.reshape(width + 1, n_classes)
        scores = features @ table[:-1] + table[-1]
        scores -= scores.max(axis=1, keepdims=True)
        shares: NDArray[np.float64] = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shares = probabilities(flat)
        own = np.maximum(shares[np.arange(n), labels], 1e-300)
        error = weight[:, None] * (shares - target)
        table = flat.reshape(width + 1, n_classes)
        gradient = np.vstack([transposed @ error + table[:-1], error.sum(axis=0)])
        return float(-(weight * np.log(own)).sum() + 0.5 * (table[:-1] ** 2).sum()), gradient.ravel()

    start = np.zeros((width + 1) * n_classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return probabilities(found.x)
