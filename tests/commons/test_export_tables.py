"""What is exported: whole, licensed, described, without a trace of raters; and taken in again by another site."""

import csv
import hashlib
import json
import zipfile
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from kiemchung.commons.export_tables import FLOOR, export_folder, export_for_site, export_tables, floored
from kiemchung.commons.import_reviews import import_reviews
from kiemchung.errors import InputError
from kiemchung.formats.data_package import TABLES, json_schema
from kiemchung.formats.licences import is_open
from kiemchung.formats.table_files import read_rows
from kiemchung.model import (
    ClaimReview,
    Level,
    NoteDraft,
    NoteScore,
    NoteStatus,
    Origin,
    Rating,
    ReviewRating,
    ScoringRun,
    Source,
)
from kiemchung.ports import Fetched, RatingCounts
from kiemchung.store import open_store
from kiemchung.web.app import create_app
from tests.ratings import put_rating
from tests.web.fakes import FakeFetcher

OPEN = ClaimReview(
    "Cầu Mẫu dài 900 mét",
    "Đúng",
    "https://ban.example/cau",
    "Bàn Mẫu",
    "ban.example",
    published="2026-01-02",
    modified="2026-02-03",
    language="vi",
    title='Cầu "Mẫu", dài bao nhiêu?, "và" sao',
    explanation="Đo lại: 900 m.",
    rating=ReviewRating("Đúng", "5", "5", "1", "Theo số đo"),
    claimant="Nguyễn Văn Mẫu",
    claim_date="2025-12-30",
    appearances=("https://noi.example/a", "https://noi.example/b"),
    corrections=("Sửa chiều dài.",),
)
CLOSED = replace(OPEN, claim="Hồ Mẫu sâu 12 mét", url="https://nc.example/ho", publisher_site="nc.example")
UNCLEAR = replace(OPEN, claim="Núi Mẫu cao 300 mét", url="https://im.example/nui", publisher_site="im.example")
DRAFT = NoteDraft(True, ("outdated",), "=Số liệu cũ, đã đổi.", "vi", (Source("https://a.example/", "Năm 2024."),))


@pytest.fixture
def filled(commons):
    day = "2026-11-01T00:00:00Z"
    commons.store.put_reviews(
        [
            (replace(OPEN, verdict="Chưa rõ", rating=ReviewRating("Chưa rõ")), Origin("a", "CC-BY-4.0", day)),
            (CLOSED, Origin("b", "CC-BY-NC-4.0", day)),
            (UNCLEAR, Origin("c", None, day)),
        ]
    )
    commons.store.put_reviews([(OPEN, Origin("a", "CC-BY-4.0", "2026-11-02T00:00:00Z"))])
    kept = commons.contributions
    for note_id in ("n1", "n2"):
        kept.put_note(note_id, "r1", b"author-key-of-somebody-32-bytes!", DRAFT, "2026-11-03")
    for i in range(18):
        level = (Level.HELPFUL, Level.SOMEWHAT, Level.NOT)[i % 3]
        put_rating(kept, bytes([i]) * 32, Rating("n1", level, (), (), "2026-11-04"))
    put_rating(kept, b"r" * 32, Rating("n2", Level.HELPFUL, (), (), "2026-11-04"))
    kept.withdraw_note("n2", b"author-key-of-somebody-32-bytes!")
    run = ScoringRun("run1", "2026-11-05T00:00:00Z", "1", "c" * 64, "a" * 64, "b" * 64, 1, 18)
    score = NoteScore(NoteStatus.SHOWN, "both_sides", {"note_intercept": 0.5}, "2026-11-05", locked=True)
    kept.put_scores(run, {"n1": score})
    return commons


