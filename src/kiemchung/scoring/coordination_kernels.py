"""Compiled loops of the search for coordinated raters: arrays and numbers in, arrays filled."""

from math import exp, log, sqrt
from typing import NamedTuple

from numba import njit

from kiemchung.scoring.kernels import UInt32s
from kiemchung.scoring.table import Float32s, Float64s, Int8s, Int16s, Int64s

#: Columns of a block of directions.
WIDTH = 6


class Entries(NamedTuple):
    """A sparse matrix by rows, one entry per rating, with the day of each.

    Attributes:
        start: int64[rows + 1]. other: uint32[k]. value: float32[k]. day: int16[k].
    """

    start: Int64s
    other: UInt32s
    value: Float32s
    day: Int16s


class Behaviour(NamedTuple):
    """Who rated what and when, grouped by rater.

    Attributes:
        start: int64[U + 1]. note: uint32[k]. day, lag: int16[k], when, and how long after the note appeared (bins).
        free: float32[k], how much of a rating no group has explained yet.
        side: int8[U], 0 or 1: the rater's side of the axis.
    """

    start: Int64s
    note: UInt32s
    day: Int16s
    lag: Int16s
    free: Float32s
    side: Int8s


class Tally(NamedTuple):
    """What a group did: float64 sums of its members' ratings by note and side, by day and by lag."""

    note: Float64s  # [N, 2]
    day: Float64s
    lag: Float64s


class Odds(NamedTuple):
    """How the group chooses against how independent raters do.

    Attributes:
        rarity: float64[N, 2], 1 / share of the choices of an independent rater of a side that go to a note.
        group: float64[N, 2], the group's ratings of a note times its rarity. total: the group's ratings.
        held: imagined choices that hold the group's shares to the expected ones.
        day, lag: float64[bins], factors of the likelihood ratio.
        prior: log-odds that a rater is a member.
    """

    rarity: Float64s
    group: Float64s
    total: float
    held: float
    day: Float64s
    lag: Float64s
    prior: float


class Membership(NamedTuple):
    """What is believed of the raters: float64[U] each but for `joint`.

    Attributes:
        belongs: probability that the rater is a member.
        share: the share of the rater's ratings that follow the group.
        joint: float64[k] in the order of raters, probability that a rating follows the group.
    """

    belongs: Float64s
    share: Float64s
    joint: Float64s


@njit(cache=True, nogil=True, error_model="numpy")
def bin_rows(lo, hi, start, at, note_at, first, width, edges, day, lag):
    """Bins of the ratings of notes lo:hi: day (of `width`, from `first` on), and lag: edges passed since the note came.

    Times are int64 milliseconds; a note of unknown time (negative) counts as one that appeared with the rating.
    """
    for n in range(lo, hi):
        for j in range(start[n], start[n + 1]):
            day[j] = (at[j] - first) // width
            since = at[j] - note_at[n] if note_at[n] >= 0 else 0
            passed = 0
            while passed < edges.size and since >= edges[passed]:
                passed += 1
            lag[j] = passed


@njit(cache=True, nogil=True)
def day_sums(lo, hi, chunk_start, entries, block, sums):
    """Sum block[row] * value by day over chunks of rows; sums is float64[chunks, days, WIDTH + 1], last a mass."""
    day, value = entries.day, entries.value
    for chunk in range(lo, hi):
        for r in range(chunk_start[chunk], chunk_start[chunk + 1]):
            b0, b1, b2, b3, b4, b5 = block[r, 0], block[r, 1], block[r, 2], block[r, 3], block[r, 4], block[r, 5]
            for j in range(entries.start[r], entries.start[r + 1]):
                d = day[j]
                v = float(value[j])
                sums[chunk, d, 0] += v * b0
                sums[chunk, d, 1] += v * b1
                sums[chunk, d, 2] += v * b2
                sums[chunk, d, 3] += v * b3
                sums[chunk, d, 4] += v * b4
                sums[chunk, d, 5] += v * b5
                sums[chunk, d, 6] += v


@njit(cache=True, nogil=True)
def product(lo, hi, start, entries, block, out):
    """out[r] = sum of value * block[other] over the entries of row r; block and out have WIDTH columns.

    The columns are written out: sums in registers take half the time of sums in memory.
    """
    other, value = entries.other, entries.value
    for r in range(lo, hi):
        s0 = s1 = s2 = s3 = s4 = s5 = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            v = float(value[j])
            s0 += v * block[o, 0]
            s1 += v * block[o, 1]
            s2 += v * block[o, 2]
            s3 += v * block[o, 3]
            s4 += v * block[o, 4]
            s5 += v * block[o, 5]
        out[r, 0], out[r, 1], out[r, 2], out[r, 3], out[r, 4], out[r, 5] = s0, s1, s2, s3, s4, s5


@njit(cache=True, nogil=True)
def centred_product(lo, hi, start, entries, block, mean, out):
    """The same with value * (block[other] - mean[day])."""
    other, value, day = entries.other, entries.value, entries.day
    for r in range(lo, hi):
        s0 = s1 = s2 = s3 = s4 = s5 = 0.0
        for j in range(start[r], start[r + 1]):
            o = other[j]
            d = day[j]
            v = float(value[j])
            s0 += v * (block[o, 0] - mean[d, 0])
            s1 += v * (block[o, 1] - mean[d, 1])
            s2 += v * (block[o, 2] - mean[d, 2])
            s3 += v * (block[o, 3] - mean[d, 3])
            s4 += v * (block[o, 4] - mean[d, 4])
            s5 += v * (block[o, 5] - mean[d, 5])
        out[r, 0], out[r, 1], out[r, 2], out[r, 3], out[r, 4], out[r, 5] = s0, s1, s2, s3, s4, s5


