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
from kiemchung.scoring.coordination_kernels import WIDTH, Behaviour, Entries, Membership, Odds, Tally
from kiemchung.scoring.ordinal import Paired, totals
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
        directions: leading directions looked at in one round, at most the kernels' WIDTH.
        iterations: rounds of the subspace iteration.
        noise_directions, noise_iterations: the same under random signs.
        above_noise: a direction is followed from so many times the largest singular value under random signs.
        degree_offset: ratings added to a row's size before it is scaled by it, so that rare raters do not lead.
        seed_shares: shares of the raters, highest on a direction, that a search begins with.
        first_steps, steps: expectation-maximisation steps to compare seeds, and in all for the best of them.
        member_odds: prior log-odds that a rater is a member.
        held: imagined choices that hold a group's shares to the independent ones.
        min_belonging: probability below which a rater is no member at all, so that nobody else loses a trace of weight.
        min_members: smallest group.
        min_evidence: log-likelihood ratio of its members' choices, in nats per joint rating, that a group needs.
        max_share: a group of more of all ratings cannot be told from the community itself.
        max_days: days are merged so that there are no more bins.
        ratings_per_day: and so that a bin has this many ratings on average.
    """

    directions: int = 6
    iterations: int = 6
    noise_directions: int = 2
    noise_iterations: int = 4
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
        evidence: log-likelihood ratio of the members' choices, in nats per joint rating.
    """

    belongs: Float64s
    joint: Float64s
    n_ratings: float
    evidence: float

    @property
    def n_members(self) -> float:
        return float(self.belongs.sum())