def rows(folder, name, form):
    with (folder / f"{name}.{form}").open("rb") as stream:
        return list(read_rows(stream, form))


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_an_export_holds_every_table_described_and_summed(filled, tmp_path, form):
    folder = tmp_path / "out"
    done = export_tables(filled, folder, form)
    package = json.loads((folder / "datapackage.json").read_text())
    assert [each["name"] for each in package["resources"]] == [table.name for table in TABLES]
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    for each, table in zip(package["resources"], TABLES, strict=True):
        content = (folder / each["path"]).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert (each["hash"], each["bytes"], sums[each["path"]]) == (f"sha256:{digest}", len(content), digest)
        assert len(rows(folder, table.name, form)) == each["rows"]
        assert json.loads((folder / f"{table.name}.schema.json").read_text()) == json_schema(table)
    (check,) = rows(folder, "checks", form)
    assert (check["claim"], check["title"], check["licence"]) == (OPEN.claim, OPEN.title, "CC-BY-4.0")
    assert [row["verdict"] for row in rows(folder, "check_versions", form)] == ["Chưa rõ"]
    assert {row["note_id"]: row["text"] or None for row in rows(folder, "notes", form)} == {
        "n1": DRAFT.text,
        "n2": None,
    }
    assert [row["after"] for row in rows(folder, "statuses", form)] == ["shown"]
    assert done.n_left_out == 2


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet_and_each_is_read_again_as_it_was(filled, tmp_path):
    for number, text in enumerate(("=1+1", "+84", "-2", "@x", "\tx", "'x", "x=1", "''x")):
        draft = replace(DRAFT, text=text)
        filled.contributions.put_note(f"t{number}", "r1", b"k" * 32, draft, "2026-11-03")
    export_tables(filled, tmp_path / "out", "csv")
    with (tmp_path / "out" / "notes.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert "'=1+1" in cells
    texts = {row["note_id"]: row["text"] for row in rows(tmp_path / "out", "notes", "csv")}
    assert [texts[f"t{number}"] for number in range(8)] == ["=1+1", "+84", "-2", "@x", "\tx", "'x", "x=1", "''x"]
    assert "no spreadsheet runs it" in json.loads((tmp_path / "out" / "datapackage.json").read_text())["description"]


def test_rows_are_what_their_json_schema_says(filled, tmp_path):
    from jsonschema_rs import validator_for

    export_tables(filled, tmp_path / "out", "ndjson", own_use=True)
    for table in TABLES:
        validator = validator_for(json_schema(table))
        for row in rows(tmp_path / "out", table.name, "ndjson"):
            validator.validate(row)


def test_an_open_export_holds_no_record_under_a_closed_or_unclear_licence(filled, tmp_path):
    export_tables(filled, tmp_path / "open", "csv")
    export_tables(filled, tmp_path / "own", "csv", own_use=True)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "open").iterdir())
    assert OPEN.claim.encode() in everything
    assert CLOSED.claim.encode() not in everything
    assert UNCLEAR.claim.encode() not in everything
    assert len(rows(tmp_path / "own", "checks", "csv")) == 3
    assert json.loads((tmp_path / "own" / "datapackage.json").read_text())["kiemchung"]["own_use_only"] is True
    with pytest.raises(InputError, match="own use"):
        export_tables(filled, export_folder(filled), "csv", own_use=True)


@pytest.mark.parametrize(
    ("licence", "opens"),
    [
        ("CC0-1.0", True),
        ("CC-BY-4.0", True),
        ("CC BY-SA 4.0", True),
        ("https://creativecommons.org/licenses/by/4.0/", True),
        ("CC-BY-NC-4.0", False),
        ("CC BY-NC-SA 4.0", False),
        ("CC-BY-ND-4.0", False),
        ("https://creativecommons.org/licenses/by-nc/4.0/", False),
        ("All rights reserved", False),
        ("", False),
        (None, False),
    ],
)
def test_licence_that_nobody_knows_or_that_limits_use_is_not_open(licence, opens):
    assert is_open(licence) is opens


def test_g05_no_key_of_a_person_and_no_small_count_is_in_an_export(filled, tmp_path):
    export_tables(filled, tmp_path / "out", "ndjson")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    for key in (b"author-key-of-somebody", (b"r" * 32).hex().encode(), (bytes([3]) * 32).hex().encode()):
        assert key not in everything
    (row,) = rows(tmp_path / "out", "aggregates", "ndjson")
    assert row == {
        "note_id": "n1",
        "n_ratings_rounded": 20,
        "n_helpful": 6,
        "n_somewhat": 6,
        "n_not_helpful": 6,
    }