@njit(cache=True, nogil=True)
def tally(behaviour, membership, out):
    """Add up what the members did."""
    for u in range(behaviour.start.size - 1):
        if membership.belongs[u] < 1e-3:
            continue
        s = behaviour.side[u]
        for j in range(behaviour.start[u], behaviour.start[u + 1]):
            g = membership.joint[j]
            out.note[behaviour.note[j], s] += g
            out.day[behaviour.day[j]] += g
            out.lag[behaviour.lag[j]] += g


@njit(cache=True, nogil=True)
def expect_rows(lo, hi, start, behaviour, odds, membership, gain):
    """Judge raters lo:hi: how much likelier their choices are for a member than for an independent rater.

    A rater's own ratings are left out of the group that they are compared with. gain[u] is the log-likelihood ratio of
    the rater's choices times the probability of being a member.
    """
    for u in range(lo, hi):
        s = behaviour.side[u]
        share = membership.share[u]
        own_total = 0.0
        for j in range(start[u], start[u + 1]):
            own_total += membership.joint[j]
        total = 1.0 / (odds.total - own_total + odds.held)
        likelihood = 0.0
        product = 1.0
        for j in range(start[u], start[u + 1]):
            n = behaviour.note[j]
            free = behaviour.free[j]
            likelier = (odds.group[n, s] - membership.joint[j] * odds.rarity[n, s] + odds.held) * total
            ratio = likelier * odds.day[behaviour.day[j]] * odds.lag[behaviour.lag[j]]
            ratio = min(max(ratio, 0.0025), 400.0)
            mixed = 1.0 + share * (ratio - 1.0)
            # logarithms are dear: one for many ratings, as long as the product can be held
            if free == 1.0:
                product *= mixed
                if product > 1e100 or product < 1e-100:
                    likelihood += log(product)
                    product = 1.0
            elif free > 0.0:
                likelihood += free * log(mixed)
            membership.joint[j] = free * share * ratio / mixed
        likelihood += log(product)
        belongs = 1.0 / (1.0 + exp(min(max(-likelihood - odds.prior, -50.0), 50.0)))
        follows = 0.0
        mass = 0.0
        for j in range(start[u], start[u + 1]):
            follows += membership.joint[j]
            mass += behaviour.free[j]
            membership.joint[j] *= belongs
        gain[u] = likelihood * belongs
        membership.belongs[u] = belongs
        membership.share[u] = min((follows + 0.5) / (mass + 1.0), 0.98)


@njit(cache=True, nogil=True)
def departures(start, note, level, members, joint, raters, notes, spread, cut, out):
    """Per note, how far members' answers lie from what independent raters' fit predicts.

    out is float64[N, 4], sums over members: weighted residual; slope of the expected value in z; variance of the
    residuals; slope times the fit's standard deviation of z.
    """
    for u in range(members.size):
        if members[u] < 0.5:
            continue
        f = raters[u, 1]
        for j in range(start[u], start[u + 1]):
            g = joint[j]
            n = note[j]
            x = exp(-(notes[n, 0] + raters[u, 0] + notes[n, 1] * f))
            p1 = 1.0 / (1.0 + x / cut)
            p2 = 1.0 / (1.0 + x * cut)
            mean = 0.5 * (p1 + p2)
            slope = 0.5 * (p1 * (1.0 - p1) + p2 * (1.0 - p2))
            variance = spread.intercept[n] + 2.0 * f * spread.covariance[n] + f * f * spread.factor[n]
            out[n, 0] += g * (0.5 * level[j] - mean)
            out[n, 1] += g * slope
            out[n, 2] += g * g * (p2 + 0.25 * (p1 - p2) - mean * mean)
            out[n, 3] += g * slope * sqrt(variance)


@njit(cache=True, nogil=True)
def alignment_rows(lo, hi, start, note, level, members, joint, raters, notes, spread, cut, sums, shared, spreading):
    """How far each member lo:hi departs with the other members, per pair of answers to one note.

    shared[u] is an estimate of tau^2 from this rater alone, spreading[u] its ratio to its own standard error. The
    rater's own answers are left out of the others' sums.
    """
    for u in range(lo, hi):
        shared[u] = 0.0
        spreading[u] = 0.0
        if members[u] <= 0.0:
            continue
        f = raters[u, 1]
        total = 0.0
        expected = 0.0
        squares = 0.0
        for j in range(start[u], start[u + 1]):
            g = joint[j]
            n = note[j]
            x = exp(-(notes[n, 0] + raters[u, 0] + notes[n, 1] * f))
            p1 = 1.0 / (1.0 + x / cut)
            p2 = 1.0 / (1.0 + x * cut)
            mean = 0.5 * (p1 + p2)
            slope = 0.5 * (p1 * (1.0 - p1) + p2 * (1.0 - p2))
            doubt = slope * sqrt(spread.intercept[n] + 2.0 * f * spread.covariance[n] + f * f * spread.factor[n])
            residual = 0.5 * level[j] - mean
            others = sums[n, 0] - g * residual
            others_slope = sums[n, 1] - g * slope
            others_doubt = sums[n, 3] - g * doubt
            worth = g / (sums[n, 2] + sums[n, 3] ** 2 + sums[n, 1] ** 2 + 1e-9)
            term = worth * (residual * others - doubt * others_doubt)
            total += term
            squares += term * term
            expected += worth * slope * others_slope
        if expected > 1e-12:
            shared[u] = total / expected
        if squares > 1e-24:
            spreading[u] = total / sqrt(squares)
