"""Raters who select posts together: clusters whose ratings count once on a note.

Cost: linear in the ratings plus the meetings of raters within the time window; memory linear in ratings and raters.

Source: SCORING 7.4 (post_selection_similarity.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring.table import UNKNOWN, Int32s, Int64s, Notes, Ratings

MINUTE_MS = 60_000


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
