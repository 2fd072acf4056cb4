"""What every Contributions backend does."""

import os
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest

from kiemchung.errors import StoreError
from kiemchung.model import (
    Level,
    LogEvent,
    NoteDraft,
    NoteScore,
    NoteState,
    NoteStatus,
    Rating,
    Request,
    ScoringRun,
    Source,
)
from kiemchung.ports import Contributions
from kiemchung.store import open_contributions
from tests.ratings import put_rating

DRAFT = NoteDraft(
    True,
    ("factual_error", "missing_context"),
    "Nước chanh không chữa được ung thư.",
    "vi",
    (Source("https://a.example/chanh", "Chưa có bằng chứng.", "2025-01-01", "Chanh"),),
)
REQUEST = Request("r1", "Nước chanh chữa ung thư.", "vi", "2026-01-01", 0)
WRITER, RATER, OTHER = (bytes([i]) * 32 for i in (1, 2, 3))
HELPFUL = Rating("n1", Level.HELPFUL, ("good_sources", "clear"), (), "2026-01-02")


def run(name: str, minute: int) -> ScoringRun:
    return ScoringRun(name, f"2026-01-03T00:{minute:02d}:00Z", "0.1", "c" * 64, "a" * 64, "b" * 64, 1, 1)


def score(status: NoteStatus, **change: object) -> NoteScore:
    return replace(NoteScore(status, "test_rule", {"note_intercept": 0.41}, "2026-01-03"), **change)  # type: ignore[arg-type]


@pytest.fixture
def contributions(database: str) -> Iterator[Contributions]:
    opened = open_contributions(database, lambda: "2026-01-05")
    yield opened
    opened.close()


@pytest.fixture
def noted(contributions: Contributions) -> Contributions:
    contributions.put_request(REQUEST)
    contributions.put_note("n1", "r1", WRITER, DRAFT, "2026-01-01")
    return contributions


def test_account_is_found_until_it_is_deleted(contributions: Contributions) -> None:
    verifier = os.urandom(32)
    assert not contributions.has_account(verifier)
    contributions.add_account(verifier)
    assert contributions.has_account(verifier)
    contributions.delete_account(verifier)
    assert not contributions.has_account(verifier)


def test_paused_account_is_not_found_until_its_day(contributions: Contributions) -> None:
    verifier = os.urandom(32)
    contributions.add_account(verifier)
    contributions.pause_account(verifier, "2026-01-06")
    assert not contributions.has_account(verifier)
    contributions.pause_account(verifier, "2026-01-05")
    assert contributions.has_account(verifier)


def test_a_codename_is_counted_once_for_a_request(contributions: Contributions) -> None:
    contributions.put_request(REQUEST)
    assert [contributions.ask("r1", RATER), contributions.ask("r1", RATER), contributions.ask("r1", OTHER)] == [
        True,
        False,
        True,
    ]
    assert contributions.get_requests(["r1", "unknown"])["r1"].n_asked == 2
    assert not contributions.ask("unknown", RATER)


def test_requests_come_most_asked_first(contributions: Contributions) -> None:
    for name in ("r1", "r2", "r3"):
        contributions.put_request(replace(REQUEST, request_id=name))
    contributions.ask("r2", RATER)
    assert [r.request_id for r in contributions.open_requests(limit=2)] == ["r2", "r1"]
    assert [r.request_id for r in contributions.open_requests(limit=2, offset=2)] == ["r3"]
    assert [r.request_id for r in contributions.iter_requests()] == ["r1", "r2", "r3"]


def test_note_is_given_back_without_its_writer(noted: Contributions) -> None:
    (note,) = noted.notes_of_request("r1")
    assert (note.note_id, note.draft, note.state, note.score, note.n_ratings) == ("n1", DRAFT, NoteState.OPEN, None, 0)
    assert WRITER.hex() not in repr(note)
    assert noted.notes_of_author(WRITER) == [note]
    assert noted.notes_of_author(OTHER) == []


def test_note_is_edited_by_its_writer_until_first_rated(noted: Contributions) -> None:
    other = replace(DRAFT, text="Chưa có nghiên cứu nào trên người.")
    assert not noted.edit_note("n1", OTHER, other)
    assert noted.edit_note("n1", WRITER, other)
    put_rating(noted, RATER, HELPFUL)
    assert not noted.edit_note("n1", WRITER, DRAFT)
    assert noted.get_notes(["n1"])["n1"].draft == other


