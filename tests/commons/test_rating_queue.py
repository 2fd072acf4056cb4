from dataclasses import replace

from kiemchung.commons.rating_queue import RatingQueue
from kiemchung.model import Level, NoteDraft, Rating, Source
from tests.commons.people import SetClock
from tests.ratings import put_rating

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


RATING = Rating("n00", Level.HELPFUL, ("clear",), (), "2026-09-21")


def names(candidates):
    return [candidate.note_id for candidate in candidates]


def test_queue_holds_the_best_few_that_are_left(commons):
    for i in range(12):
        commons.contributions.put_note(f"n{i:02d}", "r1", bytes(32), DRAFT, "2026-09-20")
    for rater in range(4):
        put_rating(commons.contributions, bytes([rater]) * 32, RATING)
    assert names(commons.rating_queue.best({"n01"})) == ["n00", *(f"n{i:02d}" for i in range(2, 9))]
    assert names(commons.rating_queue.best({f"n{i:02d}" for i in range(1, 12)})) == ["n00"]


def test_queue_sees_new_and_withdrawn_notes_at_once_and_ratings_soon(commons):
    clock = SetClock()
    queue = RatingQueue(commons.contributions, clock)
    commons.contributions.put_note("n1", "r1", bytes(32), DRAFT, "2026-09-20")
    assert names(queue.best(set())) == ["n1"]
    commons.contributions.put_note("n2", "r1", bytes(32), DRAFT, "2026-09-20")
    assert names(queue.best(set())) == ["n1", "n2"]
    for rater in range(40):
        put_rating(commons.contributions, bytes([rater]) * 32, replace(RATING, note_id="n1"))
    assert names(queue.best(set())) == ["n1", "n2"]
    clock.ms += 6_000
    assert names(queue.best(set())) == ["n2", "n1"]
    commons.contributions.withdraw_note("n1", bytes(32))
    assert names(queue.best(set())) == ["n2"]
