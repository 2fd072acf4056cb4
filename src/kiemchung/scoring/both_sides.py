"""Evidence from both sides of the axis, and the rules by which a note is shown.

A note is shown only if raters of both sides found it helpful, and if it is sure enough that most of either side
would. A rater stands on a side when the place on the axis is far enough from the middle, and surely so; the others
help to judge notes but are evidence of neither side. Where the community has no two sides, nothing is shown (G13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiemchung.scoring.ordinal import OrdinalFit, Paired, rater_say
from kiemchung.scoring.table import Bools, Float32s, Float64s, Int8s, Status
from kiemchung.scoring.uncertainty import SideProfile, SideView, side_profile, side_view, standard_distance
from kiemchung.scoring.workers import Workers


@dataclass(frozen=True, slots=True)
class ShowConfig:
    """Where the rules of the `community` preset draw their lines (decision 0014).

    Attributes:
        min_ratings: ratings that any status needs, counted by weight: raters who share one vote count as that one.
        min_side_ratings: ratings from each side that a status needs, by weight.
        min_side_helpful: of them helpful, for CRH (not helpful, for CRNH).
        helpful_value: expected rating value that both sides must be at or above.
        not_helpful_value: expected rating value that both sides must be at or below for CRNH.
        certainty: standard deviations by which they must be.
        inertia: so many standard deviations less keep a note that is CRH already.
        side_place: |f_u| from which a rater stands on a side (f has mean square 1).
        side_certainty: and in how many standard deviations f_u must differ from 0.
        min_side_raters: raters that each side must have for there to be two sides.
        min_axis: how much the axis must move an ordinary rating, in logits: root mean square of q_n f_u over ratings.
            In communities of one camp the fit makes an axis of noise and small differences: 0.6 to 0.85 on made-up
            ones, 1.0 to 1.6 on divided ones of 300 to 100,000 ratings.
    """

    min_ratings: float = 5.0
    min_side_ratings: float = 2.0
    min_side_helpful: float = 2.0
    helpful_value: float = 0.6
    not_helpful_value: float = 0.4
    certainty: float = 1.4
    inertia: float = 0.25
    side_place: float = 0.4
    side_certainty: float = 1.0
    min_side_raters: float = 3.0
    min_axis: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each note; the sides are called negative and positive by the sign of their places.

    Attributes:
        n_ratings: float64[N], by weight. side_ratings, side_helpful, side_not_helpful: float64[N, 2], by weight.
        value: float64[N, 2], expected rating value of each side.
        above: float64[N, 2], standard deviations above `helpful_value`.
        below: float64[N, 2], standard deviations below `not_helpful_value`.
        sides: profiles of the two sides.
        axis: how much the axis moves an ordinary rating, in logits. two_sides: whether there are two sides at all.
    """

    n_ratings: Float64s
    side_ratings: Float64s
    side_helpful: Float64s
    side_not_helpful: Float64s
    value: Float64s
    above: Float64s
    below: Float64s
    sides: tuple[SideProfile, SideProfile]
    axis: float
    two_sides: bool


def stand(fit: OrdinalFit, config: ShowConfig) -> Int8s:
    """Side of each rater, int8[U]: -1, 1, or 0 for one who stands on neither."""
    place = fit.raters[:, 1]
    deviation = np.sqrt(np.maximum(fit.rater_spread.factor, 1e-12))
    sure = (abs(place) >= config.side_place) & (abs(place) >= config.side_certainty * deviation)
    return np.where(sure, np.sign(place), 0).astype(np.int8)


def weigh_evidence(
    ratings: Paired, weight: Float32s, fit: OrdinalFit, config: ShowConfig, workers: Workers | None = None
) -> Evidence:
    """Gather what the rules look at.

    Args:
        weight: float32[k] in the order of notes.
    """
    side = stand(fit, config)
    say = rater_say(ratings, weight, workers or Workers())
    sides = side_profile(fit, side < 0, say), side_profile(fit, side > 0, say)
    views = [side_view(fit, profile) for profile in sides]
    band = fit.priors.half_band
    axis = _axis(ratings, weight, fit)
    enough = min(sides[0].n_raters, sides[1].n_raters) >= config.min_side_raters
    counts = _SideCounts(ratings, weight, side)
    return Evidence(
        n_ratings=counts.total(np.ones(3, np.bool_)).sum(axis=1),
        side_ratings=counts.total(np.ones(3, np.bool_))[:, [0, 2]],
        side_helpful=counts.total(np.array([False, False, True]))[:, [0, 2]],
        side_not_helpful=counts.total(np.array([True, False, False]))[:, [0, 2]],
        value=np.column_stack([view.value for view in views]),
        above=_distances(views, band, config.helpful_value),
        below=-_distances(views, band, config.not_helpful_value),
        sides=sides,
        axis=axis,
        two_sides=bool(enough and axis >= config.min_axis),
    )


def _axis(ratings: Paired, weight: Float32s, fit: OrdinalFit) -> float:
    """Root mean square of q_n f_u over the ratings, by weight, in logits."""
    moved = np.repeat(fit.notes[:, 1], np.diff(ratings.note_start)) * fit.raters[ratings.rater, 1]
    return float(np.sqrt((weight * moved**2).sum() / max(float(weight.sum(dtype=np.float64)), 1e-9)))


