"""Runs a pipeline over a data set: every scorer on its slice, then one status per note.

Many scorers see the same ratings (in a young community all of them do). Work is shared by what it depends on: a
prescoring by the slice's ratings and its configuration, a final fit by these and the raters it takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kiemchung.scoring import history
from kiemchung.scoring.config import PipelineConfig
from kiemchung.scoring.diligence import final_low_diligence
from kiemchung.scoring.final_scoring import FinalFit, fit_guards, numbers_for_rules, on_enough_rated, sign_counts
from kiemchung.scoring.gaussian import gaussian_scores
from kiemchung.scoring.meta import (
    DELAY,
    DRIFT_GUARD,
    EXPLANATION,
    Decision,
    Explanation,
    Opinion,
    combine,
    explain,
    may_lock,
)
from kiemchung.scoring.preprocess import LeftOut, Prepared, prepare
from kiemchung.scoring.prescoring import NothingToScore, Prescoring, prescore
from kiemchung.scoring.rules import FINAL_RULES, Numbers, Statuses, apply_rules
from kiemchung.scoring.scorers import CORE, STABLE_GROUP, PrescoringConfig, ScorerConfig
from kiemchung.scoring.table import Bools, Dataset, Float64s, Int8s, Int64s, Ratings, Status
from kiemchung.scoring.workers import Workers

#: Called with (phase, sweep, objective, share of the run that is done); sweep 0 where a phase has none.
Progress = Callable[[str, int, float, float], None]


@dataclass(frozen=True, slots=True)
class ScorerResult:
    """One scorer's results, aligned to `Notes`; Status.NONE and NaN where it has no say.

    Attributes:
        config: the scorer.
        status: int8[n], after capture; may be FIRM_REJECT or NEEDS_YOUR_HELP.
        active: uint32[n], bit k set if FINAL_RULES[k] matched.
        last: int16[n], position of the last rule that matched.
        intercept, factor, standard_error: float64[n].
        n_final_ratings: int64[n], ratings that the note was fitted to.
        numbers: everything that the rules looked at.
        opinion: what the meta-scorer takes.
        prescoring: rater parameters and scores; never written unless the data are public and it is asked for.
    """

    config: ScorerConfig
    status: Int8s
    active: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]
    last: np.ndarray[tuple[int, ...], np.dtype[np.int16]]
    intercept: Float64s
    factor: Float64s
    standard_error: Float64s
    n_final_ratings: Int64s
    numbers: Numbers
    opinion: Opinion
    prescoring: Prescoring


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """Outcome of a run, aligned to `Notes`.

    Attributes:
        config: the pipeline.
        prepared: ratings that counted, flags, topics.
        scorers: by name, in the order of the configuration; those that had nothing to score are missing.
        pre_stabilisation: int8[n], status before the delay; may be NEEDS_YOUR_HELP.
        status: int8[n], final status: NMR, CRH or CRNH.
        decision: which meta rules matched; its last one decided.
        delay_start_ms: int64[n], for the next run.
        explanation: the two most used reasons.
        left_out: parts that could not be done on these data, with the reason, and those left out on purpose.
    """

    config: PipelineConfig
    prepared: Prepared
    scorers: dict[str, ScorerResult]
    pre_stabilisation: Int8s
    status: Int8s
    decision: Decision
    delay_start_ms: Int64s
    explanation: Explanation
    left_out: tuple[LeftOut, ...]

    @property
    def may_lock(self) -> Bools:
        """bool[n], whether the deciding rule is allowed to lock a note."""
        allowed = np.array([may_lock(rule) for rule in self.decision.rules])
        locks: Bools = allowed[self.decision.decided_by]
        return locks


def run(
    dataset: Dataset,
    config: PipelineConfig,
    *,
    now_ms: int,
    threads: int = 1,
    progress: Progress = lambda *_: None,
    prepared: Prepared | None = None,
) -> ScoringResult:
    """Score all notes of a data set.

    Args:
        now_ms: the time of the run; only the delay and the lock look at it.
        threads: equal results for any number.
        prepared: None to prepare the ratings here.
    """
    progress("prepare", 0, float("nan"), 0.0)
    prepared = prepared or prepare(dataset, config.preprocess)
    with Workers(threads) as workers:
        scoring = _Scoring(dataset, prepared, config, workers, progress)
        scorers = scoring.score_all()
    left_out = [*prepared.left_out, *scoring.left_out, *(LeftOut(*pair) for pair in config.not_included)]
    decision = combine(config.scorers, {name: result.opinion for name, result in scorers.items()}, len(dataset.notes))
    before_delay = decision.status
    delay_start = dataset.history.delay_start_ms
    if config.delay:
        delayed = history.delay(before_delay, dataset.history, now_ms, config=config.delay)
        delay_start = delayed.delay_start_ms
        decision.apply(DELAY, delayed.matched, delayed.status)
    else:
        decision.status = np.where(before_delay == Status.NEEDS_YOUR_HELP, Status.NMR, before_delay).astype(np.int8)
    locked, drifted = history.drift_guard(decision.status, dataset.history)
    decision.apply(DRIFT_GUARD, drifted, locked)
    reasons = explain(decision.status, prepared.ratings)
    if config.explanation:
        decision.apply(EXPLANATION, reasons.insufficient, Status.NMR)
    progress("done", 0, float("nan"), 1.0)
    return ScoringResult(
        config, prepared, scorers, before_delay, decision.status, decision, delay_start, reasons, tuple(left_out)
    )


@dataclass(frozen=True, slots=True)
class _Slice:
    """A scorer's ratings and a name for exactly these."""

    ratings: Ratings
    digest: str


