"""Why a note has its status: each rule with the numbers it looked at, and what is missing.

Reads the per-note numbers that a run stored beside its results; these are about the note, never about a rater.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from kiemchung.commons.score_community import evidence_of_row
from kiemchung.commons.score_files import NUMBERS, SCORED, SUMMARY
from kiemchung.commons.score_public import numbers_of_row
from kiemchung.errors import InputError
from kiemchung.scoring import community, meta
from kiemchung.scoring.both_sides import COMMUNITY_RULES, STAYS_HELPFUL, Evidence, Missing, ShowConfig, missing
from kiemchung.scoring.config import COMMUNITYNOTES
from kiemchung.scoring.rules import FINAL_RULES, Limits, Numbers, Rule, apply_rules, outlier_tags
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, STATUS_NAMES, Classification, Status

#: What the numbers are called in a sentence.
_WORDS = {
    "n_ratings": "ratings",
    "not_misleading": 'says "not misleading" (1 yes)',
    "current_status": "status so far (0 needs more ratings, 1 helpful, 2 not helpful, -1 none)",
    "intercept": "note intercept",
    "factor": "note factor",
    "upper_bound": "upper bound of the intercept",
    "no_high_volume": "intercept without high-volume raters",
    "no_correlated": "intercept without raters who rate alike in a group",
    "low_diligence": "low-diligence intercept",
    "min_sign_count": "ratings on the side with fewer",
    "mean_negative": "mean rating on the negative side",
    "mean_positive": "mean rating on the positive side",
    "net_minimum": "helpful minus not helpful ratings of the less convinced side",
    "net_ratio": "that as a share of all ratings",
    "incorrect_tagged": "like-minded raters who call it incorrect",
    "incorrect_voters": "like-minded raters who gave reasons against it",
    "incorrect_score": "score of that",
}


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule on one note.

    Attributes:
        numbers: what it looked at, by name; None where the note has no such number.
        limits: where it draws the line, by name.
        status: the status after it.
    """

    rule: str
    sentence: str
    matched: bool
    numbers: dict[str, float | None]
    limits: dict[str, float | None]
    status: str


