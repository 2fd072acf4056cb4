"""The ordinal model: at the mode of its posterior, the same mirrored, in any order, and with its uncertainty."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring import ordinal_kernels
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.ordinal import OrdinalConfig, Priors, cold_start, fit_ordinal
from kiemchung.scoring.ordinal_kernels import Answers, Prior, Spread, residual_rows, solve_rows
from kiemchung.scoring.uncertainty import side_profile, side_view, standard_distance
from kiemchung.scoring.workers import Workers
from tests.scoring.communities import community, paired


def share_at_least(z, band):
    return 1 / (1 + np.exp(-z - band)), 1 / (1 + np.exp(-z + band))


def log_posterior(ratings, notes, raters, priors):
    """The plain twin: of all ratings with weight 1."""
    note = np.repeat(np.arange(ratings.n_notes), np.diff(ratings.note_start))
    z = notes[note, 0] + raters[ratings.rater, 0] + notes[note, 1] * raters[ratings.rater, 1]
    somewhat, helpful = share_at_least(z, priors.half_band)
    chance = np.choose(ratings.level, [1 - somewhat, somewhat - helpful, helpful])
    held = ((notes[:, 0] - priors.note_mean) ** 2 / priors.note + notes[:, 1] ** 2 / priors.factor).sum()
    return np.log(chance).sum() - (held + (raters[:, 0] ** 2 / priors.rater + raters[:, 1] ** 2).sum()) / 2


@pytest.fixture(scope="module")
def small():
    made = community(2, n_raters=60, n_notes=50, n_ratings=1_200)
    return made, paired(made)


def fitted(ratings, made, sweeps=200):
    start = np.column_stack([np.zeros(ratings.n_raters), made.camp[ratings.rater_index]])
    return fit_ordinal(ratings, start, OrdinalConfig(), sweeps=sweeps)


def test_fit_is_at_the_mode(small):
    made, ratings = small
    fit = fitted(ratings, made)
    best = log_posterior(ratings, fit.notes, fit.raters, fit.priors)
    rng = np.random.default_rng(0)
    for _ in range(20):
        dn, dr = rng.standard_normal(fit.notes.shape), rng.standard_normal(fit.raters.shape)
        low, high = (log_posterior(ratings, fit.notes + h * dn, fit.raters + h * dr, fit.priors) for h in (-1e-3, 1e-3))
        curve = (low + high - 2 * best) / 1e-6
        assert curve < 0
        # the step to the top along this direction, against one posterior standard deviation
        assert abs((high - low) / 2e-3 / curve) < 0.03


def test_fit_tells_of_its_sweeps_and_comes_to_rest(small):
    made, ratings = small
    start = np.column_stack([np.zeros(ratings.n_raters), made.camp[ratings.rater_index]])
    told = []
    fit = fit_ordinal(ratings, start, OrdinalConfig(), sweeps=60, report=lambda *sweep: told.append(sweep))
    sweeps, objectives, changes = (np.array(column) for column in zip(*told, strict=True))
    assert sweeps.tolist() == list(range(1, 61))
    assert abs(np.diff(objectives[-10:])).max() < 1e-4
    assert changes[-1] < 1e-3 < changes[0]
    priors, terms = fit.priors, len(fit.notes) * np.log(fit.priors.note * fit.priors.factor)
    terms += len(fit.raters) * np.log(priors.rater)
    density = log_posterior(ratings, fit.notes, fit.raters, priors) - terms / 2
    assert objectives[-1] == pytest.approx(-density / len(ratings), abs=1e-4)
    silent = fit_ordinal(ratings, start, OrdinalConfig(), sweeps=60)
    np.testing.assert_array_equal(silent.notes, fit.notes)


def test_spread_is_the_inverse_hessian(small):
    made, ratings = small
    fit = fitted(ratings, made)
    n, h = 7, 1e-3

    def at(da, dq):
        notes = fit.notes.copy()
        notes[n] += da, dq
        return log_posterior(ratings, notes, fit.raters, fit.priors)

    aa = (at(h, 0) + at(-h, 0) - 2 * at(0, 0)) / h**2
    qq = (at(0, h) + at(0, -h) - 2 * at(0, 0)) / h**2
    aq = (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h**2)
    inverse = np.linalg.inv(-np.array([[aa, aq], [aq, qq]]))
    spread = fit.note_spread
    assert [spread.intercept[n], spread.factor[n], spread.covariance[n]] == pytest.approx(
        [inverse[0, 0], inverse[1, 1], inverse[0, 1]], rel=2e-2
    )


def test_fit_learns_who_is_where_and_what_is_good():
    made = community(3)
    ratings = paired(made)
    start = np.column_stack([np.zeros(ratings.n_raters), np.sin(np.arange(ratings.n_raters))])
    fit = fit_ordinal(ratings, start, OrdinalConfig(), sweeps=60)
    assert abs(np.corrcoef(fit.raters[:, 1], made.camp[ratings.rater_index])[0, 1]) > 0.9
    assert np.corrcoef(fit.notes[:, 0], made.good[ratings.note_index])[0, 1] > 0.9
    assert (fit.raters[:, 1] <= 0).mean() >= 0.5


def test_mirrored_start_gives_the_same_fit(small):
    made, ratings = small
    one = fitted(ratings, made, sweeps=10)
    other = fitted(ratings, replace(made, camp=-made.camp), sweeps=10)
    assert one.notes == pytest.approx(other.notes, abs=1e-12)


def test_weightless_ratings_move_no_note(small):
    made, ratings = small
    weight = np.ones(len(ratings), np.float32)
    weight[ratings.rater == 3] = 0
    start = np.column_stack([np.zeros(ratings.n_raters), made.camp[ratings.rater_index]])
    flipped = replace(ratings, level=np.where(ratings.rater == 3, 2 - ratings.level, ratings.level).astype(np.int8))
    one, two = (fit_ordinal(r, start, OrdinalConfig(), weight=weight) for r in (ratings, flipped))
    assert one.notes == pytest.approx(two.notes, abs=1e-12)


def test_scores_do_not_depend_on_the_density_of_the_rest():
    """The same note with the same raters keeps its score when the others' notes get twice the ratings."""
    made = community(5, n_ratings=12_000)
    kept = made.note < 20
    thin = kept | (np.random.default_rng(0).random(len(made.note)) < 0.5)
    fits = []
    for rows in (np.ones(len(made.note), bool), thin):
        part = replace(made, note=made.note[rows], rater=made.rater[rows], level=made.level[rows])
        ratings = paired(part)
        start = np.column_stack([np.zeros(ratings.n_raters), made.camp[ratings.rater_index]])
        fits.append(fit_ordinal(ratings, start, OrdinalConfig(), sweeps=30).notes[:20, 0])
    assert abs(np.mean(fits[0] - fits[1])) < 0.15


