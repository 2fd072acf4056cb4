"""One status per note out of all scorers': rules in order, the last one that matches decides.

Source: SCORING 12. Rules 9 and 10 (the delay, the drift guard) are in `history`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.rules import Numbers
from kiemchung.scoring.scorers import ScorerConfig
from kiemchung.scoring.table import (
    HELPFUL_TAGS,
    NOT_HELPFUL_TAGS,
    Bools,
    Float64s,
    Int8s,
    Ratings,
    Status,
)

#: Groups whose word is heard only above an intercept, and groups that may take a CRH away.
STRONGER_GROUPS = frozenset({14, 33})
TAKING_GROUPS = (33, 18, 15)
ADDING_GROUPS = frozenset({*range(1, 15), 33})
#: Core intercepts (exclusive) between which a group's CRH counts.
GROUP_ABOVE, GROUP_ABOVE_STRONGER, GROUP_BELOW = 0.3, 0.25, 0.40
#: A confident topic model keeps a CRH only with at least this intercept and at most this absolute factor.
TOPIC_INTERCEPT, TOPIC_FACTOR = 0.24, 0.51
TOPIC_INTERCEPT_GAUSSIAN, TOPIC_FACTOR_GAUSSIAN = 0.51, 1.0
#: Population sample: ratings, ratings on each side, intercept, distance below the core intercept.
SAMPLED_RATINGS, SAMPLED_SIDE, SAMPLED_INTERCEPT, SAMPLED_BELOW = 8, 2, 0.30, 0.15

INITIAL = "MetaInitialNMR (v1.0)"
POPULATION_SAMPLED = "PopulationSampledIntercept (v1.0)"
DELAY = "NmrDueToMinStableCrhTime (v1.0)"
DRIFT_GUARD = "ScoringDriftGuard (v1.0)"
EXPLANATION = "InsufficientExplanation (v1.0)"
#: Beginnings of the names of rules that may lock a note (SCORING 13).
_LOCKING = ("CoreModel", "CoreWithTopicsModel", "ExpansionModel", "Group", "MultiGroup", "Gaussian", "Insufficient")

#: Sentences that are published with a status; a scorer's rule stands under the beginning of its name.
SENTENCES = {
    "MetaInitialNMR": "Every note begins as needing more ratings.",
    "ExpansionPlusModel": "The model of all raters decides.",
    "ExpansionModel": "The model of core and expansion raters decides.",
    "CoreWithTopicsModel": "The model of the core raters decides, notes on narrow topics included.",
    "CoreModel": "The model of the core raters decides.",
    "MultiGroupModel": "The model of several groups together decides.",
    "GroupModel": "The model of one group of raters decides.",
    "GaussianModel": "Raters all along the axis agree.",
    "GaussianCoreWithTopicsModel": "Raters all along the axis agree, notes on narrow topics included.",
    "TopicModel": "On its topic, the note does not find agreement from both sides.",
    "PopulationSampledIntercept": "Raters who were drawn at random agree less than those who came by themselves.",
    "NmrDueToMinStableCrhTime": "The note waits until its status has been stable for a while.",
    "ScoringDriftGuard": "The note's status was locked two weeks after it was written.",
    "InsufficientExplanation": "Too few ratings say why.",
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one scorer says, aligned to `Notes`.

    Attributes:
        status: int8[n], Status.NONE where it has no say.
        intercept, factor: float64[n], NaN where it has no say.
        numbers: what its rules looked at.
        confident: bool[n], for topic models.
        sampled_negative, sampled_positive: int64[n], population-sampled ratings by raters with parameters on each side.
    """

    status: Int8s
    intercept: Float64s
    factor: Float64s
    numbers: Numbers
    confident: Bools
    sampled_negative: Float64s
    sampled_positive: Float64s