def bin_times(
    ratings: Paired, created_at_ms: Int64s, note_created_at_ms: Int64s, config: SearchConfig, workers: Workers
) -> When:
    """Put ratings into day and lag bins.

    Args:
        created_at_ms: int64[k] of the ratings, in the order of notes.
        note_created_at_ms: int64[N] of the paired notes; a missing time counts as the rating's.
    """
    first, last = int(created_at_ms.min()), int(created_at_ms.max())
    most = max(1, min(config.max_days, len(ratings) // config.ratings_per_day))
    width = max(DAY_MS, (last - first) // most + 1)
    edges = np.array(LAG_EDGES) * HOUR_MS
    day, lag = np.empty(len(ratings), np.int16), np.empty(len(ratings), np.int16)
    workers.over_rows(
        kernels.bin_rows, ratings.note_start,
        ratings.note_start, created_at_ms, note_created_at_ms, first, width, edges, day, lag,
    )  # fmt: skip
    return When(day, workers.take(day, ratings.place), workers.take(lag, ratings.place), int(day.max()) + 1)


def directions_above(
    ratings: Paired,
    when: When,
    free: Float32s,
    config: SearchConfig,
    workers: Workers,
    noise: float,
    residual: Float32s | None = None,
) -> Float64s:
    """Leading directions that stand out of the noise, the strongest first: float64[U, at most config.directions].

    Args:
        free: float32[k] in the order of notes, how much of each rating no group has explained.
        noise: size of a direction under random signs (`noise_size`).
        residual: float32[k] in the order of notes; given, directions are those of what the fit leaves unexplained
            instead of those of the choices. The groups themselves are told by choices either way.
    """
    value = free if residual is None else (free * residual).astype(np.float32)
    matrix = _Matrix(ratings, when, free, config, workers)
    directions, sizes = matrix.leading(value, config.directions, config.iterations, centred=residual is None)
    return directions[:, sizes >= config.above_noise * noise]


def groups_along(
    directions: Float64s,
    ratings: Paired,
    when: When,
    free: Float32s,
    side: NDArray[np.int8],
    config: SearchConfig,
    workers: Workers,
) -> Iterator[Group]:
    """Groups grown from the raters at either end of each direction; side is int8[U], 0 or 1."""
    growth = _Growth(ratings, when, free, side, config, workers)
    for direction in directions.T:
        seeds = [_top(sign * direction, share) for sign in (1.0, -1.0) for share in config.seed_shares]
        begun = [state for seed in seeds if (state := growth.begin(seed))]
        if begun:
            best = max(begun, key=lambda state: state.gain)
            group = growth.finish(best)
            if group:
                yield group


def noise_size(
    ratings: Paired,
    when: When,
    free: Float32s,
    config: SearchConfig,
    workers: Workers,
    residual: Float32s | None = None,
) -> float:
    """The largest singular value that the same entries have under random signs; arguments as of `directions_above`."""
    value = free if residual is None else (free * residual).astype(np.float32)
    signs = np.random.default_rng(len(ratings)).choice(np.array([-1.0, 1.0], np.float32), len(ratings))
    matrix = _Matrix(ratings, when, free, config, workers)
    return float(
        matrix.leading(value * signs, config.noise_directions, config.noise_iterations, centred=False)[1].max()
    )


class _Matrix:
    """Ratings as a matrix of raters by notes, scaled by the sizes of its rows and columns."""

    def __init__(self, ratings: Paired, when: When, free: Float32s, config: SearchConfig, workers: Workers) -> None:
        self.ratings, self.when, self.workers = ratings, when, workers
        note_size = totals(free, ratings.note_start, workers)
        rater_size = totals(workers.take(free, ratings.place), ratings.rater_start, workers)
        self.note_scale = 1 / np.sqrt(note_size + config.degree_offset)[:, None]
        self.rater_scale = 1 / np.sqrt(rater_size + config.degree_offset)[:, None]

    def leading(self, value: Float32s, columns: int, iterations: int, *, centred: bool) -> tuple[Float64s, Float64s]:
        """Leading left singular vectors, float64[U, columns], and singular values, the largest first.

        The matrix has value * s_u * s_n where u rated n, s = 1 / sqrt(size + offset); centred, the mean of the entry's
        day is taken off. The vectors are scaled by s_u once more.
        """
        ratings, when = self.ratings, self.when
        value = value.astype(np.float32, copy=False)
        by_note = Entries(ratings.note_start, ratings.rater, value, when.day)
        by_rater = Entries(ratings.rater_start, ratings.note, self.workers.take(value, ratings.place), when.rater_day)
        block = np.zeros((ratings.n_raters, WIDTH))  # the kernels' width; columns of zeros stay zero
        block[:, :columns] = np.random.default_rng(len(ratings)).standard_normal((ratings.n_raters, columns))
        other = np.empty((ratings.n_notes, WIDTH))
        _orthonormalise(block)
        squares = np.zeros(WIDTH)
        for _ in range(iterations):
            block *= self.rater_scale
            self.product(by_rater, block, by_note, other, centred)
            other *= self.note_scale**2
            self.product(by_note, other, by_rater, block, centred)
            block *= self.rater_scale
            squares = _orthonormalise(block)
        order = np.argsort(-squares, kind="stable")
        return (block * self.rater_scale)[:, order], np.sqrt(squares[order])

    def product(self, of: Entries, block: Float64s, by: Entries, out: Float64s, centred: bool) -> None:
        """out = the matrix (grouped as `by`) times block (rows of `of`), each entry less its day's mean if centred."""
        if centred:
            mean = _day_means(of, block, self.when.n_days, self.workers)
            self.workers.over_rows(kernels.centred_product, by.start, by.start, by, block, mean, out)
        else:
            self.workers.over_rows(kernels.product, by.start, by.start, by, block, out)


def _day_means(entries: Entries, block: Float64s, n_days: int, workers: Workers) -> Float64s:
    """Mean of block over the entries of each day, float64[days, columns]."""
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
    columns = np.ascontiguousarray(block.T)
    left = np.zeros(len(columns))
    for i, column in enumerate(columns):
        for earlier in columns[:i]:
            column -= float((column * earlier).sum()) * earlier
        left[i] = float(np.sqrt((column**2).sum()))
        column *= 1 / left[i] if left[i] > 1e-12 else 0.0
    block[:] = columns.T
    return left


def _top(loading: Float64s, share: float) -> Bools:
    """The raters with the highest loading, as a mask."""
    count = max(4, int(share * len(loading)))
    chosen = np.zeros(len(loading), np.bool_)
    chosen[np.argsort(-loading, kind="stable")[:count]] = True
    return chosen


@dataclass(frozen=True, slots=True)
class _Grown:
    """A group on the way: its members so far, and by how much they choose alike, in nats."""

    membership: Membership
    n_ratings: float
    gain: float


class _Growth:
    """Expectation-maximisation from seeds, over one state of what is explained."""

    def __init__(
        self,
        ratings: Paired,
        when: When,
        free: Float32s,
        side: NDArray[np.int8],
        config: SearchConfig,
        workers: Workers,
    ) -> None:
        self.ratings, self.config, self.workers, self.n_days = ratings, config, workers, when.n_days
        self.sizes = np.diff(ratings.rater_start)
        self.behaviour = Behaviour(
            ratings.rater_start, ratings.note, when.rater_day, when.rater_lag, workers.take(free, ratings.place), side
        )
        everybody = np.ones(ratings.n_raters)
        self.base = self.tally(Membership(everybody, everybody, self.behaviour.free.astype(np.float64)))
        self.everything = float(self.base.day.sum())

    def begin(self, seed: Bools) -> _Grown | None:
        """The first steps from a seed."""
        joint = np.where(np.repeat(seed, self.sizes), self.behaviour.free, 0.0).astype(np.float64)
        membership = Membership(seed.astype(np.float64), np.full(len(seed), 0.8), joint)
        return self.steps(membership, self.config.first_steps)

    def finish(self, grown: _Grown) -> Group | None:
        """The remaining steps."""
        last = self.steps(grown.membership, self.config.steps - self.config.first_steps)
        if last is None:
            return None
        belongs = last.membership.belongs
        sure = np.where(belongs >= self.config.min_belonging, belongs, 0.0)
        joint = np.where(np.repeat(sure > 0, self.sizes), last.membership.joint, 0.0)
        return Group(sure, joint, last.n_ratings, last.gain / last.n_ratings)

    def steps(self, membership: Membership, count: int) -> _Grown | None:
        """So many steps; None if the group falls apart, swallows the community or is too weak."""
        gain = np.zeros(self.ratings.n_raters)
        start = self.ratings.rater_start
        for _ in range(count):
            odds = _odds(self.base, self.tally(membership), self.config)
            self.workers.over_rows(kernels.expect_rows, start, start, self.behaviour, odds, membership, gain)
        n_ratings, total = float(membership.joint.sum()), float(gain.sum())
        if n_ratings <= 0 or total < self.config.min_evidence * n_ratings:
            return None
        if n_ratings > self.config.max_share * self.everything:
            return None
        if float(membership.belongs.sum()) < self.config.min_members:
            return None
        return _Grown(membership, n_ratings, total)

    def tally(self, membership: Membership) -> Tally:
        out = Tally(np.zeros((self.ratings.n_notes, 2)), np.zeros(self.n_days), np.zeros(len(LAG_EDGES) + 1))
        kernels.tally(self.behaviour, membership, out)
        return out


def _odds(base: Tally, done: Tally, config: SearchConfig) -> Odds:
    """What a group's doings say of a rating, the rest of the community being independent."""
    rest = np.maximum(base.note - done.note, 0.0)
    both = rest.sum(axis=1) + 0.5
    smoothed = rest + 0.5 * both[:, None]
    rarity = smoothed.sum(axis=0) / smoothed
    return Odds(
        rarity=rarity,
        group=done.note.sum(axis=1)[:, None] * rarity,
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
