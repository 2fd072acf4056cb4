from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.scoring.clusters import (
    MINUTE_MS,
    SimilarityConfig,
    post_selection_clusters,
)
from tests.scoring.datasets import HOUR_MS, notes_of, ratings_of

NO_QUICKNESS = SimilarityConfig(quickness=())


def test_raters_who_meet_on_most_posts_are_one_cluster():
    together = [(n, u, 1.0, n * HOUR_MS + u * MINUTE_MS) for n in range(20) for u in (0, 1, 2)]
    apart = [(n, 3, 1.0, n * HOUR_MS + 40 * MINUTE_MS) for n in range(20)]
    cluster = post_selection_clusters(ratings_of(together + apart), notes_of(20), 5, NO_QUICKNESS)
    assert cluster.tolist() == [0, 0, 0, -1, -1]


def test_meetings_count_posts_not_notes():
    """Ten raters' meetings on ten notes of one post are one meeting: too few to link anyone."""
    ratings = ratings_of([(n, u, 1.0, n * HOUR_MS) for n in range(20) for u in (0, 1)])
    notes = notes_of(20, posts=[1000 + n // 10 for n in range(20)])
    few_posts = SimilarityConfig(quickness=(), min_posts=1)
    assert post_selection_clusters(ratings, notes, 2, few_posts).tolist() == [-1, -1]


def test_fast_helpful_ratings_link_a_rater_to_an_author():
    notes = notes_of(40, authors=[9] * 12 + [8] * 28)
    fan = [(n, 0, 1.0, 30_000) for n in range(12)]
    reader = [(n, 1, 1.0, HOUR_MS) for n in range(12)]
    critic = [(n, 2, 0.0, 30_000) for n in range(12)]
    cluster = post_selection_clusters(ratings_of(fan + reader + critic), notes, 10, SimilarityConfig())
    linked = np.flatnonzero(cluster >= 0).tolist()
    assert {0, 9} <= set(linked)
    assert 1 not in linked


def _naive_links(rows, n_participants, config):
    """Plain twin: all pairs of raters, all pairs of their ratings; every note is on its own post."""
    posts = {u: {n for n, v, _, _ in rows if v == u} for u in range(n_participants)}
    n_pairs = sum(len(of) for of in posts.values())
    for u, v in combinations(range(n_participants), 2):
        if min(len(posts[u]), len(posts[v])) < config.min_posts:
            continue
        at = {(n, w): t for n, w, _, t in rows}
        c = sum(abs(at[n, u] - at[n, v]) <= config.window_minutes * MINUTE_MS for n in posts[u] & posts[v])
        if not c:
            continue
        a, b = len(posts[u]), len(posts[v])
        overlap = c / (min(a, b) + config.overlap_smoothing) >= config.min_overlap
        s = config.npmi_smoothing
        npmi = c < n_pairs and np.log(c * n_pairs / ((a + s) * (b + s))) / -np.log(c / n_pairs) >= config.min_npmi
        if overlap or npmi:
            yield u, v


def _naive_clusters(links, n_participants):
    cluster = list(range(n_participants))
    changed = True
    while changed:
        changed = False
        for u, v in links:
            low = min(cluster[u], cluster[v])
            changed |= cluster[u] != low or cluster[v] != low
            cluster[u] = cluster[v] = low
    return [c if cluster.count(c) > 1 else -1 for c in cluster]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 5)), st.integers(0, 60), max_size=60))
def test_clusters_are_those_of_the_plain_twin(minutes):
    config = SimilarityConfig(quickness=(), min_posts=2, npmi_smoothing=1, overlap_smoothing=1)
    rows = [(n, u, 1.0, m * MINUTE_MS) for (n, u), m in minutes.items()]
    found = post_selection_clusters(ratings_of(rows), notes_of(10), 6, config)
    assert found.tolist() == _naive_clusters(list(_naive_links(rows, 6, config)), 6)


def test_no_rating_clusters_nobody():
    assert post_selection_clusters(ratings_of([]), notes_of(0), 3).tolist() == [-1, -1, -1]