class Decision:
    """Statuses while the rules are applied, and which rules matched each note."""

    def __init__(self, n: int) -> None:
        self.status: Int8s = np.full(n, Status.NONE, np.int8)
        self.rules: list[str] = []
        self.matches: list[Bools] = []

    def apply(self, rule: str, matched: Bools, status: Int8s | int) -> None:
        """Give the matched notes a status (one, or an array aligned to all notes)."""
        self.rules.append(rule)
        self.matches.append(matched)
        self.status = np.where(matched, status, self.status).astype(np.int8)

    @property
    def decided_by(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        """int16[n], position in `rules` of the last one that matched; -1 none."""
        last = np.full(len(self.status), -1, np.int16)
        for k, matched in enumerate(self.matches):
            last[matched] = k
        return last

    def active(self, note: int) -> list[str]:
        """The rules that matched one note, in order."""
        return [rule for rule, matched in zip(self.rules, self.matches, strict=True) if matched[note]]


def may_lock(rule: str) -> bool:
    """Whether a note that this rule decided may be locked."""
    return rule.startswith(_LOCKING)


def combine(scorers: Iterable[ScorerConfig], opinions: Mapping[str, Opinion], n: int) -> Decision:
    """Rules 1 to 8: from the scorers' statuses to the status before the delay.

    Args:
        scorers: in the order in which they speak within their family; those without an opinion are passed over.
        opinions: by the scorer's name.
    """
    decision = Decision(n)
    decision.apply(INITIAL, np.ones(n, np.bool_), Status.NMR)
    spoken = [(scorer, opinions[scorer.name]) for scorer in scorers if scorer.name in opinions]
    for scorer, opinion in spoken:
        if scorer.family in ("core", "expansion"):
            _take(decision, scorer.rule, opinion)
    blocked = _blocked(opinions, n)
    for scorer, opinion in spoken:
        if scorer.family == "multi_group":
            _take_multi_group(decision, scorer.rule, opinion, blocked)
    intercept = _wide_intercept(opinions, n)
    for scorer, opinion in spoken:
        if scorer.family == "group" and scorer.group in ADDING_GROUPS:
            _add_group(decision, scorer, opinion, blocked, intercept)
    for scorer, opinion in sorted(_groups(spoken), key=lambda pair: TAKING_GROUPS.index(pair[0].group)):
        against = (opinion.status == Status.NMR) | (opinion.status == Status.CRNH)
        decision.apply(f"{scorer.rule} NMR", _helpful(decision) & against, Status.NMR)
    for scorer, opinion in spoken:
        if scorer.family == "gaussian":
            _take_gaussian(decision, scorer.rule, opinion, blocked)
    for scorer, opinion in spoken:
        if scorer.family == "topic":
            _take_topic_away(decision, scorer, opinion)
    if "core" in opinions:
        _check_sample(decision, opinions["core"])
    return decision


def _groups(spoken: list[tuple[ScorerConfig, Opinion]]) -> list[tuple[ScorerConfig, Opinion]]:
    return [(s, opinion) for s, opinion in spoken if s.family == "group" and s.group in TAKING_GROUPS]


def _helpful(decision: Decision) -> Bools:
    return (decision.status == Status.CRH) | (decision.status == Status.NEEDS_YOUR_HELP)


def _open(decision: Decision) -> Bools:
    return (decision.status == Status.NMR) | (decision.status == Status.NEEDS_YOUR_HELP)


def _take(decision: Decision, rule: str, opinion: Opinion) -> None:
    """Rule 2: the scorer's status where it has one; a firm reject is "needs more ratings" here."""
    status = np.where(opinion.status == Status.FIRM_REJECT, Status.NMR, opinion.status)
    decision.apply(rule, opinion.status != Status.NONE, status)


def _blocked(opinions: Mapping[str, Opinion], n: int) -> Bools:
    """Notes that Core rejects, or Expansion where Core has no say."""

    def rejects(name: str) -> tuple[Bools, Bools]:
        if name not in opinions:
            return np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        status = opinions[name].status
        return status != Status.NONE, (status == Status.FIRM_REJECT) | (status == Status.CRNH)

    core_speaks, core_rejects = rejects("core")
    _, expansion_rejects = rejects("expansion")
    return core_rejects | (~core_speaks & expansion_rejects)


def _wide_intercept(opinions: Mapping[str, Opinion], n: int) -> Float64s:
    """Core's intercept, else Expansion's."""
    intercept = np.full(n, np.nan)
    for name in ("expansion", "core"):
        if name in opinions:
            intercept = np.where(np.isnan(opinions[name].intercept), intercept, opinions[name].intercept)
    return intercept


def _take_multi_group(decision: Decision, rule: str, opinion: Opinion, blocked: Bools) -> None:
    helpful = (opinion.status == Status.CRH) | (opinion.status == Status.NEEDS_YOUR_HELP)
    decision.apply(rule, (opinion.status != Status.NONE) & ~(helpful & blocked), opinion.status)


def _add_group(decision: Decision, scorer: ScorerConfig, opinion: Opinion, blocked: Bools, intercept: Float64s) -> None:
    if scorer.group in STRONGER_GROUPS:
        heard = intercept > GROUP_ABOVE_STRONGER
    else:
        heard = (intercept > GROUP_ABOVE) & (intercept < GROUP_BELOW)
    raised = (opinion.status == Status.CRH) & _open(decision)
    raised |= (opinion.status == Status.NEEDS_YOUR_HELP) & (decision.status == Status.NMR)
    decision.apply(scorer.rule, raised & heard & ~blocked, opinion.status)


def _take_gaussian(decision: Decision, rule: str, opinion: Opinion, blocked: Bools) -> None:
    helpful = (opinion.status == Status.CRH) | (opinion.status == Status.NEEDS_YOUR_HELP)
    matched = _open(decision) & ((helpful & ~blocked) | (opinion.status == Status.CRNH))
    decision.apply(rule, matched, opinion.status)


def _take_topic_away(decision: Decision, scorer: ScorerConfig, opinion: Opinion) -> None:
    gaussian = scorer.scale == "gaussian"
    least = TOPIC_INTERCEPT_GAUSSIAN if gaussian else TOPIC_INTERCEPT
    most = TOPIC_FACTOR_GAUSSIAN if gaussian else TOPIC_FACTOR
    against = (opinion.intercept < least) | (abs(opinion.factor) > most)
    decision.apply(scorer.rule, _helpful(decision) & opinion.confident & against, Status.NMR)


def _check_sample(decision: Decision, core: Opinion) -> None:
    sampled = core.numbers.population_sampled
    enough = (core.sampled_negative + core.sampled_positive >= SAMPLED_RATINGS) & (
        np.minimum(core.sampled_negative, core.sampled_positive) >= SAMPLED_SIDE
    )
    against = (sampled < SAMPLED_INTERCEPT) & (core.intercept - sampled >= SAMPLED_BELOW)
    decision.apply(POPULATION_SAMPLED, (decision.status == Status.CRH) & enough & against, Status.NMR)


#: Tags that win ties, first to last.
HELPFUL_ORDER = (
    "helpfulInformative", "helpfulClear", "helpfulImportantContext", "helpfulAddressesClaim", "helpfulGoodSources",
    "helpfulEmpathetic", "helpfulUniqueContext", "helpfulUnbiasedLanguage", "helpfulOther",
)  # fmt: skip
NOT_HELPFUL_ORDER = (
    "notHelpfulOutdated", "notHelpfulSpamHarassmentOrAbuse", "notHelpfulHardToUnderstand", "notHelpfulOffTopic",
    "notHelpfulIncorrect", "notHelpfulArgumentativeOrBiased", "notHelpfulNoteNotNeeded", "notHelpfulMissingKeyPoints",
    "notHelpfulOpinionSpeculationOrBias", "notHelpfulOpinionSpeculation", "notHelpfulSourcesMissingOrUnreliable",
    "notHelpfulIrrelevantSources", "notHelpfulOther",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explanation:
    """The two reasons that raters gave most often for a status.

    Attributes:
        first, second: int8[n], position in HELPFUL_ORDER for CRH notes, in NOT_HELPFUL_ORDER for CRNH notes; -1 none.
        insufficient: bool[n], CRH and CRNH notes without two reasons.
    """

    first: Int8s
    second: Int8s
    insufficient: Bools


def explain(status: Int8s, ratings: Ratings, *, least_uses: int = 2) -> Explanation:
    """Rule 11: the two most used tags of each CRH or CRNH note, of those used at least twice; ties in fixed order."""
    n = len(status)
    first, second = np.full(n, -1, np.int8), np.full(n, -1, np.int8)
    for which, order, tags, names in (
        (Status.CRH, HELPFUL_ORDER, ratings.helpful_tags, HELPFUL_TAGS),
        (Status.CRNH, NOT_HELPFUL_ORDER, ratings.not_helpful_tags, NOT_HELPFUL_TAGS),
    ):
        counts = np.empty((n, len(order)), np.int64)
        for column, tag in enumerate(order):
            used = (tags >> names.index(tag)) & 1 == 1
            counts[:, column] = np.bincount(ratings.note[used], minlength=n)
        counts[counts < least_uses] = 0
        ranked = np.argsort(-counts, axis=1, kind="stable")
        most = np.take_along_axis(counts, ranked[:, :2], axis=1)
        mine = status == which
        first[mine & (most[:, 0] > 0)] = ranked[mine & (most[:, 0] > 0), 0]
        second[mine & (most[:, 1] > 0)] = ranked[mine & (most[:, 1] > 0), 1]
    decided = (status == Status.CRH) | (status == Status.CRNH)
    return Explanation(first, second, decided & (second < 0))
