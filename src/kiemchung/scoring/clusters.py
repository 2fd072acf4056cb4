"""Raters who act together: clusters by post selection (their ratings count once), and quasi-cliques (flagged).

Cost: linear in the ratings plus the meetings of raters within the time window; memory linear in ratings and raters.

Source: SCORING 7.4 (post_selection_similarity.py, quasi_clique_detection.py).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import UNKNOWN, Bools, Classification, Int32s, Int64s, Notes, Ratings

MINUTE_MS = 60_000
WEEK_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Quickness:
    """One limit on fast helpful ratings: within so many minutes, by share of the rater's and of the author's.

    Attributes:
        rater_share: of the rater's helpful ratings within the time, those that go to one author.
        author_share: of the author's notes, those that the rater so rated.
    """

    minutes: int
    rater_share: float
    author_share: float


@dataclass(frozen=True, slots=True)
class SimilarityConfig:
    """Limits of post-selection similarity (SCORING 17, PSS).

    Attributes:
        quickness: rater to author; denominators below `min_quick` do not count.
        window_minutes: two ratings of a note this close are a meeting.
        min_posts: raters with fewer rated posts are left out of co-rating.
        npmi_smoothing, min_npmi: of the smoothed normalised pointwise mutual information.
        overlap_smoothing, min_overlap: of shared posts over the smaller total.
    """

    quickness: tuple[Quickness, ...] = (Quickness(1, 0.2, 0.2), Quickness(5, 0.45, 0.3), Quickness(20, 0.7, 0.4))
    min_quick: int = 10
    window_minutes: int = 20
    min_posts: int = 10
    npmi_smoothing: float = 500.0
    min_npmi: float = 0.55
    overlap_smoothing: float = 10.0
    min_overlap: float = 0.4


@dataclass(frozen=True, slots=True)
class CliqueConfig:
    """Limits of quasi-cliques (SCORING 17).

    Attributes:
        weeks: of notes that are looked at, ending at the newest rating.
        min_seed_posts: the first pair must share more posts than this.
        action_share, min_action_raters: who must give an action for it to be the group's.
        member_share: of the group's posts, on which each member must have given a group action.
        min_posts: with a group action, that must remain.
        min_members, max_members: of a group that counts.
    """

    weeks: int = 13
    min_seed_posts: int = 50
    action_share: float = 0.25
    min_action_raters: int = 4
    member_share: float = 0.25
    min_posts: int = 25
    min_members: int = 5
    max_members: int = 2000


def post_selection_clusters(
    ratings: Ratings, notes: Notes, n_participants: int, config: SimilarityConfig | None = None
) -> Int32s:
    """The cluster of each participant: its smallest member's row, or -1 for those without a link; int32[p]."""
    from kiemchung.scoring import cluster_kernels as kernels  # numba, which takes a second to load

    config = config or SimilarityConfig()
    parent = np.arange(n_participants, dtype=np.int32)
    raters, authors = quick_pairs(ratings, notes, n_participants, config)
    kernels.join_all(parent, raters, authors)
    _join_co_raters(parent, ratings, notes, n_participants, config)
    kernels.roots(parent)
    size = np.bincount(parent, minlength=n_participants)
    return np.where(size[parent] > 1, parent, UNKNOWN).astype(np.int32)


def quick_pairs(ratings: Ratings, notes: Notes, n_participants: int, config: SimilarityConfig) -> tuple[Int64s, Int64s]:
    """Raters and the authors whom they rate helpful unusually fast and often; int64[links] each."""
    author = notes.author[ratings.note]
    after_ms = ratings.created_at_ms - notes.created_at_ms[ratings.note]
    eligible = (ratings.value == 1) & (author != UNKNOWN) & (author != ratings.rater) & (after_ms >= 0)
    n_notes_of = np.bincount(notes.author[notes.author != UNKNOWN], minlength=n_participants)
    raters, authors = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for limit in config.quickness:
        rows = eligible & (after_ms <= limit.minutes * MINUTE_MS)
        pair, count = np.unique(
            ratings.rater[rows].astype(np.int64) * n_participants + author[rows], return_counts=True
        )
        u, v = np.divmod(pair, n_participants) if n_participants else (pair, pair)
        own = np.bincount(u, weights=count, minlength=n_participants)[u]
        theirs = n_notes_of[v]
        linked = (own >= config.min_quick) & (count >= limit.rater_share * own)
        linked |= (theirs >= config.min_quick) & (count >= limit.author_share * theirs)
        raters.append(u[linked])
        authors.append(v[linked])
    return np.concatenate(raters), np.concatenate(authors)


