"""Who shares a vote: raters who choose and depart together, and nobody else."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring.both_sides import ShowConfig, missing, weigh_evidence
from kiemchung.scoring.coordination import Group, SearchConfig, bin_times, directions_above, groups_along, noise_size
from kiemchung.scoring.independence import IndependenceConfig, shared_weight, weigh
from kiemchung.scoring.ordinal import OrdinalConfig, fit_ordinal
from kiemchung.scoring.workers import Workers
from tests.scoring.communities import DAY, answers, community, paired, utility, with_brigade

W = Workers()


def judged(made, config=None):
    """Paired ratings, what `weigh` finds, and the mean weight that each rater is left."""
    ratings = paired(made)
    start = np.column_stack([np.zeros(ratings.n_raters), np.clip(made.camp[ratings.rater_index], -1, 1)])
    fit = fit_ordinal(ratings, start, OrdinalConfig())
    when = bin_times(ratings, made.at_ms[made.order()], made.created_ms[ratings.note_index], SearchConfig(), W)
    outcome = weigh(ratings, when, fit, OrdinalConfig(), config or IndependenceConfig(), W)
    left = np.full(made.n_raters, np.nan)
    left[ratings.rater_index] = np.bincount(ratings.rater, outcome.weight) / np.diff(ratings.rater_start)
    return ratings, outcome, left


@pytest.mark.parametrize("options", [{}, {"hours": 200.0}, {"day_times": True}, {"camouflage": 25}], ids=str)
def test_brigade_shares_less_than_a_vote(options):
    honest = community(3)
    made, down, _ = with_brigade(honest, **options)
    ratings, outcome, left = judged(made)
    assert left[honest.n_raters :].mean() < 0.1
    assert np.nanmean(left[: honest.n_raters]) > 0.99
    hostile = ratings.rater_index[ratings.rater] >= honest.n_raters
    note = np.repeat(ratings.note_index, np.diff(ratings.note_start))
    votes = np.bincount(note, np.where(hostile, outcome.weight, 0), made.n_notes)
    assert votes[down].mean() < 1.0
    assert outcome.groups[0].tau > 2


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_brigade_that_only_suppresses_shares_less_than_a_vote(seed):
    """Each account looks like a strict rater for itself; all strict on the same notes, they are not independent."""
    honest = community(seed)
    made, down, up = with_brigade(honest, n_targets=100, each=50)
    kept = (made.rater < honest.n_raters) | ~np.isin(made.note, up)
    made = replace(made, **{name: getattr(made, name)[kept] for name in ("note", "rater", "level", "at_ms")})
    ratings, outcome, left = judged(made)
    assert left[honest.n_raters :].mean() < 0.1
    assert np.nanmean(left[: honest.n_raters]) > 0.99
    hostile = ratings.rater_index[ratings.rater] >= honest.n_raters
    note = np.repeat(ratings.note_index, np.diff(ratings.note_start))
    assert np.bincount(note, np.where(hostile, outcome.weight, 0), made.n_notes)[down].mean() < 1.5


def test_strict_raters_who_choose_for_themselves_keep_every_vote():
    honest = community(3)
    strict = np.arange(0, honest.n_raters, 5)
    harsh = np.isin(honest.rater, strict) & (np.random.default_rng(1).random(len(honest.rater)) < 0.7)
    _, _, left = judged(replace(honest, level=np.where(harsh, 0, honest.level)))
    assert np.nanmean(left[strict]) > 0.99


def test_two_brigades_are_both_found():
    honest = community(3)
    first, _, _ = with_brigade(honest, 1)
    second, _, _ = with_brigade(first, 2)
    _, _, left = judged(second)
    assert left[honest.n_raters : first.n_raters].mean() < 0.1
    assert left[first.n_raters :].mean() < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_independent_raters_keep_every_vote(seed):
    _, outcome, left = judged(community(seed))
    assert not outcome.changed
    assert (left[~np.isnan(left)] == 1).all()


def test_circle_with_one_hobby_keeps_its_votes():
    """Sixty raters rate the same sixty notes, each by their own judgement: a group by choice, none by answers."""
    honest = community(3)
    made, _, _ = with_brigade(honest)
    circle = made.rater >= honest.n_raters
    rng = np.random.default_rng(0)
    own = answers(rng, utility(made, made.note, made.rater))
    made = replace(made, level=np.where(circle, own, made.level))
    _, outcome, left = judged(made)
    assert outcome.groups, "the circle is looked at"
    assert left[honest.n_raters :].mean() > 0.95


def test_honest_minority_of_a_tenth_keeps_its_voice():
    """They choose like everybody, and say "not helpful" to the same sixty good notes."""
    honest = community(3)
    rng = np.random.default_rng(1)
    minority = rng.choice(honest.n_raters, honest.n_raters // 10, replace=False)
    disliked = rng.choice(np.argsort(-honest.good)[:150], 60, replace=False)
    theirs = np.isin(honest.rater, minority) & np.isin(honest.note, disliked)
    _, _, left = judged(replace(honest, level=np.where(theirs, 0, honest.level)))
    assert np.nanmean(left[minority]) > 0.98


def test_framed_rater_keeps_most_of_the_voice():
    """Attackers copy the choices of an honest rater; whose answers go against theirs is let out of the group."""
    honest = community(3)
    made, down, up = with_brigade(honest)
    rng = np.random.default_rng(2)
    framed, targets = 5, np.concatenate([down, up])
    note = rng.choice(targets, 40, replace=False)
    note = note[~np.isin(note, honest.note[honest.rater == framed])]
    rater = np.full(len(note), framed)
    made = made.adding(note, rater, np.where(np.isin(note, down), 2, 0), made.created_ms[note] + DAY)
    _, _, left = judged(made)
    assert left[framed] > 0.9


def test_too_few_ratings_are_not_searched():
    _, outcome, left = judged(community(3, n_raters=30, n_notes=20, n_ratings=200))
    assert outcome.groups == ()
    assert (left[~np.isnan(left)] == 1).all()


def test_search_ends_where_every_direction_stands_out_but_no_group_does():
    nothing_will_do = SearchConfig(above_noise=0.0, min_evidence=1e9)
    _, outcome, _ = judged(community(3), IndependenceConfig(search=nothing_will_do))
    assert outcome.groups == ()


@pytest.mark.parametrize("members", [1, 2, 10, 1000])
def test_shared_weight_is_the_effective_number_of_raters(members):
    """m raters with correlation r count as m (1 - r) / (1 + (m - 1) r) independent ones."""
    made = community(3, n_raters=max(members, 2), n_notes=1, n_ratings=0)
    everyone = np.arange(members)
    made = made.adding(np.zeros(members), everyone, np.zeros(members), np.full(members, made.created_ms[0]))
    ratings = paired(made)
    group = Group(np.ones(members), np.ones(members), float(members), 1.0)
    for r in (0.0, 0.2, 0.9):
        total = shared_weight(ratings, group, np.ones(members, np.float32), r).sum()
        assert total == pytest.approx(members * (1 - r) / (1 + (members - 1) * r))


def test_search_finds_the_planted_group_and_says_how_sure():
    honest = community(3)
    made, _, _ = with_brigade(honest)
    ratings = paired(made)
    config = SearchConfig()
    when = bin_times(ratings, made.at_ms[made.order()], made.created_ms[ratings.note_index], config, W)
    free = np.ones(len(ratings), np.float32)
    side = (made.camp[ratings.rater_index] > 0).astype(np.int8)
    directions = directions_above(ratings, when, free, config, W, noise_size(ratings, when, free, config, W))
    group = next(groups_along(directions, ratings, when, free, side, config, W))
    attackers = ratings.rater_index >= honest.n_raters
    assert group.belongs[attackers].mean() > 0.95
    assert (group.belongs[~attackers] > 0.5).sum() <= 6
    assert group.evidence > 1


def test_missing_says_everything_at_once():
    made = community(3, n_raters=20, n_notes=5, n_ratings=12)
    ratings = paired(made)
    fit = fit_ordinal(ratings, np.zeros((ratings.n_raters, 2)), OrdinalConfig())
    evidence = weigh_evidence(ratings, np.ones(len(ratings), np.float32), fit, ShowConfig())
    lacks = {lack.code: lack.count for lack in missing(evidence, 0, ShowConfig())}
    assert set(lacks) >= {"two_sides", "ratings_negative_side", "ratings_positive_side", "helpful_negative_side"}
    assert all(count > 0 for count in lacks.values())
