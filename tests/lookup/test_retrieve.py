"""Candidates: z-scores are counted over the living documents of a language."""

import numpy as np
import pytest

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.lookup import index as indexing
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.retrieve import Query, _z, retrieve


def test_z_has_mean_0_and_deviation_1_in_each_language():
    rng = np.random.default_rng(3)
    languages = np.repeat([0, 1], [3000, 1000]).astype(np.int16)
    scores = (rng.normal(0.3, 0.1, 4000) + 0.2 * languages).astype(np.float32)
    counts, sums, squares = (np.bincount(languages, weights=w) for w in (np.ones(4000), scores, scores**2))
    found = _z(scores, languages, counts.astype(np.int64), sums, squares)
    for language in (0, 1):
        own = found[languages == language]
        assert own.mean() == pytest.approx(0, abs=0.05)
        assert own.std() == pytest.approx(1, abs=0.05)


def test_z_of_a_language_with_few_documents_leans_on_all():
    counts, sums, squares = np.array([1000, 1]), np.array([0.0, 0.9]), np.array([10.0, 0.81])
    found = _z(np.array([0.9], dtype=np.float32), np.array([1], dtype=np.int16), counts, sums, squares)
    assert 1 < found[0] < 20


def test_rows_that_words_found_since_the_pass_began_are_left_out(tmp_path, monkeypatch):
    documents = [Document(str(i), f"Bats sleep {i} hours a day", "", "en") for i in range(5)]
    with LookupIndex.open(tmp_path / "index", HashingEmbedder(), create=True) as index:
        index.upsert(documents)
        index.delete(["3"])
        index.commit()
        monkeypatch.setattr(index.words, "search", lambda *_: [(3, 9.0), (4, 8.0), (7, 7.0)])
        found = retrieve(index, [Query("Bats sleep", "en")])[0]
    assert sorted(found.rows.tolist()) == [0, 1, 2, 4]
    assert found.same_language.all()


def test_a_large_index_is_searched_compiled_from_the_second_search_on_and_finds_the_same(tmp_path, monkeypatch):
    ways = []
    real = indexing.begin
    monkeypatch.setattr(indexing, "_COMPILED_FROM", 10)
    monkeypatch.setattr(indexing, "begin", lambda *a, compiled: ways.append(compiled) or real(*a, compiled=compiled))
    with LookupIndex.open(tmp_path / "index", HashingEmbedder(), create=True) as index:
        index.upsert(Document(str(i), f"Bats sleep {i} hours a day", "", "en") for i in range(30))
        index.commit()
        plain, compiled = (retrieve(index, [Query("Bats sleep 7 hours", "en")])[0] for _ in range(2))
    assert ways == [False, False, True, True]
    for name in ("rows", "claim_cosine", "claim_z", "whole_z"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(compiled, name))
