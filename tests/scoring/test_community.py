"""The preset from ratings to statuses: what is shown, what resists, and that nothing is shown on one side's word."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.scoring.community import COMMUNITY, DELAY, NO_REASON, CommunityConfig, run_community
from kiemchung.scoring.table import Classification, Status
from tests.scoring.communities import DAY, NOW, answers, community, dataset, utility, with_brigade

AT_ONCE = replace(COMMUNITY, delay=None)


def run(made, config=AT_ONCE, **options):
    return run_community(dataset(made), config, now_ms=NOW, **options)


def shown(result):
    return result.status == Status.CRH


@pytest.fixture(scope="module")
def honest():
    return community(3)


@pytest.fixture(scope="module")
def honest_result(honest):
    return run(honest)


def truly_helpful(made):
    """Notes that a rater of either camp would more likely than not call helpful."""
    return 2.5 * made.good - 2.5 * 0.8 * abs(made.divided) > 0.4


def test_honest_community_shows_notes_that_help_both_sides(honest, honest_result):
    found, deserving = shown(honest_result), truly_helpful(honest)
    assert found.sum() >= 40
    assert deserving[found].mean() >= 0.9
    assert not (honest_result.status[deserving] == Status.CRNH).any()


def test_notes_bad_for_both_sides_are_not_helpful(honest, honest_result):
    refused = honest_result.status == Status.CRNH
    assert refused.sum() >= 20
    assert (honest.good[refused] < 0).all()


#: The share of attacked notes that stay shown, whatever the size of the brigade. All did when this was written, so it
#: may be raised, never lowered.
G12_KEPT = 0.9


@pytest.mark.parametrize("day_times", [False, True], ids=["times", "days only"])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_g12_suppression_bound_brigade_neither_keeps_notes_down_nor_lifts_them(honest, honest_result, share, day_times):
    n_attackers = round(honest.n_raters * share / (1 - share))
    attacked, down, up = with_brigade(honest, n_attackers=n_attackers, day_times=day_times)
    result = run(attacked)
    before, after = shown(honest_result), shown(result)
    assert before[down].sum() >= 10
    assert after[down][before[down]].mean() >= G12_KEPT
    assert after[up].sum() == 0
    assert (after & before).sum() >= 0.95 * before.sum()


def test_camouflaged_brigade_is_found_too(honest, honest_result):
    attacked, down, _ = with_brigade(honest, camouflage=25, hours=100.0)
    before, after = shown(honest_result), shown(run(attacked))
    assert after[down][before[down]].mean() >= 0.7


def test_honest_minority_still_counts(honest, honest_result):
    """A tenth of the raters dislike some notes, each by themselves: they keep their weight, and they are heard."""
    rng = np.random.default_rng(5)
    minority = rng.choice(honest.n_raters, honest.n_raters // 10, replace=False)
    candidates = np.flatnonzero(shown(honest_result))
    disliked = rng.choice(candidates, len(candidates) // 2, replace=False)
    theirs = np.isin(honest.rater, minority) & np.isin(honest.note, disliked)
    assert theirs.sum() >= 30
    heard = run(replace(honest, level=np.where(theirs, 0, honest.level)))
    row, old_row = heard.row[disliked], honest_result.row[disliked]
    assert heard.evidence.n_ratings[row] == pytest.approx(honest_result.evidence.n_ratings[old_row])
    drop = honest_result.intercept[disliked] - heard.intercept[disliked]
    assert drop.mean() > 0.3
    assert shown(heard)[disliked].sum() < len(disliked)


def test_topic_circles_keep_their_weight():
    """Raters who all rate within one of eight topics choose alike, but answer each for themselves."""
    result = run(community(4, topics=8))
    assert shown(result).sum() >= 20
    assert sum(group.taken_back for group in result.groups) == 0


def test_g11_deterministic_same_bytes_for_any_number_of_threads(monkeypatch, honest):
    monkeypatch.setattr("kiemchung.scoring.workers.MIN_RATINGS_PER_THREAD", 100)
    attacked, _, _ = with_brigade(honest)
    one, three = run(attacked, threads=1), run(attacked, threads=3)
    for name in ("status", "intercept", "factor", "intercept_deviation", "matched"):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes()
    assert one.evidence.above.tobytes() == three.evidence.above.tobytes()
    assert one.groups == three.groups


def test_mirrored_camps_show_the_same_notes(honest, honest_result):
    flipped = replace(honest, rater=honest.n_raters - 1 - honest.rater, camp=honest.camp[::-1])
    result = run(flipped)
    assert (result.status == honest_result.status).mean() > 0.995


# G13: no set of ratings from one side only ever shows a note


def one_sided(made, note, raters, levels):
    """The community with a fresh note that only these raters rated."""
    created = np.append(made.created_ms, made.created_ms.max())
    grown = replace(made, created_ms=created, good=np.append(made.good, 3.0), divided=np.append(made.divided, 0.0))
    return grown.adding(np.full(len(raters), note), raters, levels, np.full(len(raters), created[-1] + DAY))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_g13_show_rule_ratings_of_one_camp_never_show_a_note(data):
    made = community(6, n_raters=150, n_notes=120, n_ratings=3_000)
    camp = data.draw(st.sampled_from([-1, 1]))
    pool = np.flatnonzero(made.camp * camp > 0.3)
    count = data.draw(st.integers(1, len(pool)))
    raters = np.random.default_rng(data.draw(st.integers(0, 2**16))).choice(pool, count, replace=False)
    levels = np.array(data.draw(st.lists(st.sampled_from([2, 2, 2, 1, 0]), min_size=count, max_size=count)))
    result = run(one_sided(made, made.n_notes, raters, levels))
    assert result.status[-1] != Status.CRH


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("everybody_agrees", [True, False])
def test_community_of_one_camp_shows_nothing(seed, everybody_agrees):
    made = community(seed, n_raters=100, n_notes=80, n_ratings=2_000, camps=(0.8,))
    if everybody_agrees:
        made = replace(made, level=np.full(len(made.level), 2))
    result = run(made)
    assert not shown(result).any()
    assert "two_sides" in {lack.code for lack in result.missing(0)}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.sampled_from(["any", "helpful"]))
def test_shown_notes_have_helpful_ratings_from_both_sides(seed, n_ratings, kind):
    """Of any ratings whatever: what is shown has two helpful ratings from either side, and five in all."""
    rng = np.random.default_rng(seed)
    made = community(7, n_raters=40, n_notes=30, n_ratings=600)
    rows = rng.permutation(len(made.note))[:n_ratings]
    level = rng.integers(0, 3, n_ratings) if kind == "any" else rng.choice([2, 2, 2, 2, 0], n_ratings)
    rows = rows[: len(level)]
    made = replace(made, note=made.note[rows], rater=made.rater[rows], at_ms=made.at_ms[rows], level=level[: len(rows)])
    result = run(made)
    for note in np.flatnonzero(shown(result)):
        row = result.row[note]
        assert (result.evidence.side_helpful[row] >= 1.98).all()
        assert result.n_ratings[note] >= 5
        assert result.missing(note) == ()


# G14: too few means too few


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_g14_too_few_note_below_the_minimum_needs_more_ratings(honest, count):
    raters = np.argsort(honest.camp)[:: honest.n_raters // 5][:count]
    made = one_sided(honest, honest.n_notes, raters, np.full(count, 2))
    result = run(made)
    assert result.status[-1] == Status.NMR
    lacks = {lack.code: lack.count for lack in result.missing(honest.n_notes)}
    assert lacks["ratings"] == 5 - count


@pytest.mark.parametrize("n_ratings", [0, 1, 10])
def test_tiny_community_says_what_is_missing(n_ratings):
    made = community(8, n_raters=10, n_notes=4, n_ratings=30)
    made = replace(made, **{name: getattr(made, name)[:n_ratings] for name in ("note", "rater", "level", "at_ms")})
    result = run(made)
    assert (result.status == Status.NMR).all()
    assert all(result.missing(note) for note in range(made.n_notes))
    assert {part for part, _ in result.left_out} == {"coordinated raters", "two sides"}


def test_brigade_votes_do_not_fill_the_minimum(honest):
    attacked, _, _ = with_brigade(honest)
    alone = attacked.n_notes
    attackers = np.arange(honest.n_raters, attacked.n_raters)
    made = one_sided(attacked, alone, attackers, np.full(len(attackers), 2))
    result = run(made)
    assert result.status[-1] == Status.NMR
    assert result.evidence.n_ratings[result.row[-1]] < 2


# what follows the rules


def test_notes_that_say_not_misleading_are_never_shown(honest, honest_result):
    data = dataset(honest)
    data.notes.classification[:] = Classification.NOT_MISLEADING
    assert not shown(run_community(data, AT_ONCE, now_ms=NOW)).any()
    assert shown(honest_result).any()


def test_new_helpful_notes_wait_and_are_shown_by_a_later_run(honest, honest_result):
    first = run(honest, COMMUNITY)
    assert not shown(first).any()
    waiting = np.flatnonzero(shown(honest_result))
    assert {first.rules[k] for k in first.decided_by[waiting]} == {DELAY}
    assert not first.may_lock[waiting].any()
    later = run_community(dataset(honest, delay_start_ms=first.delay_start_ms), COMMUNITY, now_ms=NOW + 2 * 3_600_000)
    assert (shown(later) == shown(honest_result)).all()


def test_status_without_a_reason_is_not_given(honest):
    data = dataset(honest)
    data.ratings.helpful_tags[:] = 0
    result = run_community(data, AT_ONCE, now_ms=NOW)
    assert not shown(result).any()
    assert NO_REASON in {result.rules[k] for k in result.decided_by}
    unreasoned = run_community(data, replace(AT_ONCE, min_reason_uses=0.0), now_ms=NOW)
    assert shown(unreasoned).any()


def test_shown_note_stays_a_little_below_the_line(honest, honest_result):
    again = run_community(dataset(honest, current_status=Status.CRH), AT_ONCE, now_ms=NOW)
    assert (shown(again) >= shown(honest_result)).all()
    stay = shown(again) & ~shown(honest_result)
    assert stay.any()
    below = again.evidence.above[again.row[stay]].min(axis=1)
    assert ((below < 1.4) & (below >= 1.15)).all()


def test_numbers_speak_of_the_note_alone(honest, honest_result):
    told = honest_result.numbers(0)
    assert not any("rater" in name for name in told)
    assert all(np.isfinite(list(told.values())))
    assert {field.name for field in fields(CommunityConfig)} >= {"show", "independence", "ordinal"}


def test_one_more_honest_voice_moves_a_note_a_bounded_way(honest, honest_result):
    """One rater cannot move a note by more than one answer's worth, however many notes that rater rated."""
    note = int(np.flatnonzero(shown(honest_result))[0])
    rng = np.random.default_rng(1)
    busy = honest.n_raters
    others = rng.choice(honest.n_notes, honest.n_notes // 2, replace=False)
    made = honest.adding(np.empty(0), np.empty(0), np.empty(0), np.empty(0), [0.8])
    level = np.where(others == note, 0, answers(rng, utility(made, others, np.full(len(others), busy))))
    without = others[others != note]
    base = run(
        made.adding(without, np.full(len(without), busy), level[others != note], honest.created_ms[without] + DAY)
    )
    more = run(
        made.adding(
            np.append(without, note),
            np.full(len(without) + 1, busy),
            np.append(level[others != note], 0),
            honest.created_ms[np.append(without, note)] + DAY,
        )
    )
    moved = base.intercept[note] - more.intercept[note]
    assert 0 < moved <= 1.2 * base.intercept_deviation[note] ** 2
