"""The meta-scorer's rules and the reasons for a status."""

import numpy as np
import pytest

from kiemchung.scoring.meta import HELPFUL_ORDER, NOT_HELPFUL_ORDER, Opinion, combine, explain, may_lock
from kiemchung.scoring.scorers import (
    CORE,
    CORE_WITH_TOPICS,
    EXPANSION,
    EXPANSION_PLUS,
    GAUSSIAN,
    GROUPS,
    MULTI_GROUP_1,
    topic_gaussian,
    topic_scorer,
)
from kiemchung.scoring.table import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Ratings, Status
from tests.scoring.test_rules import numbers_of

GROUP = {scorer.group: scorer for scorer in GROUPS}
TOPIC, TOPIC_GAUSSIAN = topic_scorer(0, "Scams"), topic_gaussian(0, "Scams")
EVERY = (EXPANSION_PLUS, EXPANSION, CORE_WITH_TOPICS, CORE, MULTI_GROUP_1, *GROUPS, GAUSSIAN, TOPIC, TOPIC_GAUSSIAN)

NONE, NMR, CRH, CRNH = Status.NONE, Status.NMR, Status.CRH, Status.CRNH
REJECT, HELP = Status.FIRM_REJECT, Status.NEEDS_YOUR_HELP


def says(status, *, intercept=np.nan, factor=0.0, sampled=np.nan, on_sides=(0, 0), confident=True):
    return Opinion(
        status=np.array([status], np.int8),
        intercept=np.array([intercept]),
        factor=np.array([factor]),
        numbers=numbers_of(population_sampled=sampled),
        confident=np.array([confident]),
        sampled_negative=np.array([float(on_sides[0])]),
        sampled_positive=np.array([float(on_sides[1])]),
    )


def decide(*pairs):
    decision = combine(EVERY, {scorer.name: opinion for scorer, opinion in pairs}, 1)
    return Status(decision.status[0]), decision.rules[decision.decided_by[0]]


def test_without_opinions_a_note_needs_more_ratings():
    assert decide() == (NMR, "MetaInitialNMR (v1.0)")


def test_core_wins_over_core_with_topics_over_expansion():
    wide = [(EXPANSION_PLUS, says(CRNH)), (EXPANSION, says(CRH)), (CORE_WITH_TOPICS, says(CRNH))]
    assert decide(*wide, (CORE, says(CRH))) == (CRH, "CoreModel (v1.1)")
    assert decide(*wide, (CORE, says(NONE))) == (CRNH, "CoreWithTopicsModel (v1.1)")
    assert decide(*wide[:2]) == (CRH, "ExpansionModel (v1.1)")


def test_firm_reject_becomes_needs_more_ratings():
    assert decide((EXPANSION, says(CRH)), (CORE, says(REJECT))) == (NMR, "CoreModel (v1.1)")


@pytest.mark.parametrize(
    ("core", "expansion", "status"),
    [(NMR, CRNH, CRH), (REJECT, NMR, NMR), (CRNH, NMR, CRNH), (NONE, REJECT, NMR), (NONE, NMR, CRH)],
)
def test_multi_group_cannot_show_what_core_or_else_expansion_rejects(core, expansion, status):
    opinions = (EXPANSION, says(expansion)), (CORE, says(core)), (MULTI_GROUP_1, says(CRH))
    assert decide(*opinions)[0] == status


@pytest.mark.parametrize(("intercept", "status"), [(0.30, NMR), (0.31, CRH), (0.399, CRH), (0.40, NMR)])
def test_group_is_heard_where_core_is_near_its_line(intercept, status):
    assert decide((CORE, says(NMR, intercept=intercept)), (GROUP[4], says(CRH)))[0] == status


def test_group_of_a_blocked_note_is_not_heard():
    assert decide((CORE, says(REJECT, intercept=0.35)), (GROUP[4], says(CRH)))[0] == NMR


def test_stronger_groups_are_heard_above_a_quarter():
    assert decide((CORE, says(NMR, intercept=0.26)), (GROUP[14], says(CRH))) == (CRH, "GroupModel14 (v1.1)")
    assert decide((CORE, says(NMR, intercept=0.45)), (GROUP[33], says(CRH)))[0] == CRH


@pytest.mark.parametrize("number", [33, 18, 15])
@pytest.mark.parametrize(("group", "status"), [(NMR, NMR), (CRNH, NMR), (CRH, CRH), (NONE, CRH), (HELP, CRH)])
def test_some_groups_may_take_a_status_away(number, group, status):
    assert decide((CORE, says(CRH, intercept=0.5)), (GROUP[number], says(group)))[0] == status


def test_groups_15_and_18_show_nothing():
    assert decide((CORE, says(NMR, intercept=0.35)), (GROUP[15], says(CRH)), (GROUP[18], says(CRH)))[0] == NMR


