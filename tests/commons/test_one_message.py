"""Each text of a message is embedded once."""

import numpy as np
import pytest

from kiemchung.commons.match_message import match_message
from kiemchung.commons.one_message import MessageEmbedder, message_embedder, one_message
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.lookup.index import Document, LookupIndex


class Counting(HashingEmbedder):
    def __init__(self):
        super().__init__()
        self.asked = []

    def queries(self, texts):
        self.asked.append(list(texts))
        return super().queries(texts)


def test_queries_are_those_of_the_embedder_in_the_order_asked():
    embedder = MessageEmbedder(Counting(), ["later"])
    assert embedder.queries([]).shape == (0, embedder.dimensions)
    for texts in (["b", "a", "b"], ["a", "later"], ["c"]):
        np.testing.assert_array_equal(embedder.queries(texts), HashingEmbedder().queries(texts))


def test_a_text_is_embedded_once_and_what_comes_later_with_the_first():
    inner = Counting()
    embedder = MessageEmbedder(inner, ["later"])
    for texts in (["a", "b", "a"], ["b", "later"], ["c", "a"]):
        embedder.queries(texts)
    assert inner.asked == [["a", "b", "later"], ["c"]]


def test_steps_of_one_message_share_what_was_embedded():
    inner = Counting()
    for _ in range(2):
        with one_message():
            message_embedder(inner, ["later"]).queries(["a"])
            message_embedder(inner).queries(["later", "b"])
    message_embedder(inner).queries(["a"])
    assert inner.asked == [["a", "later"], ["b"], ["a", "later"], ["b"], ["a"]]


@pytest.mark.parametrize("message", ["Hot lemon water cures cancer. Bats are blind and sleep 20 hours a day."])
def test_matches_with_remembered_vectors_are_those_without(tmp_path, monkeypatch, message):
    embedder = Counting()
    with LookupIndex.open(tmp_path / "index", embedder, create=True) as index:
        index.upsert(
            [Document("a", "Hot lemon water cures cancer", "", "en"), Document("b", "Bats are blind", "", "en")]
        )
        index.commit()
        embedder.asked.clear()
        remembered = match_message(message, index, embedder)
        asked = [text for texts in embedder.asked for text in texts]
        assert len(asked) == len(set(asked))
        monkeypatch.setattr("kiemchung.commons.match_message.message_embedder", lambda embedder, _ahead: embedder)
        assert match_message(message, index, embedder) == remembered


def test_second_readings_are_those_of_the_embedder_and_none_where_it_has_no_second_model():
    class Reader(Counting):
        def read_again(self, texts):
            return np.ones((len(texts), 384), dtype=np.float32)

        def read_pairs(self, pairs):
            return np.ones((len(pairs), 384), dtype=np.float32)

    assert MessageEmbedder(Counting()).read_again(["a"]) is None
    assert MessageEmbedder(Counting()).read_pairs([("a", "b")]) is None
    assert MessageEmbedder(Reader()).read_pairs([("a", "b")]).shape == (1, 384)
    assert MessageEmbedder(Reader()).read_again(["a", "b"]).shape == (2, 384)
