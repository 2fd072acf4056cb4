"""Prescoring of one slice: who the raters are, learnt from all their ratings.

Fit; provisional statuses; helpfulness of raters and authors; harassment; fit again without the unhelpful raters; then
the low-diligence model, tag thresholds and habits. Source: SCORING 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.diligence import Diligence, fit_diligence, spread
from kiemchung.scoring.factorise import Fit, FitConfig, Start, SweepReport, fit, note_start
from kiemchung.scoring.final_fit import FrozenRaters
from kiemchung.scoring.final_scoring import sign_counts
from kiemchung.scoring.graph import Graph, graph_of
from kiemchung.scoring.harassment import count_filter, fit_harassment
from kiemchung.scoring.incorrect import incorrect_habits
from kiemchung.scoring.raters import Helpfulness, helpfulness
from kiemchung.scoring.rules import PRESCORING_RULES, Numbers, apply_rules
from kiemchung.scoring.scorers import STABLE_GROUP, PrescoringConfig
from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import (
    NOT_HELPFUL_TAGS,
    Bools,
    Classification,
    Dataset,
    Float64s,
    Int8s,
    Ratings,
    Status,
)
from kiemchung.scoring.tags import tag_thresholds, tag_weights
from kiemchung.scoring.workers import Workers


@dataclass(frozen=True, slots=True)
class Prescoring:
    """What a prescoring leaves for the final scoring, in memory only.

    Attributes:
        first_notes: float64[n, 2], after the first fit; NaN for notes that were not in it.
        first_raters: float64[p, 2].
        first_mu: its global intercept.
        provisional: int8[n], statuses after the first fit; Status.NONE for notes that were not in it.
        helpful: scores of raters and authors; None where the scorer lets everybody take part.
        raters: parameters after the second fit.
        notes: float64[n, 2], after the second fit.
        diligence: None where the model was not fitted.
        tag_threshold: float64[13], adjusted ratios above which a tag is an outlier.
        habits: float64[p], each rater's share of "incorrect" tags.
        fits: first and second fit, with objective and number of sweeps.
        missing: parts that were left out, with the reason.
    """

    first_notes: Float64s
    first_raters: Float64s
    first_mu: float
    provisional: Int8s
    helpful: Helpfulness | None
    raters: FrozenRaters
    notes: Float64s
    diligence: Diligence | None
    tag_threshold: Float64s
    habits: Float64s
    fits: tuple[Fit, Fit]
    missing: tuple[tuple[str, str], ...]


class NothingToScore(Exception):  # noqa: N818 - not an error: a scorer without ratings is left out and reported
    """A slice has no ratings left at some step; the message is the reason."""


def prescore(
    dataset: Dataset,
    ratings: Ratings,
    config: PrescoringConfig,
    workers: Workers,
    report: SweepReport | None = None,
) -> Prescoring:
    """Learn raters from a scorer's ratings.

    Args:
        ratings: the scorer's, not filtered by counts.

    Raises:
        NothingToScore: no rating passes the filters.
    """
    n, p = len(dataset.notes), len(dataset.participants)
    missing: list[tuple[str, str]] = []
    kept = ratings.take(count_filter(ratings, n, p, config.min_ratings_per_rater, config.min_raters_per_note))
    if not len(kept):
        raise NothingToScore(
            f"no note with {config.min_raters_per_note} ratings by raters with {config.min_ratings_per_rater}"
        )
    graph = graph_of(kept.note, kept.rater, kept.value, n_notes=n, n_raters=p)
    start = stable_start(dataset, kept, config, workers, missing, report) if config.stable_start else None
    first = fit(graph, config.fit, start=start, workers=workers, report=report)
    if config.reweighted:
        graph, first = refit_reweighted(graph, kept, first, config.fit, n, p, workers)
    first_notes, first_raters = spread_fit(graph, first, n, p)
    provisional = provisional_statuses(dataset, ratings, first_notes, config)
    helpful, taking_part = None, np.ones(p, np.bool_)
    if config.helpfulness:
        helpful = judge_raters(dataset, ratings, kept, first_notes, first_raters, provisional, config, missing)
        taking_part = helpful.above
    second_ratings = kept.take(taking_part[kept.rater])
    if not len(second_ratings):
        raise NothingToScore("no rater is above the helpfulness threshold")
    graph2 = graph_of(second_ratings.note, second_ratings.rater, second_ratings.value, n_notes=n, n_raters=p)
    second = first
    if len(second_ratings) < len(kept):
        second = fit(graph2, config.fit, start=note_start(graph2, graph, first), workers=workers, report=report)
    if config.reweighted:
        graph2, second = refit_reweighted(graph2, second_ratings, second, config.fit, n, p, workers)
    notes, raters = spread_fit(graph2, second, n, p)
    known = FrozenRaters(second.mu, raters, graph2.n_ratings / graph2.n_notes)
    del kept, graph, graph2  # the next model needs the room
    shown = provisional == Status.CRH
    if config.tag_percentile and not shown.any():
        missing.append(("tag thresholds", "no note is provisionally helpful; every tag's threshold is 0"))
    return Prescoring(
        first_notes=first_notes,
        first_raters=first_raters,
        first_mu=first.mu,
        provisional=provisional,
        helpful=helpful,
        raters=known,
        notes=notes,
        diligence=diligence_of(second_ratings, raters, n, p, config, workers, missing),
        tag_threshold=tag_thresholds(
            tag_weights(ratings, notes[:, 1], raters[:, 1]), shown, percentile=config.tag_percentile
        ),
        habits=incorrect_habits(ratings, p),
        fits=(first, second),
        missing=tuple(missing),
    )


def stable_start(
    dataset: Dataset,
    kept: Ratings,
    config: PrescoringConfig,
    workers: Workers,
    missing: list[tuple[str, str]],
    report: SweepReport | None,
) -> Start | None:
    """A fit to the raters of the stable group on the notes that are mostly theirs, to start from (SCORING 4).

    An exact fit finds the same optimum from anywhere near; this fixes which of two optima, and the axis' direction.
    """
    n, p = len(dataset.notes), len(dataset.participants)
    stable = dataset.participants.modeling_group[kept.rater] == STABLE_GROUP
    if stable.all():
        return None
    total = np.bincount(kept.note, minlength=n)
    share = np.bincount(kept.note[stable], minlength=n) / np.maximum(total, 1)
    chosen = stable & (share[kept.note] >= config.stable_share) & (total[kept.note] >= config.min_raters_per_note)
    if not chosen.any():
        missing.append(("stable start", f"no note has {config.stable_share:.0%} of its ratings from group 13"))
        return None
    subset = kept.take(chosen)
    graph = graph_of(subset.note, subset.rater, subset.value, n_notes=n, n_raters=p)
    fitted = fit(graph, config.fit, workers=workers, report=report)
    target = graph_of(kept.note, kept.rater, kept.value, n_notes=n, n_raters=p)
    return note_start(target, graph, fitted)


def refit_reweighted(
    graph: Graph, ratings: Ratings, fitted: Fit, config: FitConfig, n: int, p: int, workers: Workers
) -> tuple[Graph, Fit]:
    """The trial model's second pass: the two sides weigh the same, and busy raters less (SCORING 10)."""
    factor = spread(fitted.raters[:, 1], graph.rater_index, p, np.nan)[ratings.rater]
    positive = factor > 0
    balance = float((~positive).sum()) / max(float(positive.sum()), 1.0)
    weight = np.where(positive, balance, 1.0)
    weight *= len(weight) / weight.sum()
    per_rater = sum_by(ratings.rater, weight, p)
    weight *= per_rater[ratings.rater] ** -0.25
    weighted = graph_of(ratings.note, ratings.rater, ratings.value, n_notes=n, n_raters=p, weight=weight)
    return weighted, fit(weighted, config, start=None, workers=workers)