def test_withdrawn_note_leaves_a_tombstone_and_takes_no_rating(noted: Contributions) -> None:
    assert not noted.withdraw_note("n1", OTHER)
    assert noted.withdraw_note("n1", WRITER)
    note = noted.get_notes(["n1"])["n1"]
    assert (note.state, note.draft) == (NoteState.WITHDRAWN, None)
    assert not put_rating(noted, RATER, HELPFUL)
    assert not noted.withdraw_note("n1", WRITER)


def test_redacted_note_leaves_a_tombstone(noted: Contributions) -> None:
    assert noted.redact_note("n1", "contact_data", "a phone number of a third person", "2026-01-04")
    assert noted.get_notes(["n1"])["n1"].state is NoteState.REDACTED
    assert not noted.redact_note("n1", "contact_data", "again", "2026-01-04")


def test_rating_of_an_own_note_or_one_that_is_not_allowed_is_not_kept(noted: Contributions) -> None:
    def refuse(site_keys: set[str]) -> None:
        raise PermissionError(sorted(site_keys))

    noted.put_site("paused", "yes")
    assert not noted.begin_rating(RATER, HELPFUL, WRITER, lambda _: None).result()
    with pytest.raises(PermissionError, match="paused"):
        noted.begin_rating(RATER, HELPFUL, OTHER, refuse).result()
    assert noted.rating_of(RATER, "n1") is None
    assert noted.begin_rating(RATER, HELPFUL, OTHER, lambda _: None).result()
    assert noted.rating_of(RATER, "n1") is not None


def test_rating_that_nobody_waits_for_any_more_keeps_the_writer_alive(noted: Contributions) -> None:
    begun, held = Event(), Event()

    def hold(_site_keys: set[str]) -> None:
        begun.set()
        held.wait(10)

    first = noted.begin_rating(RATER, HELPFUL, OTHER, hold)
    begun.wait(10)
    given_up = noted.begin_rating(OTHER, HELPFUL, RATER, lambda _: None)
    assert given_up.cancel()
    held.set()
    assert first.result()
    assert put_rating(noted, WRITER, HELPFUL)
    assert noted.rating_of(OTHER, "n1") is None


def test_rating_is_changed_counted_once_and_withdrawn(noted: Contributions) -> None:
    assert put_rating(noted, RATER, HELPFUL)
    changed = Rating("n1", Level.NOT, (), ("incorrect", "off_topic"), "2026-01-03")
    assert put_rating(noted, RATER, changed)
    assert noted.ratings_of(RATER) == [changed]
    assert noted.get_notes(["n1"])["n1"].n_ratings == 1
    assert noted.delete_rating(RATER, "n1")
    assert not noted.delete_rating(RATER, "n1")
    assert noted.get_notes(["n1"])["n1"].n_ratings == 0


def test_rating_reads_back_with_every_tag(noted: Contributions) -> None:
    put_rating(noted, RATER, HELPFUL)
    (kept,) = noted.ratings_of(RATER)
    assert (kept.level, set(kept.tags), kept.not_tags) == (Level.HELPFUL, set(HELPFUL.tags), ())


def test_scoring_sees_ratings_of_open_notes_only(noted: Contributions) -> None:
    noted.put_note("n2", "r1", WRITER, DRAFT, "2026-01-01")
    for note in ("n1", "n2"):
        put_rating(noted, RATER, replace(HELPFUL, note_id=note))
    noted.withdraw_note("n2", WRITER)
    found = noted.rating_columns()
    assert (found.note_ids, found.raters, found.days) == (["n1"], [RATER], [HELPFUL.day])
    columns = (found.note, found.rater, found.day, found.level)
    assert [column.tolist() for column in columns] == [[0], [0], [0], [2]]


def test_scoring_sees_ratings_in_the_order_of_their_keys(noted: Contributions) -> None:
    noted.put_note("n0", "r1", WRITER, DRAFT, "2026-01-01")
    for rater, note, day in ((OTHER, "n1", "2026-01-02"), (RATER, "n1", "2026-01-04"), (OTHER, "n0", "2026-01-03")):
        put_rating(noted, rater, replace(HELPFUL, note_id=note, day=day))
    found = noted.rating_columns()
    seen = zip(found.note.tolist(), found.rater.tolist(), found.day.tolist(), strict=True)
    assert [(found.note_ids[n], found.raters[r], found.days[d]) for n, r, d in seen] == [
        ("n0", OTHER, "2026-01-03"),
        ("n1", RATER, "2026-01-04"),
        ("n1", OTHER, "2026-01-02"),
    ]


def test_scoring_version_rises_with_what_scoring_sees(noted: Contributions) -> None:
    before = noted.scoring_version()
    noted.put_site("method", "a")
    noted.add_account(os.urandom(32))
    assert noted.scoring_version() == before
    put_rating(noted, RATER, HELPFUL)
    noted.delete_rating(RATER, "n1")
    assert noted.scoring_version() == before + 2


