"""Groups of raters who choose the same notes more often than independent raters would.

What sets a coordinated block apart from an honest minority is dependence, not opinion. So the search looks at no
answer: only at which notes a rater chose, and when. An independent rater chooses among the notes that are being rated
on a day by how much they are rated by others of the same side; a member of a group chooses by what the rest of the
group rates. What a found group then costs its members is decided by their answers (`independence`): a circle of friends
with one hobby is found here too, and keeps its full weight there.

1. Seeds: leading directions of the rating matrix, each rating taken against the mean of its day, rows and columns
   scaled by their sizes (spectral clustering of a bipartite graph). Only directions above what random signs give are
   followed.
2. From a seed, expectation-maximisation of a mixture: each rating of a rater follows the group with the rater's own
   share, or is independent. Likelihood ratio of a rating: group's share of the note (without the rater) over the
   independent share of the note on the rater's side, times the ratios for the day and for the time since the note
   appeared. Times may be as coarse as days; then the last ratio says nothing.

Linear in the number of ratings. Sources: Dhillon 2001 (bipartite spectral co-clustering); Buja and Eyuboglu 1992
(parallel analysis); Dempster, Laird and Rubin 1977.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring import coordination_kernels as kernels
from kiemchung.scoring.coordination_kernels import Behaviour, Entries, Membership, Odds, Tally
from kiemchung.scoring.ordinal import Paired
from kiemchung.scoring.table import Bools, Float32s, Float64s, Int16s, Int64s
from kiemchung.scoring.workers import Workers

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
#: Edges of the bins of the time between a note's appearance and a rating, in hours.
LAG_EDGES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
#: Row ranges whose sums are added up apart, so that the total does not depend on the number of threads.
CHUNKS = 16


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How groups are looked for.

    Attributes:
        directions: leading directions looked at in one round.
        iterations: rounds of the subspace iteration.
        above_noise: a direction is followed from so many times the largest singular value under random signs.
        degree_offset: ratings added to a row's size before it is scaled by it, so that rare raters do not lead.
        seed_shares: shares of the raters, highest on a direction, that a search begins with.
        first_steps, steps: expectation-maximisation steps to compare seeds, and from the best of them.
        member_odds: prior log-odds that a rater is a member.
        held: imagined choices that hold a group's shares to the independent ones.
        min_belonging: probability below which a rater is no member at all, so that nobody else loses a trace of weight.
        min_members: smallest group.
        min_evidence: mean log-likelihood ratio per rating that a group needs.
        max_share: a group of more of all ratings cannot be told from the community itself.
        max_days: days are merged so that there are no more bins.
        ratings_per_day: and so that a bin has this many ratings on average.
    """

    directions: int = 6
    iterations: int = 8
    above_noise: float = 1.12
    degree_offset: float = 10.0
    seed_shares: tuple[float, ...] = (0.01, 0.05, 0.2)
    first_steps: int = 3
    steps: int = 8
    member_odds: float = -7.0
    held: float = 20.0
    min_belonging: float = 0.05
    min_members: int = 4
    min_evidence: float = 0.3
    max_share: float = 0.5
    max_days: int = 400
    ratings_per_day: int = 200


@dataclass(frozen=True, slots=True)
class When:
    """Time of each rating in bins, in both orders.

    Attributes:
        day: int16[k], by note. rater_day, rater_lag: int16[k], by rater.
        n_days: number of day bins.
    """

    day: Int16s
    rater_day: Int16s
    rater_lag: Int16s
    n_days: int


@dataclass(frozen=True, slots=True)
class Group:
    """Raters who choose alike.

    Attributes:
        belongs: float64[U], probability of being a member.
        joint: float64[k] in the order of raters, probability that the rating follows the group.
        n_ratings: sum of joint.
        evidence: mean log-likelihood ratio of those ratings, in nats.
    """

    belongs: Float64s
    joint: Float64s
    n_ratings: float
    evidence: float

    @property
    def n_members(self) -> float:
        return float(self.belongs.sum())


