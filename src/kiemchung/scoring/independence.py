"""How much raters who choose alike count: as much as their answers are worth, given how far they depart together.

A group's answers to a note may share a shift b_n ~ N(0, tau^2), in logits, that the note and the raters' places on the
axis do not explain. Its size is estimated from all notes of the group, against a fit without the group: squared mean
residual of the group on a note, minus what chance and the fit's own uncertainty give (moments, as in DerSimonian and
Laird 1986). Then m members on a note carry as much information on it as

    m (1 - r) / (1 + (m - 1) r)   independent raters,   r = tau^2 / (tau^2 + pi^2 / 3)

(Kish's effective sample size, in units of a rater without shift). Friends who choose alike and judge each for
themselves have tau = 0 and keep every vote. A brigade has tau = 5 to 20: all its members together count for less than
one vote on a note. A group can only lose weight for both: choosing alike and departing alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import exp, pi, sqrt

import numpy as np

from kiemchung.scoring import coordination_kernels, ordinal_kernels
from kiemchung.scoring.coordination import Group, SearchConfig, When, directions_above, groups_along, noise_size
from kiemchung.scoring.ordinal import OrdinalConfig, OrdinalFit, Paired, fit_ordinal, refit_notes
from kiemchung.scoring.ordinal_kernels import Answers
from kiemchung.scoring.table import Bools, Float32s, Float64s
from kiemchung.scoring.workers import Workers

#: Variance of the logistic distribution: what one rater's answer to a note varies by.
LOGISTIC_VARIANCE = pi**2 / 3


@dataclass(frozen=True, slots=True)
class IndependenceConfig:
    """When and how far weights are taken back.

    Attributes:
        search: how groups are looked for.
        max_groups: groups tested in each of the two searches (by choices, by residuals).
        min_correlation: r from which weights are taken back; below, the group is left alone.
        margin: standard errors taken off tau^2, so that a small group needs clear evidence.
        aligned: standard errors from which a member's answers depart with the other members'.
        mixed_share: where so many members' answers rather go against the others', the group is a mixed one and only the
            aligned ones lose weight; else all but those who clearly go against it do.
        large_share: share of all ratings from which a group that keeps its weight may have hidden another.
        min_ratings: no search below so many ratings; nothing could be told from chance.
    """

    search: SearchConfig = field(default_factory=SearchConfig)
    max_groups: int = 12
    min_correlation: float = 0.1
    margin: float = 1.64
    aligned: float = 1.0
    mixed_share: float = 0.2
    large_share: float = 0.01
    min_ratings: int = 500


@dataclass(frozen=True, slots=True)
class GroupReport:
    """A tested group, in numbers that name nobody.

    Attributes:
        n_members, n_ratings: its size. evidence: nats per rating that its choices are joint.
        tau: shared shift, in logits. correlation: r.
        taken_back: whether its weights were lowered.
    """

    n_members: float
    n_ratings: float
    evidence: float
    tau: float
    correlation: float
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Independence:
    """Outcome: weights, the fit that they were judged by, and what was tested.

    Attributes:
        weight: float32[k] in the order of notes, 0 to 1.
    """

    weight: Float32s
    fit: OrdinalFit
    groups: tuple[GroupReport, ...]

    @property
    def changed(self) -> bool:
        """Whether any weight was taken back."""
        return any(group.taken_back for group in self.groups)


def weigh(
    ratings: Paired,
    when: When,
    fit: OrdinalFit,
    ordinal: OrdinalConfig,
    config: IndependenceConfig,
    workers: Workers,
    report: Callable[[GroupReport], None] | None = None,
) -> Independence:
    """Find groups that choose and depart together, and let the members of each share what they are worth.

    A group that chooses together but does not depart keeps its weight; its choices count as explained. Another search
    follows where there may be more to see: after weights were taken back, if not all directions were looked at, if some
    of a group's members depart though the group does not, or if a large group is out of the way.

    Args:
        fit: of all ratings with full weight.
        report: called after each tested group.
    """
    state = Independence(np.ones(len(ratings), np.float32), fit, ())
    if len(ratings) < config.min_ratings:
        return state
    free = np.ones(len(ratings), np.float32)
    for by_residual in (False, True):
        tests, noise, again = 0, 0.0, True
        while again and tests < config.max_groups:
            residual = _residuals(ratings, state.fit, workers) if by_residual else None
            side = (state.fit.raters[:, 1] > 0).astype(np.int8)
            noise = noise or noise_size(ratings, when, free, config.search, workers, residual)
            directions = directions_above(ratings, when, free, config.search, workers, noise, residual)
            again, more_directions = False, directions.shape[1] == config.search.directions
            for group in groups_along(directions, ratings, when, free, side, config.search, workers):
                tests += 1
                state, explained, lies_beneath = _tested(ratings, group, state, ordinal, config, workers)
                free[ratings.place] *= 1 - np.repeat(explained, np.diff(ratings.rater_start))
                again |= lies_beneath or more_directions
                if report:
                    report(state.groups[-1])
                if state.groups[-1].taken_back:
                    noise = 0.0
                    break
                if tests >= config.max_groups:
                    break
    return state


def _tested(
    ratings: Paired,
    group: Group,
    state: Independence,
    ordinal: OrdinalConfig,
    config: IndependenceConfig,
    workers: Workers,
) -> tuple[Independence, Float32s, bool]:
    """The state after a group's test, whose choices it explains (float32[U]), and whether more may lie beneath."""
    departed = departure(ratings, group, state, ordinal, config, workers)
    taken = departed.correlation >= config.min_correlation
    if taken:
        group = replace(group, belongs=np.where(_not_with_it(group, departed, config), 0.0, group.belongs))
        explained, lies_beneath = group.belongs, True
    else:
        # a few who do depart together may be hidden among many who do not; they stay in the search
        hidden = (group.belongs > 0) & (departed.surety >= config.aligned)
        few = int(hidden.sum()) < 0.5 * int((group.belongs > 0).sum())
        explained = np.where(hidden & few, 0.0, group.belongs)
        lies_beneath = (few and _beyond_chance(hidden, group)) or group.n_ratings >= config.large_share * len(ratings)
    report = GroupReport(group.n_members, group.n_ratings, group.evidence, departed.tau, departed.correlation, taken)
    state = replace(state, groups=(*state.groups, report))
    if taken:
        factor = shared_weight(ratings, group, state.weight, departed.correlation)
        state = replace(state, weight=(state.weight * factor).astype(np.float32), fit=departed.fit)
    return state, explained.astype(np.float32), lies_beneath