def _join_co_raters(
    parent: Int32s, ratings: Ratings, notes: Notes, n_participants: int, config: SimilarityConfig
) -> None:
    from kiemchung.scoring import cluster_kernels as kernels  # numba, which takes a second to load
    from kiemchung.scoring.sorting import order_by  # the same

    rows = ratings.take(notes.post_id[ratings.note] != UNKNOWN)
    _, post_of_note = np.unique(notes.post_id, return_inverse=True)
    post = post_of_note[rows.note]
    n_posts = int(post_of_note.max(initial=-1)) + 1
    by_rater = order_by(rows.rater, n_participants, post, n_posts)
    first_on_post = np.ones(len(rows), np.bool_)
    u, p = rows.rater[by_rater], post[by_rater]
    first_on_post[1:] = (u[1:] != u[:-1]) | (p[1:] != p[:-1])
    n_posts_of = np.bincount(u[first_on_post], minlength=n_participants)
    note_start = _starts(rows.note, len(notes))
    order = np.empty(len(rows), np.int64)
    kernels.sort_within(note_start, rows.created_at_ms, order)
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows))
    kernels.co_rating_links(
        by_rater,
        _starts(rows.rater, n_participants),
        post,
        n_posts_of,
        note_start,
        rows.note,
        place,
        order,
        rows.rater,
        rows.created_at_ms,
        config.window_minutes * MINUTE_MS,
        config.min_posts,
        float(first_on_post.sum()),
        config.npmi_smoothing,
        config.min_npmi,
        config.overlap_smoothing,
        config.min_overlap,
        parent,
    )


def _starts(keys: NDArray[Any], n: int) -> Int64s:
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=n), out=starts[1:])
    return starts


def correlated_raters(ratings: Ratings, notes: Notes, n_participants: int, config: CliqueConfig | None = None) -> Bools:
    """Raters who belong to a group that gives equal answers on many posts; bool[n_participants]."""
    config = config or CliqueConfig()
    flagged = np.zeros(n_participants, np.bool_)
    if len(ratings):
        actions = _actions(ratings, notes, n_participants, config)
        for group in _groups(actions, config):
            flagged[group] = True
    return flagged


@dataclass(frozen=True, slots=True)
class _Actions:
    """Who gave which answer to which note: `action` is the number of a distinct (note, answer).

    Attributes:
        rater_start, by_rater: row numbers of each rater, grouped by post.
        action: of each row.
        start, rater: the raters who gave an action.
        post: of each action.
    """

    rater_start: Int64s
    by_rater: Int64s
    action: Int64s
    start: Int64s
    rater: Int32s
    post: Int64s

    def of(self, u: int) -> Int64s:
        """The rows of rater u."""
        return self.by_rater[self.rater_start[u] : self.rater_start[u + 1]]