def test_cold_start_finds_the_camps():
    made = community(3)
    ratings = paired(made)
    order = made.order()
    graph = graph_of(
        made.note[order].astype(np.int32),
        made.rater[order].astype(np.int32),
        (made.level[order] / 2).astype(np.float32),
        n_notes=made.n_notes,
        n_raters=made.n_raters,
    )
    start = cold_start(graph, Workers())
    assert np.sqrt((start[:, 1] ** 2).mean()) == pytest.approx(1)
    assert abs(np.corrcoef(start[:, 1], made.camp[ratings.rater_index])[0, 1]) > 0.85


def test_kernel_of_a_side_that_is_alone_gives_its_prior():
    own = np.full((1, 2), 0.7)
    answers = Answers(np.zeros(2, np.int64), *(np.empty(0, t) for t in (np.uint32, np.int8, np.float32)))
    spread = Spread(*(np.empty(1) for _ in range(4)))
    solve_rows(0, 1, answers, own, np.zeros((1, 2)), Prior(0.3, 0.25, 0.5), 1.5, 8, spread)
    assert own[0] == pytest.approx([0.3, 0.0])
    assert [spread.intercept[0], spread.factor[0], spread.covariance[0]] == pytest.approx([4, 2, 0])


def test_kernel_takes_a_newton_step_over_more_answers_than_a_block():
    k, rng = 3 * ordinal_kernels.BLOCK + 5, np.random.default_rng(4)
    others, level = rng.standard_normal((k, 2)), rng.integers(0, 3, k).astype(np.int8)
    weight = rng.random(k).astype(np.float32)
    answers = Answers(np.array([0, k]), np.arange(k, dtype=np.uint32), level, weight)
    own, spread = np.array([[0.3, -0.4]]), Spread(*(np.empty(1) for _ in range(4)))
    low, high = share_at_least(0.3 + others[:, 0] - 0.4 * others[:, 1], np.log(1.5))
    slope = np.choose(level, [-low, 1 - low - high, 1 - high])
    curve = np.choose(level, [low * (1 - low), low * (1 - low) + high * (1 - high), high * (1 - high)])
    places = np.column_stack([np.ones(k), others[:, 1]])
    hessian = np.diag([0.25, 0.5]) + (places * (weight * curve)[:, None]).T @ places
    step = np.linalg.solve(hessian, places.T @ (weight * slope) - [0.25 * (0.3 - 0.1), 0.5 * -0.4])
    solve_rows(0, 1, answers, own, others, Prior(0.1, 0.25, 0.5), 1.5, 1, spread)
    assert own[0] == pytest.approx(np.array([0.3, -0.4]) + np.clip(step, -2, 2), abs=1e-9)
    assert spread.intercept[0] == pytest.approx(np.linalg.inv(hessian)[0, 0], rel=1e-9)
    assert spread.somewhat[0] == pytest.approx((weight * (low - high)).sum(), rel=1e-9)


