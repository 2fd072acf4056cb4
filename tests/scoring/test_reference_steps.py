"""Each step of the pipeline on what the reference scorer had before it, against what it had after (README, 2 to 4)."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring.descent import WARM, Place, descend
from kiemchung.scoring.diligence import Diligence, final_low_diligence
from kiemchung.scoring.final_fit import FrozenRaters, upper_bound
from kiemchung.scoring.final_scoring import fit_guards, numbers_for_rules, on_enough_rated
from kiemchung.scoring.gaussian import gaussian_scores
from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.harassment import count_filter, fit_harassment
from kiemchung.scoring.incorrect import incorrect_habits, incorrect_votes
from kiemchung.scoring.prescoring import provisional_statuses
from kiemchung.scoring.raters import helpfulness
from kiemchung.scoring.ridge import Penalties
from kiemchung.scoring.rules import FINAL_RULES, apply_rules
from kiemchung.scoring.scorers import CORE
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Status
from kiemchung.scoring.tags import tag_thresholds, tag_weights
from kiemchung.scoring.workers import Workers
from tests.scoring.reference import SETS, ReferenceSet, reference_set

CORE_ROUND = {"scorer": "MFCoreScorer"}
PRESCORED = {"scorerName": "MFCoreScorer"}


@pytest.fixture(params=SETS)
def core(shared_data, request) -> ReferenceSet:
    return reference_set(shared_data / "ratings" / request.param)


def notes_of(core: ReferenceSet, name: str) -> np.ndarray:
    columns = ("internalNoteIntercept", "internalNoteFactor1")
    return np.column_stack([core.of_notes("mf_rounds_notes", c, round=name, **CORE_ROUND) for c in columns])


def raters_of(core: ReferenceSet, name: str) -> np.ndarray:
    columns = ("internalRaterIntercept", "internalRaterFactor1")
    return np.column_stack([core.of_raters("mf_rounds_raters", c, round=name, **CORE_ROUND) for c in columns])


def frozen(core: ReferenceSet) -> FrozenRaters:
    second = core.core_fit["second_round"]
    return FrozenRaters(second["globalIntercept"], raters_of(core, "second_round"), second["ratings"] / second["notes"])


def known(values: np.ndarray) -> np.ndarray:
    return ~np.isnan(values)


def test_descent_takes_the_reference_steps_in_the_second_fit(core):
    """From the reference's first fit, with mu at 0, to its prescoring values: every step and the stop are the same."""
    first_notes, first_raters = notes_of(core, "first_round"), raters_of(core, "first_round")
    notes, raters = notes_of(core, "second_round"), raters_of(core, "second_round")
    ratings = core.core_ratings.take(count_filter(core.core_ratings, len(notes), len(raters), 10, 5))
    ratings = ratings.take(known(raters[ratings.rater, 0]))
    graph = graph_of(ratings.note, ratings.rater, ratings.value, n_notes=len(notes), n_raters=len(raters))
    start = Place(0.0, first_notes[graph.note_index], first_raters[graph.rater_index])
    found = descend(graph, start, Penalties(), WARM)
    turned = np.sign((found.raters[:, 1] * raters[graph.rater_index, 1]).sum())  # the sign is chosen afterwards
    assert found.notes * (1, turned) == pytest.approx(notes[graph.note_index], abs=2e-4)
    assert found.raters * (1, turned) == pytest.approx(raters[graph.rater_index], abs=2e-4)
    assert found.mu == pytest.approx(core.core_fit["second_round"]["globalIntercept"], abs=1e-4)


def test_harassment_scores_equal_the_reference(core):
    """From its first fit the descent ends where the reference's did."""
    notes, raters = notes_of(core, "first_round"), raters_of(core, "first_round")
    n, p = len(notes), len(raters)
    ratings = core.core_ratings
    kept = ratings.take(count_filter(ratings, n, p, 10, 5))
    status = provisional_statuses(core.dataset, ratings, notes, CORE.prescoring)
    above = helpfulness(ratings, kept, core.dataset, notes[:, 0], status).above
    ours = fit_harassment(
        kept.take(above[kept.rater]), notes[:, 1], raters[:, 1], per_rater=10, per_note=5, penalties=Penalties()
    )
    theirs = core.of_notes("prescoring_notes", "harassmentNoteIntercept", **PRESCORED)
    assert ours == pytest.approx(theirs, abs=1e-3, nan_ok=True)


