from random import Random

from kiemchung.notes.queue import Candidate, by_value, learning_value, next_to_rate


def test_few_ratings_a_missing_side_and_a_near_threshold_are_worth_more():
    base = Candidate("a", 20, 0, 0.3)
    assert learning_value(Candidate("a", 3, 0, 0.3)) > learning_value(base)
    assert learning_value(Candidate("a", 20, 1, 0.3)) > learning_value(base)
    assert learning_value(Candidate("a", 20, 0, 0.01)) > learning_value(base)


def test_order_is_by_value_and_the_same_for_equal_notes():
    candidates = [Candidate(f"n{i}", 5 * (i // 2), 0, 0.3) for i in range(6)]
    assert [c.note_id for c in by_value(reversed(candidates))] == ["n0", "n1", "n2", "n3", "n4", "n5"]


def test_next_to_rate_is_drawn_among_all_that_are_handed_in():
    candidates = [Candidate(f"n{i}", 5 * i, 0, 0.3) for i in range(8)]
    drawn = [next_to_rate(candidates, Random(seed)) for seed in range(400)]
    assert set(drawn) == {f"n{i}" for i in range(8)}
    assert drawn.count("n0") > drawn.count("n7")


def test_next_to_rate_is_none_when_everything_is_rated():
    assert next_to_rate([], Random(1)) is None
