"""ClaimBuster, 5-fold: embeddings and cues with a kernel machine against TF-IDF with logistic regression. Only measured.

python -m benchmarks.claims.claimbuster claimbuster.train.tsv [embeddings.npy]: embeddings are kept in the second file.

F1 of the check-worthy class with both classes weighted to one half, as published figures are for balanced test parts. The
threshold of each fold comes from a fifth of its training part.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.svm import SVC

from benchmarks.claims.rivals import fit_tfidf
from kiemchung.claims.features import cues, spelled
from kiemchung.embed import open_embedder

THRESHOLDS = np.arange(0.2, 0.61, 0.02)
Scores = Callable[[np.ndarray, np.ndarray], np.ndarray]


def weighted_f1(true: np.ndarray, told: np.ndarray) -> float:
    weight = np.where(true, 0.5 / true.mean(), 0.5 / (1 - true.mean()))
    return float(2 * weight[true & told].sum() / (weight[true].sum() + weight[told].sum()))


def cross_validate(scores: Scores, true: np.ndarray) -> float:
    """The weighted F1 over all folds together, each with the threshold that suits a fifth of its training part."""
    told = np.zeros(len(true), dtype=bool)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(true, true):
        fit_part, tune = train_test_split(train, test_size=0.2, stratify=true[train], random_state=0)
        tuned = scores(fit_part, tune)
        best = max(THRESHOLDS, key=lambda threshold: weighted_f1(true[tune], tuned > threshold))
        told[test] = scores(train, test) > best
    return weighted_f1(true, told)


def main() -> None:
    rows = [line.split("\t") for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()[1:]]
    texts, true = [row[2] for row in rows], np.array([row[1] == "1" for row in rows])
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if kept is not None and kept.exists():
        embeddings = np.load(kept)
    else:
        embeddings = open_embedder("ct2", Path(".models")).queries(texts)
        if kept is not None:
            np.save(kept, embeddings)
    found = np.array([cues(text, spelled(text)) for text in texts])

    def kernel(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        features = np.hstack([4 * (embeddings - embeddings[train].mean(axis=0)), 0.3 * found])
        model = SVC(C=1, gamma=0.15, class_weight="balanced").fit(features[train], true[train])
        return 1 / (1 + np.exp(-2 * model.decision_function(features[test])))

    def tfidf(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        model = fit_tfidf([texts[row] for row in train], true[train])
        return model.predict_proba([texts[row] for row in test])[:, 1]

    print(f"embeddings + cues, kernel machine  F1 {cross_validate(kernel, true):.3f}")
    print(f"TF-IDF + logistic regression       F1 {cross_validate(tfidf, true):.3f}")


if __name__ == "__main__":
    main()
