"""The status rules, one by one and as laws over any numbers."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.scoring.rules import FINAL_RULES, Limits, Numbers, apply_rules, outlier_tags
from kiemchung.scoring.scorers import CORE, CORE_WITH_TOPICS, GAUSSIAN
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Status

HARD = NOT_HELPFUL_TAGS.index("notHelpfulHardToUnderstand")
TAGS = len(NOT_HELPFUL_TAGS)

#: A note that passes every rule of Core.
SHOWN = {
    "n_ratings": 40,
    "not_misleading": False,
    "current_status": Status.NONE,
    "intercept": 0.45,
    "factor": 0.1,
    "upper_bound": 0.5,
    "no_high_volume": 0.44,
    "no_correlated": 0.44,
    "population_sampled": np.nan,
    "low_diligence": -1.0,
    "min_sign_count": 12.0,
    "mean_negative": 0.8,
    "mean_positive": 0.9,
    "net_minimum": 11.0,
    "net_ratio": 0.3,
    "incorrect_tagged": 0.0,
    "incorrect_voters": 4.0,
    "incorrect_score": 0.0,
    "tag_total": np.zeros(TAGS),
    "tag_ratio": np.zeros(TAGS),
    "tag_threshold": np.full(TAGS, 0.1),
}
DTYPES = {"n_ratings": np.int64, "not_misleading": np.bool_, "current_status": np.int8}


def numbers_of(**changes) -> Numbers:
    """One note's numbers."""
    given_ = SHOWN | changes
    columns = {name: np.array([value], DTYPES.get(name, np.float64)) for name, value in given_.items()}
    columns["tag_threshold"] = np.asarray(given_["tag_threshold"])
    return Numbers(**columns)


def outcome(limits=CORE.limits, **changes):
    """The status and the ids of the active rules."""
    result = apply_rules(FINAL_RULES, numbers_of(**changes), limits, np.ones(1, np.bool_))
    active = [rule.id for k, rule in enumerate(FINAL_RULES) if result.active[0] >> k & 1]
    return Status(result.status[0]), active


def tagged(bit, total, ratio):
    totals, ratios = np.zeros(TAGS), np.zeros(TAGS)
    totals[bit], ratios[bit] = total, ratio
    return {"tag_total": totals, "tag_ratio": ratios}


def test_note_that_passes_all_rules_is_shown():
    assert outcome() == (Status.CRH, ["InitialNMR", "GeneralCRH"])


@pytest.mark.parametrize(
    ("changes", "status", "rule"),
    [
        ({"intercept": 0.39, "no_high_volume": 0.39}, Status.NMR, "InitialNMR"),
        ({"n_ratings": 4}, Status.NMR, "InitialNMR"),
        ({"intercept": -0.13, "factor": 0.1}, Status.CRNH, "GeneralCRNH"),
        ({"upper_bound": -0.05, "intercept": -0.06}, Status.CRNH, "UcbCRNH"),
        ({"mean_negative": 0.3, "mean_positive": 0.3}, Status.CRNH, "RatioCRNH"),
        ({"not_misleading": True, "intercept": -0.16, "factor": 0.9}, Status.CRNH, "NmCRNH"),
        ({"intercept": 0.395, "current_status": Status.CRH}, Status.CRH, "GeneralCRHInertia"),
        (tagged(1, 2.6, 0.2), Status.FIRM_REJECT, "TagFilter"),
        ({"incorrect_tagged": 2, "incorrect_voters": 3, "incorrect_score": 2.5}, Status.FIRM_REJECT, "FilterIncorrect"),
        ({"low_diligence": 0.264}, Status.FIRM_REJECT, "FilterLowDiligence"),
        ({"factor": -0.51}, Status.FIRM_REJECT, "FilterLargeFactor"),
        ({"intercept": 0.29}, Status.FIRM_REJECT, "RejectLowIntercept"),
        ({"net_minimum": 3.5}, Status.NEEDS_YOUR_HELP, "MinMinorityRaters"),
        ({"net_minimum": 4, "net_ratio": 0.04}, Status.NEEDS_YOUR_HELP, "RaterBalance"),
        ({"no_high_volume": 0.36}, Status.NEEDS_YOUR_HELP, "NoHighVolIntercept"),
        ({"no_correlated": 0.36}, Status.NEEDS_YOUR_HELP, "NoCorrelatedIntercept"),
    ],
)
def test_each_rule_decides_where_its_condition_holds(changes, status, rule):
    found, active = outcome(**changes)
    assert found == status
    assert active[-1] == rule


