import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app

CHECK = {
    "@type": "ClaimReview",
    "claimReviewed": "Uống nước chanh muối chữa được cúm",
    "url": "https://ban-mau.example/1",
    "datePublished": "2026-03-01T08:00:00+07:00",
    "author": {"@type": "Organization", "name": "Bàn Mẫu"},
    "reviewRating": {"alternateName": "Sai", "ratingValue": 1},
    "inLanguage": "vi",
}


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Root options of an empty data folder with the quick embedder."""
    config = tmp_path / "kiemchung.toml"
    config.write_text('embedder = "hashing"')
    return ["--data-dir", str(tmp_path / "data"), "--config", str(config)]


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([CHECK, {**CHECK, "url": None}]))
    return str(path)


def test_import_dry_run_writes_a_json_line_per_check_and_stores_nothing(
    data: list[str], source: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, [*data, "import", source, "--dry-run", "--json", "--licence", "CC0-1.0"])

    assert result.exit_code == 0, result.output
    (line,) = (json.loads(text) for text in result.stdout.splitlines())
    assert (line["claim"], line["verdict"], line["url"]) == (CHECK["claimReviewed"], "Sai", CHECK["url"])
    assert (line["publisher"], line["publisher_site"], line["published"]) == (
        "Bàn Mẫu",
        "ban-mau.example",
        "2026-03-01",
    )
    assert (line["language"], line["origin"], line["licence"]) == ("vi", "a.json", "CC0-1.0")
    assert (line["rating"]["rating_value"], line["appearances"]) == ("1", [])
    assert "a.json: record 2: no_url" in result.stderr
    assert "rejected 1: no_url 1" in result.stderr
    assert not (tmp_path / "data").exists()


def test_import_reads_what_a_dry_run_wrote(data: list[str], source: str, tmp_path: Path) -> None:
    lines = CliRunner().invoke(app, [*data, "import", source, "--dry-run", "--json"]).stdout
    (tmp_path / "lines.ndjson").write_text(lines)
    again = CliRunner().invoke(app, [*data, "import", str(tmp_path / "lines.ndjson"), "--dry-run", "--json"]).stdout
    assert json.loads(again) | {"origin": "a.json"} == json.loads(lines)


def test_import_stores_indexes_and_counts(data: list[str], source: str) -> None:
    first = CliRunner().invoke(app, [*data, "import", source])
    second = CliRunner().invoke(app, [*data, "import", source, "--json"])
    index = CliRunner().invoke(app, [*data, "index"])

    assert first.stdout == "documents 1, new 1\nrejected 1: no_url 1\n"
    assert json.loads(second.stdout)["same"] == 1
    assert index.stdout == "indexed 0 checks\n"


def test_import_without_index_leaves_that_to_the_index_command(data: list[str], source: str) -> None:
    CliRunner().invoke(app, [*data, "import", source, "--no-index"])
    assert CliRunner().invoke(app, [*data, "index"]).stdout == "indexed 1 checks\n"
    assert CliRunner().invoke(app, [*data, "index", "--rebuild"]).stdout == "indexed 1 checks\n"


def test_import_writes_rejected_records_out(data: list[str], source: str, tmp_path: Path) -> None:
    path = tmp_path / "rejects.ndjson"
    result = CliRunner().invoke(app, [*data, "import", source, "--no-index", "--rejects", str(path)])

    (line,) = (json.loads(text) for text in path.read_text().splitlines())
    assert (line["document"], line["where"], line["reason"]) == ("a.json", "record 2", "no_url")
    assert "chanh muối" in line["raw"]
    assert result.stderr == ""


def test_import_help_has_an_example() -> None:
    for command in ("import", "index"):
        assert "Example: kiemchung" in CliRunner().invoke(app, [command, "--help"]).stdout


def test_pages_of_real_desks_go_through_the_command(data: list[str], shared_data: Path) -> None:
    pages = shared_data / "claimreview" / "pages"
    result = CliRunner().invoke(app, [*data, "import", str(pages), "--dry-run", "--json"])
    assert len(result.stdout.splitlines()) == len(list(pages.iterdir()))
    assert "rejected" not in result.stderr