def _beyond_chance(hidden: Bools, group: Group) -> bool:
    """Whether more members depart by one standard error than chance makes (one in six), by three of its deviations."""
    members = float((group.belongs > 0).sum())
    return float(hidden.sum()) > members / 6 + 3 * sqrt(members * 5 / 36)


def _not_with_it(group: Group, departed: Departure, config: IndependenceConfig) -> Bools:
    """Members who share the choices but not the departure: of the same hobby, or framed by copies of their choices."""
    member = group.belongs > 0
    against = member & (departed.surety < 0)
    if against.sum() >= config.mixed_share * member.sum():
        return member & (departed.surety < config.aligned)
    return member & (departed.surety < -config.aligned)


@dataclass(frozen=True, slots=True)
class Departure:
    """How a group's answers depart from what independent raters would give.

    Attributes:
        tau: in logits. fit: the fit without the group.
        shared: float64[U], tau^2 as seen from one member alone. surety: float64[U], its ratio to its standard error.
    """

    tau: float
    fit: OrdinalFit
    shared: Float64s
    surety: Float64s

    @property
    def correlation(self) -> float:
        return self.tau**2 / (self.tau**2 + LOGISTIC_VARIANCE)


def departure(
    ratings: Paired,
    group: Group,
    state: Independence,
    ordinal: OrdinalConfig,
    config: IndependenceConfig,
    workers: Workers,
) -> Departure:
    """Compare a group's answers with a fit in which it has no weight.

    Most tested groups are friends of one habit whose answers depart nowhere. With raters where they stand and notes
    fitted without the group that shows already, at a sixth of the cost; only what departs there is fitted in full.
    """
    outside = np.empty(len(ratings), np.float32)
    outside[ratings.place] = 1 - np.repeat(group.belongs, np.diff(ratings.rater_start))
    weight = (state.weight * outside).astype(np.float32)
    first = _against(ratings, group, refit_notes(ratings, state.fit, weight, workers), config, workers)
    if first.tau == 0.0:
        return first
    fit = fit_ordinal(ratings, state.fit, ordinal, weight=weight, sweeps=ordinal.test_sweeps, workers=workers)
    return _against(ratings, group, fit, config, workers)


