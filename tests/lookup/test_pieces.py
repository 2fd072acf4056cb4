"""Claims and messages piece by piece."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.commons.one_message import MessageEmbedder
from kiemchung.embed.ct2 import CTranslate2Embedder
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.lookup.features import FEATURES, OF_PIECES, pair_features
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.pieces import (
    DIFFERENCES,
    SIZE,
    WIDTH,
    Alignment,
    PieceSpace,
    align,
    differences,
    packaged_piece_space,
)
from kiemchung.lookup.retrieve import Query, retrieve

NOBODY = "made-up-model/1"


def space(dimensions=SIZE):
    zeros = np.zeros(dimensions, dtype=np.float32)
    rarity = np.append(zeros, np.float32(1))
    turn = np.eye(SIZE) if dimensions == SIZE else np.random.default_rng(0).normal(size=(dimensions, SIZE))
    return PieceSpace(zeros, zeros, turn.astype(np.float32), rarity)


def codes(*directions):
    """Pieces of equal weight along the axes."""
    return space().queries([np.eye(SIZE, dtype=np.float32)[list(directions)]])[0]


def test_alignment_of_a_claim_with_itself_is_whole():
    met = align(codes(0, 1, 2), [codes(0, 1, 2)])
    assert [float(values[0]) for values in met] == pytest.approx([1, 1, 1, 1, 0, 1, 0])


def test_a_piece_that_nothing_comes_near_is_told():
    """Toothpaste on burns, toothpaste on pimples: all but one piece of the claim is there."""
    met = align(codes(0, 1, 2, 5), [codes(0, 1, 2, 3)])
    assert float(met.claim_met[0]) == pytest.approx(0.75)
    assert float(met.claim_least[0]) == pytest.approx(0)
    assert float(met.claim_unmet[0]) == pytest.approx(0.25)


@given(st.data())
def test_each_document_is_aligned_as_if_it_were_alone(data):
    texts = st.lists(st.integers(0, 9), max_size=6).map(lambda directions: codes(*directions))
    query, documents = data.draw(texts), data.draw(st.lists(texts, max_size=5))
    together = align(query, documents)
    for i, document in enumerate(documents):
        np.testing.assert_allclose([v[i] for v in together], [v[0] for v in align(query, [document])], atol=1e-6)


def test_nothing_differs_where_texts_are_equal_but_what_they_share_is_told():
    (found,) = differences(codes(0, 1), [codes(0, 1)])
    apart, size, shared, unmet, query_apart, query_size, query_unmet = found.reshape(7, SIZE)
    for block in (apart, size, unmet, query_apart, query_size, query_unmet):
        assert not block.any()
    assert shared[:2].tolist() == pytest.approx([0.5, 0.5])


def test_what_is_not_met_is_told_on_its_own_side():
    """The claim says 3, the message 5 instead: a denial has a direction of its own, which a cosine hides."""
    (found,) = differences(codes(0, 5), [codes(0, 3)])
    blocks = found.reshape(7, SIZE)
    assert np.flatnonzero(blocks[3]).tolist() == [3]
    assert np.flatnonzero(blocks[6]).tolist() == [5]


@given(st.data())
def test_differences_of_each_document_are_as_if_it_were_alone(data):
    texts = st.lists(st.integers(0, 9), max_size=6).map(lambda directions: codes(*directions))
    query, documents = data.draw(texts), data.draw(st.lists(texts, max_size=5))
    found = differences(query, documents)
    assert found.shape == (len(documents), DIFFERENCES)
    for row, document in zip(found, documents, strict=True):
        np.testing.assert_allclose(row, differences(query, [document])[0], atol=1e-6)


def test_only_the_packaged_embedder_has_a_space_of_pieces():
    packaged = packaged_piece_space(CTranslate2Embedder.name)
    assert packaged is not None
    assert packaged.turn.shape == (CTranslate2Embedder.dimensions, SIZE)
    assert packaged_piece_space(NOBODY) is None
    assert packaged_piece_space(HashingEmbedder.name) is None


class Pieced(HashingEmbedder):
    """Each word of a text is a piece."""

    name = NOBODY

    def passages_in_pieces(self, texts):
        return self.passages(texts), [self.passages(text.split()) for text in texts]

    def queries_in_pieces(self, texts):
        return self.queries(texts), [self.queries(text.split()) for text in texts]


@pytest.fixture
def pieced(monkeypatch):
    known = {NOBODY: space(HashingEmbedder.dimensions)}
    monkeypatch.setattr("kiemchung.lookup.index.packaged_piece_space", known.get)
    return Pieced()


def pieces_of(folder, embedder):
    with LookupIndex.open(folder, embedder) as index:
        return {index.document(row).doc_id: index.pieces(row).tolist() for row in range(len(index._rows))}


def test_pieces_of_claims_are_kept_through_changes_and_an_interrupted_run(tmp_path, pieced):
    folder = tmp_path / "index"
    first = [Document("a", "Lemon water cures cancer"), Document("b", "Bats are blind", "A title that is no claim")]
    with LookupIndex.open(folder, pieced, create=True) as index:
        index.upsert(first)
        index.commit()
    before = pieces_of(folder, pieced)
    assert [len(before[doc_id]) for doc_id in "ab"] == [4, 3]
    assert {len(piece) for pieces in before.values() for piece in pieces} == {WIDTH}
    with LookupIndex.open(folder, pieced) as index:
        index.upsert([Document("c", "never committed")])
    with LookupIndex.open(folder, pieced) as index:
        index.upsert([Document("d", "A shark swims")])
        index.commit()
    after = pieces_of(folder, pieced)
    assert {doc_id: after[doc_id] for doc_id in "ab"} == before
    assert len(after["d"]) == 3


def test_features_of_pieces_are_zeros_where_the_embedder_tells_none(tmp_path, pieced):
    tables = {}
    for embedder in (pieced, HashingEmbedder()):
        with LookupIndex.open(tmp_path / embedder.name.replace("/", "-"), embedder, create=True) as index:
            index.upsert(
                [Document("a", "Lemon water cures cancer", "", "en"), Document("b", "Bats are blind", "", "en")]
            )
            index.commit()
            for asked in (embedder, MessageEmbedder(embedder)):
                (found,) = retrieve(index, [Query("Lemon water cures cancer", "en")], asked)
                table = pair_features(index, found.query, found, [index.reading(int(row)) for row in found.rows])
                tables.setdefault(embedder.name, []).append(table[:, [FEATURES.index(name) for name in OF_PIECES]])
    for once, remembered in tables.values():
        np.testing.assert_array_equal(once, remembered)
    assert not tables[HashingEmbedder.name][0].any()
    assert tables[NOBODY][0][0, : len(Alignment._fields)] == pytest.approx([1, 1, 1, 1, 0, 1, 0], abs=0.05)
