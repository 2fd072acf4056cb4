import pytest

from kiemchung.errors import InputError
from kiemchung.lookup.evaluate import (
    merge_same,
    pair_figures,
    ranking_figures,
    read_documents,
    read_groups,
    read_qrels,
    read_queries,
    read_table,
    write_run,
)


def english(text):
    return "en"


def test_ranking_figures_match_their_definition():
    run = {"a": {"x": 3.0, "y": 2.0}, "b": {"x": 3.0, "y": 2.0}, "c": {}}
    qrels = {"a": {"x"}, "b": {"y"}, "c": {"z"}}
    figures = ranking_figures(run, qrels)
    assert figures["MAP@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["MAP@5"] == figures["MRR"] == pytest.approx(0.5, abs=1e-4)


def test_merging_makes_twins_one_document():
    run, qrels = merge_same({"q": {"a": 1.0, "b": 2.0, "c": 1.5}}, {"q": {"a"}}, {"a": "g", "b": "g"})
    assert (run, qrels) == ({"q": {"g": 2.0, "c": 1.5}}, {"q": {"g"}})


def test_pair_figures_of_nothing_are_zero():
    assert pair_figures(set(), {("m", "r")}).f1 == 0


def test_tables_with_missing_and_extra_columns_are_read(tmp_path):
    path = tmp_path / "records.tsv"
    path.write_text("\ufeffrecord_id\tclaim\textra\r\nr1\tBees sleep.\tx\r\nr2\tOnly a claim\n", encoding="utf-8")
    documents = read_documents([path], english)
    assert [(d.doc_id, d.claim, d.context, d.language) for d in documents] == [
        ("r1", "Bees sleep.", "", "en"),
        ("r2", "Only a claim", "", "en"),
    ]


def test_rare_languages_of_short_texts_become_the_common_one(tmp_path):
    path = tmp_path / "queries.tsv"
    path.write_text("query_id\ttext\n" + "".join(f"{i}\tt{i}\n" for i in range(100)), encoding="utf-8")
    asked = read_queries(path, lambda text: "xx" if text == "t5" else "en")
    assert {query.language for query in asked} == {"en"}


def test_table_without_ids_is_refused_with_its_columns(tmp_path):
    path = tmp_path / "claims.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(InputError, match="claim_id or record_id; found a, b"):
        read_documents([path], english)


def test_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "none.tsv")


def test_run_parts_equal_scores(tmp_path):
    write_run(tmp_path / "run.tsv", {"q": [("a", 1.0), ("b", 1.0)]})
    first, second = (float(line.split("\t")[2]) for line in (tmp_path / "run.tsv").read_text().splitlines())
    assert first > second


def test_qrels_and_groups_are_read_by_their_names_in_any_order(tmp_path):
    path = tmp_path / "q.tsv"
    path.write_text("\ufeffnote\tRelevance\trecord_id \tmessage_id\r\nx\t1\tr 1\tm 1\r\nx\t0\tr 2\tm 1\r\n")
    assert read_qrels(path) == {"m 1": {"r 1": "1"}}
    path.write_text("tweet\tchecked\tvalue\nm\tr\t1\n")
    assert read_qrels(path) == {"m": {"r": "1"}}
    path.write_text("group\tclaim_id\n7\tr\n")
    assert read_groups(path) == {"r": "=7"}
    path.write_text("query_id\tclaim\nm\tr\n")
    with pytest.raises(InputError, match="no column claim_id or record_id; found query_id, claim"):
        read_qrels(path)
