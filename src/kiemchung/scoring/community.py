"""The `community` preset: bridging at any size, made to resist coordinated raters (decisions 0014, 0015).

    ratings -> one fit of the ordinal model -> groups that choose and depart together share a vote -> the fit anew
            -> both sides' views with their uncertainty -> rules -> delay, lock, reasons -> status

Everything is linear in the ratings, the same for any number of threads, and rater parameters never leave this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kiemchung.scoring import history
from kiemchung.scoring.both_sides import COMMUNITY_RULES, Evidence, Missing, ShowConfig, missing, weigh_evidence
from kiemchung.scoring.coordination import bin_times
from kiemchung.scoring.factorise import SweepReport
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.independence import GroupReport, IndependenceConfig, weigh
from kiemchung.scoring.ordinal import OrdinalConfig, Paired, cold_start, fit_ordinal, pair
from kiemchung.scoring.preprocess import PreprocessConfig, counts_for_scoring
from kiemchung.scoring.table import (
    HELPFUL_TAGS,
    NOT_HELPFUL_TAGS,
    Bools,
    Classification,
    Dataset,
    Float32s,
    Float64s,
    Int8s,
    Int64s,
    Ratings,
    Status,
)
from kiemchung.scoring.workers import Workers

#: Called with (phase, sweep, objective, share of the run that is done); sweep 0 and NaN where a phase has none.
Progress = Callable[[str, int, float, float], None]

DELAY = "CommunityDelay (v1.0)"
LOCKED = "CommunityLocked (v1.0)"
NO_REASON = "CommunityNoReason (v1.0)"
#: Sentences of the rules that follow those of `both_sides`.
SENTENCES = {
    DELAY: "The note waits until its status has been stable for a while.",
    LOCKED: "The note's status was locked two weeks after it was written.",
    NO_REASON: "No two independent raters gave the same reason for the status.",
}


@dataclass(frozen=True, slots=True)
class CommunityConfig:
    """The preset as a value.

    Attributes:
        delay: how long newly helpful notes wait; None to show them at once.
        min_reason_uses: independent raters who must give the same reason for a status other than "needs more
            ratings"; 0 where raters give no reasons.
    """

    name: str = "community"
    ordinal: OrdinalConfig = field(default_factory=OrdinalConfig)
    independence: IndependenceConfig = field(default_factory=IndependenceConfig)
    show: ShowConfig = field(default_factory=ShowConfig)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    delay: history.DelayConfig | None = field(default_factory=history.DelayConfig)
    min_reason_uses: float = 2.0


COMMUNITY = CommunityConfig()


@dataclass(frozen=True, slots=True)
class CommunityResult:
    """Outcome of a run, aligned to `Notes`; numbers are NaN for notes without a rating.

    Attributes:
        pre_stabilisation: int8[n], status before delay, lock and reasons. status: int8[n], the final one.
        rules: names of all rules in order. matched: bool[rules, n]; a note's last match decided.
        delay_start_ms: int64[n], for the next run.
        reason_first, reason_second: int8[n], position in HELPFUL_TAGS (CRH) or NOT_HELPFUL_TAGS (CRNH), -1 none.
        intercept, factor: float64[n], a_n and q_n in logits. intercept_deviation: float64[n], posterior standard
            deviation of a_n.
        n_ratings: int64[n]. evidence: as the rules saw it, rows of notes with a rating. row: int64[n], the note's row
            in evidence, -1 none.
        groups: tested groups, in numbers that name nobody.
        left_out: parts that the data were too few for, and why.
    """

    config: CommunityConfig
    pre_stabilisation: Int8s
    status: Int8s
    rules: tuple[str, ...]
    matched: Bools
    delay_start_ms: Int64s
    reason_first: Int8s
    reason_second: Int8s
    intercept: Float64s
    factor: Float64s
    intercept_deviation: Float64s
    n_ratings: Int64s
    evidence: Evidence | None
    row: Int64s
    groups: tuple[GroupReport, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def decided_by(self) -> Int64s:
        """int64[n], position in `rules` of the rule that decided."""
        last: Int64s = len(self.rules) - 1 - np.argmax(self.matched[::-1], axis=0)
        return last

    @property
    def may_lock(self) -> Bools:
        """bool[n], whether the status may be locked: it was decided by the ratings, not by a wait or an older lock."""
        waits = [k for k, rule in enumerate(self.rules) if rule in (DELAY, LOCKED)]
        lockable: Bools = ~np.isin(self.decided_by, waits)
        return lockable

    def missing(self, note: int) -> tuple[Missing, ...]:
        """What keeps a note from being shown."""
        show = self.config.show
        if self.evidence is None or self.row[note] < 0:
            return (Missing("ratings", show.min_ratings),)
        return missing(self.evidence, int(self.row[note]), show)

    def numbers(self, note: int) -> dict[str, float]:
        """A note's numbers as the rules saw them; never anything about a rater."""
        if self.evidence is None or self.row[note] < 0:
            return {"n_ratings": 0.0}
        x, r = self.evidence, int(self.row[note])
        told = {
            "n_ratings": float(self.n_ratings[note]),
            "n_independent": float(x.n_ratings[r]),
            "note_intercept": float(self.intercept[note]),
            "note_factor": float(self.factor[note]),
            "note_intercept_deviation": float(self.intercept_deviation[note]),
        }
        for k, side in enumerate(("negative", "positive")):
            told |= {
                f"ratings_{side}": float(x.side_ratings[r, k]),
                f"helpful_{side}": float(x.side_helpful[r, k]),
                f"not_helpful_{side}": float(x.side_not_helpful[r, k]),
                f"value_{side}": float(x.value[r, k]),
                f"above_{side}": float(x.above[r, k]),
                f"below_{side}": float(x.below[r, k]),
            }
        return told


