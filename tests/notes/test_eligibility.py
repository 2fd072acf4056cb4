from hypothesis import given
from hypothesis import strategies as st

from kiemchung.model import Level, NoteStatus
from kiemchung.notes.eligibility import (
    Action,
    EligibilityConfig,
    Impact,
    budget_left,
    may_write,
    rating_impact,
    ratings_count,
)

CONFIG = EligibilityConfig()


def test_rating_impact_counts_as_the_public_rules_do():
    ratings = [
        (Level.HELPFUL, NoteStatus.SHOWN),
        (Level.NOT, NoteStatus.NOT_SHOWN),
        (Level.NOT, NoteStatus.SHOWN),
        (Level.HELPFUL, NoteStatus.NOT_SHOWN),
        (Level.SOMEWHAT, NoteStatus.SHOWN),
        (Level.HELPFUL, NoteStatus.NEEDS_RATINGS),
    ]
    assert rating_impact(ratings) == Impact(successful=2, unsuccessful=3)
    assert rating_impact(ratings).value == -1


@given(st.lists(st.tuples(st.sampled_from(Level), st.just(NoteStatus.NEEDS_RATINGS))))
def test_undecided_notes_earn_nothing(ratings):
    assert rating_impact(ratings).value == 0


def test_writing_is_earned_once_the_founding_period_is_over():
    over = CONFIG.founding_decided_notes
    assert may_write(Impact(0, 0), over - 1, CONFIG)
    assert not may_write(Impact(4, 0), over, CONFIG)
    assert may_write(Impact(5, 0), over, CONFIG)


def test_ratings_count_once_earned():
    over = CONFIG.founding_decided_notes
    assert ratings_count(Impact(0, 3), over - 1, CONFIG)
    assert not ratings_count(Impact(0, 0), over, CONFIG)
    assert ratings_count(Impact(1, 0), over, CONFIG)


def test_budgets_end():
    assert budget_left(Action.NOTE, 0, CONFIG) == 5
    assert budget_left(Action.NOTE, 9, CONFIG) == 0
