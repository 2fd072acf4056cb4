"""The alternative that every figure stands next to: TF-IDF of words and characters with logistic regression."""

from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union


def tfidf() -> Any:
    """Words and pairs, and 2- to 5-letter runs within words."""
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
    )


def fit_tfidf(texts: Sequence[str], labels: Sequence[Any]) -> Any:
    """A fitted pipeline, classes balanced."""
    return make_pipeline(tfidf(), LogisticRegression(C=3, class_weight="balanced", max_iter=1000)).fit(texts, labels)