def test_note_withdrawn_during_a_run_gets_no_status(noted: Contributions) -> None:
    noted.withdraw_note("n1", WRITER)
    assert noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN)}) == []


def test_withdrawn_note_stays_counted_as_decided(noted: Contributions) -> None:
    noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN)})
    noted.withdraw_note("n1", WRITER)
    noted.put_scores(run("s2", 2), {})
    assert noted.counts()["decided"] == 1
    assert noted.census() == {
        "codenames": 0, "notes_open": 0, "notes_withdrawn": 1, "notes_redacted": 0,
        "needs_ratings": 0, "shown": 0, "not_shown": 0,
    }  # fmt: skip


def test_redactions_are_kept_with_their_rule(noted: Contributions) -> None:
    assert noted.redact_note("n1", "contact", "a phone number", "2026-01-04")
    (kept,) = noted.redactions()
    assert (kept.note_id, kept.rule, kept.day) == ("n1", "contact", "2026-01-04")


def test_scores_change_statuses_and_each_change_is_kept(noted: Contributions) -> None:
    first = noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.NEEDS_RATINGS)})
    second = noted.put_scores(run("s2", 2), {"n1": score(NoteStatus.SHOWN, since="2026-01-04")})
    third = noted.put_scores(run("s3", 3), {"n1": score(NoteStatus.SHOWN, since="2026-01-05")})
    assert [(c.before, c.after) for c in first + second + third] == [
        (None, NoteStatus.NEEDS_RATINGS),
        (NoteStatus.NEEDS_RATINGS, NoteStatus.SHOWN),
    ]
    assert [c.run_id for c in noted.status_changes()] == ["s2", "s1"]
    assert [c.run_id for c in noted.status_changes(since_run="s1")] == ["s2"]
    assert [r.run_id for r in noted.runs(limit=2)] == ["s3", "s2"]
    kept = noted.get_notes(["n1"])["n1"].score
    assert kept == score(NoteStatus.SHOWN, since="2026-01-04")
    assert noted.counts() == {"requests": 1, "notes": 1, "ratings": 0, "decided": 1}


def test_request_with_a_shown_note_leaves_the_queue(noted: Contributions) -> None:
    noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN)})
    assert noted.open_requests(limit=5) == []
    noted.put_scores(run("s2", 2), {"n1": score(NoteStatus.NEEDS_RATINGS)})
    assert [r.request_id for r in noted.open_requests(limit=5)] == ["r1"]
    assert noted.counts()["decided"] == 1


def test_locked_note_keeps_its_ratings(noted: Contributions) -> None:
    put_rating(noted, RATER, HELPFUL)
    noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN, locked=True)})
    assert not put_rating(noted, OTHER, HELPFUL)
    assert not noted.delete_rating(RATER, "n1")


def test_notes_are_listed_by_status(noted: Contributions) -> None:
    noted.put_note("n2", "r1", WRITER, DRAFT, "2026-01-01")
    noted.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN)})
    assert [n.note_id for n in noted.notes_by_status(NoteStatus.SHOWN, limit=9)] == ["n1"]
    assert [n.note_id for n in noted.notes_by_status(None, limit=9)] == ["n2"]


def test_leaver_takes_ratings_and_notes_along(noted: Contributions) -> None:
    put_rating(noted, RATER, HELPFUL)
    put_rating(noted, OTHER, HELPFUL)
    noted.delete_contributions(
        RATER, WRITER, lambda note_ids: [LogEvent("note_withdrawn", {"note_id": n}) for n in note_ids]
    )
    note = noted.get_notes(["n1"])["n1"]
    assert (note.state, note.n_ratings, noted.ratings_of(RATER)) == (NoteState.WITHDRAWN, 1, [])


def test_site_texts_are_kept(contributions: Contributions) -> None:
    assert contributions.get_site("method") is None
    contributions.put_site("method", "a")
    contributions.put_site("method", "b")
    assert contributions.get_site("method") == "b"