def test_rater_and_author_scores_equal_the_reference(core):
    notes, raters = notes_of(core, "first_round"), raters_of(core, "first_round")
    ratings = core.core_ratings
    kept = ratings.take(known(notes[ratings.note, 0]) & known(raters[ratings.rater, 0]))
    status = provisional_statuses(core.dataset, ratings, notes, CORE.prescoring)
    scores = helpfulness(ratings, kept, core.dataset, notes[:, 0], status, harassment=core.core_harassment)
    for column, ours in (
        ("successfulRatingHelpfulCount", scores.counts.successful_helpful),
        ("successfulRatingNotHelpfulCount", scores.counts.successful_not_helpful),
        ("raterAgreeRatio", scores.rater_score),
        ("totalHelpfulHarassmentPenalty", scores.penalty),
        ("raterAgreeRatioKeyWithHarassmentAbusePenalty", scores.penalised_score),
        ("crhCrnhRatioDifference", scores.author_ratio),
        ("meanNoteScore", scores.mean_note_score),
    ):
        theirs = core.of_raters("prescoring_raters", column, **PRESCORED)
        assert ours[known(theirs)] == pytest.approx(theirs[known(theirs)], abs=1e-5), column
    above = core.of_raters("prescoring_raters", "aboveHelpfulnessThreshold", **PRESCORED)
    assert scores.above[known(above)].tolist() == (above[known(above)] == 1).tolist()


def test_final_fit_is_near_the_reference(core):
    raters = frozen(core)
    n = len(core.dataset.notes)
    final = fit_guards(core.core_ratings, n, raters, core.prepared, Workers())
    for column, ours, limit in (
        ("coreNoteIntercept", final.fitted.intercept, 0.015),
        ("coreNoteFactor1", final.fitted.factor, 0.03),
        ("coreNoteInterceptNoHighVol", final.no_high_volume, 0.015),
        ("coreNoteInterceptMax", upper_bound(final.fitted.sums, raters), 0.02),
    ):
        theirs = core.of_notes("scored_notes", column)
        assert known(ours).tolist() == known(theirs).tolist(), column
        assert ours[known(theirs)] == pytest.approx(theirs[known(theirs)], abs=limit), column
        assert np.corrcoef(ours[known(theirs)], theirs[known(theirs)])[0, 1] > 0.999, column


def test_population_sampled_fit_is_near_the_reference(shared_data):
    core = reference_set(shared_data / "ratings" / "sim-10k-s3-history")
    final = fit_guards(core.core_ratings, len(core.dataset.notes), frozen(core), core.prepared, Workers())
    theirs = core.of_notes("scored_notes", "coreNoteInterceptPopulationSampled")
    assert known(final.population_sampled).tolist() == known(theirs).tolist()
    assert final.population_sampled[known(theirs)] == pytest.approx(theirs[known(theirs)], abs=0.01)


def test_statuses_equal_the_reference_given_its_final_values(core):
    raters, n = frozen(core), len(core.dataset.notes)
    ratings = core.core_ratings
    final = fit_guards(ratings, n, raters, core.prepared, Workers())
    final = replace(
        final,
        fitted=replace(
            final.fitted,
            intercept=core.of_notes("scored_notes", "coreNoteIntercept"),
            factor=core.of_notes("scored_notes", "coreNoteFactor1"),
        ),
        no_high_volume=core.of_notes("scored_notes", "coreNoteInterceptNoHighVol"),
        no_correlated=core.of_notes("scored_notes", "coreNoteInterceptNoCorrelated"),
        low_diligence=core.of_notes("aux_note_info", "lowDiligenceIntercept"),
    )
    habits = incorrect_habits(ratings, len(core.dataset.participants))
    numbers = numbers_for_rules(
        core.dataset, ratings, final, raters, habits, core.tag_thresholds, with_upper_bound=False
    )
    numbers = replace(numbers, upper_bound=core.of_notes("scored_notes", "coreNoteInterceptMax"))
    theirs = core.of_notes("scored_notes", "coreRatingStatus")
    ours = apply_rules(FINAL_RULES, numbers, CORE.limits, known(theirs))
    assert ours.status[known(theirs)].tolist() == theirs[known(theirs)].tolist()
    names = [rule.name for rule in FINAL_RULES]
    active = {
        note: ",".join(name for k, name in enumerate(names) if ours.active[row] >> k & 1)
        for row, note in enumerate(core.dataset.notes.note_id.tolist())
    }
    expected = core.expected("scored_notes").drop_nulls("coreActiveRules")
    assert [active[note] for note in expected["noteId"]] == expected["coreActiveRules"].to_list()
    for k, tag in enumerate(NOT_HELPFUL_TAGS):
        for suffix, adjusted in (("Adjusted", numbers.tag_total), ("AdjustedRatio", numbers.tag_ratio)):
            expected = core.of_notes("aux_note_info", f"{tag}{suffix}")
            assert adjusted[known(expected), k] == pytest.approx(expected[known(expected)], abs=1e-5)


