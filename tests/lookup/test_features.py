"""Features: how far a candidate stands out among the candidates of its query."""

import numpy as np
import pytest

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.lookup.features import FEATURES, STANDING, pair_features
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.retrieve import Query, retrieve

CLAIMS = [
    "Hot lemon water cures cancer.",
    "Cold lemon water cures the flu.",
    "Mars will look as big as the Moon in August.",
    "A shark swims along a flooded motorway.",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with LookupIndex.open(tmp_path_factory.mktemp("i") / "index", HashingEmbedder(), create=True) as index:
        index.upsert(Document(str(i), claim, "", "en") for i, claim in enumerate(CLAIMS))
        index.commit()
        yield index


def features_of(index, text, n):
    (found,) = retrieve(index, [Query(text, "en")])
    table = pair_features(index, found.query, found, [index.reading(int(row)) for row in found.rows[:n]])
    return {name: table[:, i] for i, name in enumerate(FEATURES)}


@pytest.mark.parametrize("name", STANDING)
def test_standing_has_mean_0_and_keeps_the_order(index, name):
    features = features_of(index, "Is it true that hot lemon water cures cancer?", 4)
    standing = features[f"{name}_standing"]
    assert standing.mean() == pytest.approx(0, abs=1e-5)
    assert np.array_equal(np.argsort(standing, kind="stable"), np.argsort(features[name], kind="stable"))


def test_a_candidate_without_rivals_does_not_stand_out(index):
    features = features_of(index, "Is it true that hot lemon water cures cancer?", 1)
    assert [float(features[f"{name}_standing"][0]) for name in STANDING] == [0.0] * len(STANDING)
