"""Final scoring of one scorer: notes refitted with raters frozen, guards, sign counts, the rules.

Source: SCORING 8 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.final_fit import FrozenRaters, NoteFit, fit_notes, upper_bound
from kiemchung.scoring.incorrect import incorrect_votes
from kiemchung.scoring.preprocess import Prepared
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.rules import Numbers
from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import Bools, Classification, Dataset, Float64s, Ratings
from kiemchung.scoring.tags import tag_weights
from kiemchung.scoring.workers import Workers

#: Density of the fit to ratings that answer randomly sent requests.
POPULATION_SAMPLED_RHO = 10.0


@dataclass(frozen=True, slots=True)
class SignCounts:
    """Ratings of each note by raters with parameters, on the two sides of the axis (f < 0 and f >= 0); float64[n] each.

    Attributes:
        negative, positive: how many.
        mean_negative, mean_positive: mean rating value, NaN without any.
        net_negative, net_positive: helpful minus not helpful.
    """

    negative: Float64s
    positive: Float64s
    mean_negative: Float64s
    mean_positive: Float64s
    net_negative: Float64s
    net_positive: Float64s

    @property
    def fewer(self) -> Float64s:
        return np.minimum(self.negative, self.positive)

    @property
    def net_minimum(self) -> Float64s:
        return np.maximum(0.0, np.minimum(self.net_negative, self.net_positive))

    @property
    def net_ratio(self) -> Float64s:
        with np.errstate(invalid="ignore"):
            return self.net_minimum / (self.negative + self.positive)


def sign_counts(ratings: Ratings, rater_factor: Float64s, n_notes: int) -> SignCounts:
    """Count the ratings of each side; raters whose factor is NaN do not count."""
    factor = rater_factor[ratings.rater]
    sides = []
    for side in (factor < 0, factor >= 0):
        note, value = ratings.note[side], ratings.value[side].astype(np.float64)
        count = np.bincount(note, minlength=n_notes).astype(np.float64)
        total = sum_by(note, value, n_notes)
        net = sum_by(note, np.sign(value - 0.5), n_notes)
        with np.errstate(invalid="ignore"):
            sides.append((count, total / count, net))
    (negative, mean_negative, net_negative), (positive, mean_positive, net_positive) = sides
    return SignCounts(negative, positive, mean_negative, mean_positive, net_negative, net_positive)


@dataclass(frozen=True, slots=True)
class FinalFit:
    """What the final scoring of a slice finds; scorers that share the slice and the raters share it.

    Attributes:
        fitted: the fit to all of them by known raters.
        no_high_volume, no_correlated, population_sampled: float64[n], intercepts of the guards' fits.
        low_diligence: float64[n].
    """

    fitted: NoteFit
    no_high_volume: Float64s
    no_correlated: Float64s
    population_sampled: Float64s
    low_diligence: Float64s


def on_enough_rated(ratings: Ratings, n_notes: int, least: int) -> Ratings:
    """Ratings of notes that have at least so many."""
    counts = np.bincount(ratings.note, minlength=n_notes)
    return ratings.take(counts[ratings.note] >= least)


def fit_guards(
    ratings: Ratings,
    n_notes: int,
    raters: FrozenRaters,
    prepared: Prepared,
    workers: Workers,
    *,
    least: int = 5,
    penalties: Penalties | None = None,
) -> FinalFit:
    """Fit the notes to all ratings and to those of each guard.

    Args:
        ratings: the scorer's, by all raters.
        least: ratings that a note needs, in each fit anew and before unknown raters are passed over.
    """

    def intercept(kept: Bools, rho: float | None = None) -> Float64s:
        part = on_enough_rated(ratings.take(kept), n_notes, least)
        return fit_notes(part, n_notes, raters, rho=rho, penalties=penalties, workers=workers).intercept

    every = on_enough_rated(ratings, n_notes, least)
    fitted = fit_notes(every, n_notes, raters, penalties=penalties, workers=workers)
    nothing = np.full(n_notes, np.nan)
    high_volume, correlated = prepared.high_volume[ratings.rater], prepared.correlated[ratings.rater]
    sampled = ratings.population_sampled
    return FinalFit(
        fitted=fitted,
        no_high_volume=intercept(~high_volume) if high_volume.any() else fitted.intercept,
        no_correlated=intercept(~correlated) if correlated.any() else fitted.intercept,
        population_sampled=intercept(sampled, POPULATION_SAMPLED_RHO) if sampled.any() else nothing,
        low_diligence=nothing,
    )


def numbers_for_rules(
    dataset: Dataset,
    ratings: Ratings,
    final: FinalFit,
    raters: FrozenRaters,
    habits: Float64s,
    tag_threshold: Float64s,
    *,
    with_upper_bound: bool,
) -> Numbers:
    """Everything that the rules of a scorer look at.

    Args:
        ratings: the scorer's, not filtered by counts.
        habits: float64[p], each rater's share of "incorrect" tags (SCORING 7.5).
        tag_threshold: float64[13], of the prescoring.
    """
    notes = dataset.notes
    n = len(notes)
    factor = raters.params[:, 1]
    fitted = final.fitted
    signs = sign_counts(ratings, factor, n)
    tags = tag_weights(ratings, fitted.factor, factor)
    votes = incorrect_votes(ratings, fitted.factor, factor, habits)
    return Numbers(
        n_ratings=np.bincount(ratings.note, minlength=n),
        not_misleading=notes.classification == Classification.NOT_MISLEADING,
        current_status=dataset.history.current_status,
        intercept=fitted.intercept,
        factor=fitted.factor,
        upper_bound=upper_bound(fitted.sums, raters) if with_upper_bound else np.full(n, np.nan),
        no_high_volume=final.no_high_volume,
        no_correlated=final.no_correlated,
        population_sampled=final.population_sampled,
        low_diligence=final.low_diligence,
        min_sign_count=signs.fewer,
        mean_negative=signs.mean_negative,
        mean_positive=signs.mean_positive,
        net_minimum=signs.net_minimum,
        net_ratio=signs.net_ratio,
        tag_total=tags.total,
        tag_ratio=tags.ratio,
        tag_threshold=tag_threshold,
        incorrect_tagged=votes.tagged.astype(np.float64),
        incorrect_voters=votes.voters.astype(np.float64),
        incorrect_score=votes.score,
    )
