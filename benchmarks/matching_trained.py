"""What training on CheckThat!'s train part would add on dev. What is learned here is measured and thrown away.

A second map of the kind of `kiemchung.lookup.space` (directions in which a tweet and its claim differ shrink), learned
from the train pairs on top of the packaged one, then weights of the z-scores by logistic regression on differences
between the right claim and the others; the scores that it learns from come from maps that did not see their tweets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kiemchung.claims.language import language
from kiemchung.lookup.evaluate import Asked, merge_same, ranking_figures, read_qrels, read_queries
from kiemchung.lookup.index import LookupIndex
from kiemchung.lookup.prepare import prepare
from kiemchung.lookup.space import PARTS
from kiemchung.lookup.terms import index_terms

Floats = NDArray[np.float32]
RIDGE, N_FOLDS, N_RIVALS = 1.0, 5, 15


@dataclass
class Part:
    """One half of the collection: tweets, their vectors, their right rows, and z-scores of words over all claims."""

    asked: list[Asked]
    vectors: dict[str, Floats]
    right: list[list[int]]
    words: Floats


def measure_trained(folder: Path, index: LookupIndex, groups: Mapping[str, str]) -> None:
    rows = {document_id: row for row, document_id in enumerate(index.doc_ids())}
    ids = list(rows)
    documents = {part: index.vectors(np.arange(len(ids)), part) for part in PARTS}
    train, dev = (_read(folder, split, index, rows, groups) for split in ("train", "dev"))
    cut = np.random.default_rng(0).permutation(len(train.asked)) % N_FOLDS
    differences = []
    for fold in range(N_FOLDS):
        turns = _turns(train, documents, np.flatnonzero(cut != fold))
        held = np.flatnonzero(cut == fold)
        differences.append(_differences(train, _scores(train, documents, turns, held), held))
    weights = _weights(np.vstack(differences))
    everything = np.arange(len(dev.asked))
    scores = _scores(dev, documents, _turns(train, documents, np.arange(len(train.asked))), everything) @ weights
    run = {}
    for tweet, values in zip(dev.asked, scores, strict=True):
        best = np.argsort(-values, kind="stable")[:20]
        run[tweet.query_id] = {ids[row]: float(values[row]) for row in best}
    relevant = {query: set(known) for query, known in read_qrels(folder / "qrels.dev.tsv").items()}
    published = ranking_figures(run, relevant)["MAP@5"]
    merged = ranking_figures(*merge_same(run, relevant, groups))["MAP@5"]
    print(f"  {'dev, trained on train part':<28}{published:.3f} / {merged:.3f}  (not shipped)")


def _read(folder: Path, split: str, index: LookupIndex, rows: dict[str, int], groups: Mapping[str, str]) -> Part:
    asked = read_queries(folder / f"queries.{split}.tsv", language)
    known = read_qrels(folder / f"qrels.{split}.tsv")
    twins: dict[str, list[int]] = {}
    for document_id, row in rows.items():
        twins.setdefault(groups.get(document_id, document_id), []).append(row)
    right = [
        [row for document_id in known.get(tweet.query_id, ()) for row in twins[groups.get(document_id, document_id)]]
        for tweet in asked
    ]
    texts = [prepare(tweet.text, "en").whole for tweet in asked]
    words = np.zeros((len(asked), len(rows)), dtype=np.float32)
    for i, text in enumerate(texts):
        hits = index.words.search(index_terms(text, "en"), "en", 200)
        found = np.array([score for _, score in hits])
        words[i] = -found.mean() / found.std()
        for row, score in hits:
            words[i, row] = (score - found.mean()) / found.std()
    return Part(asked, index.ask(texts, ["en"] * len(texts)).parts, right, words)


def _turns(part: Part, documents: dict[str, Floats], members: NDArray[np.int64]) -> Floats:
    """float32[dimensions, dimensions]: the inverse root of how tweets and their claims scatter around their means."""
    rest = []
    for i in members:
        for row in part.right[i]:
            texts = np.stack([part.vectors["claim"][i], documents["claim"][row], documents["whole"][row]])
            rest.append(texts - texts.mean(axis=0))
    spread = np.vstack(rest)
    around = spread.T @ spread / len(spread)
    values, directions = np.linalg.eigh(around + RIDGE * np.trace(around) / len(around) * np.eye(len(around)))
    return ((directions * values**-0.5) @ directions.T).astype(np.float32)


def _scores(part: Part, documents: dict[str, Floats], turn: Floats, members: NDArray[np.int64]) -> Floats:
    """float32[n_members, n_claims, 5]: z-scores of meaning with both maps, and of words."""
    found = [part.words[members]]
    for name in PARTS:
        for map_ in (np.eye(len(turn), dtype=np.float32), turn):
            cosines = _unit(part.vectors[name][members] @ map_) @ _unit(documents[name] @ map_).T
            found.append((cosines - cosines.mean(axis=1, keepdims=True)) / cosines.std(axis=1, keepdims=True))
    return np.stack(found, axis=2)


def _differences(part: Part, scores: Floats, members: NDArray[np.int64]) -> Floats:
    """Right claim less each of the strongest others."""
    rows = []
    for values, i in zip(scores, members, strict=True):
        order = [row for row in np.argsort(-values.sum(axis=1))[: N_RIVALS + 3] if row not in part.right[i]]
        rows += [values[row] - values[order[:N_RIVALS]] for row in part.right[i]]
    return np.vstack(rows)


def _weights(differences: Floats) -> NDArray[np.float64]:
    signs = np.where(np.arange(len(differences)) % 2, 1, -1)
    model = LogisticRegression(C=0.01, fit_intercept=False, max_iter=1000)
    return np.asarray(model.fit(differences * signs[:, None], signs).coef_[0])


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