def _against(ratings: Paired, group: Group, fit: OrdinalFit, config: IndependenceConfig, workers: Workers) -> Departure:
    """How a group's answers depart from a fit."""
    sums = np.zeros((ratings.n_notes, 4))
    raters = fit.raters.copy()
    raters[:, 0] -= group.belongs * common_leniency(group, fit, config.margin)
    seen = (
        ratings.rater_start, ratings.note, ratings.rater_level, group.belongs, group.joint,
        raters, fit.notes, fit.note_spread, exp(fit.priors.half_band), sums,
    )  # fmt: skip
    coordination_kernels.departures(*seen)
    shared, surety = np.empty(ratings.n_raters), np.empty(ratings.n_raters)
    workers.over_rows(coordination_kernels.alignment_rows, ratings.rater_start, *seen, shared, surety)
    return Departure(sqrt(_shared_variance(sums, config.margin)), fit, shared, surety)


def common_leniency(group: Group, fit: OrdinalFit, margin: float) -> float:
    """The members' mean leniency, in logits, less `margin` standard errors of independent raters' mean.

    Accounts that only suppress look like strict raters, each for itself. All strict together is what a group shares.
    """
    mean = float((group.belongs * fit.raters[:, 0]).sum()) / group.n_members
    error = sqrt(fit.priors.rater * float((group.belongs**2).sum())) / group.n_members
    return float(np.sign(mean)) * max(abs(mean) - margin * error, 0.0)


def _shared_variance(sums: Float64s, margin: float) -> float:
    """tau^2 by moments, less `margin` standard errors, at least 0; sums are those of the kernel `departures`."""
    residual, slope, chance, doubt = sums[slope_seen(sums)].T
    if len(residual) == 0:
        return 0.0
    expected = chance + doubt**2
    informative = (
        1 / (expected + slope**2) ** 2
    )  # inverse variance of the squared residual at tau = 1, but for a factor
    excess = float((informative * slope**2 * (residual**2 - expected)).sum())
    total = float((informative * slope**4).sum())
    variance = excess / total
    error = sqrt(float((informative**2 * slope**4 * 2 * (expected + max(variance, 0) * slope**2) ** 2).sum())) / total
    return max(variance - margin * error, 0.0)


def slope_seen(sums: Float64s) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Notes on which a group's answers say something of its shift."""
    seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = sums[:, 1] > 1e-6
    return seen


def shared_weight(ratings: Paired, group: Group, weight: Float32s, correlation: float) -> Float64s:
    """Factor on each rating's weight, float64[k] in the order of notes: 1 for ratings by others."""
    member = np.empty(len(ratings))
    member[ratings.place] = np.repeat(group.belongs, np.diff(ratings.rater_start))
    note = np.repeat(np.arange(ratings.n_notes), np.diff(ratings.note_start))
    together = np.bincount(note, member * weight, ratings.n_notes)[note]
    each = (1 - correlation) / (1 + np.maximum(together - 1, 0) * correlation)
    factor: Float64s = 1 - member + member * each
    return factor


def _residuals(ratings: Paired, fit: OrdinalFit, workers: Workers) -> Float32s:
    answers = Answers(ratings.note_start, ratings.rater, ratings.level, np.empty(0, np.float32))
    out = np.empty(len(ratings), np.float32)
    workers.over_rows(
        ordinal_kernels.residual_rows,
        answers.start, answers, fit.notes, fit.raters, exp(fit.priors.half_band), out,
    )  # fmt: skip
    return out
