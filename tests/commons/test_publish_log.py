"""What changes is logged: once, in an order that tells nothing, and verifiable by a stranger."""

import os
from contextlib import suppress
from dataclasses import replace
from itertools import count, pairwise

import pytest

from kiemchung.commons import log_folder as log_module
from kiemchung.commons import publish_log, site, write_notes
from kiemchung.commons.ask_for_note import ask
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.publish_log import open_log, publish
from kiemchung.commons.score_notes import score_notes
from kiemchung.commons.take_part import leave
from kiemchung.commons.verify_log import verify_log
from kiemchung.formats.log_events import content_sha256, note_written, result_root, scored
from kiemchung.formats.signed_note import VerifierKey
from kiemchung.model import NoteDraft, NoteScore, NoteStatus, ScoringRun, Source
from tests.commons.people import enter

DRAFT = NoteDraft(
    True,
    ("factual_error",),
    "Nước chanh không chữa được ung thư.",
    "vi",
    (Source("https://a.example/chanh", "Chưa có bằng chứng nào.", "2026-01-01", "Chanh"),),
)


def verified(commons):
    folder = log_folder(commons.settings)
    key = VerifierKey.parse((folder / "key").read_text().strip())
    return verify_log(lambda path: (folder / path).read_bytes(), {"log": key})


def entries(commons):
    with open_log(commons.settings) as log:
        return [opening.entry for opening in log.openings()]


@pytest.fixture
def noted(commons, part):
    """A site with one note in its log, and who wrote it."""
    writer = enter(commons, part)
    note_id = write_notes.hand_in(commons, part, writer, "r1", DRAFT, None)
    publish(commons)
    return commons, writer, note_id


def test_a_site_without_changes_gets_no_log(commons):
    assert publish(commons) == 0
    assert not log_folder(commons.settings).exists()


def test_notes_runs_and_statuses_are_logged_once_and_verify(noted):
    commons, _, note_id = noted
    score_notes(commons)
    assert publish(commons) == 2
    assert publish(commons) == 0
    report = verified(commons)
    assert report.problems == []
    assert report.statuses == {note_id: "needs_ratings"}
    assert report.kinds == {"note": 1, "run": 1, "status": 1}


def test_requests_are_logged_without_their_words(commons, part):
    ask(commons, part, "Uống 3 cốc nước gừng nóng trong 2 ngày chữa khỏi bệnh cúm.", session=enter(commons, part))
    publish(commons)
    (entry,) = entries(commons)
    assert entry["kind"] == "request"
    assert "gừng" not in str(entry)


def test_runs_of_one_batch_stand_in_their_order_each_before_its_statuses(noted):
    commons, writer, _ = noted
    score_notes(commons)
    commons.clock.ms += 60_000
    write_notes.withdraw(commons, writer, noted[2])
    score_notes(commons)
    publish(commons)
    report = verified(commons)
    assert report.problems == []
    assert [e["kind"] for e in entries(commons)] == ["note", "run", "status", "run", "note_withdrawn"]


