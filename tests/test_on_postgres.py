"""A whole site on PostgreSQL by its one setting, as an operator runs it."""

import json

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.commons import ask_for_note, site, write_notes
from kiemchung.commons.opening import open_commons
from kiemchung.commons.publish_log import publish
from kiemchung.commons.settings import load_settings
from kiemchung.commons.taking_part import TakingPart
from kiemchung.model import Level, NoteDraft, NoteStatus, Rating, Source
from tests.commons.people import enter
from tests.postgres import new_database
from tests.ratings import put_rating

pytestmark = pytest.mark.postgres

CHECK = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://desk.example/trang",
    "claimReviewed": "Mặt Trăng làm bằng phô mai.",
    "reviewRating": {"@type": "Rating", "alternateName": "Sai"},
    "author": {"@type": "Organization", "name": "Bàn Mẫu", "url": "https://desk.example"},
}
CLAIM = "Cầu Rồng Xanh dài 12 km đã bị đóng từ hôm qua vì nứt trụ."
DRAFT = NoteDraft(
    True,
    ("factual_error",),
    "Cầu không đóng; xe vẫn qua lại bình thường suốt ngày hôm qua.",
    "vi",
    (Source("https://giaothong.example/cau", "Cầu vẫn lưu thông bình thường.", "2026-09-20", "Cầu"),),
)


def run(data_dir, *words):
    result = CliRunner().invoke(app, ["--data-dir", str(data_dir), *map(str, words)])
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.stdout


def contribute():
    """Somebody asks, somebody writes, forty rate."""
    with open_commons(load_settings()) as commons:
        for name in site.OPERATOR_PAGES:
            for language in site.LANGUAGES:
                site.write_page(commons.contributions, name, language, "Bàn Mẫu")
        part = TakingPart()
        person = enter(commons, part)
        request_id = ask_for_note.ask(commons, part, CLAIM, session=person)
        note_id = write_notes.hand_in(commons, part, person, request_id, DRAFT, None)
        for number in range(40):
            rating = Rating(note_id, Level.HELPFUL, ("clear",), (), "2026-09-21")
            assert put_rating(commons.contributions, number.to_bytes(32), rating)
    return request_id, note_id


def held(note_id):
    with open_commons(load_settings()) as commons:
        note = commons.contributions.get_notes([note_id])[note_id]
        return note, commons.contributions.counts(), commons.store.summary()["n_reviews"]


def test_import_check_ask_note_rate_score_export_log_backup_and_restore(tmp_path, monkeypatch, postgres_server):
    old, new = tmp_path / "old", tmp_path / "new"
    monkeypatch.setenv("KIEMCHUNG_DATABASE_URL", new_database(postgres_server))
    monkeypatch.setenv("KIEMCHUNG_DATA_DIR", str(old))
    monkeypatch.setenv("KIEMCHUNG_EMBEDDER", "hashing")
    (tmp_path / "checks.json").write_text(json.dumps([CHECK]), "utf-8")
    run(old, "import", tmp_path / "checks.json")
    run(old, "index")
    found = json.loads(run(old, "check", "--json", "Mặt Trăng làm bằng phô mai."))
    assert CHECK["url"] in json.dumps(found)
    request_id, note_id = contribute()
    assert "1 notes scored from 40 ratings" in run(old, "site", "score")
    run(old, "export", tmp_path / "export", "--format", "ndjson")
    with open_commons(load_settings()) as commons:
        assert publish(commons) == 4  # the request, the note, the run and the status
    run(old, "log", "verify", old / "log", "--export", tmp_path / "export")
    run(old, "backup", tmp_path / "backup.tar.gz")
    before = held(note_id)
    assert before[0].request_id == request_id
    assert before[0].score.status in NoteStatus
    assert before[1]["ratings"] == 40
    assert not list(old.glob("*.db"))

    monkeypatch.setenv("KIEMCHUNG_DATABASE_URL", new_database(postgres_server))
    monkeypatch.setenv("KIEMCHUNG_DATA_DIR", str(new))
    run(new, "restore", tmp_path / "backup.tar.gz")
    assert held(note_id) == before
    run(new, "log", "verify", new / "log")
