import json

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.errors import InputError

TABLE = """sentence_id\tlabel\ttext
a\tfact\tNước sôi ở 100 độ C tại mực nước biển.
b\topinion\tTheo tôi phim này hay nhất năm.
c\tquestion\tMấy giờ siêu thị mở cửa?
d\tother\tChúc cả nhà ngủ ngon nhé!
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "sentences.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(tmp_path, *arguments):
    return CliRunner().invoke(
        app, ["--data-dir", str(tmp_path / "data"), "evaluate", "sentences", *map(str, arguments)]
    )


def test_evaluate_sentences_writes_labels_and_prints_figures(tmp_path, table):
    out = tmp_path / "out.tsv"
    result = run(tmp_path, "--sentences", table, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["macro_f1"] == 1.0
    assert report["opinions_called_checkable"] == 0.0
    assert report["confusion"]["checkable"] == {"checkable": 1, "opinion": 0, "question": 0, "other": 0}
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "sentence_id\tlabel\tconfidence"
    assert [line.split("\t")[:2] for line in lines[1:]] == [
        ["a", "checkable"],
        ["b", "opinion"],
        ["c", "question"],
        ["d", "other"],
    ]


def test_evaluate_sentences_measures_what_is_labelled_whatever_its_lines_end_in(tmp_path):
    path = tmp_path / "sentences.tsv"
    table = (
        TABLE.replace("opinion", "").replace("fact", " Fact ").replace("Mấy giờ", "Mấy\u2028giờ").replace("\n", "\r\n")
    )
    path.write_bytes(table.encode())
    report = json.loads(run(tmp_path, "--sentences", path, "--json").output)
    assert (report["n_sentences"], report["n_labelled"]) == (4, 3)
    assert report["confusion"]["question"]["question"] == 1


def test_evaluate_sentences_prints_a_confusion_table(tmp_path, table):
    result = run(tmp_path, "--sentences", table)
    assert "macro      1.000" in result.output
    assert "true \\ told " in result.output


def test_evaluate_sentences_without_labels_counts(tmp_path):
    path = tmp_path / "unlabelled.tsv"
    path.write_text("sentence_id\ttext\na\tNước sôi ở 100 độ C.\n", encoding="utf-8")
    report = json.loads(run(tmp_path, "--sentences", path, "--json").output)
    assert report == {"n_sentences": 1, "labels": {"checkable": 1, "opinion": 0, "question": 0, "other": 0}}


def test_evaluate_sentences_of_a_missing_file_says_so(tmp_path):
    result = run(tmp_path, "--sentences", tmp_path / "none.tsv")
    assert isinstance(result.exception, InputError)
    assert "none.tsv: cannot be read" in str(result.exception)
