"""The ordinal model of the `community` preset: what each side of the axis would answer to a note.

A rating takes the note's helpfulness a_n, the rater's leniency l_u, and their places on one learnt axis:

    z = a_n + l_u + q_n f_u,   P(at least somewhat) = logistic(z + d),   P(helpful) = logistic(z - d)

with a_n ~ N(m, v_a), q_n ~ N(0, v_q), l_u ~ N(0, v_l), f_u ~ N(0, 1). It is the bridging model of SCORING 4 with the
answer's three levels taken as what they are, so that a note on which all agree is not pulled to the middle, and its
priors are per note and rater: a score does not depend on how dense the rest of the data are (decision 0014).

The maximum of the posterior is found by alternating Newton steps of 2x2 systems over notes and raters; variances, the
mean and d are re-estimated on the way, held by a few hundred imagined rows (empirical Bayes). The inverse Hessian of a
note's 2x2 system is its uncertainty in closed form (`uncertainty`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring import kernels, ordinal_kernels
from kiemchung.scoring.factorise import FitConfig, SweepReport
from kiemchung.scoring.factorise import fit as fit_bridging
from kiemchung.scoring.graph import Graph
from kiemchung.scoring.ordinal_kernels import Answers, Prior, Spread
from kiemchung.scoring.table import Float32s, Float64s, Int8s, Int64s
from kiemchung.scoring.workers import Workers

UInt32s = NDArray[np.uint32]

#: A rating value of 1 is worth about so many logits: the logistic's slope is 0.25 in the middle, 0.1 near the ends.
LOGITS_PER_VALUE = 5.0


@dataclass(frozen=True, slots=True)
class Priors:
    """Mean and variances of the model's parameters, in logits.

    The defaults are those of an ordinary divided community; data move them (`OrdinalConfig.prior_rows`).

    Attributes:
        note_mean: m, mean of a_n.
        note: v_a. factor: v_q (with rater factors of mean square 1). rater: v_l.
        half_band: d, half the width of the band in which raters answer "somewhat".
    """

    note_mean: float = 0.0
    note: float = 4.0
    factor: float = 1.5
    rater: float = 0.6
    half_band: float = 0.4


@dataclass(frozen=True, slots=True)
class OrdinalConfig:
    """How the model is fitted.

    Attributes:
        prior_rows: so many imagined notes (and raters) of the default priors join the re-estimation, so that a young
            community is judged by the defaults and a large one by itself.
        sweeps: rounds over raters and notes of a first fit. On 100,000 ratings 8 leave a note's a_n 0.02 logits (root
            mean square) from the optimum, a fortieth of its own uncertainty.
        test_sweeps: of the fit without a group that is tested.
        more_sweeps, changed_sweeps: of the final fit, if all weights stayed as they were in the first, and if not.
    """

    priors: Priors = field(default_factory=Priors)
    prior_rows: float = 200.0
    sweeps: int = 8
    test_sweeps: int = 6
    more_sweeps: int = 6
    changed_sweeps: int = 16


@dataclass(frozen=True, slots=True)
class Paired:
    """k ratings in both orders: by note (as in `Ratings`) and by rater.

    Attributes:
        note_start: int64[N + 1]. rater: uint32[k]. level: int8[k]. In the order of notes.
        rater_start: int64[U + 1]. note: uint32[k]. rater_level: int8[k]. In the order of raters.
        place: uint32[k], where the j-th rating of the order of raters stands in the order of notes.
        note_index, rater_index: rows of `Notes` and `Participants`, rising.
    """

    note_start: Int64s
    rater: UInt32s
    level: Int8s
    rater_start: Int64s
    note: UInt32s
    rater_level: Int8s
    place: UInt32s
    note_index: Int64s
    rater_index: Int64s

    @property
    def n_notes(self) -> int:
        return len(self.note_index)

    @property
    def n_raters(self) -> int:
        return len(self.rater_index)

    def __len__(self) -> int:
        return len(self.rater)


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """Posterior mode and spread.

    Attributes:
        notes: float64[N, 2], a_n and q_n. raters: float64[U, 2], l_u and f_u; more than half of the weight of the
            raters is at f_u <= 0.
        note_spread, rater_spread: posterior covariances, row by row.
        priors: as re-estimated.
    """

    notes: Float64s
    raters: Float64s
    note_spread: Spread
    rater_spread: Spread
    priors: Priors


def pair(graph: Graph, workers: Workers | None = None) -> Paired:
    """The ratings of a graph in both orders."""
    workers = workers or Workers()
    start, other = graph.by_note.start, graph.by_note.other
    rater_start = graph.by_rater.start
    note, place = np.empty_like(other), np.empty(len(other), np.uint32)
    ordinal_kernels.link(start, other, rater_start[:-1].copy(), note, place)
    level = np.rint(graph.by_note.value * 2).astype(np.int8)
    return Paired(
        note_start=start,
        rater=other,
        level=level,
        rater_start=rater_start,
        note=note,
        rater_level=workers.take(level, place),
        place=place,
        note_index=graph.note_index,
        rater_index=graph.rater_index,
    )


def cold_start(graph: Graph, workers: Workers, report: SweepReport | None = None) -> Float64s:
    """Rater parameters to begin at, float64[U, 2]: those of the public objective, best of its starts, in logits.

    Under attack the objective has a second, worse optimum; the ordinal model is begun in the better one.
    """
    rough = FitConfig(tolerance=1e-2, start_tolerance=1e-2)
    raters = fit_bridging(graph, rough, workers=workers, report=report).raters.copy()
    size = float(np.sqrt((raters[:, 1] ** 2).mean()))
    raters[:, 1] /= size if size > 0 else 1.0
    raters[:, 0] *= LOGITS_PER_VALUE
    return raters


def fit_ordinal(
    ratings: Paired,
    start: Float64s | OrdinalFit,
    config: OrdinalConfig,
    *,
    weight: Float32s | None = None,
    sweeps: int | None = None,
    workers: Workers | None = None,
    report: SweepReport | None = None,
) -> OrdinalFit:
    """Fit the model to ratings.

    A rater's own place is found from all of that rater's ratings alike; the weights say how much each rating counts
    on its note. So raters who share one vote are still placed where their answers put them.

    Args:
        start: rater parameters, float64[U, 2], or an earlier fit, to begin at; not changed.
        weight: float32[k] in 0..1, in the order of notes; None if all count fully.
        sweeps: None for the configuration's `sweeps`.
        report: called after each with `_Ascent.objective` and the largest change of a note's a_n; costs a pass.
    """
    warm = start if isinstance(start, OrdinalFit) else None
    raters = (start.raters if isinstance(start, OrdinalFit) else start).copy()
    priors = warm.priors if warm else config.priors
    notes = warm.notes.copy() if warm else np.tile((priors.note_mean, 0.0), (ratings.n_notes, 1))
    ascent = _Ascent(ratings, notes, raters, priors, weight, config, workers or Workers())
    for sweep in range(sweeps or config.sweeps):
        before = ascent.notes[:, 0].copy() if report else None
        ascent.solve_notes(1 if warm or sweep else 3)
        ascent.solve_raters()
        ascent.centre()
        ascent.unit_factors()
        ascent.estimate_priors()
        if report and before is not None:
            report(sweep + 1, ascent.objective(), float(np.abs(ascent.notes[:, 0] - before).max()))
    ascent.solve_notes(1)
    return ascent.result()


def refit_notes(ratings: Paired, fit: OrdinalFit, weight: Float32s, workers: Workers, steps: int = 2) -> OrdinalFit:
    """Notes alone under other weights (as in `fit_ordinal`), by so many Newton steps; raters and priors stay."""
    notes, spread, priors = fit.notes.copy(), empty_spread(ratings.n_notes), fit.priors
    prior = Prior(priors.note_mean, 1 / priors.note, 1 / priors.factor)
    answers = Answers(ratings.note_start, ratings.rater, ratings.level, weight)
    workers.over_rows(
        ordinal_kernels.solve_rows,
        answers.start, answers, notes, fit.raters, prior, exp(priors.half_band), steps, spread,
    )  # fmt: skip
    return replace(fit, notes=notes, note_spread=spread)


class _Ascent:
    """Alternating Newton steps of one fit; holds the arrays that each round changes in place."""

    def __init__(
        self,
        ratings: Paired,
        notes: Float64s,
        raters: Float64s,
        priors: Priors,
        weight: Float32s | None,
        config: OrdinalConfig,
        workers: Workers,
    ) -> None:
        full = np.ones(len(ratings), np.float32)
        weight = full if weight is None else weight
        self.notes, self.raters, self.priors = notes, raters, priors
        self.config, self.workers = config, workers
        self.by_note = Answers(ratings.note_start, ratings.rater, ratings.level, weight)
        self.by_rater = Answers(ratings.rater_start, ratings.note, ratings.rater_level, full)
        self.note_spread, self.rater_spread = empty_spread(ratings.n_notes), empty_spread(ratings.n_raters)
        self.say = rater_say(ratings, weight, self.workers)
        self.somewhat = float(weight[ratings.level == 1].sum(dtype=np.float64))

    def note_prior(self) -> Prior:
        return Prior(self.priors.note_mean, 1 / self.priors.note, 1 / self.priors.factor)

    def solve_notes(self, steps: int) -> None:
        self.workers.over_rows(
            ordinal_kernels.solve_rows, self.by_note.start, self.by_note,
            self.notes, self.raters, self.note_prior(), exp(self.priors.half_band), steps, self.note_spread,
        )  # fmt: skip

    def solve_raters(self) -> None:
        prior = Prior(0.0, 1 / self.priors.rater, 1.0)
        self.workers.over_rows(
            ordinal_kernels.solve_rows, self.by_rater.start, self.by_rater,
            self.raters, self.notes, prior, exp(self.priors.half_band), 1, self.rater_spread,
        )  # fmt: skip

    def objective(self) -> float:
        """-log of the posterior density per full rating, without constants. It need not fall: the priors move too."""
        loss, priors, (leniency, place) = np.empty(len(self.notes)), self.priors, self.raters.T
        self.workers.over_rows(
            ordinal_kernels.loss_rows, self.by_note.start, self.by_note,
            self.notes, self.raters, self.note_prior(), exp(priors.half_band), loss,
        )  # fmt: skip
        held = float((self.say * (leniency**2 / priors.rater + place**2)).sum())
        held += len(loss) * log(priors.note * priors.factor) + float(self.say.sum()) * log(priors.rater)
        return (float(loss.sum()) + held / 2) / float(self.by_note.weight.sum(dtype=np.float64))

    def centre(self) -> None:
        """Move the raters' mean leniency into the notes; no prediction changes."""
        mean = float((self.say * self.raters[:, 0]).sum()) / (float(self.say.sum()) + self.config.prior_rows)
        self.raters[:, 0] -= mean
        self.notes[:, 0] += mean

    def unit_factors(self) -> None:
        """Give the rater factors a mean square of 1 and the notes' the inverse; no prediction changes."""
        held = self.config.prior_rows
        second = float((self.say * (self.raters[:, 1] ** 2 + self.rater_spread.factor)).sum()) + held
        scale = float(np.sqrt(second / (float(self.say.sum()) + held)))
        for params, spread, by in ((self.raters, self.rater_spread, 1 / scale), (self.notes, self.note_spread, scale)):
            params[:, 1] *= by
            spread.factor[:] *= by**2
            spread.covariance[:] *= by

    def estimate_priors(self) -> None:
        """Set the priors to what this round's posterior implies, held by the imagined rows."""
        first, held, say = self.config.priors, self.config.prior_rows, self.say
        n_notes, n_raters = len(self.notes) + held, float(say.sum()) + held
        (a, q), rater_level = self.notes.T, self.raters[:, 0]
        mean = (float(a.sum()) + held * first.note_mean) / n_notes
        note = (float(((a - mean) ** 2 + self.note_spread.intercept).sum()) + held * first.note) / n_notes
        factor = (float((q**2 + self.note_spread.factor).sum()) + held * first.factor) / n_notes
        rater = (float((say * (rater_level**2 + self.rater_spread.intercept)).sum()) + held * first.rater) / n_raters
        # the share of "somewhat" is all but linear in the band's width; the imagined rows hold it in place
        band, expected = self.priors.half_band, float(self.note_spread.somewhat.sum())
        band *= (self.somewhat + held * first.half_band / band) / (expected + held)
        self.priors = Priors(mean, note, factor, rater, min(max(band, 0.02), 2.0))

    def result(self) -> OrdinalFit:
        """The fit, its axis turned so that most of the raters' weight is at f_u <= 0."""
        if float((self.say * np.sign(self.raters[:, 1])).sum()) > 0:
            self.notes[:, 1] *= -1
            self.raters[:, 1] *= -1
            self.note_spread.covariance[:] *= -1
            self.rater_spread.covariance[:] *= -1
        return OrdinalFit(self.notes, self.raters, self.note_spread, self.rater_spread, self.priors)


def rater_say(ratings: Paired, weight: Float32s, workers: Workers) -> Float64s:
    """Mean weight of each rater's ratings, float64[U]: 1 for one who counts fully."""
    total = totals(workers.take(weight, ratings.place), ratings.rater_start, workers)
    say: Float64s = total / np.diff(ratings.rater_start)
    return say


def totals(values: Float32s, start: Int64s, workers: Workers) -> Float64s:
    """Sum of each row's values, float64[rows]; row r has start[r]:start[r + 1]."""
    total = np.empty(len(start) - 1)
    workers.over_rows(kernels.total_rows, start, start, values, total)
    return total


def empty_spread(rows: int) -> Spread:
    """Room for the spread of a side with so many rows."""
    return Spread(np.zeros(rows), np.zeros(rows), np.zeros(rows), np.zeros(rows))
