"""What each side would answer to a note, and how surely, in closed form.

The posterior of a note's (a_n, q_n) is taken as Gaussian with the inverse Hessian as its covariance (Laplace). Then

    z_s = a_n + mean leniency of side s + q_n * mean place of side s

is Gaussian too, with the variance var a + 2 f cov(a, q) + f^2 var q, and the expected rating value of the side
(1, 0.5, 0) is a logistic of z_s, flattened by how much the side's raters differ among themselves (MacKay's probit
approximation).
Source: MacKay 1992, "The evidence framework applied to classification networks".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.ordinal import OrdinalFit
from kiemchung.scoring.table import Bools, Float64s


@dataclass(frozen=True, slots=True)
class SideProfile:
    """The raters of one side, weighted by how much they count.

    Attributes:
        n_raters: sum of their weights.
        place, leniency: means of f_u and l_u. place_variance, leniency_variance: how they differ among themselves.
    """

    n_raters: float
    place: float
    leniency: float
    place_variance: float
    leniency_variance: float


@dataclass(frozen=True, slots=True)
class SideView:
    """One side's view of each note.

    Attributes:
        value: float64[N], expected rating value, 0 to 1.
        logit: float64[N], z_s. deviation: float64[N], its posterior standard deviation.
        flattening: float64[N], factor on z_s that the side's own variety costs.
    """

    value: Float64s
    logit: Float64s
    deviation: Float64s
    flattening: Float64s


def side_profile(fit: OrdinalFit, members: Bools, say: Float64s) -> SideProfile:
    """Describe the raters in members, each weighted by say; float64[U]."""
    weight = np.where(members, say, 0.0)
    total = float(weight.sum())
    if total <= 0:
        return SideProfile(0.0, 0.0, 0.0, 0.0, 0.0)
    leniency, place = fit.raters[:, 0], fit.raters[:, 1]
    mean_place = float((weight * place).sum()) / total
    mean_leniency = float((weight * leniency).sum()) / total
    return SideProfile(
        total,
        mean_place,
        mean_leniency,
        float((weight * (place - mean_place) ** 2).sum()) / total,
        float((weight * (leniency - mean_leniency) ** 2).sum()) / total,
    )


def side_view(fit: OrdinalFit, profile: SideProfile) -> SideView:
    """What the side would answer to each note."""
    helpfulness, factor = fit.notes.T
    spread, f = fit.note_spread, profile.place
    logit = helpfulness + profile.leniency + factor * f
    deviation = np.sqrt(spread.intercept + 2 * f * spread.covariance + f * f * spread.factor)
    variety = factor**2 * profile.place_variance + profile.leniency_variance
    flattening = 1 / np.sqrt(1 + np.pi * variety / 8)
    band = fit.priors.half_band
    value = (_logistic(flattening * (logit + band)) + _logistic(flattening * (logit - band))) / 2
    return SideView(value, logit, deviation, flattening)


def standard_distance(view: SideView, half_band: float, value: float) -> Float64s:
    """How many standard deviations z_s lies above the point at which the side's expected value is `value`; float64[N].

    The point solves logistic(k (z + d)) + logistic(k (z - d)) = 2 value, a quadratic in e^(k z).
    """
    k = view.flattening
    h = 2 * np.cosh(k * half_band)
    root = np.sqrt((h * (1 - 2 * value)) ** 2 + 16 * value * (1 - value))
    at = np.log((root - h * (1 - 2 * value)) / (4 * (1 - value))) / k
    distance: Float64s = (view.logit - at) / view.deviation
    return distance


def _logistic(x: Float64s) -> Float64s:
    result: Float64s = 1 / (1 + np.exp(-x))
    return result
