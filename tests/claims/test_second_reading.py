"""Only what is in doubt is read again, and it helps."""

from pathlib import Path

import numpy as np
import pytest

from kiemchung.claims.checkworthy import label_sentences
from kiemchung.claims.labelled import read_sentences
from kiemchung.claims.measure import measure_labels
from kiemchung.claims.second_reading import SURE, read_again
from kiemchung.embed import open_embedder
from kiemchung.heads import packaged_head
from kiemchung.model import ClaimLabel

FRESH = Path(__file__).resolve().parents[2] / "training/sentences/fresh_4.tsv"


class Reader:
    """Answers with the direction of the label that it was given."""

    def __init__(self, label: int | None) -> None:
        self.label, self.asked = label, []

    def read_again(self, texts):
        self.asked += texts
        if self.label is None:
            return None
        head = packaged_head("kiemchung.claims")
        return np.tile(head.mean + 0.5 * head.weights[self.label], (len(texts), 1))


FIRST = np.array([[0.95, 0.02, 0.02, 0.01], [0.45, 0.5, 0.03, 0.02]], dtype=np.float32)


def test_a_sure_first_reading_stays_and_is_not_read_again():
    read = read_again(FIRST, ["sure", "in doubt"], reader := Reader(label=0))
    assert reader.asked == ["in doubt"]
    assert (read[0] == FIRST[0]).all()


@pytest.mark.parametrize("label", range(4))
def test_a_second_reading_that_is_sure_decides(label):
    read = read_again(FIRST, ["sure", "in doubt"], Reader(label))
    assert read[1].argmax() == label
    np.testing.assert_allclose(read.sum(axis=1), 1, rtol=1e-5)


def test_without_a_second_model_the_first_reading_stands():
    assert (read_again(FIRST, ["sure", "in doubt"], Reader(None)) == FIRST).all()


def test_nobody_is_asked_where_nothing_is_in_doubt():
    assert (read_again(FIRST[:1], ["sure"], reader := Reader(0)) == FIRST[:1]).all()
    assert FIRST[0].max() > SURE
    assert reader.asked == []


def test_the_second_reading_tells_sentences_apart_that_nothing_learned_from(model_data_dir):
    embedder = open_embedder("ct2", model_data_dir)

    class FirstOnly:
        name, queries = embedder.name, staticmethod(embedder.queries)

    rows = read_sentences(FRESH.read_text(encoding="utf-8").splitlines(), FRESH.name)
    both, first = (
        measure_labels([row.label for row in rows], [found.label for found in label_sentences(texts, reader)])
        for reader in (embedder, FirstOnly())
        for texts in [[row.text for row in rows]]
    )
    assert both.f1[ClaimLabel.CHECKABLE] > first.f1[ClaimLabel.CHECKABLE]
    assert both.macro_f1 > first.macro_f1
