"""An export and the log of one site agree; whatever is changed in the export is found."""

import hashlib
import json
import random
import re
import shutil
from dataclasses import replace

import pytest

from kiemchung.commons.compare_export import compare_export
from kiemchung.commons.desk_checks import share_all
from kiemchung.commons.export_tables import export_tables
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.log_source import key_of, read_from
from kiemchung.commons.publish_log import publish
from kiemchung.commons.redact_request import redact_request
from kiemchung.commons.verify_log import verify_log
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.errors import InputError
from kiemchung.fetch import SafeFetcher
from kiemchung.formats.data_package import FORMATS
from kiemchung.formats.log_events import request_opened
from kiemchung.model import Request
from tests.web.publishing import site, with_desk

CUT_CLAIM = Request("r2", "Bà bán gạo ở số 0912 345 678 đã bán 40 tấn hôm qua.", "vi", "2026-09-22", 1)
KEPT_CLAIM = Request("r3", "Cây cầu Mẫu dài 900 mét.", "vi", "2026-09-23", 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site with notes of every fate; its log, and its export in every form."""
    folder = tmp_path_factory.mktemp("world")
    commons = with_desk(site(folder / "data", site_url="https://desk.example", site_name="Bàn Mẫu"))
    vars(commons)["embedder"] = HashingEmbedder()
    contributions = commons.contributions
    for claim in (CUT_CLAIM, KEPT_CLAIM):
        contributions.put_request(claim, [request_opened(claim)])
    assert publish(commons)
    redact_request(commons, "r2", "0912 345 678", "contact", "số điện thoại của một người")
    share_all(commons)
    publish(commons)
    for form in FORMATS:
        export_tables(commons, folder / form, form)
    commons.close()
    return folder, str(log_folder(commons.settings))


def compared(world, export):
    read = read_from(world[1], SafeFetcher())
    report = verify_log(read, {"log": key_of(read)}, compare=True)
    assert report.is_sound
    compare_export(export, report)
    return [str(problem) for problem in report.problems]


def changed(world, tmp_path, change):
    """An export whose owner changed a table and wrote the checksums anew."""
    folder = tmp_path / "changed"
    shutil.copytree(world[0] / "ndjson", folder)
    for name in ("requests", "notes", "sources", "statuses", "scoring_runs", "checks", "corrections"):
        path = folder / f"{name}.ndjson"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        rows = [row for row in (change(name, row) for row in rows) if row]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    package["resources"] = [each | {"hash": _hash(folder / each["path"])} for each in package["resources"]]
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return folder


def _hash(path):
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_and_the_log_agree(world, form):
    assert compared(world, world[0] / form) == []


@pytest.mark.parametrize(
    ("table", "note", "change", "message"),
    [
        ("notes", "n1", {"text": "Đã có bằng chứng."}, "its text or sources are not what was logged"),
        ("notes", "n1", {"misleading": False}, "its text or sources are not what was logged"),
        ("sources", "n1", {"url": "https://elsewhere.example/"}, "its text or sources are not what was logged"),
        ("sources", "n2", None, "its text or sources are not what was logged"),
        ("notes", "n3", {"status": "shown"}, "its status here is shown, and the log leads to needs_ratings"),
        ("notes", "n2", {"state": "withdrawn"}, "it is withdrawn here, and the log does not say so"),
        ("notes", "n5", {"state": "open", "text": "x"}, "it is not in the log, or is newer than its checkpoint"),
        ("notes", "n1", None, "it is in the log and is missing here, or is newer than the export"),
    ],
)
def test_changed_export_with_fitting_checksums_names_the_note(world, tmp_path, table, note, change, message):
    def edit(name, row):
        if name != table or note not in (row.get("note_id"), row.get("id"), row.get("check_id"), row.get("url")):
            return row
        return change and {**row, **change}

    assert compared(world, changed(world, tmp_path, edit)) == [f"export, note {note}: {message}"]


@pytest.mark.parametrize(
    ("request_id", "change", "message"),
    [
        ("r3", {"claim": "Cây cầu Mẫu dài 90 mét."}, "its claim, language or day is not what was logged"),
        ("r3", {"day": "2026-09-01"}, "its claim, language or day is not what was logged"),
        ("r3", {"request_id": "r9"}, "it is in the log and is missing here, or is newer than the export"),
        ("r3", None, "it is in the log and is missing here, or is newer than the export"),
        ("r2", {"claim": CUT_CLAIM.claim}, "something was cut out of its claim, and nothing is cut out here"),
        ("r2", None, "it is in the log and is missing here, or is newer than the export"),
    ],
)
def test_changed_claims_of_requests_are_named(world, tmp_path, request_id, change, message):
    def edit(name, row):
        if name != "requests" or row["request_id"] != request_id:
            return row
        return change and {**row, **change}

    found = compared(world, changed(world, tmp_path, edit))
    assert any(each.startswith(f"export, request {request_id}: ") and message in each for each in found), found
    assert ("export, request r9: it is not in the log" in "".join(found)) == bool(change and "request_id" in change)


C1 = "https://desk.example/vi/checks/c1"


@pytest.mark.parametrize(
    ("table", "row", "change", "where", "message"),
    [
        ("statuses", "n3", {"rule": "other"}, "status of note n3 by run", "it is not in the log"),
        ("statuses", "n2", None, "status of log entry", "it is in the log and is missing here"),
        ("statuses", "n1", {"at": "2026-09-21T09:00:00Z"}, "status of note n1 by run", "and the run ended"),
        ("checks", C1, {"verdict": "Đúng"}, "check c1", "its content or sources are not what was logged"),
        ("checks", C1, None, "check c1", "it is in the log and is missing here"),
        ("sources", "c1", {"quote": "Dài 900 mét."}, "check c1", "its content or sources are not what was logged"),
        ("corrections", "c1", {"text": "Khác."}, "of check c1", "it is not in the log"),
        ("corrections", "c1", None, "correction or reply of log entry", "it is in the log and is missing here"),
    ],
)
def test_changed_statuses_and_checks_are_named(world, tmp_path, table, row, change, where, message):
    def edit(name, held):
        if name != table or row not in (held.get("note_id"), held.get("id"), held.get("check_id"), held.get("url")):
            return held
        return change and {**held, **change}

    found = compared(world, changed(world, tmp_path, edit))
    assert any(each.startswith("export, ") and where in each and message in each for each in found), found


def test_changed_scoring_run_is_named(world, tmp_path):
    def edit(name, held):
        return {**held, "input_root": "0" * 64} if name == "scoring_runs" else held

    found = compared(world, changed(world, tmp_path, edit))
    assert len(found) == 2
    assert all(re.fullmatch(r"export, scoring run \w+: its input_root here is 0+, and in the log d+", x) for x in found)


def test_g10_mutated_export_is_found_and_names_its_file_and_its_row(world, tmp_path):
    """Tables that the log knows also name the note, run or check, or the row from which they cannot be read."""
    draw = random.Random(11)
    read = read_from(world[1], SafeFetcher())
    key = {"log": key_of(read)}
    sound = verify_log(read, key, compare=True)
    missed, unnamed = [], []
    for number in range(300):
        folder, form = tmp_path / str(number), draw.choice(FORMATS)
        shutil.copytree(world[0] / form, folder)
        tables = sorted(p for p in folder.iterdir() if p.suffix.lstrip(".") in FORMATS and p.stat().st_size)
        path = draw.choice(tables)
        content = bytearray(path.read_bytes())
        place = draw.randrange(len(content))
        kind = draw.choice(("flip", "delete_byte", "truncate", "delete_file"))
        if kind == "flip":
            content[place] ^= 1 << draw.randrange(8)
        elif kind == "delete_byte":
            del content[place]
        elif kind == "truncate":
            del content[place:]
        path.write_bytes(content)
        if kind == "delete_file":
            path.unlink()
        report = replace(sound, problems=[])
        compare_export(folder, report)
        found = [str(problem) for problem in report.problems]
        if not any(path.name in each for each in found):
            missed.append((number, kind, path.name, place))
        # a hash or a column that the log does not know says nothing about its row; nor does a file that is gone
        if kind == "truncate" and path.stem in ("notes", "statuses", "scoring_runs") and len(found) < 2:
            unnamed.append((number, kind, path.name, place, found))
        shutil.rmtree(folder)
    assert (missed, unnamed) == ([], [])


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_g10_every_byte_of_a_notes_text_leads_to_its_note_though_the_checksum_was_noticed(world, tmp_path, form):
    folder = tmp_path / "out"
    shutil.copytree(world[0] / form, folder)
    path = folder / f"notes.{form}"
    content = path.read_bytes()
    first = content.index("Chưa có bằng chứng".encode())
    for place in range(first, first + 10):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found = compared(world, folder)
        assert found[0] == f"export, notes.{form}: it is not what its checksum says"
        assert re.match(r"export, (note n1|notes\.\w+ row \d+ or sources\.\w+ row \d+): ", found[1]), found


def test_folder_without_an_export_says_what_to_give(world, tmp_path):
    with pytest.raises(InputError, match=r"give the folder that holds datapackage\.json"):
        compared(world, tmp_path)
