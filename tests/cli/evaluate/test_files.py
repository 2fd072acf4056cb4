"""What an evaluation asks of its files before it begins."""

import pytest

from kiemchung.cli.evaluate.files import judged, require_writable
from kiemchung.errors import InputError


def test_file_that_cannot_be_written_is_refused_and_one_that_can_is_left_as_it_is(tmp_path):
    (tmp_path / "a.tsv").write_text("kept")
    require_writable(tmp_path / "a.tsv")
    assert (tmp_path / "a.tsv").read_text() == "kept"
    for path in (tmp_path, tmp_path / "none" / "a.tsv"):
        with pytest.raises(InputError, match="cannot be written"):
            require_writable(path)


def test_queries_that_are_not_asked_count_for_nothing_and_are_told_of(tmp_path, capsys):
    path = tmp_path / "qrels.tsv"
    path.write_text("query_id\tclaim_id\trelevance\na\t1\t1\nb\t2\t1\n")
    assert judged(path, ["a", "c"]) == {"a": {"1"}}
    assert capsys.readouterr().err.endswith("1 of 2 queries are not asked\n")
    with pytest.raises(InputError, match="none of its queries is asked; it judges 'a', asked is 'x'"):
        judged(path, ["x"])
    path.write_text("query_id\tclaim_id\trelevance\n")
    assert judged(path, ["x"]) == {}
