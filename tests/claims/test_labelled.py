import io

import pytest

from kiemchung.claims.checkworthy import SentenceLabel
from kiemchung.claims.labelled import read_sentences, write_labels
from kiemchung.errors import InputError
from kiemchung.model import ClaimLabel


def test_read_sentences_takes_fact_for_checkable():
    rows = read_sentences(["sentence_id\tlabel\ttext", 'a\tfact\tMột "câu"', "b\tcheckable\tHai"], "s.tsv")
    assert [(row.sentence_id, row.text, row.label) for row in rows] == [
        ("a", 'Một "câu"', ClaimLabel.CHECKABLE),
        ("b", "Hai", ClaimLabel.CHECKABLE),
    ]


def test_read_sentences_without_labels():
    assert [row.label for row in read_sentences(["\ufefftext\tsentence_id", "Một\ta"], "s.tsv")] == [None]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["id\ttext", "a\tb"], "s.tsv: no column sentence_id"),
        ([], "s.tsv: no column sentence_id, text"),
        (["sentence_id\ttext", "a"], "s.tsv:2: 1 cells where the first line has 2"),
        (["sentence_id\tlabel\ttext", "a\topinon\tb"], "s.tsv:2: label 'opinon' is unknown; did you mean opinion"),
    ],
)
def test_read_sentences_says_where_a_table_is_broken(lines, message):
    with pytest.raises(InputError, match=message):
        read_sentences(lines, "s.tsv")


def test_write_labels_writes_a_table():
    out = io.StringIO()
    rows = read_sentences(["sentence_id\ttext", "a\tb"], "s.tsv")
    write_labels(out, rows, [SentenceLabel(ClaimLabel.OPINION, 0.75, 0.1)])
    assert out.getvalue() == "sentence_id\tlabel\tconfidence\na\topinion\t0.7500\n"