def test_incorrect_votes_equal_the_reference(core):
    ratings = core.core_ratings
    habits = incorrect_habits(ratings, len(core.dataset.participants))
    factor = core.of_notes("scored_notes", "coreNoteFactor1")
    votes = incorrect_votes(ratings, factor, raters_of(core, "second_round")[:, 1], habits)
    for column, ours in (
        ("notHelpfulIncorrect_interval", votes.tagged),
        ("num_voters_interval", votes.voters),
        ("p_incorrect_user_interval", votes.habit),
        ("tf_idf_incorrect_interval", votes.score),
    ):
        theirs = core.of_notes("aux_note_info", column)
        assert ours[known(theirs)] == pytest.approx(theirs[known(theirs)], abs=1e-5), column


def test_tag_thresholds_equal_the_reference(core):
    status = provisional_statuses(core.dataset, core.core_ratings, notes_of(core, "first_round"), CORE.prescoring)
    factors = notes_of(core, "second_round")[:, 1], raters_of(core, "second_round")[:, 1]
    thresholds = tag_thresholds(tag_weights(core.core_ratings, *factors), status == Status.CRH)
    assert thresholds == pytest.approx(core.tag_thresholds, abs=1e-6)


def test_gaussian_scores_equal_the_reference(core):
    ratings = on_enough_rated(core.core_ratings, len(core.dataset.notes), 5)
    factor = raters_of(core, "second_round")[:, 1]
    ours = gaussian_scores(ratings, core.dataset.notes, factor, Workers())
    theirs = core.of_notes("scored_notes", "gaussianNoteIntercept")
    assert known(ours).tolist() == known(theirs).tolist()
    assert ours[known(theirs)] == pytest.approx(theirs[known(theirs)], abs=1e-5)


def test_final_low_diligence_is_near_the_reference_given_its_prescoring(core):
    """The two global intercepts are not in the vectors: they are taken where the fit is best."""

    def notes(column):
        return np.nan_to_num(core.of_notes("prescoring_notes", f"lowDiligenceNote{column}", **PRESCORED))

    def raters(column):
        return np.nan_to_num(core.of_raters("prescoring_raters", f"lowDiligenceRater{column}", **PRESCORED))

    n, known_raters = len(core.dataset.notes), frozen(core)
    found = Diligence(
        notes=np.column_stack([notes("Factor1"), notes("InterceptRound2")]),
        raters=np.column_stack([raters("InterceptRound2"), raters("Factor1"), raters("Reputation")]),
        last_rater_intercept=raters("Intercept"),
        mu=2.8,
        last_mu=3.3,
        rho=known_raters.rho,
        note_intercept=np.full(n, np.nan),
    )
    theirs = core.of_notes("aux_note_info", "lowDiligenceIntercept")
    ratings = on_enough_rated(core.core_ratings, n, 5)

    def difference(last_mu):
        ours = final_low_diligence(ratings, known_raters, replace(found, last_mu=last_mu), n, Workers())
        return abs(ours - theirs)[known(theirs)].mean()

    assert min(difference(last_mu) for last_mu in np.arange(2.9, 3.9, 0.2)) < 0.04