class _SideCounts:
    """Weighted counts of ratings by note, side and level."""

    def __init__(self, ratings: Paired, weight: Float32s, side: Int8s) -> None:
        note = np.repeat(np.arange(ratings.n_notes), np.diff(ratings.note_start))
        cell = (note * 3 + side[ratings.rater] + 1) * 3 + ratings.level
        self.counts = np.bincount(cell, weight, ratings.n_notes * 9).reshape(-1, 3, 3)

    def total(self, levels: Bools) -> Float64s:
        """Counts of these levels, float64[N, 3] by side -1, 0, 1."""
        counted: Float64s = self.counts[:, :, levels].sum(axis=2)
        return counted


def _distances(views: Sequence[SideView], band: float, value: float) -> Float64s:
    return np.column_stack([standard_distance(view, band, value) for view in views])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the preset.

    Attributes:
        id, version: public name; a change of meaning raises the version.
        sentence: what it does, published with the status.
        sets: the status of matching notes.
        matches: which notes match, given (evidence, not_misleading, current_status, config).
    """

    id: str
    version: str
    sentence: str
    sets: Status
    matches: Callable[[Evidence, Bools, Int8s, ShowConfig], Bools] = field(repr=False)

    @property
    def name(self) -> str:
        """The id with the version, as it stands in public files."""
        return f"{self.id} (v{self.version})"


def _enough(x: Evidence, config: ShowConfig) -> Bools:
    """Ratings enough for any status: in all, and from each side."""
    few_sides = x.side_ratings.min(axis=1) < config.min_side_ratings - SLACK
    enough: Bools = (x.n_ratings >= config.min_ratings - SLACK) & ~few_sides
    return enough if x.two_sides else np.zeros(len(enough), np.bool_)


def _helpful(x: Evidence, not_misleading: Bools, config: ShowConfig, certainty: float) -> Bools:
    from_both = x.side_helpful.min(axis=1) >= config.min_side_helpful - SLACK
    sure: Bools = x.above.min(axis=1) >= certainty
    shown: Bools = _enough(x, config) & from_both & sure & ~not_misleading
    return shown


def _not_helpful(x: Evidence, config: ShowConfig) -> Bools:
    from_both = x.side_not_helpful.min(axis=1) >= config.min_side_helpful - SLACK
    sure: Bools = x.below.min(axis=1) >= config.certainty
    refused: Bools = _enough(x, config) & from_both & sure
    return refused


#: Weights are float32 and nearly 1 for nearly all; a sum of five of them may lie a hair below 5.
SLACK = 0.01

INITIAL_NMR = Rule(
    "CommunityInitialNMR",
    "1.0",
    "Every note begins as needing more ratings.",
    Status.NMR,
    lambda x, _n, _s, _c: np.ones(len(x.n_ratings), np.bool_),
)
HELPFUL_TO_BOTH_SIDES = Rule(
    "CommunityHelpfulToBothSides",
    "1.0",
    "Independent raters of both sides found the note helpful, and most raters of either side very likely would.",
    Status.CRH,
    lambda x, not_misleading, _s, config: _helpful(x, not_misleading, config, config.certainty),
)
NOT_HELPFUL_TO_BOTH_SIDES = Rule(
    "CommunityNotHelpfulToBothSides",
    "1.0",
    "Independent raters of both sides found the note not helpful, and most raters of either side very likely would.",
    Status.CRNH,
    lambda x, _n, _s, config: _not_helpful(x, config),
)
STAYS_HELPFUL = Rule(
    "CommunityStaysHelpful",
    "1.0",
    "The note is shown already, and is only a little less surely helpful to both sides.",
    Status.CRH,
    lambda x, not_misleading, current, config: (
        (current == Status.CRH) & _helpful(x, not_misleading, config, config.certainty - config.inertia)
    ),
)
COMMUNITY_RULES = (INITIAL_NMR, HELPFUL_TO_BOTH_SIDES, NOT_HELPFUL_TO_BOTH_SIDES, STAYS_HELPFUL)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a note lacks for being shown.

    Attributes:
        code: two_sides (the community's raters do not stand on two sides yet), ratings, ratings_negative_side,
            ratings_positive_side, helpful_negative_side, helpful_positive_side, sure_negative_side,
            sure_positive_side.
        count: so many more ratings, in whole ratings of independent raters; for sure_*, so many standard deviations;
            for two_sides, the raters that the smaller side lacks, at least 1.
    """

    code: str
    count: float


SIDE_NAMES = ("negative_side", "positive_side")


def missing(evidence: Evidence, note: int, config: ShowConfig) -> tuple[Missing, ...]:
    """What keeps one note from being shown; empty where nothing does. What is surest to be lacking comes first."""
    lacks: list[Missing] = []
    if not evidence.two_sides:
        smaller = min(side.n_raters for side in evidence.sides)
        lacks.append(Missing("two_sides", max(1.0, _whole(config.min_side_raters - smaller))))
    lacks.append(Missing("ratings", _whole(config.min_ratings - float(evidence.n_ratings[note]))))
    for k, side in enumerate(SIDE_NAMES):
        ratings = float(evidence.side_ratings[note, k])
        lacks.append(Missing(f"ratings_{side}", _whole(config.min_side_ratings - ratings)))
        helpful = float(evidence.side_helpful[note, k])
        lacks.append(Missing(f"helpful_{side}", _whole(config.min_side_helpful - helpful)))
        lacks.append(Missing(f"sure_{side}", max(0.0, round(config.certainty - float(evidence.above[note, k]), 3))))
    return tuple(lack for lack in lacks if lack.count > 0)


def _whole(lacking: float) -> float:
    """Ratings that are lacking, rounded up."""
    return float(max(0, np.ceil(lacking - SLACK)))