def spread_fit(graph: Graph, fitted: Fit, n: int, p: int) -> tuple[Float64s, Float64s]:
    """Parameters of all notes and participants; NaN for those that were not in the fit."""
    return spread(fitted.notes, graph.note_index, n, np.nan), spread(fitted.raters, graph.rater_index, p, np.nan)


def provisional_statuses(dataset: Dataset, ratings: Ratings, notes: Float64s, config: PrescoringConfig) -> Int8s:
    """Statuses after the first fit; ratings are counted without the count filter."""
    n = len(dataset.notes)
    nothing, no_tags = np.full(n, np.nan), np.full((n, len(NOT_HELPFUL_TAGS)), np.nan)
    numbers = Numbers(
        n_ratings=np.bincount(ratings.note, minlength=n),
        not_misleading=dataset.notes.classification == Classification.NOT_MISLEADING,
        current_status=dataset.history.current_status,
        intercept=notes[:, 0],
        factor=notes[:, 1],
        **dict.fromkeys(_NOT_YET, nothing),
        tag_total=no_tags,
        tag_ratio=no_tags,
        tag_threshold=np.zeros(len(NOT_HELPFUL_TAGS)),
    )
    fitted: Bools = ~np.isnan(notes[:, 0])
    return apply_rules(PRESCORING_RULES, numbers, config.limits, fitted).status


#: Numbers that the prescoring's rules do not look at.
_NOT_YET = (
    "upper_bound", "no_high_volume", "no_correlated", "population_sampled", "low_diligence", "min_sign_count",
    "mean_negative", "mean_positive", "net_minimum", "net_ratio", "incorrect_tagged", "incorrect_voters",
    "incorrect_score",
)  # fmt: skip


def judge_raters(
    dataset: Dataset,
    ratings: Ratings,
    kept: Ratings,
    notes: Float64s,
    raters: Float64s,
    provisional: Int8s,
    config: PrescoringConfig,
    missing: list[tuple[str, str]],
) -> Helpfulness:
    """Helpfulness scores, with the harassment penalty where that model can be fitted."""
    before = helpfulness(ratings, kept, dataset, notes[:, 0], provisional, config=config.helpfulness)
    if not config.harassment:
        return before
    harassment = fit_harassment(
        kept.take(before.above[kept.rater]),
        notes[:, 1],
        raters[:, 1],
        per_rater=config.min_ratings_per_rater,
        per_note=config.min_raters_per_note,
        penalties=config.fit.penalties,
    )
    if harassment is None:
        missing.append(("harassment model", "too few ratings carry the tag"))
        return before
    return helpfulness(
        ratings, kept, dataset, notes[:, 0], provisional, harassment=harassment, config=config.helpfulness
    )


def diligence_of(
    ratings: Ratings,
    raters: Float64s,
    n: int,
    p: int,
    config: PrescoringConfig,
    workers: Workers,
    missing: list[tuple[str, str]],
) -> Diligence | None:
    """The low-diligence model, where it is asked for and there are two classes."""
    if not config.diligence:
        return None
    found = fit_diligence(ratings, raters[:, 1], n, p, workers)
    if found is None:
        missing.append(("low-diligence model", "no rating, or every rating, has one of its tags"))
    return found


def confident(ratings: Ratings, rater_factor: Float64s, n_notes: int, least: int) -> Bools:
    """Notes with at least so many raters on each side of a topic's axis; bool[n]."""
    enough: Bools = sign_counts(ratings, rater_factor, n_notes).fewer >= least
    return enough
