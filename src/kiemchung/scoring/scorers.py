"""The scorers as values: which raters, which notes, which limits.

Every scorer is the same model on another slice of the ratings. Source: SCORING 10.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from kiemchung.scoring.factorise import FitConfig
from kiemchung.scoring.raters import HelpfulnessConfig
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.rules import Limits
from kiemchung.scoring.table import UNKNOWN

CORE_GROUPS = frozenset({1, 2, 3, 6, 8, 9, 10, 11, 13, 14, 19, 21, 25, UNKNOWN})
EXPANSION_GROUPS = CORE_GROUPS | {0, 4, 5, 7, 12, 15, 16, 20, 22, 23, 24, 26, 27, 28, 29, 33}
EXPANSION_PLUS_GROUPS = EXPANSION_GROUPS | {17, 18, 30, 31, 32}
MULTI_GROUP = frozenset({4, 5, 7, 12, 26})
#: Raters of this group make the first fit, where every other fit starts (stable initialisation).
STABLE_GROUP = 13


@dataclass(frozen=True, slots=True)
class PrescoringConfig:
    """How rater parameters are learnt; scorers with the same slice and the same value share the work.

    Attributes:
        fit: of the model.
        min_ratings_per_rater, min_raters_per_note: the count filter.
        stable_start: fit raters of STABLE_GROUP first and start there.
        stable_share: notes need this share of ratings from that group.
        helpfulness: who takes part in the second fit; None to let everybody.
        limits: of the provisional statuses.
        harassment, diligence: whether to fit these models.
        tag_percentile: of the adjusted ratios over shown notes, the outlier threshold.
        reweighted: the trial model's two-pass weights.
    """

    fit: FitConfig = field(default_factory=FitConfig)
    min_ratings_per_rater: int = 10
    min_raters_per_note: int = 5
    stable_start: bool = True
    stable_share: float = 0.75
    helpfulness: HelpfulnessConfig | None = field(default_factory=HelpfulnessConfig)
    limits: Limits = field(default_factory=Limits)
    harassment: bool = True
    diligence: bool = True
    tag_percentile: float = 95
    reweighted: bool = False


@dataclass(frozen=True, slots=True)
class ScorerConfig:
    """One scorer.

    Attributes:
        name: its prefix in public columns (`core`, `coreWithTopics`, ...).
        rule: its name among the meta-scorer's rules.
        family: which place it takes in the meta-scorer.
        groups: modeling groups of its raters, UNKNOWN for raters without one; None for everybody.
        topics: "without" leaves notes of a topic out, "with" keeps them, an int takes one topic's notes alone.
        note_share: only notes with this share of ratings from the groups go in (0: all).
        capture: only notes with this share of ratings from the groups get a status.
        prescoring: how raters are learnt.
        limits: of the final rules.
        upper_bound: whether the sensitivity to one more rating is computed.
        scale: "intercept" for the note intercept, "gaussian" for the smoothed helpful share as the score.
        bandwidth: of the Gaussian's CRH pass.
        confident_from: topic models: raters that each side needs, for the model to have a say.
    """

    name: str
    rule: str
    family: Literal["core", "expansion", "group", "multi_group", "topic", "gaussian"]
    groups: frozenset[int] | None
    topics: Literal["with", "without"] | int = "with"
    note_share: float = 0.0
    capture: float = 0.0
    prescoring: PrescoringConfig = field(default_factory=PrescoringConfig)
    limits: Limits = field(default_factory=Limits)
    upper_bound: bool = False
    scale: Literal["intercept", "gaussian"] = "intercept"
    bandwidth: float = 0.1
    confident_from: int = 5

    @property
    def group(self) -> int:
        """The modeling group of a group scorer."""
        assert self.groups is not None
        assert len(self.groups) == 1
        return next(iter(self.groups))


#: Guards are 0.37 and the net minimum 4 for all wide scorers.
_NET_MINIMUM = Limits(net_minimum=4)
_UNSTABLE = PrescoringConfig(stable_start=False)

CORE = ScorerConfig(
    "core",
    "CoreModel (v1.1)",
    "core",
    CORE_GROUPS,
    topics="without",
    capture=0.5,
    limits=replace(_NET_MINIMUM, firm_reject=0.3),
    upper_bound=True,
)
CORE_WITH_TOPICS = ScorerConfig(
    "coreWithTopics",
    "CoreWithTopicsModel (v1.1)",
    "core",
    CORE_GROUPS,
    capture=0.5,
    limits=_NET_MINIMUM,
    upper_bound=True,
)
EXPANSION = ScorerConfig(
    "expansion",
    "ExpansionModel (v1.1)",
    "expansion",
    EXPANSION_GROUPS,
    capture=0.5,
    limits=replace(_NET_MINIMUM, firm_reject=0.3),
)
EXPANSION_PLUS = ScorerConfig(
    "expansionPlus",
    "ExpansionPlusModel (v1.1)",
    "expansion",
    EXPANSION_PLUS_GROUPS,
    limits=_NET_MINIMUM,
)


def _group(number: int, **changes: object) -> ScorerConfig:
    plain = ScorerConfig(
        f"group{number}",
        f"GroupModel{number:02d} (v1.1)",
        "group",
        frozenset({number}),
        capture=0.8,
        prescoring=_UNSTABLE,
        limits=_NET_MINIMUM,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the changes are fields of ScorerConfig


_TRIAL_14 = replace(
    _NET_MINIMUM,
    crh=0.15,
    crnh=-0.01,
    crnh_factor=0.0,
    crnh_not_misleading=-0.02,
    guard=0.12,
    factor=0.4,
    incorrect_score=1.5,
    low_diligence=None,
)
_GROUP_14 = _group(
    14,
    capture=0.51,
    prescoring=replace(
        _UNSTABLE,
        fit=FitConfig(
            Penalties(
                rater_intercept=0.15,
                note_intercept=0.9,
                rater_factor=0.0075,
                note_factor=0.01,
                global_intercept=0.15,
                product=0.75,
            )
        ),
        helpfulness=HelpfulnessConfig(min_mean_note_score=-0.01),
        limits=_TRIAL_14,
        diligence=False,
        tag_percentile=90,
        reweighted=True,
    ),
    limits=_TRIAL_14,
)
_GROUP_15 = _group(
    15,
    prescoring=replace(
        _UNSTABLE, fit=FitConfig(Penalties(note_intercept=0.09, rater_intercept=0.03, global_intercept=0.0))
    ),
    limits=replace(_NET_MINIMUM, crh=0.25),
    scale="gaussian",
)
_GROUP_18 = _group(
    18,
    capture=0.51,
    prescoring=replace(
        _UNSTABLE,
        fit=FitConfig(Penalties(rater_intercept=0.03, global_intercept=0.0)),
        limits=Limits(crh=0.2),
    ),
    limits=replace(_NET_MINIMUM, crh=0.2, guard=0.18),
)
GROUPS = (
    *(_group(number) for number in range(1, 14)),
    _GROUP_14,
    _GROUP_15,
    _GROUP_18,
    _group(33, note_share=0.8),
)
MULTI_GROUP_1 = ScorerConfig(
    "multiGroup1",
    "MultiGroupModel01 (v1.0)",
    "multi_group",
    MULTI_GROUP,
    capture=0.8,
    prescoring=_UNSTABLE,
    limits=_NET_MINIMUM,
)
_GAUSSIAN_LIMITS = Limits(
    crh=0.51,
    crnh=-0.5,
    crnh_factor=0.0,
    crnh_not_misleading=-0.6,
    factor=1.0,
    guard=0.45,
)
GAUSSIAN = ScorerConfig(
    "gaussian",
    "GaussianModel (v1.0)",
    "gaussian",
    CORE_GROUPS - {21},
    topics="without",
    capture=0.5,
    limits=_GAUSSIAN_LIMITS,
    scale="gaussian",
)
GAUSSIAN_CORE_WITH_TOPICS = replace(
    GAUSSIAN, name="gaussianCoreWithTopics", rule="GaussianCoreWithTopicsModel (v1.0)", topics="with"
)

_TOPIC_PRESCORING = PrescoringConfig(stable_start=False, helpfulness=None, harassment=False)
_INDIAN_FIT = FitConfig(Penalties(rater_intercept=5.0), mu=0.0)


def topic_scorer(position: int, name: str) -> ScorerConfig:
    """The scorer of one topic's notes; it can only take a CRH away."""
    return ScorerConfig(
        f"topic_{name}",
        f"TopicModel_{name} (v1.0)",
        "topic",
        None,
        topics=position,
        prescoring=_TOPIC_PRESCORING,
    )


def topic_gaussian(position: int, name: str) -> ScorerConfig:
    """The second scorer of the Indian axis: no global intercept, and the Gaussian's score."""
    return replace(
        topic_scorer(position, name),
        name=f"topic_{name}_2",
        rule=f"TopicModel_{name}_2 (v1.0)",
        prescoring=replace(_TOPIC_PRESCORING, fit=_INDIAN_FIT),
        scale="gaussian",
        bandwidth=0.05,
        confident_from=1,
    )


#: The topic that has a second scorer.
INDIAN_TOPIC = "IndianAxis"

#: The wide scorers, in the order in which the meta-scorer reads them.
WIDE = (EXPANSION_PLUS, EXPANSION, CORE_WITH_TOPICS, CORE)
