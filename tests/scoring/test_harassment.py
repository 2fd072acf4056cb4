"""The harassment and abuse model."""

from dataclasses import replace

import numpy as np

from kiemchung.scoring.harassment import count_filter, fit_harassment, labelled
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.table import NOT_HELPFUL_TAGS
from tests.scoring.datasets import ratings_of

ABUSE, OTHER, OUTDATED = (
    1 << NOT_HELPFUL_TAGS.index(f"notHelpful{tag}") for tag in ("SpamHarassmentOrAbuse", "Other", "Outdated")
)


def test_labels_are_the_tag_or_helpful_or_other():
    rows = [(0, 0, 0.0, 1), (0, 1, 1.0, 1), (0, 2, 0.0, 1), (0, 3, 0.0, 1), (0, 4, 0.5, 1)]
    ratings = replace(ratings_of(rows), not_helpful_tags=np.array([ABUSE | OTHER, 0, OTHER, OUTDATED, 0], np.uint16))
    kept, label = labelled(ratings)
    assert kept.rater.tolist() == [0, 1, 2]
    assert label.tolist() == [1.0, 0.0, 0.0]


def test_count_filter_runs_once_notes_raters_notes():
    rows = [(n, u, 1.0, 1) for n in range(3) for u in range(4)] + [(3, 0, 1.0, 1)]
    ratings = ratings_of(rows)
    assert count_filter(ratings, 4, 4, 3, 2).tolist() == [True] * 12 + [False]
    assert not count_filter(ratings, 4, 4, 4, 2).any()


def model(flag, *, n_notes=12, n_raters=20):
    rng = np.random.default_rng(0)
    rows = [(n, u, 1.0, 1) for n in range(n_notes) for u in range(n_raters)]
    ratings = ratings_of(rows)
    tags = np.array([ABUSE if flag(n, u) else 0 for n, u, *_ in rows], np.uint16)
    ratings = replace(ratings, not_helpful_tags=tags)
    return fit_harassment(
        ratings, rng.normal(0, 0.3, n_notes), rng.normal(0, 0.3, n_raters), per_rater=10, per_note=5,
        penalties=Penalties(),
    )  # fmt: skip


def test_note_that_everybody_flags_scores_above_the_rest():
    scores = model(lambda n, u: n == 3 or (n == 5 and u < 2))
    assert scores.argmax() == 3
    assert scores[3] > np.delete(scores, 3).max() + 0.2


def test_one_class_alone_gives_no_model():
    assert model(lambda _n, _u: False) is None
    assert model(lambda _n, _u: True) is None