def test_fifty_writers_at_once_lose_nothing(noted: Contributions) -> None:
    def rate(rater: int) -> None:
        put_rating(noted, rater.to_bytes(32, "big"), HELPFUL)

    threads = [Thread(target=rate, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert noted.get_notes(["n1"])["n1"].n_ratings == 50
    assert len(noted.rating_columns().note) == 50


def test_a_write_that_fails_takes_no_other_with_it(noted: Contributions) -> None:
    with pytest.raises(StoreError):
        noted.put_request(REQUEST)
    noted.put_request(replace(REQUEST, request_id="r2"))
    assert set(noted.get_requests(["r1", "r2"])) == {"r1", "r2"}


def kinds(contributions: Contributions) -> list[str]:
    return sorted(pending.event.kind for pending in contributions.pending_events())


def test_events_are_kept_with_their_change_and_not_without_one(noted: Contributions) -> None:
    event = LogEvent("note_withdrawn", {"note_id": "n1", "numbers": {"a": 0.5}})
    assert not noted.withdraw_note("n1", OTHER, [event])
    assert not noted.edit_note("nope", WRITER, DRAFT, [event])
    assert noted.pending_events() == []
    assert noted.withdraw_note("n1", WRITER, [event])
    (pending,) = noted.pending_events()
    assert pending.event == event
    noted.forget_events([pending.event_id])
    assert noted.pending_events() == []


def test_every_change_that_readers_see_can_be_logged(contributions: Contributions) -> None:
    contributions.put_request(REQUEST, [LogEvent("request", {})])
    contributions.put_note("n1", "r1", WRITER, DRAFT, "2026-01-01", [LogEvent("note", {})])
    contributions.edit_note("n1", WRITER, DRAFT, [LogEvent("note_edited", {"note_id": "n1"})])
    contributions.put_scores(run("s1", 1), {"n1": score(NoteStatus.SHOWN)}, lambda changes: [LogEvent("run", {})])
    contributions.redact_note("n1", "contact_data", "a phone number", "2026-01-04", [LogEvent("redaction", {})])
    assert kinds(contributions) == ["note", "note_edited", "redaction", "request", "run"]


def test_events_are_not_in_the_order_of_their_changes(noted: Contributions) -> None:
    for i in range(40):
        noted.put_request(replace(REQUEST, request_id=f"q{i}"), [LogEvent("request", {"i": i})])
    assert [pending.event.body["i"] for pending in noted.pending_events()] != list(range(40))


def test_history_of_a_note_is_told_oldest_first(noted: Contributions) -> None:
    noted.put_note("n2", "r1", WRITER, DRAFT, "2026-01-01")
    noted.put_scores(run("s1", 1), {n: score(NoteStatus.NEEDS_RATINGS) for n in ("n1", "n2")})
    noted.put_scores(run("s2", 2), {"n1": score(NoteStatus.SHOWN), "n2": score(NoteStatus.NEEDS_RATINGS)})
    assert [(c.run_id, c.after) for c in noted.history_of("n1")] == [
        ("s1", NoteStatus.NEEDS_RATINGS),
        ("s2", NoteStatus.SHOWN),
    ]
    assert noted.history_of("none") == []


def test_open_notes_are_counted_by_request(noted: Contributions) -> None:
    noted.put_note("n2", "r1", WRITER, DRAFT, "2026-01-01")
    noted.put_note("n3", "r1", WRITER, DRAFT, "2026-01-01")
    noted.withdraw_note("n3", WRITER)
    assert noted.note_counts(["r1", "none"]) == {"r1": 2}


def test_redaction_and_own_rating_are_found_by_note(noted: Contributions) -> None:
    put_rating(noted, RATER, HELPFUL)
    own = noted.rating_of(RATER, "n1")
    assert own is not None
    assert (own.level, set(own.tags)) == (HELPFUL.level, set(HELPFUL.tags))
    assert noted.rating_of(OTHER, "n1") is None
    assert noted.redaction_of("n1") is None
    noted.redact_note("n1", "contact", "a phone number", "2026-01-04")
    found = noted.redaction_of("n1")
    assert found is not None
    assert (found.rule, found.reason, found.day) == ("contact", "a phone number", "2026-01-04")


def test_claim_is_cut_once_and_each_cut_keeps_its_reason(noted: Contributions) -> None:
    event = LogEvent("redaction", {"request_id": "r1"})
    assert noted.redact_request(REQUEST, "[…] chữa ung thư.", "contact", "a phone number", "2026-01-04", [event])
    assert not noted.redact_request(REQUEST, "Nước chanh […]", "contact", "again", "2026-01-04", [event])
    cut = noted.get_requests(["r1"])["r1"]
    assert cut == replace(REQUEST, claim="[…] chữa ung thư.")
    assert noted.redact_request(cut, "[…] chữa […].", "health", "an illness", "2026-01-05")
    assert [(each.rule, each.day) for each in noted.request_redactions("r1")] == [
        ("contact", "2026-01-04"),
        ("health", "2026-01-05"),
    ]
    assert len(noted.request_redactions()) == 2
    assert noted.request_redactions("none") == []
    assert len(noted.pending_events()) == 1
