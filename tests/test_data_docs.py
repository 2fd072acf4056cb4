"""The examples of "Use the data" run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from kiemchung.cli.app import app

PAGE = (Path(__file__).parent.parent / "docs" / "use-the-data.md").read_text("utf-8")


def run(*arguments, folder):
    done = CliRunner().invoke(app, ["--data-dir", str(folder / "site"), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_examples_export_check_read_and_take_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks.csv").write_text("claim,verdict,url,licence\nCầu Mẫu dài 9 m,Sai,https://a.example/c,CC0-1.0\n")
    run("import", "checks.csv", "--no-index", folder=tmp_path)
    for line in re.findall(r"^    kiemchung (export[^#\n]*)", PAGE, re.M):
        assert "checks 1" in run(*line.replace("parquet", "csv").split(), folder=tmp_path)
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "tables", check=True, capture_output=True)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    read = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "checks 1\n" in read.stdout
    subprocess.run([sys.executable, "-m", "zipfile", "-c", "tables.zip", *_files(tmp_path / "tables")], check=True)
    taken = run("import", "tables.zip", "--no-index", folder=tmp_path / "other")
    assert "new 1" in taken
    assert "same 1" in run("import", "tables.zip", "--no-index", folder=tmp_path / "other")


def _files(folder):
    return [str(path) for path in folder.iterdir()]


def test_a_desk_is_made_by_the_commands_of_its_page(tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "run-a-desk.md").read_text("utf-8")
    (line,) = re.findall(r"^ +kiemchung (desk add.*)", page, re.M)
    said = run(*line.split(), folder=tmp_path)
    codename = said.splitlines()[0]
    assert "the desk has 1" in said
    done = CliRunner().invoke(app, ["--data-dir", str(tmp_path / "site"), "desk", "drop"], input=f"{codename}\n")
    assert (done.exit_code, done.output) == (0, "taken back; the desk has 0\n")
