"""Quasi-cliques: raters who give equal answers on many posts. They are flagged, and one guard leaves them out.

An *action* is a distinct (note, answer). The search wants the pair with most posts in common, of all pairs with more
than 50. To count every pair who met costs the sum of squares of the notes' numbers of ratings. But who shares t actions
with somebody shares l of them outside either's t - l most popular ones, because what is shared and missing there is, in
order of popularity, one tail of what is shared. So pairs are counted on these rare actions alone, where few meet, and
only those with l of them in full. The outcome is exact.

Source: SCORING 7.4 (quasi_clique_detection.py); prefix filters: Chaudhuri et al. 2006, with l > 1 Wang et al. 2012.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import UNKNOWN, Bools, Classification, Int32s, Int64s, Notes, Ratings

if TYPE_CHECKING:
    from kiemchung.scoring.clique_kernels import Rare

WEEK_MS = 7 * 86_400_000
#: l: more of it means fewer pairs that are counted in full, and less that is left out as popular.
LEAST_RARE = 10


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
class Actions:
    """Who gave which answer to which note: an action is the number of a distinct (note, answer).

    Attributes:
        rater_start, action: the actions of rater u are action[rater_start[u]:rater_start[u + 1]], by post.
        start, rater: the raters who gave action a are rater[start[a]:start[a + 1]], rising.
        post: of each action.
        n_posts: how many there are at most.
    """

    rater_start: Int64s
    action: Int32s
    start: Int64s
    rater: Int32s
    post: Int32s
    n_posts: int

    @property
    def n_raters(self) -> int:
        return len(self.rater_start) - 1

    def of(self, u: int) -> Int32s:
        """The actions of rater u."""
        return self.action[self.rater_start[u] : self.rater_start[u + 1]]


def _starts(keys: NDArray[Any], n: int) -> Int64s:
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=n), out=starts[1:])
    return starts


def _actions(ratings: Ratings, notes: Notes, n_participants: int, config: CliqueConfig) -> Actions:
    from kiemchung.scoring.sorting import order_by  # numba, which takes a second to load

    since = ratings.created_at_ms.max() - config.weeks * WEEK_MS
    looked_at = (notes.classification == Classification.MISLEADING) & (notes.created_at_ms >= since)
    looked_at &= notes.post_id != UNKNOWN
    rows = ratings.take(looked_at[ratings.note])
    answered = rows.note.astype(np.int64) * 3 + (rows.value * 2).astype(np.int64)
    present = np.zeros(3 * len(notes), np.bool_)
    present[answered] = True
    given = np.flatnonzero(present)
    action = (np.cumsum(present) - 1)[answered].astype(np.int32)
    _, post_of_note = np.unique(notes.post_id, return_inverse=True)
    post = post_of_note[given // 3].astype(np.int32)
    n_posts = int(post_of_note.max(initial=-1)) + 1
    by_action = order_by(action, len(given), rows.rater, n_participants)
    by_rater = order_by(rows.rater, n_participants, post[action], n_posts)
    return Actions(
        rater_start=_starts(rows.rater, n_participants),
        action=action[by_rater],
        start=_starts(action, len(given)),
        rater=rows.rater[by_action],
        post=post,
        n_posts=n_posts,
    )


def rare_actions(actions: Actions, more_than: int) -> Rare:
    """What raters who share more than so many posts must share LEAST_RARE of."""
    from kiemchung.scoring.clique_kernels import Rare  # numba, which takes a second to load
    from kiemchung.scoring.sorting import order_by  # the same

    least = min(LEAST_RARE, more_than + 1)
    n_given = np.diff(actions.rater_start)
    row = np.flatnonzero(n_given > more_than)
    row = row[np.argsort(-n_given[row], kind="stable")]
    number = np.full(actions.n_raters, -1, np.int32)
    number[row] = np.arange(len(row), dtype=np.int32)
    rater = np.repeat(number, n_given)
    busy = rater >= 0
    rater, action = rater[busy], actions.action[busy]
    popularity = np.bincount(action, minlength=len(actions.post))
    rank = np.empty(len(popularity), np.int32)
    rank[np.argsort(popularity, kind="stable")] = np.arange(len(popularity), dtype=np.int32)
    by_rank = order_by(rater, len(row), rank[action], len(rank))
    rater, action = rater[by_rank], action[by_rank]
    kept = np.arange(len(rater)) < _starts(rater, len(row))[1:][rater] - (more_than + 1 - least)
    rater, action = rater[kept], action[kept]
    by_action = order_by(action, len(rank), rater, len(row))
    place = np.empty(len(rater), np.int64)
    place[by_action] = np.arange(len(rater))
    return Rare(row, _starts(rater, len(row)), action, place, _starts(action, len(rank)), rater[by_action], least)


def _groups(actions: Actions, config: CliqueConfig) -> list[list[int]]:
    """The groups, found one after the other from the pair with most posts in common; members leave the search.

    A pair is looked for from its busier rater. A rater's number of actions bounds what it shares with anybody, so the
    exact best partner is looked for only when the bound comes up as the largest; counts only fall as raters leave, so
    an old count is a bound too.
    """
    from kiemchung.scoring import clique_kernels as kernels  # numba, which takes a second to load

    least = config.min_seed_posts
    rare = rare_actions(actions, least)
    in_search = np.ones(actions.n_raters, np.bool_)
    given = np.zeros(len(actions.post), np.bool_)
    shared, likely = np.zeros(len(rare.row), np.int32), np.empty(len(rare.row), np.int32)
    n_given = np.diff(actions.rater_start)[rare.row]
    bounds = [(-int(n), r, -1) for r, n in enumerate(n_given)]
    heapq.heapify(bounds)
    groups = []
    while bounds:
        _, r, partner = heapq.heappop(bounds)
        if not in_search[rare.row[r]]:
            continue
        if partner < 0 or not in_search[rare.row[partner]]:
            best, count = kernels.best_partner(
                r, rare, actions.rater_start, actions.action, actions.post, in_search, least, given, shared, likely
            )
            if best >= 0:
                heapq.heappush(bounds, (-int(count), r, int(best)))
            continue
        group = _grown([int(rare.row[r]), int(rare.row[partner])], actions, in_search, config)
        in_search[group] = False
        if len(group) >= config.min_members:
            groups.append(group)
    return groups


def _grown(group: list[int], actions: Actions, in_search: Bools, config: CliqueConfig) -> list[int]:
    """The group with all that can be added, the rater who shares most group actions first."""
    from kiemchung.scoring import clique_kernels as kernels  # numba, which takes a second to load

    p = actions.n_raters
    given, listed, n_listed = np.zeros(len(actions.post), np.int64), np.empty(len(actions.post), np.int32), 0
    member, shared, touched = np.zeros(p, np.bool_), np.zeros(p, np.int64), np.empty(p, np.int64)
    stamp = np.zeros(actions.n_posts, np.int64)
    for u in group:
        n_listed = kernels.add_actions(actions.of(u), given, listed, n_listed)
        member[u] = True
    while len(group) < config.max_members:
        least = _least_raters(len(group), config)
        candidate, count = kernels.most_in_common(
            given, least, listed[:n_listed], actions.start, actions.rater, in_search, member, shared, touched
        )
        if count == 0:
            break
        n_listed = kernels.add_actions(actions.of(candidate), given, listed, n_listed)
        larger = [*group, int(candidate)]
        least = _least_raters(len(larger), config)
        posts = kernels.group_posts(given, least, listed[:n_listed], actions.post, stamp, len(larger))
        fewest = kernels.least_share(
            np.array(larger, np.int64), actions.rater_start, actions.action, actions.post, given, least
        )
        if posts < config.min_posts or fewest < config.member_share * posts:
            break
        group = larger
        member[candidate] = True
    return group


def _least_raters(size: int, config: CliqueConfig) -> int:
    return max(int(np.ceil(config.action_share * size)), min(size, config.min_action_raters))