@pytest.mark.parametrize(
    ("core", "gaussian", "status"),
    [(NMR, CRH, CRH), (NMR, HELP, HELP), (HELP, CRH, CRH), (REJECT, CRH, NMR), (REJECT, CRNH, CRNH), (CRH, CRNH, CRH)],
)
def test_gaussian_adds_to_open_notes(core, gaussian, status):
    assert decide((CORE, says(core)), (GAUSSIAN, says(gaussian)))[0] == status


@pytest.mark.parametrize(
    ("opinion", "status"),
    [
        (says(CRH, intercept=0.23), NMR),
        (says(CRH, intercept=0.24), CRH),
        (says(CRH, intercept=0.5, factor=-0.52), NMR),
        (says(CRH, intercept=0.1, confident=False), CRH),
    ],
)
def test_confident_topic_takes_a_status_away(opinion, status):
    assert decide((CORE_WITH_TOPICS, says(CRH)), (TOPIC, opinion))[0] == status


def test_second_scorer_of_a_topic_has_limits_of_its_own():
    assert decide((CORE_WITH_TOPICS, says(CRH)), (TOPIC_GAUSSIAN, says(CRH, intercept=0.50)))[0] == NMR
    assert decide((CORE_WITH_TOPICS, says(CRH)), (TOPIC_GAUSSIAN, says(CRH, intercept=0.52, factor=0.9)))[0] == CRH


@pytest.mark.parametrize(
    ("sampled", "sides", "status"),
    [(0.2, (4, 4), NMR), (0.2, (6, 1), CRH), (0.2, (3, 4), CRH), (0.30, (4, 4), CRH), (0.28, (4, 4), CRH)],
)
def test_population_sample_takes_a_status_away(sampled, sides, status):
    assert decide((CORE, says(CRH, intercept=0.42, sampled=sampled, on_sides=sides)))[0] == status


def test_only_some_rules_lock():
    assert [may_lock(rule) for rule in ("CoreModel (v1.1)", "GaussianModel (v1.0)", "GroupModel05 (v1.1)")] == [
        True
    ] * 3
    locked_out = ("ExpansionPlusModel (v1.1)", "NmrDueToMinStableCrhTime (v1.0)", "TopicModel_Scams (v1.0)")
    assert [may_lock(rule) for rule in locked_out] == [False] * 3


def with_tags(pairs, names):
    """Ratings of note 0 that carry these tags, each name as often as told."""
    masks = [1 << names.index(name) for name, times in pairs for _ in range(times)]
    k = len(masks)
    helpful = np.array(masks if names is HELPFUL_TAGS else [0] * k, np.uint16)
    not_helpful = np.array(masks if names is NOT_HELPFUL_TAGS else [0] * k, np.uint16)
    zeros = np.zeros(k, np.int32)
    return Ratings(zeros, np.arange(k, dtype=np.int32), zeros.astype(np.float32), zeros.astype(np.int64), helpful,
                   not_helpful, zeros.astype(np.bool_))  # fmt: skip


def reasons(status, ratings, order):
    found = explain(np.array([status], np.int8), ratings)
    names = [order[k] if k >= 0 else None for k in (found.first[0], found.second[0])]
    return names, bool(found.insufficient[0])


def test_two_most_used_reasons_are_named():
    ratings = with_tags([("helpfulClear", 2), ("helpfulOther", 5), ("helpfulInformative", 3)], HELPFUL_TAGS)
    assert reasons(CRH, ratings, HELPFUL_ORDER) == (["helpfulOther", "helpfulInformative"], False)


def test_ties_between_reasons_go_by_the_fixed_order():
    every = with_tags([(name, 2) for name in HELPFUL_TAGS], HELPFUL_TAGS)
    assert reasons(CRH, every, HELPFUL_ORDER) == (list(HELPFUL_ORDER[:2]), False)
    every = with_tags([(name, 2) for name in NOT_HELPFUL_TAGS], NOT_HELPFUL_TAGS)
    assert reasons(CRNH, every, NOT_HELPFUL_ORDER) == (list(NOT_HELPFUL_ORDER[:2]), False)


def test_one_reason_or_rare_ones_are_too_few():
    ratings = with_tags([("helpfulClear", 4), ("helpfulOther", 1)], HELPFUL_TAGS)
    assert reasons(CRH, ratings, HELPFUL_ORDER) == (["helpfulClear", None], True)
    assert reasons(NMR, ratings, HELPFUL_ORDER) == ([None, None], False)


def test_orders_hold_every_tag_once():
    assert sorted(HELPFUL_ORDER) == sorted(HELPFUL_TAGS)
    assert sorted(NOT_HELPFUL_ORDER) == sorted(NOT_HELPFUL_TAGS)
