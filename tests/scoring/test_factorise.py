"""The fit: against the reference's cold fits, and what must not change it."""

import numpy as np
import pytest

from kiemchung.scoring.factorise import FitConfig, Start, fit, note_start
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.workers import Workers
from tests.scoring import naive
from tests.scoring.reference import SETS, ReferenceSet, count_filtered, indexed


def graph(made, **options):
    return graph_of(made.note, made.rater, made.value, n_notes=made.n_notes, n_raters=made.n_raters, **options)


@pytest.mark.parametrize("name", SETS)
def test_cold_fit_is_the_published_optimum(shared_data, name):
    reference = ReferenceSet(shared_data / "ratings" / name)
    note, rater, value, note_ids, _ = indexed(count_filtered(reference.ratings))
    fitted = fit(graph_of(note, rater, value, n_notes=len(note_ids), n_raters=rater.max() + 1))
    optimum = reference.expected("cold_fit_notes").sort("noteId")
    raters = reference.expected("cold_fit_raters").sort("raterParticipantId")
    meta = reference.meta["coldFit"]
    assert fitted.converged
    assert optimum["noteId"].to_numpy().tolist() == note_ids.tolist()
    assert fitted.notes[:, 0] == pytest.approx(optimum["optimumIntercept"].to_numpy(), abs=1e-6)
    assert fitted.notes[:, 1] == pytest.approx(optimum["optimumFactor"].to_numpy(), abs=1e-6)
    assert fitted.raters[:, 0] == pytest.approx(raters["optimumIntercept"].to_numpy(), abs=1e-6)
    assert fitted.raters[:, 1] == pytest.approx(raters["optimumFactor"].to_numpy(), abs=1e-6)
    assert fitted.mu == pytest.approx(meta["optimum"]["globalIntercept"], abs=1e-6)
    assert fitted.objective <= min(meta[f"seed{seed}"]["loss"] for seed in (1, 2, 3))


def test_objective_is_the_one_of_the_specification(made):
    fitted = fit(graph(made))
    expected = naive.objective(made.note, made.rater, made.value, fitted.mu, fitted.notes, fitted.raters, Penalties())
    assert fitted.objective == pytest.approx(expected, abs=1e-12)


def test_gradient_is_zero_at_the_fit(made):
    fitted = fit(graph(made))
    rng = np.random.default_rng(0)
    for _ in range(20):
        moves = (
            rng.standard_normal(1)[0],
            rng.standard_normal(fitted.notes.shape),
            rng.standard_normal(fitted.raters.shape),
        )
        low, high = (
            naive.objective(
                made.note,
                made.rater,
                made.value,
                fitted.mu + h * moves[0],
                fitted.notes + h * moves[1],
                fitted.raters + h * moves[2],
                Penalties(),
            )
            for h in (-1e-4, 1e-4)
        )
        assert abs(high - low) / 2e-4 < 1e-6


def test_acceleration_reaches_what_plain_sweeps_reach(made):
    plain = fit(graph(made), FitConfig(anderson_depth=0, max_sweeps=20_000, tolerance=1e-10))
    fast = fit(graph(made), FitConfig(tolerance=1e-10))
    assert fast.notes == pytest.approx(plain.notes, abs=1e-7)
    assert fast.sweeps < plain.sweeps


def test_threads_change_no_byte(made, monkeypatch):
    monkeypatch.setattr("kiemchung.scoring.workers.MIN_RATINGS_PER_THREAD", 1)
    one = fit(graph(made))
    for threads in (2, 3):
        with Workers(threads) as workers:
            many = fit(graph(made), workers=workers)
        assert many.notes.tobytes() == one.notes.tobytes()
        assert many.raters.tobytes() == one.raters.tobytes()
        assert (many.mu, many.objective) == (one.mu, one.objective)


def test_other_names_change_no_parameter(made):
    one = fit(graph(made))
    rng = np.random.default_rng(2)
    notes, raters = rng.permutation(made.n_notes), rng.permutation(made.n_raters)
    note, rater = notes[made.note].astype(np.int32), raters[made.rater].astype(np.int32)
    order = np.lexsort((rater, note))
    renamed = fit(graph_of(note[order], rater[order], made.value[order], n_notes=made.n_notes, n_raters=made.n_raters))
    assert renamed.notes[notes] == pytest.approx(one.notes, abs=1e-6)
    assert renamed.raters[raters] == pytest.approx(one.raters, abs=1e-6)


def test_mirrored_axis_gives_the_same_optimum(made):
    one = fit(graph(made))
    again = fit(graph(made), start=Start(one.mu, one.notes * [1.0, -1.0]))
    assert again.notes == pytest.approx(one.notes, abs=1e-6)
    assert again.raters == pytest.approx(one.raters, abs=1e-6)


def test_most_raters_are_on_the_negative_side(made):
    factors = fit(graph(made)).raters[:, 1]
    assert (factors < 0).sum() >= (factors > 0).sum()


def test_rater_doubled_with_half_weight_changes_nothing(made):
    one = fit(graph(made))
    twin = made.rater == 4
    note = np.concatenate([made.note, made.note[twin]])
    rater = np.concatenate([made.rater, np.full(twin.sum(), made.n_raters, np.int32)])
    value = np.concatenate([made.value, made.value[twin]])
    order = np.lexsort((rater, note))
    weight = np.ones(made.n_raters + 1)
    weight[[4, made.n_raters]] = 0.5
    doubled = fit(
        graph_of(
            note[order], rater[order], value[order], n_notes=made.n_notes, n_raters=len(weight), rater_weight=weight
        )
    )
    assert doubled.notes == pytest.approx(one.notes, abs=1e-6)
    assert doubled.raters[4] == pytest.approx(one.raters[4], abs=1e-6)
    assert doubled.raters[-1] == pytest.approx(one.raters[4], abs=1e-6)
    assert doubled.mu == pytest.approx(one.mu, abs=1e-7)


def test_warm_start_at_the_optimum_needs_few_sweeps(made):
    first = graph(made)
    one = fit(first)
    warm = fit(first, start=note_start(first, first, one))
    assert warm.sweeps <= 5
    assert warm.notes == pytest.approx(one.notes, abs=1e-6)


def test_fixed_global_intercept_stays(made):
    fitted = fit(graph(made), FitConfig(mu=0.25))
    free = naive.objective(made.note, made.rater, made.value, 0.25, fitted.notes, fitted.raters, Penalties())
    assert fitted.mu == 0.25
    assert fitted.objective == pytest.approx(free, abs=1e-12)


def test_two_camps_that_rate_the_same_notes_are_told_apart(made):
    factors = fit(graph(made)).raters[:, 1]
    smaller = np.arange(made.n_raters) % 3 == 0
    assert (factors[smaller] > 0).all()
    assert (factors[~smaller] < 0).all()
