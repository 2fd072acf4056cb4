from random import Random

from kiemchung.notes.queue import Candidate, learning_value, next_to_rate


def test_few_ratings_a_missing_side_and_a_near_threshold_are_worth_more():
    base = Candidate("a", 20, 0, 0.3)
    assert learning_value(Candidate("a", 3, 0, 0.3)) > learning_value(base)
    assert learning_value(Candidate("a", 20, 1, 0.3)) > learning_value(base)
    assert learning_value(Candidate("a", 20, 0, 0.01)) > learning_value(base)


def test_next_to_rate_is_drawn_among_the_best():
    candidates = [Candidate(f"n{i:03d}", 5 * i, 0, 0.3) for i in range(100)]
    drawn = {next_to_rate(candidates, Random(seed)) for seed in range(200)}
    assert drawn == {f"n{i:03d}" for i in range(8)}


def test_next_to_rate_is_none_when_everything_is_rated():
    assert next_to_rate([], Random(1)) is None