@dataclass(frozen=True, slots=True)
class _Scored:
    """What ratings give before any rule: paired ratings, weights, evidence, note parameters."""

    ratings: Paired
    weight: Float32s
    evidence: Evidence
    notes: Float64s
    deviation: Float64s
    groups: tuple[GroupReport, ...]


def run_community(
    dataset: Dataset,
    config: CommunityConfig = COMMUNITY,
    *,
    now_ms: int,
    threads: int = 1,
    progress: Progress | None = None,
) -> CommunityResult:
    """Score all notes of a data set.

    Args:
        now_ms: the time of the run; only the delay looks at it.
        threads: equal results for any number.
        progress: told of phases and sweeps; None saves a pass for each objective.
    """
    tell = progress or (lambda *_: None)
    counts = counts_for_scoring(dataset.ratings, dataset.notes, config.preprocess)
    counted = dataset.ratings if counts.all() else dataset.ratings.take(counts)
    n = len(dataset.notes)
    with Workers(threads) as workers:
        scored = _score(dataset, counted, config, workers, progress) if len(counted) else None
    tell("rules", 0, float("nan"), 0.97)
    status, rules, matched = _statuses(dataset, scored, config)
    before = status
    delay_start = dataset.history.delay_start_ms
    if config.delay:
        delayed = history.delay(status, dataset.history, now_ms, config=config.delay)
        status, delay_start = delayed.status, delayed.delay_start_ms
        rules, matched = [*rules, DELAY], [*matched, delayed.matched]
    status, drifted = history.drift_guard(status, dataset.history)
    first, second = reasons(status, counted, scored.weight if scored else np.empty(0, np.float32), n, config)
    unexplained = (status != Status.NMR) & (first < 0) & (config.min_reason_uses > 0)
    status = np.where(unexplained, Status.NMR, status).astype(np.int8)
    rules, matched = [*rules, LOCKED, NO_REASON], [*matched, drifted, unexplained]
    tell("done", 0, float("nan"), 1.0)
    return CommunityResult(
        config=config,
        pre_stabilisation=before,
        status=status,
        rules=tuple(rules),
        matched=np.array(matched),
        delay_start_ms=delay_start,
        reason_first=np.where(unexplained, -1, first).astype(np.int8),
        reason_second=np.where(unexplained, -1, second).astype(np.int8),
        intercept=_for_all(scored, n, lambda s: s.notes[:, 0]),
        factor=_for_all(scored, n, lambda s: s.notes[:, 1]),
        intercept_deviation=_for_all(scored, n, lambda s: s.deviation),
        n_ratings=np.bincount(counted.note, minlength=n),
        evidence=scored.evidence if scored else None,
        row=_rows(scored, n),
        groups=scored.groups if scored else (),
        left_out=_left_out(scored, counted, config),
    )