def _actions(ratings: Ratings, notes: Notes, n_participants: int, config: CliqueConfig) -> _Actions:
    from kiemchung.scoring.sorting import order_by  # numba, which takes a second to load

    since = ratings.created_at_ms.max() - config.weeks * WEEK_MS
    looked_at = (notes.classification == Classification.MISLEADING) & (notes.created_at_ms >= since)
    looked_at &= notes.post_id != UNKNOWN
    rows = ratings.take(looked_at[ratings.note])
    answer = (rows.value * 2).astype(np.int64)
    given, action = np.unique(rows.note.astype(np.int64) * 3 + answer, return_inverse=True)
    _, post_of_note = np.unique(notes.post_id, return_inverse=True)
    post = post_of_note[given // 3]
    n_posts = int(post_of_note.max(initial=-1)) + 1
    by_action = order_by(action, len(given), rows.rater, n_participants)
    return _Actions(
        rater_start=_starts(rows.rater, n_participants),
        by_rater=order_by(rows.rater, n_participants, post[action], n_posts),
        action=action,
        start=_starts(action, len(given)),
        rater=rows.rater[by_action],
        post=post,
    )


def _groups(actions: _Actions, config: CliqueConfig) -> list[list[int]]:
    """The groups, found one after the other from the pair with most posts in common; members leave the search.

    A rater's number of actions bounds what it shares with anybody, so the exact best partner is looked for only when
    the bound comes up as the largest; counts only fall as raters leave, so an old count is a bound too.
    """
    from kiemchung.scoring import cluster_kernels as kernels  # numba, which takes a second to load

    p = len(actions.rater_start) - 1
    alive = np.diff(actions.rater_start) > config.min_seed_posts
    n_posts = int(actions.post.max(initial=-1)) + 1
    last_post, met, partners = np.full(p, -1, np.int64), np.zeros(p, np.int32), np.empty(p, np.int32)
    in_search = np.ones(p, np.bool_)
    bounds = [(-int(actions.rater_start[u + 1] - actions.rater_start[u]), int(u), -1) for u in np.flatnonzero(alive)]
    heapq.heapify(bounds)
    groups = []
    while bounds:
        _, u, partner = heapq.heappop(bounds)
        if not in_search[u]:
            continue
        if partner < 0 or not in_search[partner]:
            best, count = kernels.best_partner(
                u,
                actions.of(u),
                actions.action,
                actions.post,
                actions.start,
                actions.rater,
                in_search,
                last_post,
                met,
                partners,
            )
            if count > config.min_seed_posts:
                heapq.heappush(bounds, (-int(count), u, int(best)))
            continue
        group = _grown([u, partner], actions, in_search, n_posts, config)
        in_search[group] = False
        if len(group) >= config.min_members:
            groups.append(group)
    return groups


def _grown(group: list[int], actions: _Actions, in_search: Bools, n_posts: int, config: CliqueConfig) -> list[int]:
    """The group with all that can be added, the rater who shares most group actions first."""
    from kiemchung.scoring import cluster_kernels as kernels  # numba, which takes a second to load

    p = len(in_search)
    given = np.zeros(len(actions.post), np.int64)
    member = np.zeros(p, np.bool_)
    shared, touched = np.zeros(p, np.int64), np.empty(p, np.int64)
    for u in group:
        kernels.add_actions(actions.of(u), actions.action, given, 1)
        member[u] = True
    while len(group) < config.max_members:
        least = _least_raters(len(group), config)
        candidate, count = kernels.most_in_common(
            given, least, actions.start, actions.rater, in_search, member, shared, touched
        )
        if count == 0:
            break
        kernels.add_actions(actions.of(candidate), actions.action, given, 1)
        if not _holds([*group, int(candidate)], actions, given, n_posts, config):
            break
        group.append(int(candidate))
        member[candidate] = True
    return group


def _least_raters(size: int, config: CliqueConfig) -> int:
    return max(int(np.ceil(config.action_share * size)), min(size, config.min_action_raters))


def _holds(group: list[int], actions: _Actions, given: Int64s, n_posts: int, config: CliqueConfig) -> bool:
    """Enough posts with a group action remain, and every member took part in enough of them."""
    from kiemchung.scoring import cluster_kernels as kernels  # numba, which takes a second to load

    least = _least_raters(len(group), config)
    posts = kernels.group_posts(given, least, actions.post, np.zeros(n_posts, np.bool_))
    if posts < config.min_posts:
        return False
    members = np.array(group, np.int64)
    last_post = np.full(n_posts, -1, np.int64)
    fewest = kernels.least_share(
        members, actions.by_rater, actions.rater_start, actions.action, actions.post, given, least, last_post
    )
    return bool(fewest >= config.member_share * posts)
