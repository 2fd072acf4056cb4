"""`kiemchung log` over a site's own log, as a newcomer types it."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.cli.log import DAMAGED
from kiemchung.commons.opening import open_commons
from kiemchung.commons.publish_log import publish
from kiemchung.commons.settings import Settings
from kiemchung.commons.witness_log import ForkError
from kiemchung.errors import InputError
from kiemchung.formats.log_events import note_written, request_opened
from kiemchung.model import NoteDraft, Request, Source

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


@pytest.fixture
def log(tmp_path):
    """Runs `kiemchung log` on a site; gives exit code and output."""

    def run(*words):
        result = CliRunner().invoke(app, ["--data-dir", str(tmp_path), "log", *map(str, words)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


def grow(tmp_path, number):
    """One more request with a note, in the log."""
    request = Request(f"r{number}", "Nước chanh chữa ung thư.", "vi", "2026-09-21", 0)
    with open_commons(Settings(data_dir=tmp_path)) as commons:
        commons.contributions.put_request(request, [request_opened(request)])
        event = note_written(f"n{number}", request.request_id, DRAFT, "2026-09-21")
        commons.contributions.put_note(f"n{number}", request.request_id, bytes(32), DRAFT, "2026-09-21", [event])
        publish(commons)


def test_log_is_verified_kept_and_verified_again_from_there(log, tmp_path):
    grow(tmp_path, 1)
    code, said = log("verify", tmp_path / "log", "--keep", tmp_path / "old")
    assert code == 0
    assert "2 entries" in said
    assert "sound: every entry, signature and status holds" in said
    grow(tmp_path, 2)
    code, said = log("verify", tmp_path / "log", "--since", tmp_path / "old", "--json")
    found = json.loads(said)
    assert (code, found["sound"], found["size"]) == (0, True, 4)
    assert [entry["kind"] for entry in found["since"]] == ["request", "note"]


def test_changed_entry_is_named_and_ends_with_its_own_code(log, tmp_path):
    grow(tmp_path, 1)
    openings = tmp_path / "log" / "opening" / "000.ndjson"
    openings.write_bytes(openings.read_bytes().replace(b"2026-09-21", b"2026-09-20", 1))
    code, said = log("verify", tmp_path / "log")
    assert code == DAMAGED
    assert "WRONG entry 0: its text is not what was logged" in said


def test_log_rewritten_since_is_found(log, tmp_path):
    grow(tmp_path, 1)
    _, key = log("key")
    log("verify", tmp_path / "log", "--keep", tmp_path / "old")
    other = tmp_path / "other"
    other.mkdir()
    (other / "log.key").write_bytes((tmp_path / "log.key").read_bytes())
    (other / "log").mkdir()
    (other / "log" / "key").write_text(key)
    for number in (3, 4):
        grow(other, number)
    code, said = log("verify", other / "log", "--since", tmp_path / "old", "--key", key.strip())
    assert code == DAMAGED
    assert "the past was changed" in said


def test_witness_cosigns_and_the_site_publishes_it(log, tmp_path):
    grow(tmp_path, 1)
    memory = tmp_path / "seen"
    result = CliRunner().invoke(
        app, ["log", "witness", str(tmp_path / "log"), "--name", "w.example", "--memory", str(memory)]
    )
    witness_key = result.stderr.split("this witness's key: ")[1].strip()
    (tmp_path / "cosigned").write_text(result.stdout)
    log("accept", tmp_path / "cosigned", "--witness", witness_key)
    code, said = log("verify", tmp_path / "log", "--witness", witness_key)
    assert (code, "witness w.example: cosigned" in said) == (0, True)
    grow(tmp_path, 2)
    with pytest.raises(InputError, match="have the present checkpoint cosigned"):
        log("accept", tmp_path / "cosigned", "--witness", witness_key)


def test_copy_of_the_hashes_tells_which_entry_of_a_rewritten_log_is_another_one(log, tmp_path):
    grow(tmp_path, 1)
    shutil.copytree(tmp_path, tmp_path / "branch", ignore=shutil.ignore_patterns("branch"))
    grow(tmp_path, 2)
    code, _ = log("verify", tmp_path / "log", "--copy", tmp_path / "copy")
    assert code == 0
    assert not (tmp_path / "copy" / "opening").exists()
    assert log("verify", tmp_path / "log", "--against", tmp_path / "copy")[0] == 0
    code, said = log("verify", tmp_path / "branch" / "log", "--against", tmp_path / "copy")
    assert (code, "the other log has 4 entries, this one 2: entries were removed, or it is behind" in said) == (
        DAMAGED,
        True,
    )
    grow(tmp_path / "branch", 3)
    code, said = log("verify", tmp_path / "branch" / "log", "--against", tmp_path / "copy")
    assert code == DAMAGED
    assert (
        "WRONG entry 2: the other log, of 4 entries, holds another one in its place; the log's key did sign that too"
        in said
    )


def test_witness_looks_again_and_again_until_it_sees_a_fork(log, tmp_path, monkeypatch):
    grow(tmp_path, 1)
    shutil.copytree(tmp_path, tmp_path / "branch", ignore=shutil.ignore_patterns("branch"))
    grow(tmp_path / "branch", 9)
    rounds = []

    def pause(seconds):
        rounds.append(seconds)
        if len(rounds) < 3:
            grow(tmp_path, 1 + len(rounds))
        else:
            shutil.rmtree(tmp_path / "log")
            shutil.copytree(tmp_path / "branch" / "log", tmp_path / "log")

    monkeypatch.setattr("kiemchung.cli.log.time.sleep", pause)
    with pytest.raises(ForkError, match="entry 2 is another one"):
        log("witness", tmp_path / "log", "--name", "w.example", "--memory", tmp_path / "seen", "--every", "10")
    assert rounds == [600.0] * 3


def test_show_prints_the_newest_entries(log, tmp_path):
    assert log("show") == (0, "")
    grow(tmp_path, 1)
    _, said = log("show", "--last", 1)
    assert json.loads(said) | {"id": ""} == {
        "index": 1, "kind": "note", "note_id": "n1", "request_id": "r1", "day": "2026-09-21", "language": "vi",
        "n_sources": 1, "content_sha256": json.loads(said)["content_sha256"], "id": "",
    }  # fmt: skip


def test_place_without_a_log_says_what_to_give(log, tmp_path):
    with pytest.raises(InputError, match="give a folder that holds `checkpoint`, or its http"):
        log("verify", tmp_path / "nowhere")
