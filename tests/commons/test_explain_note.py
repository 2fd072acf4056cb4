import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.commons.explain_note import certainty_percent, explain
from kiemchung.model import Note, NoteDraft, NoteScore, NoteState, NoteStatus, Source

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


def note(numbers, status=NoteStatus.NEEDS_RATINGS, *, n_ratings=3, draft=DRAFT):
    score = NoteScore(status, "rule", numbers, "2026-09-20") if status else None
    return Note("n", "r", "2026-09-20", NoteState.OPEN, draft, score, n_ratings)


def codes(told):
    return [(lack.code, lack.count) for lack in told.lacks]


def test_note_that_needs_ratings_says_what_it_lacks_in_whole_ratings():
    told = explain(note({"missing_ratings": 1.2, "missing_helpful_one_side": 1.0, "missing_sides": 2.0}))
    assert codes(told) == [("ratings", 2), ("helpful_one_side", 1)]
    assert told.sides_lacking == 2


@pytest.mark.parametrize("status", [NoteStatus.SHOWN, NoteStatus.NOT_SHOWN])
def test_decided_note_lacks_nothing(status):
    assert codes(explain(note({"missing_sure_one_side": 2.0, "missing_sides": 1.0}, status))) == []


def test_note_that_agrees_with_the_claim_says_so_in_place_of_a_list():
    agreeing = NoteDraft(False, ("factually_correct",), "Thông tin này đúng.", "vi", DRAFT.sources)
    assert codes(explain(note({"missing_ratings": 2.0}, draft=agreeing))) == [("not_misleading", 0)]


def test_evidence_comes_with_the_surer_side_first_whichever_it_is():
    one = explain(note({"above_negative": -1.0, "above_positive": 2.0})).evidence
    other = explain(note({"above_negative": 2.0, "above_positive": -1.0})).evidence
    assert one == other
    assert one.sides == (98, 16)
    assert one.needed == certainty_percent() == 92


def test_note_that_is_not_shown_is_judged_by_not_helpful():
    told = explain(note({"above_negative": -9.0, "above_positive": -9.0, "below_negative": 3.0, "below_positive": 1.0},
                        NoteStatus.NOT_SHOWN)).evidence  # fmt: skip
    assert (told.helpful, told.sides) == (False, (99, 84))


ONE_SIDED = {"missing_two_sides": 1.0, "above_negative": 1.0, "above_positive": 1.0}


@pytest.mark.parametrize("numbers", [{}, {"above_negative": 1.0}, {"above_negative": "x"}, ONE_SIDED])
def test_no_picture_where_there_are_no_two_sides(numbers):
    assert explain(note(numbers)).evidence is None


@pytest.mark.parametrize(("n", "told"), [(0, 0), (4, 0), (5, 5), (19, 10), (250, 200), (10**7, 100_000), (-1, 0)])
def test_numbers_of_ratings_are_rounded_down(n, told):
    assert explain(note({}, n_ratings=n)).n_ratings_at_least == told


@given(st.dictionaries(st.sampled_from(["above_negative", "above_positive", "missing_sides", "missing_ratings"]),
                       st.one_of(st.none(), st.text(max_size=3), st.floats(), st.integers())))  # fmt: skip
def test_whatever_numbers_a_run_left_are_explained(numbers):
    told = explain(note(numbers)) if all(abs(v) < 1e9 for v in numbers.values() if isinstance(v, float | int)) else None
    assert told is None or told.evidence is None or 1 <= told.evidence.sides[1] <= told.evidence.sides[0] <= 99
