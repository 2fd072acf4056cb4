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
from math import exp

import numpy as np
from numpy.typing import NDArray

from kiemchung.scoring import ordinal_kernels
from kiemchung.scoring.factorise import FitConfig
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
        sweeps, warm_sweeps: rounds over raters and notes, from a cold and from an earlier fit.
    """

    priors: Priors = field(default_factory=Priors)
    prior_rows: float = 200.0
    sweeps: int = 10
    warm_sweeps: int = 5


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


def pair(graph: Graph) -> Paired:
    """The ratings of a graph in both orders."""
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
        rater_level=level[place],
        place=place,
        note_index=graph.note_index,
        rater_index=graph.rater_index,
    )


def cold_start(graph: Graph, workers: Workers) -> Float64s:
    """Rater parameters to begin at, float64[U, 2]: those of the public objective, best of its starts, in logits.

    Under attack the objective has a second, worse optimum; the ordinal model is begun in the better one.
    """
    rough = FitConfig(tolerance=1e-2, start_tolerance=1e-2)
    raters = fit_bridging(graph, rough, workers=workers).raters.copy()
    size = float(np.sqrt((raters[:, 1] ** 2).mean()))
    raters[:, 1] /= size if size > 0 else 1.0
    raters[:, 0] *= LOGITS_PER_VALUE
    return raters


def fit_ordinal(
    ratings: Paired,
    raters: Float64s,
    config: OrdinalConfig,
    *,
    weight: Float32s | None = None,
    priors: Priors | None = None,
    sweeps: int | None = None,
    workers: Workers | None = None,
) -> OrdinalFit:
    """Fit the model to ratings, beginning at the given rater parameters.

    A rater's own place is found from all of that rater's ratings alike; the weights say how much each rating counts
    on its note. So raters who share one vote are still placed where their answers put them.

    Args:
        raters: float64[U, 2], where to begin; not changed.
        weight: float32[k] in 0..1, in the order of notes; None if all count fully.
        priors: where to begin; None for the configuration's.
        sweeps: None for the configuration's `sweeps`.
    """
    workers = workers or Workers()
    weight = np.ones(len(ratings), np.float32) if weight is None else weight
    by_note = Answers(ratings.note_start, ratings.rater, ratings.level, weight)
    by_rater = Answers(ratings.rater_start, ratings.note, ratings.rater_level, np.ones(len(ratings), np.float32))
    priors = priors or config.priors
    raters = raters.copy()
    notes = np.zeros((ratings.n_notes, 2))
    notes[:, 0] = priors.note_mean
    note_spread, rater_spread = empty_spread(ratings.n_notes), empty_spread(ratings.n_raters)
    say = rater_say(ratings, weight)
    for sweep in range(sweeps or config.sweeps):
        steps = 3 if sweep == 0 else 1
        cut = exp(priors.half_band)
        note_prior = Prior(priors.note_mean, 1 / priors.note, 1 / priors.factor)
        workers.over_rows(
            ordinal_kernels.solve_rows, by_note.start, by_note, notes, raters, note_prior, cut, steps, note_spread
        )
        rater_prior = Prior(0.0, 1 / priors.rater, 1.0)
        workers.over_rows(
            ordinal_kernels.solve_rows, by_rater.start, by_rater, raters, notes, rater_prior, cut, 1, rater_spread
        )
        _centre_raters(raters, notes, say, config.prior_rows)
        scale = _unit_factors(raters, rater_spread, notes, note_spread, say, config.prior_rows)
        priors = _estimated(priors, scale, notes, note_spread, raters, rater_spread, say, by_note, config)
    note_prior = Prior(priors.note_mean, 1 / priors.note, 1 / priors.factor)
    workers.over_rows(
        ordinal_kernels.solve_rows,
        by_note.start, by_note, notes, raters, note_prior, exp(priors.half_band), 2, note_spread,
    )  # fmt: skip
    if float((say * np.sign(raters[:, 1])).sum()) > 0:
        for array in (notes[:, 1], raters[:, 1], note_spread.covariance, rater_spread.covariance):
            array *= -1
    return OrdinalFit(notes, raters, note_spread, rater_spread, priors)


def rater_say(ratings: Paired, weight: Float32s) -> Float64s:
    """Mean weight of each rater's ratings, float64[U]: 1 for one who counts fully."""
    total = np.bincount(ratings.rater, weight, ratings.n_raters)
    say: Float64s = total / np.diff(ratings.rater_start)
    return say


def empty_spread(rows: int) -> Spread:
    """Room for the spread of a side with so many rows."""
    return Spread(np.zeros(rows), np.zeros(rows), np.zeros(rows), np.zeros(rows))


def _centre_raters(raters: Float64s, notes: Float64s, say: Float64s, prior_rows: float) -> None:
    """Move the raters' mean leniency into the notes, in place; no prediction changes."""
    mean = float((say * raters[:, 0]).sum()) / (float(say.sum()) + prior_rows)
    raters[:, 0] -= mean
    notes[:, 0] += mean


def _unit_factors(
    raters: Float64s, rater_spread: Spread, notes: Float64s, note_spread: Spread, say: Float64s, prior_rows: float
) -> float:
    """Give the rater factors a mean square of 1, in place, and the notes' the inverse; returns the divisor."""
    second = float((say * (raters[:, 1] ** 2 + rater_spread.factor)).sum()) + prior_rows
    scale = float(np.sqrt(second / (float(say.sum()) + prior_rows)))
    raters[:, 1] /= scale
    rater_spread.factor[:] /= scale**2
    rater_spread.covariance[:] /= scale
    notes[:, 1] *= scale
    note_spread.factor[:] *= scale**2
    note_spread.covariance[:] *= scale
    return scale


def _estimated(
    priors: Priors,
    scale: float,
    notes: Float64s,
    note_spread: Spread,
    raters: Float64s,
    rater_spread: Spread,
    say: Float64s,
    by_note: Answers,
    config: OrdinalConfig,
) -> Priors:
    """The priors that this round's posterior implies, held by the imagined rows."""
    first, imagined = config.priors, config.prior_rows
    n_notes, n_raters = len(notes) + imagined, float(say.sum()) + imagined
    mean = (float(notes[:, 0].sum()) + imagined * first.note_mean) / n_notes
    note = (float(((notes[:, 0] - mean) ** 2 + note_spread.intercept).sum()) + imagined * first.note) / n_notes
    factor = (float((notes[:, 1] ** 2 + note_spread.factor).sum()) + imagined * first.factor) / n_notes
    rater = (float((say * (raters[:, 0] ** 2 + rater_spread.intercept)).sum()) + imagined * first.rater) / n_raters
    seen = float(by_note.weight[by_note.level == 1].sum(dtype=np.float64))
    expected = float(note_spread.somewhat.sum())
    # the share of "somewhat" is all but linear in the band's width; the imagined rows hold it in place
    band = priors.half_band * (seen + imagined * first.half_band / priors.half_band) / (expected + imagined)
    return replace(priors, note_mean=mean, note=note, factor=factor, rater=rater, half_band=min(max(band, 0.02), 2.0))
