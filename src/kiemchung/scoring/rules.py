"""From numbers to a status: an ordered list of small rules, each with an id, a version and a sentence.

Every rule sets the status of the notes that it matches; the last one that matches wins. A comparison with a missing
number (NaN) is false. Source: SCORING 9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Bools, Float64s, Int8s, Int64s, Status

#: One bit per active rule.
UInt32s = np.ndarray[tuple[int, ...], np.dtype[np.uint32]]

_HARD_TO_UNDERSTAND = NOT_HELPFUL_TAGS.index("notHelpfulHardToUnderstand")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the rules of a scorer draw their lines (SCORING 17).

    Attributes:
        min_ratings: ratings that a status needs.
        crh: note intercept from which a note is CRH.
        inertia: so much lower a note that is CRH already may stay.
        crnh, crnh_factor: CRNH at or below crnh - crnh_factor * abs(factor).
        crnh_upper_bound: CRNH if even the upper bound is below.
        crnh_not_misleading: CRNH below, for notes that say "not misleading".
        ratio_count, ratio_side, ratio_mean: CRNH if each side has so many ratings, with means at most ratio_side, and
            the average of the two means is at most ratio_mean.
        firm_reject: intercept below which a note is firmly rejected; None where a scorer has no firm reject.
        factor: absolute factor above which a note is not CRH.
        net_minimum: helpful minus not helpful ratings that the less convinced side must give; None to leave it out.
        net_ratio, net_ratio_below: a net minimum below net_ratio_below must be at least net_ratio of all ratings.
        guard: intercept that a CRH note needs without high-volume and without correlated raters.
        tag_total: adjusted total above which a tag can be an outlier.
        incorrect_tagged, incorrect_voters, incorrect_score: from which a note counts as called incorrect.
        low_diligence: low-diligence intercept above which a note is rejected; None to leave the rule out.
    """

    min_ratings: int = 5
    crh: float = 0.40
    inertia: float = 0.01
    crnh: float = -0.05
    crnh_factor: float = 0.8
    crnh_upper_bound: float = -0.04
    crnh_not_misleading: float = -0.15
    ratio_count: int = 3
    ratio_side: float = 0.4
    ratio_mean: float = 0.3
    firm_reject: float | None = None
    factor: float = 0.5
    net_minimum: int | None = None
    net_ratio: float = 0.05
    net_ratio_below: int = 10
    guard: float = 0.37
    tag_total: float = 2.5
    incorrect_tagged: int = 2
    incorrect_voters: int = 3
    incorrect_score: float = 2.5
    low_diligence: float | None = 0.263


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the rules look at, a row per note; NaN for what a note does not have.

    Attributes:
        n_ratings: int64[n], by anybody in the scorer's input.
        not_misleading: bool[n], the note says "not misleading".
        current_status: int8[n], from the status history.
        intercept, factor: float64[n].
        upper_bound, no_high_volume, no_correlated, population_sampled, low_diligence: float64[n] intercepts.
        min_sign_count: float64[n], ratings on the side of the axis that has fewer.
        mean_negative, mean_positive: float64[n], mean rating value on each side.
        net_minimum: float64[n], helpful minus not helpful ratings of the less convinced side, at least 0.
        net_ratio: float64[n], net_minimum / ratings on both sides.
        tag_total, tag_ratio: float64[n, 13], adjusted tags.
        tag_threshold: float64[13].
        incorrect_tagged, incorrect_voters, incorrect_score: float64[n].
    """

    n_ratings: Int64s
    not_misleading: Bools
    current_status: Int8s
    intercept: Float64s
    factor: Float64s
    upper_bound: Float64s
    no_high_volume: Float64s
    no_correlated: Float64s
    population_sampled: Float64s
    low_diligence: Float64s
    min_sign_count: Float64s
    mean_negative: Float64s
    mean_positive: Float64s
    net_minimum: Float64s
    net_ratio: Float64s
    tag_total: Float64s
    tag_ratio: Float64s
    tag_threshold: Float64s
    incorrect_tagged: Float64s
    incorrect_voters: Float64s
    incorrect_score: Float64s


#: numbers, limits and the status so far to the notes that match.
Condition = Callable[[Numbers, Limits, Int8s], Bools]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id, version: public name; a change of meaning raises the version.
        sentence: what it does, published with the status.
        sets: the status of matching notes; None for "firm reject where the scorer has one, else needs more ratings".
        matches: which notes match.
        uses: names of the `Numbers` that it looks at.
        limits: names of the `Limits` that it looks at.
    """

    id: str
    version: str
    sentence: str
    sets: Status | None
    matches: Condition = field(repr=False)
    uses: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The id with the version, as it stands in public files."""
        return f"{self.id} (v{self.version})"


@dataclass(frozen=True, slots=True)
class Statuses:
    """Outcome of a list of rules.

    Attributes:
        status: int8[n].
        active: uint32[n], bit k set if rule k of the list matched.
        last: int16[n], position of the last rule that matched, -1 none.
    """

    status: Int8s
    active: UInt32s
    last: np.ndarray[tuple[int, ...], np.dtype[np.int16]]


def apply_rules(rules: Sequence[Rule], numbers: Numbers, limits: Limits, among: Bools) -> Statuses:
    """Apply rules in order to the notes in `among`; all others keep Status.NONE."""
    n = len(numbers.n_ratings)
    status = np.full(n, Status.NONE, np.int8)
    active, last = np.zeros(n, np.uint32), np.full(n, -1, np.int16)
    rejected = Status.NMR if limits.firm_reject is None else Status.FIRM_REJECT
    for k, rule in enumerate(rules):
        matched = rule.matches(numbers, limits, status) & among
        status[matched] = rejected if rule.sets is None else rule.sets
        active[matched] |= np.uint32(1 << k)
        last[matched] = k
    return Statuses(status, active, last)


def outlier_tags(numbers: Numbers, limits: Limits) -> Bools:
    """Not-helpful tags that weigh unusually much on a note; bool[n, 13]. "Hard to understand" never counts."""
    outliers = (numbers.tag_total > limits.tag_total) & (numbers.tag_ratio > numbers.tag_threshold)
    outliers[:, _HARD_TO_UNDERSTAND] = False
    return outliers


def _enough(x: Numbers, limits: Limits) -> Bools:
    return x.n_ratings >= limits.min_ratings


def _crnh_line(x: Numbers, limits: Limits) -> Float64s:
    return limits.crnh - limits.crnh_factor * abs(x.factor)


def _ratio(x: Numbers, limits: Limits, _: Int8s) -> Bools:
    return (
        _enough(x, limits)
        & (x.min_sign_count >= limits.ratio_count)
        & (x.mean_negative <= limits.ratio_side)
        & (x.mean_positive <= limits.ratio_side)
        & ((x.mean_negative + x.mean_positive) / 2 <= limits.ratio_mean)
    )


def _inertia(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    return (
        (status != Status.CRH)
        & _enough(x, limits)
        & (x.intercept >= limits.crh - limits.inertia)
        & (x.current_status == Status.CRH)
        & ~x.not_misleading
    )


def _incorrect(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    return (
        (status != Status.CRNH)
        & (x.incorrect_tagged >= limits.incorrect_tagged)
        & (x.incorrect_voters >= limits.incorrect_voters)
        & (x.incorrect_score >= limits.incorrect_score)
    )


def _low_diligence(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    if limits.low_diligence is None:
        return np.zeros(len(status), np.bool_)
    return (status != Status.CRNH) & (x.low_diligence > limits.low_diligence)


def _low_intercept(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    if limits.firm_reject is None:
        return np.zeros(len(status), np.bool_)
    return (status != Status.CRNH) & (x.intercept < limits.firm_reject)


def _minority(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    if limits.net_minimum is None:
        return np.zeros(len(status), np.bool_)
    return (status == Status.CRH) & (x.net_minimum < limits.net_minimum)


def _balance(x: Numbers, limits: Limits, status: Int8s) -> Bools:
    if limits.net_minimum is None:
        return np.zeros(len(status), np.bool_)
    within = (x.net_minimum >= limits.net_minimum) & (x.net_minimum < limits.net_ratio_below)
    return (status == Status.CRH) & within & (x.net_ratio < limits.net_ratio)


INITIAL_NMR = Rule(
    "InitialNMR",
    "1.0",
    "Every note begins as needing more ratings.",
    Status.NMR,
    lambda _x, _limits, status: np.ones(len(status), np.bool_),
)
GENERAL_CRH = Rule(
    "GeneralCRH",
    "1.0",
    "The note's score is high enough: raters of different views found it helpful.",
    Status.CRH,
    lambda x, limits, _: _enough(x, limits) & (x.intercept >= limits.crh) & ~x.not_misleading,
    ("n_ratings", "intercept", "not_misleading"),
    ("min_ratings", "crh"),
)
GENERAL_CRNH = Rule(
    "GeneralCRNH",
    "1.0",
    "The note's score is low, the more so the more it leans to one side.",
    Status.CRNH,
    lambda x, limits, _: _enough(x, limits) & (x.intercept <= _crnh_line(x, limits)),
    ("n_ratings", "intercept", "factor"),
    ("min_ratings", "crnh", "crnh_factor"),
)
UCB_CRNH = Rule(
    "UcbCRNH",
    "1.0",
    "Even one more helpful rating would leave the note's score low.",
    Status.CRNH,
    lambda x, limits, _: _enough(x, limits) & (x.upper_bound < limits.crnh_upper_bound),
    ("n_ratings", "upper_bound"),
    ("min_ratings", "crnh_upper_bound"),
)
RATIO_CRNH = Rule(
    "RatioCRNH",
    "1.0",
    "Raters of both sides mostly found the note not helpful.",
    Status.CRNH,
    _ratio,
    ("n_ratings", "min_sign_count", "mean_negative", "mean_positive"),
    ("min_ratings", "ratio_count", "ratio_side", "ratio_mean"),
)
NM_CRNH = Rule(
    "NmCRNH",
    "1.0",
    "The note says that the post is not misleading, and its score is low.",
    Status.CRNH,
    lambda x, limits, _: (x.intercept < limits.crnh_not_misleading) & x.not_misleading,
    ("intercept", "not_misleading"),
    ("crnh_not_misleading",),
)
GENERAL_CRH_INERTIA = Rule(
    "GeneralCRHInertia",
    "1.0",
    "The note is shown already, and its score fell only a little below the line.",
    Status.CRH,
    _inertia,
    ("n_ratings", "intercept", "current_status", "not_misleading"),
    ("min_ratings", "crh", "inertia"),
)
TAG_FILTER = Rule(
    "TagFilter",
    "1.0",
    "Unusually many like-minded raters gave the same reason against the note.",
    None,
    lambda x, limits, status: (status != Status.CRNH) & outlier_tags(x, limits).any(axis=1),
    ("tag_total", "tag_ratio"),
    ("tag_total",),
)
FILTER_INCORRECT = Rule(
    "FilterIncorrect",
    "1.0",
    "More like-minded raters than usual call the note incorrect.",
    None,
    _incorrect,
    ("incorrect_tagged", "incorrect_voters", "incorrect_score"),
    ("incorrect_tagged", "incorrect_voters", "incorrect_score"),
)
FILTER_LOW_DILIGENCE = Rule(
    "FilterLowDiligence",
    "1.0",
    "Raters who are careful about sources and facts object to the note's.",
    None,
    _low_diligence,
    ("low_diligence",),
    ("low_diligence",),
)
FILTER_LARGE_FACTOR = Rule(
    "FilterLargeFactor",
    "1.0",
    "The ratings of the note differ too much between the two sides.",
    None,
    lambda x, limits, status: (status == Status.CRH) & (abs(x.factor) > limits.factor),
    ("factor",),
    ("factor",),
)
REJECT_LOW_INTERCEPT = Rule(
    "RejectLowIntercept",
    "1.0",
    "The note's score is too low for any other scorer to show it.",
    Status.FIRM_REJECT,
    _low_intercept,
    ("intercept",),
    ("firm_reject",),
)
MIN_MINORITY_RATERS = Rule(
    "MinMinorityRaters",
    "1.0",
    "One side has not yet given enough more helpful than not helpful ratings.",
    Status.NEEDS_YOUR_HELP,
    _minority,
    ("net_minimum",),
    ("net_minimum",),
)
RATER_BALANCE = Rule(
    "RaterBalance",
    "1.0",
    "One side's approval is a very small share of all ratings.",
    Status.NEEDS_YOUR_HELP,
    _balance,
    ("net_minimum", "net_ratio"),
    ("net_minimum", "net_ratio_below", "net_ratio"),
)
NO_HIGH_VOL = Rule(
    "NoHighVolIntercept",
    "1.0",
    "Without the few raters who rate most, the note's score is not high enough.",
    Status.NEEDS_YOUR_HELP,
    lambda x, limits, status: (status == Status.CRH) & (x.no_high_volume < limits.guard),
    ("no_high_volume",),
    ("guard",),
)
NO_CORRELATED = Rule(
    "NoCorrelatedIntercept",
    "1.0",
    "Without raters who rate alike in a group, the note's score is not high enough.",
    Status.NEEDS_YOUR_HELP,
    lambda x, limits, status: (status == Status.CRH) & (x.no_correlated < limits.guard),
    ("no_correlated",),
    ("guard",),
)

#: For the provisional statuses of the prescoring.
PRESCORING_RULES = (INITIAL_NMR, GENERAL_CRH, GENERAL_CRNH, NM_CRNH)
#: For the statuses of a scorer.
FINAL_RULES = (
    INITIAL_NMR,
    GENERAL_CRH,
    GENERAL_CRNH,
    UCB_CRNH,
    RATIO_CRNH,
    NM_CRNH,
    GENERAL_CRH_INERTIA,
    TAG_FILTER,
    FILTER_INCORRECT,
    FILTER_LOW_DILIGENCE,
    FILTER_LARGE_FACTOR,
    REJECT_LOW_INTERCEPT,
    MIN_MINORITY_RATERS,
    RATER_BALANCE,
    NO_HIGH_VOL,
    NO_CORRELATED,
)
