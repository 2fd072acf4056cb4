from itertools import combinations
from math import ceil

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.scoring.cliques import CliqueConfig, correlated_raters
from tests.scoring.datasets import HOUR_MS, notes_of, ratings_of

#: Limits that a few ratings can pass.
SMALL = CliqueConfig(min_seed_posts=2, min_action_raters=2, min_posts=2, min_members=3)


def _naive_groups(rows, posts, n_raters, config):
    """Plain twin: all pairs, all candidates, sets of actions; a pair is named by its busier rater first."""
    actions = {u: {(n, v) for n, w, v, _ in rows if w == u} for u in range(n_raters)}
    rank = {u: k for k, u in enumerate(sorted(actions, key=lambda u: (-len(actions[u]), u)))}
    alive, groups = set(actions), []

    def on_posts(some):
        return len({posts[n] for n, _ in some})

    def group_actions(group):
        least = max(ceil(config.action_share * len(group)), min(len(group), config.min_action_raters))
        everything = set().union(*(actions[u] for u in group))
        return {a for a in everything if sum(a in actions[u] for u in group) >= least}

    def holds(group):
        shared = group_actions(group)
        fewest = min(on_posts(actions[u] & shared) for u in group)
        return on_posts(shared) >= config.min_posts and fewest >= config.member_share * on_posts(shared)

    while True:
        pairs = [sorted(pair, key=rank.get) for pair in combinations(alive, 2)]
        counted = [(-on_posts(actions[u] & actions[v]), rank[u], rank[v], u, v) for u, v in pairs]
        if not counted or -min(counted)[0] <= config.min_seed_posts:
            return groups
        group = list(min(counted)[3:])
        while True:
            shared = group_actions(group)
            others = [(-len(actions[u] & shared), u) for u in alive - set(group) if actions[u] & shared]
            if not others or not holds([*group, min(others)[1]]):
                break
            group.append(min(others)[1])
        alive -= set(group)
        if len(group) >= config.min_members:
            groups.append(group)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(0, 11), st.integers(0, 7)), st.sampled_from([0.0, 0.0, 0.5, 1.0])),
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
)
def test_groups_are_those_of_the_plain_twin(answers, posts):
    rows = [(n, u, value, 0) for (n, u), value in answers.items()]
    flagged = correlated_raters(ratings_of(rows), notes_of(12, posts=posts), 8, SMALL)
    expected = {u for group in _naive_groups(rows, posts, 8, SMALL) for u in group}
    assert set(np.flatnonzero(flagged).tolist()) == expected


def test_groups_are_those_of_the_plain_twin_where_most_pairs_share_only_popular_notes():
    """Busy raters who meet on the same few notes, and two blocks hidden among them."""
    rng = np.random.default_rng(5)
    answers = {(n, u): float(rng.integers(0, 3)) / 2 for n in range(20) for u in range(40)}
    answers |= {(int(n), u): 0.0 for u in range(40) for n in rng.choice(np.arange(20, 400), 30, replace=False)}
    answers |= {(n, u): 0.5 for u in range(10, 16) for n in range(400, 440) if rng.random() < 0.9}
    answers |= {(n, u): 1.0 for u in range(30, 37) for n in range(440, 480) if rng.random() < 0.8}
    rows = [(n, u, value, 0) for (n, u), value in answers.items()]
    config = CliqueConfig(min_seed_posts=30)
    flagged = correlated_raters(ratings_of(rows), notes_of(480), 40, config)
    groups = _naive_groups(rows, list(range(480)), 40, config)
    assert len(groups) == 2
    assert set(np.flatnonzero(flagged).tolist()) == {u for group in groups for u in group}


def test_group_that_answers_alike_on_many_posts_is_flagged():
    rng = np.random.default_rng(3)
    block = [(n, u, 1.0, u * HOUR_MS) for n in range(80) for u in range(6)]
    others = [
        (n, u, float(rng.integers(0, 3)) / 2, u * HOUR_MS)
        for n in range(80)
        for u in range(6, 30)
        if rng.random() < 0.2
    ]
    flagged = correlated_raters(ratings_of(block + others), notes_of(80), 30)
    assert np.flatnonzero(flagged).tolist() == [0, 1, 2, 3, 4, 5]


def test_group_below_the_least_size_or_posts_is_not_flagged():
    pair = ratings_of([(n, u, 1.0, 0) for n in range(80) for u in range(2)])
    short = ratings_of([(n, u, 1.0, 0) for n in range(50) for u in range(6)])
    assert not correlated_raters(pair, notes_of(80), 2).any()
    assert not correlated_raters(short, notes_of(50), 6).any()


def test_equal_answers_on_old_or_not_misleading_notes_do_not_count():
    ratings = ratings_of([(n, u, 1.0, 0) for n in range(80) for u in range(6)])
    old = notes_of(80, created_at_ms=np.zeros(80, np.int64))
    fine = notes_of(80, classification=np.zeros(80, np.int8))
    assert not correlated_raters(ratings, old, 6).any()
    assert not correlated_raters(ratings, fine, 6).any()
    assert correlated_raters(ratings, notes_of(80), 6, CliqueConfig()).all()


def test_no_rating_flags_nobody():
    assert not correlated_raters(ratings_of([]), notes_of(0), 3).any()
