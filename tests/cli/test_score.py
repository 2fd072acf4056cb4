import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.errors import SettingsError
from tests.formats.public_files import note, rating, write


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "notes-00000.tsv", [note(n) for n in (1, 2)])
    write(tmp_path / "ratings-00000.tsv", [rating(1, "a") | {"raterMood": "x"}, rating(2, "b", "") | {"raterMood": ""}])
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["score", *map(str, arguments)])


def test_score_writes_results_and_says_what_it_did(folder, tmp_path):
    result = run("--notes", folder, "--ratings", folder, "--out", tmp_path / "out", "--now", "1793491200000")
    assert result.exit_code == 0, result.output
    assert "2 notes, 1 ratings" in result.output
    assert "peak memory" in result.output
    assert "columns not known and not read: raterMood" in result.stderr
    assert "1 rows left out: no answer" in result.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "note_numbers",
        "note_status_history.parquet",
        "note_status_history.tsv",
        "scored_notes.parquet",
        "scored_notes.tsv",
        "summary.json",
    ]


def test_parts_left_out_for_one_reason_share_a_line(folder, tmp_path):
    result = run("--notes", folder, "--ratings", folder, "--out", tmp_path / "out", "--preset", "communitynotes")
    lines = [line for line in result.stdout.splitlines() if "scorer group1" in line]
    assert len(lines) == 1
    assert "scorer group2" in lines[0]


def test_score_prints_its_summary_as_json(folder, tmp_path):
    result = run("--notes", folder, "--ratings", folder, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["statuses"]["NEEDS_MORE_RATINGS"] == 2


def test_explain_works_with_the_folder_of_a_run_and_without_one(folder, tmp_path):
    run("--notes", folder, "--ratings", folder, "--out", tmp_path / "out")
    from_folder = run("--out", tmp_path / "out", "--explain", "1")
    at_once = run("--notes", folder, "--ratings", folder, "--explain", "1")
    assert from_folder.exit_code == 0, from_folder.output
    assert "Note 1: NEEDS_MORE_RATINGS" in from_folder.stdout
    assert from_folder.stdout == at_once.stdout
    assert json.loads(run("--out", tmp_path / "out", "--explain", "1", "--json").stdout)["note_id"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to do"),
        (["--explain", "1"], "--out is missing"),
        (["--notes", "x"], "needs both --notes and --ratings"),
        (["--notes", "x", "--ratings", "y"], "--out is missing"),
        (["--out", "x"], "nothing to do"),
    ],
)
def test_incomplete_options_are_one_clear_error(arguments, message):
    result = run(*arguments)
    assert isinstance(result.exception, SettingsError)
    assert message in str(result.exception)


def test_help_of_the_raters_file_says_that_it_is_for_public_data():
    assert "Only for data that are public" in " ".join(run("--help").output.replace("│", " ").split())


def test_command_line_loads_no_numeric_library_before_it_scores():
    heavy = ("numba", "polars", "scipy", "matplotlib", "pyarrow")
    code = f"import sys, kiemchung.cli.app; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
