"""Compiled loops over pairs of raters who met on a note: counts and unions, nothing else; the math is in `clusters`.

Pairs are never stored: for one rater after the other, the partners are counted in an array as long as the list of
raters, so memory is linear in ratings and raters, and time is linear in the meetings that the windows allow.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def sort_within(start, created_at_ms, order):
    """Order the rows of each group by time; order[start[g]:start[g+1]] become the rows of group g, earliest first."""
    for g in range(start.size - 1):
        lo, hi = start[g], start[g + 1]
        local = np.argsort(created_at_ms[lo:hi], kind="mergesort")
        for j in range(hi - lo):
            order[lo + j] = lo + local[j]


@njit(cache=True, nogil=True)
def meetings_of(
    u, mine, post, note_start, note, place, order, rater, created_at_ms, window_ms, last_post, met, partners
):
    """Count, for rater u, on how many posts each later rater rated the same note within the window.

    Args:
        mine: u's rating rows, grouped by post.
        place: position of each row in `order`, which lists a note's rows by time.
        last_post, met: int64[p], int32[p] work arrays; -1 and 0 at first; the caller clears the partners' again.
        partners: int32[p], filled with the raters met.

    Returns:
        How many partners there are; met[v] is then the number of posts shared with v.
    """
    n_partners = 0
    for k in mine:
        n = note[k]
        t = created_at_ms[k]
        for step in (-1, 1):
            j = place[k] + step
            while note_start[n] <= j < note_start[n + 1]:
                other = order[j]
                if abs(created_at_ms[other] - t) > window_ms:
                    break
                v = rater[other]
                if v > u and last_post[v] != post[k]:
                    if met[v] == 0:
                        partners[n_partners] = v
                        n_partners += 1
                    last_post[v] = post[k]
                    met[v] += 1
                j += step
    return n_partners


@njit(cache=True, nogil=True)
def co_rating_links(
    by_rater,
    rater_start,
    post,
    n_posts_of,
    note_start,
    note,
    place,
    order,
    rater,
    created_at_ms,
    window_ms,
    min_posts,
    n_pairs,
    smoothing,
    min_npmi,
    overlap_smoothing,
    min_overlap,
    parent,
):
    """Join, in the forest `parent`, raters whose meetings pass either limit of SCORING 7.4; count the links."""
    p = rater_start.size - 1
    last_post = np.full(p, -1, np.int64)
    met = np.zeros(p, np.int32)
    partners = np.empty(p, np.int32)
    n_links = 0
    for u in range(p):
        if n_posts_of[u] < min_posts:
            continue
        mine = by_rater[rater_start[u] : rater_start[u + 1]]
        n_partners = meetings_of(
            u, mine, post, note_start, note, place, order, rater, created_at_ms, window_ms, last_post, met, partners
        )
        a = float(n_posts_of[u])
        for i in range(n_partners):
            v = partners[i]
            c = float(met[v])
            met[v] = 0
            last_post[v] = -1
            b = float(n_posts_of[v])
            if b < min_posts:
                continue
            linked = c / (min(a, b) + overlap_smoothing) >= min_overlap
            if not linked and c < n_pairs:
                npmi = np.log(c * n_pairs / ((a + smoothing) * (b + smoothing))) / -np.log(c / n_pairs)
                linked = npmi >= min_npmi
            if linked:
                join(parent, u, v)
                n_links += 1
    return n_links


@njit(cache=True, nogil=True)
def root_of(parent, u):
    """The root of u's tree; the path is halved on the way."""
    while parent[u] != u:
        parent[u] = parent[parent[u]]
        u = parent[u]
    return u


@njit(cache=True, nogil=True)
def join(parent, u, v):
    """Put u and v into one tree, whose root is its smallest member."""
    a, b = root_of(parent, u), root_of(parent, v)
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@njit(cache=True, nogil=True)
def join_all(parent, left, right):
    """Join each pair."""
    for j in range(left.size):
        join(parent, left[j], right[j])


@njit(cache=True, nogil=True)
def roots(parent):
    """The root of every node, in place."""
    for u in range(parent.size):
        parent[u] = root_of(parent, u)
