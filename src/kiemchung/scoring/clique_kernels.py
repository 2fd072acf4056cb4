"""Compiled loops over pairs of raters who give equal answers; nothing else, the math is in `cliques`.

Pairs are never stored: for one rater after the other, the partners are counted in an array as long as the list of
raters.
"""

from typing import NamedTuple

from numba import njit

from kiemchung.scoring.table import Int32s, Int64s


class Rare(NamedTuple):
    """The actions of busy raters but for each one's most popular, in both orders (`cliques.rare_actions`).

    Attributes:
        row: int64, rows of the busy raters, the busiest first; elsewhere they are numbered in this order.
        rater_start, action: int64, int32: those of the r-th are action[rater_start[r]:rater_start[r + 1]].
        place: int64, where each of these stands in `rater`.
        start, rater: int64, int32: who has action a among them is rater[start[a]:start[a + 1]], rising.
        least: so many of them must be shared.
    """

    row: Int64s
    rater_start: Int64s
    action: Int32s
    place: Int64s
    start: Int64s
    rater: Int32s
    least: int


@njit(cache=True, nogil=True)
def best_partner(r, rare, start, action, action_post, alive, more_than, given, shared, likely):
    """The living rater after the r-th with whom that one shares the most posts with an equal answer, and that number.

    Only a number greater than `more_than` is looked for, else -1 and 0 are returned; ties go to the earlier one. Raters
    are numbered as in `rare`; whoever shares so many posts shares `rare.least` of the actions listed there, so only
    those who do are counted in full.

    Args:
        start, action: all actions of each participant, those of one post together.
        given, shared, likely: work arrays of actions and of raters: False, 0 and anything, at first and afterwards.
    """
    n_likely = 0
    for k in range(rare.rater_start[r], rare.rater_start[r + 1]):
        for j in range(rare.place[k] + 1, rare.start[rare.action[k] + 1]):
            v = rare.rater[j]
            shared[v] += 1
            if shared[v] == rare.least:
                likely[n_likely] = v
                n_likely += 1
    shared[r:] = 0
    u = rare.row[r]
    for k in range(start[u], start[u + 1]):
        given[action[k]] = True
    best, most = -1, more_than
    for i in range(n_likely):
        v = rare.row[likely[i]]
        if not alive[v]:
            continue
        count = 0
        before = -1
        for k in range(start[v], start[v + 1]):
            a = action[k]
            if given[a] and action_post[a] != before:
                before = action_post[a]
                count += 1
        if count > most or (count == most and likely[i] < best):
            best, most = likely[i], count
    for k in range(start[u], start[u + 1]):
        given[action[k]] = False
    if best < 0:
        most = 0
    return best, most


@njit(cache=True, nogil=True)
def add_actions(mine, given, group_actions, n_group_actions):
    """Count a rater's actions into the group's; how many distinct ones the group then has, listed in group_actions."""
    for a in mine:
        if given[a] == 0:
            group_actions[n_group_actions] = a
            n_group_actions += 1
        given[a] += 1
    return n_group_actions


@njit(cache=True, nogil=True)
def most_in_common(given, least, group_actions, action_start, action_rater, alive, member, shared, touched):
    """The living non-member who gave the most group actions (given[a] >= least), and that number; ties: the lowest."""
    n_touched = 0
    for a in group_actions:
        if given[a] < least:
            continue
        for j in range(action_start[a], action_start[a + 1]):
            v = action_rater[j]
            if member[v] or not alive[v]:
                continue
            if shared[v] == 0:
                touched[n_touched] = v
                n_touched += 1
            shared[v] += 1
    best, count = -1, 0
    for i in range(n_touched):
        v = touched[i]
        if shared[v] > count or (shared[v] == count and v < best):
            best, count = v, shared[v]
        shared[v] = 0
    return best, count


@njit(cache=True, nogil=True)
def group_posts(given, least, group_actions, action_post, stamp, mark):
    """How many posts have a group action; stamp is int64[posts] without the value `mark`."""
    count = 0
    for a in group_actions:
        if given[a] >= least and stamp[action_post[a]] != mark:
            stamp[action_post[a]] = mark
            count += 1
    return count


@njit(cache=True, nogil=True)
def least_share(members, start, action, action_post, given, least):
    """The smallest number of group posts, over the members, on which a member gave a group action."""
    smallest = action.size
    for u in members:
        count = 0
        before = -1
        for k in range(start[u], start[u + 1]):
            a = action[k]
            if given[a] >= least and action_post[a] != before:
                before = action_post[a]
                count += 1
        smallest = min(smallest, count)
    return smallest