@pytest.mark.parametrize("locked", [False, True])
def test_counts_are_told_only_of_locked_notes_with_every_cell_at_the_floor(locked):
    for cells in ((FLOOR, FLOOR, FLOOR), (100, FLOOR, FLOOR - 1), (0, 0, 0), (1, 200, 0)):
        _, rounded, *told = floored(RatingCounts("n", locked, *cells))
        assert told == (list(cells) if locked and min(cells) >= FLOOR else [None] * 3)
        assert rounded % 10 == 0


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
@pytest.mark.parametrize("packed", [False, True])
def test_another_site_takes_the_checks_in_without_loss_and_with_provenance(filled, tmp_path, form, packed):
    folder = tmp_path / "out"
    export_tables(filled, folder, form)
    source = folder / "datapackage.json"
    if packed:
        source = tmp_path / "out.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
    store = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    other = type(filled)(filled.settings, store, filled.clock)
    assert import_reviews([str(source)], other).stored == {"new": 1}
    assert import_reviews([str(source)], other).stored == {"same": 1}
    ((_, stored),) = store.iter_reviews()
    assert stored.review == OPEN
    assert [(o.licence, o.source.rsplit(": ", 1)[-1]) for o in stored.origins] == [("CC-BY-4.0", f"checks.{form}")]
    store.close()


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_folder_and_an_address_of_an_export_give_its_checks_and_reject_nothing(filled, tmp_path, form):
    folder = tmp_path / "out"
    export_tables(filled, folder, form)
    (tmp_path / "out" / "more.csv").write_text("claim,verdict,url\nTháp Mẫu cao 90 mét,Sai,https://b.example/t\n")
    store = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    other = type(filled)(filled.settings, store, filled.clock)
    tally = import_reviews([str(folder)], other)
    assert (tally.stored, tally.rejected.total()) == ({"new": 2}, 0)
    served = "https://checks.example.org/data"
    pages = {
        f"{served}/{path.name}": Fetched(f"{served}/{path.name}", path.read_bytes(), "", None)
        for path in folder.iterdir()
    }
    vars(other)["fetcher"] = FakeFetcher(pages)
    tally = import_reviews([f"{served}/datapackage.json"], other)
    assert (tally.stored, tally.rejected.total()) == ({"same": 1}, 0)
    pages[f"{served}/checks.{form}"] = pages[f"{served}/notes.{form}"]
    with pytest.raises(InputError, match="is not what its checksum says"):
        import_reviews([f"{served}/datapackage.json"], other)
    store.close()


def test_what_the_site_offers_is_the_same_in_every_form_and_gives_way_at_once(filled):
    for _ in range(2):
        export_for_site(filled)
    folder = export_folder(filled)
    assert not folder.with_name("export.whole").exists()
    with TestClient(create_app(filled)) as client:
        for below, form in (("", "csv"), ("ndjson/", "ndjson"), ("parquet/", "parquet")):
            package = client.get(f"/data/{below}datapackage.json").json()
            assert {each["format"] for each in package["resources"]} == {form}
            for each in package["resources"]:
                content = client.get(f"/data/{below}{each['path']}").content
                assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        page = client.get("/en/data").text
        assert all(
            f'href="/data/{path}"' in page for path in ("notes.csv", "ndjson/notes.ndjson", "parquet/notes.parquet")
        )
        for path in ("export/notes.csv", "ndjson/notes.csv", "..%2fsite.salt", "csv/x", "ndjson/%2e%2e/notes.csv"):
            assert client.get(f"/data/{path}").status_code == 404


def test_a_changed_table_is_refused(filled, tmp_path):
    folder = tmp_path / "out"
    export_tables(filled, folder, "csv")
    table = folder / "checks.csv"
    table.write_bytes(table.read_bytes().replace(b"900", b"901"))
    with pytest.raises(InputError, match="checksum"):
        import_reviews([str(folder / "datapackage.json")], filled)


def test_a_folder_with_other_files_is_left_alone_and_an_older_export_gives_way(filled, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(InputError, match="other files"):
        export_tables(filled, tmp_path / "mine", "csv")
    export_tables(filled, tmp_path / "out", "csv")
    export_tables(filled, tmp_path / "out", "ndjson")
    assert not (tmp_path / "out" / "checks.csv").exists()
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep"


def test_a_broken_zip_beside_a_package_is_not_taken_for_it(filled, tmp_path):
    folder = tmp_path / "out"
    export_tables(filled, folder, "csv")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    tally = import_reviews([str(folder / "broken.zip")], filled)
    assert (sum(tally.stored.values()), tally.rejected.total()) == (0, 1)