def test_a_publication_that_was_killed_before_the_outbox_was_emptied_logs_nothing_twice(noted, monkeypatch):
    commons, *_ = noted
    score_notes(commons)
    monkeypatch.setattr(commons.contributions, "forget_events", lambda ids: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        publish(commons)
    monkeypatch.undo()
    assert publish(commons) == 0
    assert verified(commons).kinds == {"note": 1, "run": 1, "status": 1}
    assert commons.contributions.pending_events() == []


def scored_run(commons, name, notes):
    """A scoring run without the process that makes one."""
    scores = {note: NoteScore(NoteStatus.NEEDS_RATINGS, "test", {}, "2026-09-21") for note in notes}
    run = ScoringRun(name, f"2026-09-21T{name[3:]:0>2}", "0.1", "c" * 64, "d" * 64, result_root(scores), len(notes), 0)
    commons.contributions.put_scores(run, scores, lambda changes: scored(run, scores, changes))


class Killed(BaseException):
    """The process is gone."""


def test_killed_at_any_write_it_loses_nothing_logs_nothing_twice_and_stays_verifiable(noted, part, monkeypatch):
    commons, writer, note_id = noted
    real = os.fsync
    for fatal in range(1, 60):
        other = f"note{fatal}"
        commons.contributions.put_note(
            other, "r1", bytes(32), DRAFT, "2026-09-21", [note_written(other, "r1", DRAFT, "")]
        )
        write_notes.edit(commons, writer, note_id, DRAFT, None)
        scored_run(commons, f"run{fatal}", [note_id])
        site.redact_note(commons, other, site.REDACTION_RULES[0], "a phone number of a third person")
        calls = count()

        def fsync(descriptor, calls=calls, fatal=fatal):
            if next(calls) == fatal:
                raise Killed
            real(descriptor)

        with monkeypatch.context() as patched, suppress(Killed):
            patched.setattr(log_module.os, "fsync", fsync)
            publish(commons)
        publish(commons)
        report = verified(commons)
        assert report.problems == []
        assert report.kinds["run"] == fatal
        if next(calls) < fatal:  # this one ended before it was killed
            break
    else:
        pytest.fail("a publication has more writes than were tried")
    ids = [e["id"] for e in entries(commons) if e and e["kind"] != "redaction"]
    assert len(ids) == len(set(ids))
    assert report.kinds["redaction"] == report.kinds["redacted"] == fatal


def test_g03_no_join_the_order_of_a_batch_is_not_the_order_of_what_people_did(commons):
    acted = [f"note{i:02d}" for i in range(40)]
    for note in acted:
        event = note_written(note, "r1", DRAFT, "2026-09-21")
        commons.contributions.put_note(note, "r1", bytes(32), DRAFT, "2026-09-21", [event])
    publish(commons)
    logged = entries(commons)
    order = [acted.index(entry["note_id"]) for entry in logged]
    assert [entry["id"] for entry in logged] == sorted(entry["id"] for entry in logged)  # ids are random
    steps = [later - earlier for earlier, later in pairwise(order)]
    assert 5 < sum(step > 0 for step in steps) < 34
    assert all(set(entry) & {"at", "created_at", "time"} == set() for entry in logged)


def test_of_edits_between_two_publications_the_last_is_logged(noted):
    commons, writer, note_id = noted
    for text in ("Nước chanh không chữa bệnh nào.", "Nước chanh không thay thuốc được."):
        last = replace(DRAFT, text=text)
        write_notes.edit(commons, writer, note_id, last, None)
    publish(commons)
    assert [e["kind"] for e in entries(commons)] == ["note", "note_edited"]
    assert entries(commons)[1]["content_sha256"] == content_sha256(last)


def test_a_redaction_empties_all_that_the_log_says_of_the_note_and_says_why(noted):
    commons, writer, note_id = noted
    write_notes.edit(commons, writer, note_id, DRAFT, None)
    publish(commons)
    site.redact_note(commons, note_id, site.REDACTION_RULES[0], "a phone number of a third person")
    publish(commons)
    report = verified(commons)
    assert report.problems == []
    assert report.kinds == {"redacted": 2, "redaction": 2}
    assert [e and e["kind"] for e in entries(commons)] == [None, None, "redaction", "redaction"]


def test_leaving_with_ones_notes_is_logged_as_withdrawal_of_each(noted, part):
    commons, writer, note_id = noted
    leave(commons, part.sessions, writer, take_along=True)
    publish(commons)
    last = entries(commons)[-1]
    assert (last["kind"], last["note_id"]) == ("note_withdrawn", note_id)


def test_nothing_of_a_contributor_is_in_the_log_folder(noted, part):
    commons, writer, _ = noted
    keys = writer.keys
    held = b"".join(p.read_bytes() for p in log_folder(commons.settings).rglob("*") if p.is_file())
    for secret in (keys.author, keys.rater, keys.verifier):
        assert secret not in held
        assert secret.hex().encode() not in held


def test_the_log_keeps_its_name_when_the_site_gets_an_address(noted):
    commons, *_ = noted
    before = publish_log._origin(log_folder(commons.settings), commons.settings)
    settings = commons.settings.model_copy(update={"site_url": "https://checks.example.org"})
    assert publish_log._origin(log_folder(settings), settings) == before
