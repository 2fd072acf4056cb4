import json

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.commons.site import LANGUAGES, OPERATOR_PAGES
from kiemchung.errors import InputError
from kiemchung.model import NoteDraft, NoteState, Request, Source
from kiemchung.store import open_contributions, open_store

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


@pytest.fixture
def site(tmp_path):
    def run(*words, stdin=None):
        result = CliRunner().invoke(app, ["--data-dir", str(tmp_path), "site", *words], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


@pytest.fixture
def contributions(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'kiemchung.db'}").close()
    opened = open_contributions(f"sqlite:///{tmp_path / 'kiemchung.db'}", lambda: "2026-09-21")
    opened.put_request(Request("r1", "Nước chanh chữa ung thư.", "vi", "2026-09-21", 0))
    opened.put_note("n1", "r1", bytes(32), DRAFT, "2026-09-21")
    yield opened
    opened.close()


def test_site_opens_when_every_page_is_written(site):
    assert "page missing: who (vi) -> kiemchung site page who vi FILE" in site("status")
    for name in OPERATOR_PAGES:
        for language in LANGUAGES:
            output = site("page", name, language, "-", stdin=f"Bàn Mẫu: {name}\n")
    assert output == "all pages are written\n"
    assert site("page", "who", "vi") == "Bàn Mẫu: who\n"
    assert json.loads(site("status", "--json")) == {"open": True, "paused": False, "missing_pages": []}
    site("pause")
    assert site("status").splitlines()[0] == "notes are closed"
    site("resume")
    assert site("status") == "notes are open\n"


def test_page_that_is_none_or_no_text_says_so(site, tmp_path):
    with pytest.raises(InputError, match="pages are who, method, corrections, contact"):
        site("page", "shop", "vi")
    (tmp_path / "picture").write_bytes(b"\xff\xd8")
    with pytest.raises(InputError, match="cannot be read as UTF-8 text"):
        site("page", "who", "vi", str(tmp_path / "picture"))


def test_redacted_text_is_gone_from_the_tables_that_the_site_offers(site, contributions, tmp_path):
    assert CliRunner().invoke(app, ["--data-dir", str(tmp_path), "export"]).exit_code == 0

    def holding():
        files = [path for path in (tmp_path / "export").rglob("*") if path.suffix in (".csv", ".ndjson")]
        assert files
        return [path.name for path in files if DRAFT.text in path.read_text("utf-8")]

    assert sorted(holding()) == ["notes.csv", "notes.ndjson"]
    said = site("redact", "n1", "--rule", "contact", "--reason", "số điện thoại của một người")
    assert said.endswith("the tables under /data were written anew without it\n")
    assert holding() == []


def test_redaction_leaves_a_tombstone_and_is_counted(site, contributions):
    assert site("redact", "n1", "--rule", "contact", "--reason", "số điện thoại của một người") == (
        "note n1 redacted by rule contact\n"
    )
    note = contributions.get_notes(["n1"])["n1"]
    assert (note.state, note.draft) == (NoteState.REDACTED, None)
    report = json.loads(site("report", "--json"))
    assert report["redactions"] == {"contact": 1, "address": 0, "id_number": 0, "health": 0}
    assert (report["notes_redacted"], report["notes_open"]) == (1, 0)
    assert "redacted: contact      1" in site("report")


@pytest.mark.parametrize(
    ("note", "rule", "reason", "trouble"),
    [
        ("n1", "spam", "advertising", "only these allow a redaction: contact, address, id_number, health"),
        ("n1", "untrue", "it is wrong", "only these allow"),
        ("n1", "contact", "  ", "the reason has 0 characters"),
        ("n1", "contact", "gives 0912 345 678", "the reason itself holds contact data"),
        ("n9", "contact", "a phone number", "there is no open note 'n9'"),
    ],
)
def test_nothing_else_is_redacted(site, contributions, note, rule, reason, trouble):
    with pytest.raises(InputError, match=trouble):
        site("redact", note, "--rule", rule, "--reason", reason)
    assert contributions.get_notes(["n1"])["n1"].state is NoteState.OPEN
    assert contributions.redactions() == []


def test_site_is_scored_by_hand(site, contributions):
    assert site("score") == "1 notes scored from 0 ratings; 1 statuses changed\n"
    assert json.loads(site("score", "--json"))["n_changes"] == 0
    assert contributions.runs(limit=5)[0].n_notes == 1


def test_a_claim_is_cut_by_hand(site, contributions):
    said = ("--cut", "Nước chanh", "--rule", "health", "--reason", "bệnh của một người")
    assert site("redact-request", "r1", *said) == "request r1 cut by rule health\n"
    assert contributions.get_requests(["r1"])["r1"].claim == "[…] chữa ung thư."
    assert "requests redacted      1" in site("report")