@pytest.mark.parametrize(
    "changes",
    [
        tagged(1, 2.5, 0.2),
        tagged(1, 2.6, 0.1),
        tagged(HARD, 9.0, 0.9),
        {"incorrect_tagged": 1, "incorrect_voters": 3, "incorrect_score": 9.0},
        {"incorrect_tagged": 2, "incorrect_voters": 2, "incorrect_score": 9.0},
        {"low_diligence": 0.263},
        {"factor": 0.5},
        {"net_minimum": 4, "net_ratio": 0.05},
        {"net_minimum": 10, "net_ratio": 0.01},
        {"no_high_volume": np.nan, "no_correlated": np.nan},
    ],
)
def test_just_within_the_limits_a_note_stays_shown(changes):
    assert outcome(**changes)[0] == Status.CRH


def test_scorer_without_firm_reject_says_needs_more_ratings():
    assert outcome(CORE_WITH_TOPICS.limits, low_diligence=1.0)[0] == Status.NMR
    assert outcome(CORE_WITH_TOPICS.limits, intercept=0.1, no_high_volume=0.1) == (Status.NMR, ["InitialNMR"])


def test_gaussian_has_no_net_minimum():
    assert (
        outcome(GAUSSIAN.limits, intercept=0.6, no_high_volume=0.5, no_correlated=0.5, net_minimum=0)[0] == Status.CRH
    )


def test_notes_outside_have_no_status():
    result = apply_rules(FINAL_RULES, numbers_of(), CORE.limits, np.zeros(1, np.bool_))
    assert (result.status[0], result.active[0], result.last[0]) == (Status.NONE, 0, -1)


def test_hard_to_understand_is_never_an_outlier():
    assert not outlier_tags(numbers_of(**tagged(HARD, 9.0, 1.0)), Limits()).any()


def test_rules_tell_what_they_look_at():
    known_numbers = {field.name for field in fields(Numbers)}
    known_limits = {field.name for field in fields(Limits)}
    for rule in FINAL_RULES:
        assert set(rule.uses) <= known_numbers
        assert set(rule.limits) <= known_limits
        assert rule.sentence.endswith(".")
    assert len({rule.id for rule in FINAL_RULES}) == len(FINAL_RULES) <= 32


a_number = st.one_of(st.just(float("nan")), st.floats(-1, 1))
a_note = st.fixed_dictionaries(
    {
        "n_ratings": st.integers(0, 60),
        "not_misleading": st.booleans(),
        "current_status": st.sampled_from([Status.NONE, Status.NMR, Status.CRH, Status.CRNH]),
        "intercept": a_number,
        "factor": a_number,
        "upper_bound": a_number,
        "no_high_volume": a_number,
        "no_correlated": a_number,
        "low_diligence": a_number,
        "min_sign_count": st.integers(0, 20).map(float),
        "mean_negative": st.floats(0, 1),
        "mean_positive": st.floats(0, 1),
        "net_minimum": st.integers(0, 20).map(float),
        "net_ratio": st.floats(0, 1),
        "incorrect_tagged": st.integers(0, 5).map(float),
        "incorrect_voters": st.integers(0, 9).map(float),
        "incorrect_score": st.floats(0, 9),
    }
)


@given(a_note)
def test_shown_note_has_enough_ratings_a_high_score_and_both_sides(note):
    status, _ = outcome(**note)
    if status == Status.CRH:
        assert note["n_ratings"] >= 5
        assert note["intercept"] >= 0.39
        assert not note["not_misleading"]
        assert note["net_minimum"] >= 4
        assert not abs(note["factor"]) > 0.5
        assert not note["low_diligence"] > 0.263


@given(a_note)
def test_status_is_that_of_the_last_active_rule(note):
    result = apply_rules(FINAL_RULES, numbers_of(**note), CORE.limits, np.ones(1, np.bool_))
    sets = FINAL_RULES[result.last[0]].sets
    assert result.status[0] == (Status.FIRM_REJECT if sets is None else sets)


@given(a_note, st.floats(0, 0.5))
def test_less_on_one_side_never_shows_a_note(note, less):
    if outcome(**note)[0] != Status.CRH:
        assert outcome(**(note | {"net_minimum": max(0.0, note["net_minimum"] - 20 * less)}))[0] != Status.CRH


def test_limits_can_be_varied_by_value():
    assert outcome(replace(CORE.limits, crh=0.5))[0] == Status.NMR
