"""The PublicRecords port, once per database: one state, whatever is written meanwhile."""

import pytest

from kiemchung.model import Level, NoteDraft, NoteScore, NoteStatus, Rating, Request, ScoringRun, Source
from kiemchung.ports import RatingCounts
from kiemchung.store import open_contributions, open_store
from tests.ratings import put_rating

DRAFT = NoteDraft(True, ("outdated",), "Số liệu này đã cũ.", "vi", (Source("https://a.example/", "Năm 2024."),))
RUN = ScoringRun("run1", "2026-11-05T00:00:00Z", "1", "c" * 64, "a" * 64, "b" * 64, 1, 3)


@pytest.fixture
def contributions(backend, database):
    if backend == "quick":
        pytest.skip("short processes export nothing")
    open_store(database).close()
    opened = open_contributions(database, lambda: "2026-11-28")
    opened.put_request(Request("r1", "Cầu Mẫu dài 900 mét", "vi", "2026-11-01", 0))
    opened.put_note("n1", "r1", b"w" * 32, DRAFT, "2026-11-02")
    for i, level in enumerate((Level.HELPFUL, Level.HELPFUL, Level.NOT)):
        put_rating(opened, bytes([i]) * 32, Rating("n1", level, (), (), "2026-11-03"))
    opened.put_scores(RUN, {"n1": NoteScore(NoteStatus.SHOWN, "both_sides", {}, "2026-11-05")})
    yield opened
    opened.close()


def test_everything_public_comes_out_of_one_state_while_others_write(contributions):
    with contributions.public_records() as records:
        assert [request.request_id for request in records.requests()] == ["r1"]
        contributions.put_note("n2", "r1", b"w" * 32, DRAFT, "2026-11-06")
        put_rating(contributions, b"z" * 32, Rating("n1", Level.SOMEWHAT, (), (), "2026-11-06"))
        assert [(note.note_id, note.draft) for note in records.notes()] == [("n1", DRAFT)]
        assert list(records.rating_counts()) == [RatingCounts("n1", False, 2, 0, 1)]
        assert [(each.note_id, each.after) for each in records.status_changes()] == [("n1", NoteStatus.SHOWN)]
        assert list(records.runs()) == [RUN]
    with contributions.public_records() as records:
        assert [note.note_id for note in records.notes()] == ["n1", "n2"]
        assert list(records.rating_counts()) == [RatingCounts("n1", False, 2, 1, 1)]