@pytest.mark.parametrize("x", [-1e9, -40.0, -3.3, -1e-9, 0.0, 0.7, 12.5, 40.0, 1e9])
def test_exponential_of_the_kernels(x):
    assert ordinal_kernels._exp(x) == pytest.approx(np.exp(np.clip(x, -40, 40)), rel=2e-13)


def test_residuals_are_standardised(small):
    made, ratings = small
    fit = fitted(ratings, made)
    out = np.empty(len(ratings), np.float32)
    answers = Answers(ratings.note_start, ratings.rater, ratings.level, np.empty(0, np.float32))
    residual_rows(0, ratings.n_notes, answers, fit.notes, fit.raters, np.exp(fit.priors.half_band), out)
    assert abs(out.mean()) < 0.1
    assert 0.6 < out.std() < 1.1
    assert abs(out).max() <= 3


def test_side_view_is_what_the_side_would_say(small):
    made, ratings = small
    fit = fitted(ratings, made)
    members = fit.raters[:, 1] > 0.4
    view = side_view(fit, side_profile(fit, members, np.ones(ratings.n_raters)))
    z = fit.notes[:, :1] + fit.raters[members, 0] + fit.notes[:, 1:] * fit.raters[members, 1]
    somewhat, helpful = share_at_least(z, fit.priors.half_band)
    assert view.value == pytest.approx(((somewhat + helpful) / 2).mean(axis=1), abs=0.03)


@pytest.mark.parametrize("value", [0.4, 0.5, 0.6, 0.9])
def test_standard_distance_solves_for_the_value(small, value):
    made, ratings = small
    fit = fitted(ratings, made)
    view = side_view(fit, side_profile(fit, fit.raters[:, 1] > 0.4, np.ones(ratings.n_raters)))
    band = fit.priors.half_band
    at = view.logit - standard_distance(view, band, value) * view.deviation
    somewhat, helpful = share_at_least(view.flattening * at, view.flattening * band)
    assert (somewhat + helpful) / 2 == pytest.approx(np.full(ratings.n_notes, value))


def test_young_community_keeps_near_the_default_priors():
    made = community(9, n_raters=10, n_notes=5, n_ratings=20)
    fit = fitted(paired(made), made, sweeps=20)
    assert fit.priors.note == pytest.approx(Priors().note, rel=0.1)
    assert fit.priors.half_band == pytest.approx(Priors().half_band, rel=0.1)