def _score(
    dataset: Dataset, counted: Ratings, config: CommunityConfig, workers: Workers, progress: Progress | None
) -> _Scored:
    """Fit, find groups, share their votes, fit anew, gather the evidence."""
    tell = progress or (lambda *_: None)
    tell("group ratings", 0, float("nan"), 0.0)
    graph = graph_of(
        counted.note, counted.rater, counted.value, n_notes=len(dataset.notes), n_raters=len(dataset.participants)
    )
    ratings = pair(graph, workers)
    tell("first fit", 0, float("nan"), 0.05)
    start = cold_start(graph, workers, _sweeps(progress, "start by the public objective", 0.05, 0.15, 20))
    report = _sweeps(progress, "first fit", 0.15, 0.35, config.ordinal.sweeps)
    first = fit_ordinal(ratings, start, config.ordinal, workers=workers, report=report)
    tell("coordinated raters", 0, float("nan"), 0.35)
    note_times = dataset.notes.created_at_ms[ratings.note_index]
    when = bin_times(ratings, counted.created_at_ms, note_times, config.independence.search, workers)
    outcome = weigh(ratings, when, first, config.ordinal, config.independence, workers)
    tell("final fit", 0, float("nan"), 0.75)
    sweeps = config.ordinal.changed_sweeps if outcome.changed else config.ordinal.more_sweeps
    final = fit_ordinal(
        ratings,
        outcome.fit,
        config.ordinal,
        weight=outcome.weight,
        sweeps=sweeps,
        workers=workers,
        report=_sweeps(progress, "final fit", 0.75, 0.95, sweeps),
    )
    evidence = weigh_evidence(ratings, outcome.weight, final, config.show, workers)
    deviation = np.sqrt(final.note_spread.intercept)
    return _Scored(ratings, outcome.weight, evidence, final.notes, deviation, outcome.groups)


def _sweeps(progress: Progress | None, phase: str, begin: float, end: float, expected: int) -> SweepReport | None:
    """Tell of a fit's sweeps, of which so many are expected, between two shares of the run."""
    if progress is None:
        return None

    def report(sweep: int, objective: float, _change: float) -> None:
        progress(phase, sweep, objective, begin + (end - begin) * min(sweep / expected, 1.0))

    return report


def _statuses(
    dataset: Dataset, scored: _Scored | None, config: CommunityConfig
) -> tuple[Int8s, list[str], list[Bools]]:
    """Statuses by the rules of `both_sides`, and which of them matched which note."""
    n = len(dataset.notes)
    names = [rule.name for rule in COMMUNITY_RULES]
    matched = [np.zeros(n, np.bool_) for _ in COMMUNITY_RULES]
    matched[0][:] = True
    status = np.full(n, Status.NMR, np.int8)
    if scored is None:
        return status, names, matched
    rows = scored.ratings.note_index
    not_misleading = dataset.notes.classification[rows] == Classification.NOT_MISLEADING
    current = dataset.history.current_status[rows]
    for k, rule in enumerate(COMMUNITY_RULES[1:], 1):
        matched[k][rows] = rule.matches(scored.evidence, not_misleading, current, config.show)
        status[matched[k]] = rule.sets
    return status, names, matched


def reasons(status: Int8s, ratings: Ratings, weight: Float32s, n: int, config: CommunityConfig) -> tuple[Int8s, Int8s]:
    """The two reasons given most often for a note's status, int8[n] each, -1 none; ties go to the first tag.

    Uses count by weight, so the tags of raters who share one vote count as one; `min_reason_uses` is the least.
    """
    best = np.full((2, n), -1, np.int8)
    for which, tags, names in (
        (Status.CRH, ratings.helpful_tags, HELPFUL_TAGS),
        (Status.CRNH, ratings.not_helpful_tags, NOT_HELPFUL_TAGS),
    ):
        concerned = status == which
        rows = np.flatnonzero(concerned[ratings.note] & (tags > 0))
        note, bits, say = ratings.note[rows], tags[rows], weight[rows]
        uses = np.zeros((n, len(names)))
        for tag in range(len(names)):
            given = (bits >> tag) & 1 == 1
            uses[:, tag] = np.bincount(note[given], say[given], n)
        uses[uses < config.min_reason_uses - 0.01] = 0
        order = np.argsort(-uses, axis=1, kind="stable")
        for place in range(2):
            tag_row = order[:, place]
            found = concerned & (uses[np.arange(n), tag_row] > 0)
            best[place, found] = tag_row[found]
    return best[0], best[1]


def _for_all(scored: _Scored | None, n: int, values: Callable[[_Scored], Float64s]) -> Float64s:
    """Values of the rated notes, spread over all notes."""
    out = np.full(n, np.nan)
    if scored is not None:
        out[scored.ratings.note_index] = values(scored)
    return out


def _rows(scored: _Scored | None, n: int) -> Int64s:
    row = np.full(n, -1, np.int64)
    if scored is not None:
        row[scored.ratings.note_index] = np.arange(scored.ratings.n_notes)
    return row


def _left_out(scored: _Scored | None, counted: Ratings, config: CommunityConfig) -> tuple[tuple[str, str], ...]:
    """Parts that could not be done, in words."""
    out = []
    least = config.independence.min_ratings
    if len(counted) < least:
        out.append(("coordinated raters", f"{len(counted)} ratings; {least} are needed to tell dependence from chance"))
    if scored is None or not scored.evidence.two_sides:
        out.append(("two sides", "the raters do not stand on two sides yet, so no note can be helpful to both"))
    return tuple(out)