def _learner(scorer: ScorerConfig) -> ScorerConfig:
    """The scorer whose raters it takes: the Gaussian takes Core's, whatever notes it scores."""
    return CORE if scorer.family == "gaussian" else scorer


def _slice_key(scorer: ScorerConfig) -> tuple[frozenset[int] | None, object, float]:
    return scorer.groups, scorer.topics, scorer.note_share


class _Scoring:
    """One run: shared inputs, and what was computed already."""

    def __init__(
        self, dataset: Dataset, prepared: Prepared, config: PipelineConfig, workers: Workers, progress: Progress
    ) -> None:
        self.dataset, self.prepared, self.config, self.workers = dataset, prepared, config, workers
        self.progress = progress
        self.left_out: list[LeftOut] = []
        self.n = len(dataset.notes)
        self.n_ratings = np.bincount(prepared.ratings.note, minlength=self.n)
        self.slices: dict[tuple[frozenset[int] | None, object, float], _Slice] = {}
        self.prescorings: dict[tuple[str, PrescoringConfig], Prescoring] = {}
        self.finals: dict[tuple[str, int], FinalFit] = {}
        self.numbers: dict[tuple[str, int, bool], Numbers] = {}
        self.done = 0

    def score_all(self) -> dict[str, ScorerResult]:
        """Every scorer that has something to score."""
        results = {}
        for k, scorer in enumerate(self.config.scorers):
            self.done = k
            self.tell(scorer.name)
            try:
                results[scorer.name] = self.score(scorer)
            except NothingToScore as reason:
                self.left_out.append(LeftOut(f"scorer {scorer.name}", str(reason)))
            self.drop_slices_but_for(self.config.scorers[k + 1 :])
        return results

    def drop_slices_but_for(self, scorers: Sequence[ScorerConfig]) -> None:
        """Let go of ratings that no later scorer takes: a copy of all of them is most of a run's memory."""
        needed = {_slice_key(each) for scorer in scorers for each in (scorer, _learner(scorer))}
        self.slices = {key: part for key, part in self.slices.items() if key in needed}

    def tell(self, phase: str, sweep: int = 0, objective: float = float("nan")) -> None:
        self.progress(phase, sweep, objective, 0.05 + 0.9 * self.done / len(self.config.scorers))

    def score(self, scorer: ScorerConfig) -> ScorerResult:
        part = self.slice(scorer)
        learner = _learner(scorer)
        learnt = self.prescoring(learner)
        final = self.final(part, learnt, learner)
        numbers = self.numbers_of(scorer, part, learnt, final)
        if scorer.scale == "gaussian":
            numbers = self.with_gaussian(scorer, numbers, part, learnt)
        among = self.captured(scorer, part)
        statuses = apply_rules(FINAL_RULES, numbers, scorer.limits, among)
        return self.result(scorer, part, learnt, final, numbers, statuses, among)

    def slice(self, scorer: ScorerConfig) -> _Slice:
        """The scorer's ratings; of equal ones only one copy is kept."""
        key = _slice_key(scorer)
        if key not in self.slices:
            rows = self.rows_of(scorer)
            digest = hashlib.blake2b(np.packbits(rows).tobytes(), digest_size=16).hexdigest()
            known = [part for part in self.slices.values() if part.digest == digest]
            self.slices[key] = known[0] if known else _Slice(self.prepared.ratings.take(rows), digest)
        part = self.slices[key]
        if not len(part.ratings):
            raise NothingToScore("no rating by its raters on its notes")
        return part

    def rows_of(self, scorer: ScorerConfig) -> Bools:
        """bool[k], which ratings the scorer takes."""
        ratings = self.prepared.ratings
        rows = np.ones(len(ratings), np.bool_)
        if scorer.groups is not None:
            in_groups = np.isin(self.dataset.participants.modeling_group, list(scorer.groups))
            rows &= in_groups[ratings.rater]
        if scorer.note_share:
            share = np.bincount(ratings.note[rows], minlength=self.n) / np.maximum(self.n_ratings, 1)
            rows &= (share >= scorer.note_share)[ratings.note]
        if scorer.topics == "without":
            rows &= (self.prepared.topic < 0)[ratings.note]
        elif scorer.topics != "with":
            rows &= (self.prepared.topic == scorer.topics)[ratings.note]
        return rows

    def captured(self, scorer: ScorerConfig, part: _Slice) -> Bools:
        """bool[n], notes that get a status: rated, and by enough of the scorer's own raters."""
        own = np.bincount(part.ratings.note, minlength=self.n)
        enough: Bools = (own > 0) & (own >= scorer.capture * self.n_ratings)
        return enough

    def prescoring(self, scorer: ScorerConfig) -> Prescoring:
        part, config = self.slice(scorer), scorer.prescoring
        if config.stable_start and self.all_stable(part):
            config = replace(config, stable_start=False)  # the same fit
        key = (part.digest, config)
        if key not in self.prescorings:

            def report(sweep: int, objective: float, _change: float) -> None:
                self.tell(f"{scorer.name}: prescoring", sweep, objective)

            self.prescorings[key] = prescore(self.dataset, part.ratings, config, self.workers, report)
            self.left_out += [LeftOut(f"{scorer.name}: {name}", why) for name, why in self.prescorings[key].missing]
        return self.prescorings[key]

    def all_stable(self, part: _Slice) -> bool:
        return bool((self.dataset.participants.modeling_group[part.ratings.rater] == STABLE_GROUP).all())

    def final(self, part: _Slice, learnt: Prescoring, learner: ScorerConfig) -> FinalFit:
        key = (part.digest, id(learnt))
        if key not in self.finals:
            self.tell(f"{learner.name}: final scoring")
            config = learner.prescoring
            final = fit_guards(
                part.ratings, self.n, learnt.raters, self.prepared, self.workers,
                least=config.min_raters_per_note, penalties=config.fit.penalties,
            )  # fmt: skip
            if learnt.diligence:
                rated = on_enough_rated(part.ratings, self.n, config.min_raters_per_note)
                low = final_low_diligence(rated, learnt.raters, learnt.diligence, self.n, self.workers)
                final = replace(final, low_diligence=low)
            self.finals[key] = final
        return self.finals[key]

    def numbers_of(self, scorer: ScorerConfig, part: _Slice, learnt: Prescoring, final: FinalFit) -> Numbers:
        key = (part.digest, id(learnt), scorer.upper_bound)
        if key not in self.numbers:
            self.numbers[key] = numbers_for_rules(
                self.dataset,
                part.ratings,
                final,
                learnt.raters,
                learnt.habits,
                learnt.tag_threshold,
                with_upper_bound=scorer.upper_bound,
            )
        return self.numbers[key]

    def with_gaussian(self, scorer: ScorerConfig, numbers: Numbers, part: _Slice, learnt: Prescoring) -> Numbers:
        """The same numbers with Gaussian scores in the place of the intercepts."""

        def score(kept: Bools) -> Float64s:
            rated = on_enough_rated(ratings.take(kept), self.n, least)
            if not len(rated):
                return np.full(self.n, np.nan)
            factor = learnt.raters.params[:, 1]
            return gaussian_scores(rated, self.dataset.notes, factor, self.workers, bandwidth=scorer.bandwidth)

        ratings, least = part.ratings, scorer.prescoring.min_raters_per_note
        everybody = score(np.ones(len(ratings), np.bool_))
        high_volume = self.prepared.high_volume[ratings.rater]
        correlated = self.prepared.correlated[ratings.rater]
        return replace(
            numbers,
            intercept=everybody,
            no_high_volume=score(~high_volume) if high_volume.any() else everybody,
            no_correlated=score(~correlated) if correlated.any() else everybody,
            population_sampled=score(ratings.population_sampled),
        )

    def result(
        self,
        scorer: ScorerConfig,
        part: _Slice,
        learnt: Prescoring,
        final: FinalFit,
        numbers: Numbers,
        statuses: Statuses,
        among: Bools,
    ) -> ScorerResult:
        def where_heard(values: Float64s) -> Float64s:
            return np.where(among, values, np.nan)

        factor = learnt.raters.params[:, 1]
        signs = sign_counts(part.ratings, factor, self.n)
        sampled = part.ratings.take(part.ratings.population_sampled)
        sampled_signs = sign_counts(sampled, factor, self.n)
        opinion = Opinion(
            status=statuses.status,
            intercept=where_heard(numbers.intercept),
            factor=where_heard(numbers.factor),
            numbers=numbers,
            confident=among & (signs.fewer >= scorer.confident_from),
            sampled_negative=sampled_signs.negative,
            sampled_positive=sampled_signs.positive,
        )
        return ScorerResult(
            config=scorer,
            status=statuses.status,
            active=statuses.active,
            last=statuses.last,
            intercept=opinion.intercept,
            factor=opinion.factor,
            standard_error=where_heard(final.fitted.standard_error),
            n_final_ratings=final.fitted.count.astype(np.int64),
            numbers=numbers,
            opinion=opinion,
            prescoring=learnt,
        )
