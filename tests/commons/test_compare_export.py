"""An export and the log of one site agree; whatever is changed in the export is found."""

import hashlib
import json
import random
import shutil

import pytest

from kiemchung.commons.compare_export import compare_export
from kiemchung.commons.export_tables import export_tables
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.log_source import key_of, read_from
from kiemchung.commons.verify_log import verify_log
from kiemchung.errors import InputError
from kiemchung.fetch import SafeFetcher
from kiemchung.formats.data_package import FORMATS
from tests.web.publishing import site


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site with notes of every fate; its log, and its export in every form."""
    folder = tmp_path_factory.mktemp("world")
    commons = site(folder / "data")
    for form in FORMATS:
        export_tables(commons, folder / form, form)
    commons.close()
    return folder, str(log_folder(commons.settings))


def compared(world, export):
    read = read_from(world[1], SafeFetcher())
    report = verify_log(read, {"log": key_of(read)})
    assert report.is_sound
    compare_export(export, report)
    return [str(problem) for problem in report.problems]


def changed(world, tmp_path, change):
    """An export whose owner changed a table and wrote the checksums anew."""
    folder = tmp_path / "changed"
    shutil.copytree(world[0] / "ndjson", folder)
    for name in ("notes", "sources"):
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
        if name != table or row.get("note_id", row.get("id")) != note:
            return row
        return change and {**row, **change}

    assert compared(world, changed(world, tmp_path, edit)) == [f"export, note {note}: {message}"]


def test_g10_mutated_export_is_found_and_names_its_file_or_note(world, tmp_path):
    draw = random.Random(11)
    read = read_from(world[1], SafeFetcher())
    key = {"log": key_of(read)}
    missed = []
    for number in range(300):
        folder = tmp_path / str(number)
        shutil.copytree(world[0] / draw.choice(FORMATS), folder)
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
        report = verify_log(read, key)
        compare_export(folder, report)
        if not any(path.name in problem.where for problem in report.problems):
            missed.append((number, kind, path.name, place))
        shutil.rmtree(folder)
    assert missed == []


def test_folder_without_an_export_says_what_to_give(world, tmp_path):
    with pytest.raises(InputError, match=r"give the folder that holds datapackage\.json"):
        compared(world, tmp_path)