@dataclass(frozen=True, slots=True)
class ScorerTrace:
    """One scorer on one note: its rules in order, and what would have to change for the note to be shown."""

    scorer: str
    status: str
    rules: tuple[RuleTrace, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteExplanation:
    """Why a note has its status.

    Attributes:
        meta: the rules over all scorers that matched, in order, each with its sentence.
        scorers: those that have a say on the note.
    """

    note_id: int
    status: str
    before_delay: str
    decided_by: str
    meta: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    scorers: tuple[ScorerTrace, ...]


def explain_score(folder: Path, note_id: int) -> NoteExplanation:
    """Explain a note's status from the folder that a run wrote.

    Raises:
        InputError: the folder holds no results, or none of this note.
    """
    summary, scored = folder / SUMMARY, folder / f"{SCORED}.parquet"
    if not (summary.is_file() and scored.is_file()):
        raise InputError("no results of a scoring run there; give the folder that --out named", where=str(folder))
    rows = pl.scan_parquet(scored).filter(pl.col("noteId") == note_id).collect()
    if not len(rows):
        raise InputError(f"note {note_id} was not in the run", where=str(folder))
    row = rows.row(0, named=True)
    run = json.loads(summary.read_text(encoding="utf-8"))
    traces = []
    for name in ["community", *(scorer.name for scorer in reversed(COMMUNITYNOTES.scorers))]:
        path = folder / NUMBERS / f"{name}.parquet"
        found = pl.scan_parquet(path).filter(pl.col("noteId") == note_id).collect() if path.is_file() else None
        if found is not None and len(found):
            traces.append(_traced(name, found.row(0, named=True), run["facts"]))
    rules = (row["metaScorerActiveRules"] or "").split(",")
    return NoteExplanation(
        note_id=note_id,
        status=row["finalRatingStatus"],
        before_delay=row["preStabilizationRatingStatus"],
        decided_by=row["decidedBy"] or "",
        meta=tuple((rule, _sentence(rule)) for rule in rules if rule),
        tags=tuple(tag for tag in (row["firstTag"], row["secondTag"]) if tag),
        scorers=tuple(traces),
    )


def _sentence(rule: str) -> str:
    sentences = {known.name: known.sentence for known in COMMUNITY_RULES} | community.SENTENCES
    return sentences.get(rule) or meta.SENTENCES.get(rule.split(" ")[0].rstrip("0123456789"), "")


def _traced(name: str, row: dict[str, Any], facts: dict[str, Any]) -> ScorerTrace:
    if name == "community":
        return _community_trace(row, facts)
    limits = next(scorer.limits for scorer in COMMUNITYNOTES.scorers if scorer.name == name)
    return _trace(name, numbers_of_row(row), limits)


def _trace(name: str, numbers: Numbers, limits: Limits) -> ScorerTrace:
    one = np.ones(1, np.bool_)
    traces = []
    for k, rule in enumerate(FINAL_RULES):
        after = apply_rules(FINAL_RULES[: k + 1], numbers, limits, one)
        matched = bool(int(after.active[0]) >> k & 1)
        traces.append(_rule_trace(rule, numbers, limits, matched, STATUS_NAMES[Status(after.status[0])]))
    return ScorerTrace(name, traces[-1].status, tuple(traces), _missing(traces, numbers, limits))


def _rule_trace(rule: Rule, numbers: Numbers, limits: Limits, matched: bool, status: str) -> RuleTrace:
    found = {}
    for name in rule.uses:
        value = np.asarray(getattr(numbers, name))
        if value.size == 1:
            found[name] = None if not np.isfinite(value[0]) else float(value[0])
    if rule.id == "TagFilter":
        for j in np.flatnonzero(outlier_tags(numbers, limits)[0]):
            found[NOT_HELPFUL_TAGS[j]] = float(numbers.tag_total[0, j])
    lines = {name: getattr(limits, name) for name in rule.limits}
    return RuleTrace(rule.name, rule.sentence, matched, found, lines, status)


def _missing(rules: list[RuleTrace], numbers: Numbers, limits: Limits) -> tuple[str, ...]:
    """What keeps the note from being shown, in words; empty for a note that this scorer shows."""
    if rules[-1].status == STATUS_NAMES[Status.CRH]:
        return ()
    reasons = []
    n, intercept = int(numbers.n_ratings[0]), float(numbers.intercept[0])
    if n < limits.min_ratings:
        reasons.append(f"too few ratings: {n} of {limits.min_ratings}, {limits.min_ratings - n} more needed")
    if bool(numbers.not_misleading[0]):
        reasons.append("the note says that the post is not misleading; only notes that say it is are shown")
    if np.isnan(intercept):
        reasons.append("no score yet: too few ratings by raters whose ratings are known well enough")
    elif intercept < limits.crh:
        reasons.append(f"the note intercept is {intercept:.3f}; {limits.crh:.2f} is needed")
    net = float(numbers.net_minimum[0])
    if limits.net_minimum is not None and not net >= limits.net_minimum:
        have = 0 if np.isnan(net) else round(net)
        reasons.append(
            f"both sides must give at least {limits.net_minimum} more helpful than not helpful ratings; "
            f"the less convinced side gave {have}"
        )
    against = {"TagFilter", "FilterIncorrect", "FilterLowDiligence", "FilterLargeFactor", "NoHighVolIntercept"}
    against |= {"NoCorrelatedIntercept", "RaterBalance"}
    reasons.extend(rule.sentence for rule in rules if rule.matched and rule.rule.split(" ")[0] in against)
    return tuple(reasons)


#: What a note lacks in the community preset, in words.
_LACKS = {
    "two_sides": "the raters do not stand on two sides yet: {count:g} more raters on the smaller side",
    "ratings": "{count:g} more ratings",
    "ratings_negative_side": "{count:g} more ratings from one side",
    "ratings_positive_side": "{count:g} more ratings from the other side",
    "helpful_negative_side": "{count:g} more helpful ratings from one side",
    "helpful_positive_side": "{count:g} more helpful ratings from the other side",
    "sure_negative_side": "not sure enough that one side finds it helpful ({count:.2f} standard deviations short)",
    "sure_positive_side": (
        "not sure enough that the other side finds it helpful ({count:.2f} standard deviations short)"
    ),
}


def _community_trace(row: dict[str, Any], facts: dict[str, Any]) -> ScorerTrace:
    evidence, show = evidence_of_row(row, facts), community.COMMUNITY.show
    not_misleading = np.array([row["classification"] == Classification.NOT_MISLEADING])
    current = np.array([row["current_status"]], np.int8)
    traces, status = [], Status.NMR
    for place, rule in enumerate(COMMUNITY_RULES):
        matched = bool(rule.matches(evidence, not_misleading, current, show)[0])
        status = rule.sets if matched else status
        told = _community_numbers(evidence, rule.sets, show, stays=rule is STAYS_HELPFUL) if place else ({}, {})
        traces.append(RuleTrace(rule.name, rule.sentence, matched, *told, status=STATUS_NAMES[status]))
    lacks = [] if status == Status.CRH else [_lack(one) for one in missing(evidence, 0, show)]
    if not_misleading[0]:
        lacks.append("the note says that the post is not misleading; only notes that say it is are shown")
    return ScorerTrace("community", STATUS_NAMES[status], tuple(traces), tuple(lacks))


def _community_numbers(
    evidence: Evidence, sets: Status, show: ShowConfig, *, stays: bool
) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """What a rule of the community preset looked at, and its limits; of the two sides the less convinced one counts."""
    not_helpful = sets == Status.CRNH
    word, where = ("not helpful", "below") if not_helpful else ("helpful", "above")
    given = evidence.side_not_helpful if not_helpful else evidence.side_helpful
    sure = evidence.below if not_helpful else evidence.above
    line = show.not_helpful_value if not_helpful else show.helpful_value
    found = {
        "ratings, those who share a vote counted once": float(evidence.n_ratings[0]),
        "ratings of the side with fewer": float(evidence.side_ratings.min()),
        f"{word} ratings of the side with fewer": float(given.min()),
        f"standard deviations by which the less convinced side is {where} {line:g}": _finite(sure.min()),
    }
    limits: dict[str, float | None] = {
        "ratings": show.min_ratings,
        "ratings a side": show.min_side_ratings,
        f"{word} ratings a side": show.min_side_helpful,
        "standard deviations": show.certainty - (show.inertia if stays else 0.0),
    }
    return found, limits


def _lack(one: Missing) -> str:
    return _LACKS[one.code].format(count=one.count)


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def in_words(explanation: NoteExplanation) -> str:
    """The explanation as plain text."""
    lines = [f"Note {explanation.note_id}: {explanation.status}, decided by {explanation.decided_by}"]
    if explanation.before_delay != explanation.status:
        lines.append(f"  before the delay and the lock: {explanation.before_delay}")
    if explanation.tags:
        lines.append(f"  reasons that raters gave: {', '.join(explanation.tags)}")
    lines += ["", "Rules over all scorers that matched, the last one decides:"]
    lines += [f"  {rule}: {sentence}" for rule, sentence in explanation.meta]
    for scorer in explanation.scorers:
        lines += ["", f"Scorer {scorer.scorer}: {scorer.status}"]
        lines += [_rule_in_words(rule) for rule in scorer.rules]
        if scorer.missing:
            lines += ["  What it lacks to be shown as helpful:", *(f"    - {reason}" for reason in scorer.missing)]
    if not explanation.scorers:
        lines += ["", "No scorer has a say on it: it has no rating that counts, or too few of them."]
    return "\n".join(lines)


def _rule_in_words(rule: RuleTrace) -> str:
    mark = "x" if rule.matched else " "
    numbers = [f"{_WORDS.get(name, name)} {_shown(value)}" for name, value in rule.numbers.items()]
    limits = [f"{name} {_shown(value)}" for name, value in rule.limits.items()]
    text = f"  [{mark}] {rule.rule}: {rule.sentence}"
    if numbers:
        text += f"\n      found: {'; '.join(numbers)}"
    if limits:
        text += f"\n      limits: {'; '.join(limits)}"
    return text + (f"\n      -> {rule.status}" if rule.matched else "")


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if float(value).is_integer() else f"{value:.4f}"