def bin_times(ratings: Paired, created_at_ms: Int64s, note_created_at_ms: Int64s, config: SearchConfig) -> When:
    """Put ratings into day and lag bins.

    Args:
        created_at_ms: int64[k] of the ratings, in the order of notes.
        note_created_at_ms: int64[N] of the paired notes; a missing time counts as the rating's.
    """
    first, last = int(created_at_ms.min()), int(created_at_ms.max())
    most = max(1, min(config.max_days, len(ratings) // config.ratings_per_day))
    width = max(DAY_MS, (last - first) // most + 1)
    day = ((created_at_ms - first) // width).astype(np.int16)
    note_time = np.repeat(note_created_at_ms, np.diff(ratings.note_start))
    lag_ms = np.where(note_time < 0, 0, created_at_ms - note_time)
    edges = np.array(LAG_EDGES) * HOUR_MS
    lag = np.searchsorted(edges, lag_ms, side="right").astype(np.int16)
    return When(day, day[ratings.place], lag[ratings.place], int(day.max()) + 1)


def search(
    ratings: Paired,
    when: When,
    free: Float32s,
    side: NDArray[np.int8],
    config: SearchConfig,
    workers: Workers,
    residual: Float32s | None = None,
) -> Iterator[Group]:
    """Groups along the leading directions, the strongest direction first.

    Args:
        free: float32[k] in the order of notes, how much of each rating no group has explained.
        side: int8[U], 0 or 1.
        residual: float32[k] in the order of notes; given, directions are those of what the fit leaves unexplained
            instead of those of the choices. The groups themselves are told by choices either way.
    """
    value = free if residual is None else (free * residual).astype(np.float32)
    directions, sizes = _directions(ratings, when, free, value, config, workers, centred=residual is None)
    signs = np.random.default_rng(len(ratings)).choice(np.array([-1.0, 1.0], np.float32), len(ratings))
    _, noise = _directions(ratings, when, free, (value * signs).astype(np.float32), config, workers, centred=False)
    behaviour = Behaviour(ratings.rater_start, ratings.note, when.rater_day, when.rater_lag, free[ratings.place], side)
    base = _tally(ratings, when, behaviour, _everybody(ratings, behaviour))
    for k in np.flatnonzero(sizes >= config.above_noise * noise[0]):
        best: Group | None = None
        for sign in (1.0, -1.0):
            for share in config.seed_shares:
                group = _grow(ratings, when, behaviour, base, _top(sign * directions[:, k], share), config, workers)
                if group and (best is None or group.n_ratings * group.evidence > best.n_ratings * best.evidence):
                    best = group
        if best is not None:
            yield best


def _directions(
    ratings: Paired,
    when: When,
    free: Float32s,
    value: Float32s,
    config: SearchConfig,
    workers: Workers,
    *,
    centred: bool,
) -> tuple[Float64s, Float64s]:
    """Leading left singular vectors of the scaled rating matrix, float64[U, directions], and its singular values.

    The matrix has value * s_u * s_n where u rated n, s = 1 / sqrt(size + offset); centred, the mean
    of the entry's day is taken off.
    """
    by_note = Entries(ratings.note_start, ratings.rater, value, when.day)
    by_rater = Entries(ratings.rater_start, ratings.note, value[ratings.place], when.rater_day)
    note_size = np.add.reduceat(np.append(free, np.float32(0)), ratings.note_start[:-1])
    rater_size = np.add.reduceat(np.append(free[ratings.place], np.float32(0)), ratings.rater_start[:-1])
    note_scale = 1 / np.sqrt(note_size.astype(np.float64) + config.degree_offset)
    rater_scale = 1 / np.sqrt(rater_size.astype(np.float64) + config.degree_offset)
    block = np.random.default_rng(len(ratings)).standard_normal((ratings.n_raters, config.directions))
    other = np.empty((ratings.n_notes, config.directions))
    _orthonormalise(block)
    sizes = np.zeros(config.directions)
    for _ in range(config.iterations):
        block *= rater_scale[:, None]
        mean = _day_means(by_rater, block, when.n_days, workers, centred)
        workers.over_rows(kernels.centred_product, by_note.start, by_note.start, by_note, block, mean, other)
        other *= note_scale[:, None]
        _orthonormalise(other)
        other *= note_scale[:, None]
        mean = _day_means(by_note, other, when.n_days, workers, centred)
        workers.over_rows(kernels.centred_product, by_rater.start, by_rater.start, by_rater, other, mean, block)
        block *= rater_scale[:, None]
        sizes = _orthonormalise(block)
    order = np.argsort(-sizes, kind="stable")
    return block[:, order] * rater_scale[:, None], sizes[order]


def _day_means(entries: Entries, block: Float64s, n_days: int, workers: Workers, centred: bool) -> Float64s:
    """Mean of block over the entries of each day, float64[days, columns]."""
    if not centred:
        return np.zeros((n_days, block.shape[1]))
    rows = len(entries.start) - 1
    chunk_start = np.searchsorted(entries.start, np.linspace(0, entries.start[-1], CHUNKS + 1)).astype(np.int64)
    chunk_start[0], chunk_start[-1] = 0, rows
    sums = np.zeros((CHUNKS, n_days, block.shape[1] + 1))
    workers.over_rows(kernels.day_sums, entries.start[chunk_start], chunk_start, entries, block, sums)
    total = sums.sum(axis=0)
    mean: Float64s = total[:, :-1] / np.maximum(total[:, -1:], 1e-9)
    return mean


def _orthonormalise(block: Float64s) -> Float64s:
    """Make the columns orthonormal in place (modified Gram-Schmidt); returns what was left of each column's length."""
    left = np.zeros(block.shape[1])
    for i in range(block.shape[1]):
        for j in range(i):
            block[:, i] -= float((block[:, i] * block[:, j]).sum()) * block[:, j]
        left[i] = float(np.sqrt((block[:, i] ** 2).sum()))
        block[:, i] *= 1 / left[i] if left[i] > 1e-12 else 0.0
    return left


def _top(loading: Float64s, share: float) -> Bools:
    """The raters with the highest loading, as a mask."""
    count = max(4, int(share * len(loading)))
    chosen = np.zeros(len(loading), np.bool_)
    chosen[np.argsort(-loading, kind="stable")[:count]] = True
    return chosen


def _everybody(ratings: Paired, behaviour: Behaviour) -> Membership:
    return Membership(np.ones(ratings.n_raters), np.ones(ratings.n_raters), behaviour.free.astype(np.float64))


def _tally(ratings: Paired, when: When, behaviour: Behaviour, membership: Membership) -> Tally:
    out = Tally(np.zeros((ratings.n_notes, 2)), np.zeros(when.n_days), np.zeros(len(LAG_EDGES) + 1))
    kernels.tally(behaviour, membership, out)
    return out


def _grow(
    ratings: Paired,
    when: When,
    behaviour: Behaviour,
    base: Tally,
    seed: Bools,
    config: SearchConfig,
    workers: Workers,
) -> Group | None:
    """The group that the mixture finds from a seed; None if it falls apart, swallows the community or is too weak."""
    start = ratings.rater_start
    rows = np.repeat(seed, np.diff(start))
    membership = Membership(
        seed.astype(np.float64), np.full(ratings.n_raters, 0.8), np.where(rows, behaviour.free, 0.0).astype(np.float64)
    )
    evidence = np.zeros(ratings.n_raters)
    everything = float(base.day.sum())
    for step in range(config.steps):
        done = _tally(ratings, when, behaviour, membership)
        odds = _odds(base, done, config)
        workers.over_rows(kernels.expect_rows, start, start, behaviour, odds, membership, evidence)
        n_ratings = float(membership.joint.sum())
        if step + 1 >= config.first_steps:
            weak = n_ratings <= 0 or float(evidence.sum()) < config.min_evidence * n_ratings
            if weak or n_ratings > config.max_share * everything:
                return None
            if float(membership.belongs.sum()) < config.min_members:
                return None
    sure = np.where(membership.belongs >= config.min_belonging, membership.belongs, 0.0)
    joint = np.where(np.repeat(sure > 0, np.diff(start)), membership.joint, 0.0)
    return Group(sure, joint, n_ratings, float(evidence.sum()) / n_ratings)


def _odds(base: Tally, done: Tally, config: SearchConfig) -> Odds:
    """What a group's doings say of a rating, the rest of the community being independent."""
    rest = np.maximum(base.note - done.note, 0.0)
    both = rest.sum(axis=1) + 0.5
    smoothed = rest + 0.5 * both[:, None]
    expected = smoothed / smoothed.sum(axis=0)
    return Odds(
        expected=expected,
        group=done.note.sum(axis=1),
        total=float(done.note.sum()),
        held=config.held,
        day=1 / _share_ratio(base.day, done.day, 10.0),
        lag=_share_ratio(base.lag, done.lag, 20.0),
        prior=config.member_odds,
    )


def _share_ratio(base: Float64s, done: Float64s, held: float) -> Float64s:
    """Share of the group's ratings in each bin over the rest's, held to it by imagined ratings; at least 0.05."""
    rest = np.maximum(base - done, 0.0) + 1.0
    expected = rest / rest.sum()
    share = (done + held * expected) / (done.sum() + held)
    ratio: Float64s = np.maximum(share / expected, 0.05)
    return ratio
