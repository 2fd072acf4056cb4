"""Only pairs in doubt are read again, few of them, each once; and it helps."""

import sys
from pathlib import Path

import numpy as np
import pytest

from kiemchung.embed import open_embedder
from kiemchung.heads import packaged_head
from kiemchung.lookup import lookup
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import Query, look_up, look_up_with_candidates
from kiemchung.lookup.second_reading import DOUBT, MOST_PAIRS, in_doubt, log_odds, mixed
from kiemchung.model import Decision

DOCUMENTS = [
    Document("snake", "Workers found a snake of forty metres in a well.", "The picture was edited.", "en"),
    Document("lake", "Workers found a crocodile of six metres in a lake.", "", "en"),
    Document("well", "A well in the old town gives salt water.", "", "en"),
    Document("moon", "The Moon landing was filmed in a studio.", "", "en"),
]
MESSAGE = "They say a huge snake came out of the well."


class Reader:
    """The hashing embedder, with a second reading that says always the same."""

    def __init__(self, relation: int | None) -> None:
        self.relation, self.asked = relation, []
        self._embedder = open_embedder("hashing")
        self.name, self.dimensions = self._embedder.name, self._embedder.dimensions
        self.passages, self.queries = self._embedder.passages, self._embedder.queries

    def read_pairs(self, pairs):
        self.asked += pairs
        if self.relation is None:
            return None
        head = packaged_head("kiemchung.lookup")
        return np.tile(head.mean + 0.5 * head.weights[self.relation], (len(pairs), 1))


@pytest.fixture
def always_in_doubt(monkeypatch):
    monkeypatch.setattr(lookup, "in_doubt", lambda scores: scores < 0.99)


def scores(found):
    return dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))


def test_of_the_scores_only_the_middle_is_in_doubt():
    low, high = (1 / (1 + np.exp(-bound)) for bound in DOUBT)
    assert in_doubt(np.array([low - 0.01, low + 0.01, 0.5, high - 0.01, high + 0.01])).tolist() == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_reading_moves_the_score_its_way_and_leaves_it_a_probability():
    assert 0 < mixed(0.5, -8.0) < mixed(0.5, 0.0) < mixed(0.5, 8.0) < 1


def test_each_relation_is_told_from_its_direction():
    head = packaged_head("kiemchung.lookup")
    odds = log_odds(head.mean + 0.5 * head.weights)
    assert odds[0] > 0 > odds[1:].max()


def test_the_likeliest_pairs_of_the_only_query_are_read_once(index, always_in_doubt):
    query = Query(MESSAGE, "en")
    look_up(index, [query, query], reader := Reader(0))
    assert len(reader.asked) == len(set(reader.asked)) == MOST_PAIRS
    assert reader.asked[0] == (MESSAGE, DOCUMENTS[0].claim)


@pytest.mark.parametrize(("relation", "rises"), [(0, True), (1, False)])
def test_what_was_read_again_has_another_score_and_the_rest_its_own(index, always_in_doubt, relation, rises):
    ((_, before),) = look_up_with_candidates(index, [Query(MESSAGE, "en")], Reader(None))
    ((_, after),) = look_up_with_candidates(index, [Query(MESSAGE, "en")], Reader(relation))
    changed = [row for row, value in scores(after).items() if value != scores(before)[row]]
    assert len(changed) <= MOST_PAIRS
    assert 0 in changed
    assert (scores(after)[0] > scores(before)[0]) is rises
    assert after.scores.tolist() == sorted(after.scores.tolist(), reverse=True)
    assert [after.documents[i].doc_id for i in range(4)] == [DOCUMENTS[row].doc_id for row in after.rows]


def test_a_related_check_stays_related(index, always_in_doubt):
    (before,), (after,) = (look_up(index, [Query(MESSAGE, "en")], Reader(relation)) for relation in (None, 2))
    assert {match.doc_id for match in before} <= {match.doc_id for match in after}


def test_what_is_sure_is_not_read(index):
    look_up(index, [Query(DOCUMENTS[3].claim, "en")], reader := Reader(0))
    assert DOCUMENTS[3].claim not in [claim for _, claim in reader.asked]


def test_each_of_several_claims_has_one_pair_read_and_the_message_beside_them_none(index, always_in_doubt):
    moon = "They say the Moon landing was in a studio."
    queries = [Query(text, "en", f"{MESSAGE} {moon}") for text in (MESSAGE, moon, f"{MESSAGE} {moon}")]
    look_up(index, queries, reader := Reader(0))
    assert sorted(reader.asked) == sorted([(MESSAGE, DOCUMENTS[0].claim), (moon, DOCUMENTS[3].claim)])


def test_a_check_that_two_claims_find_is_read_with_both_and_the_message_takes_the_better(index, always_in_doubt):
    claims = [MESSAGE, "My aunt saw that snake near a well."]
    whole = " ".join(claims)
    queries = [Query(text, "en", whole) for text in (*claims, whole)]
    before = look_up_with_candidates(index, queries, Reader(None))
    after = look_up_with_candidates(index, queries, reader := Reader(0))
    assert sorted(reader.asked) == sorted((claim, DOCUMENTS[0].claim) for claim in claims)
    for (_, first), (_, both) in zip(before, after, strict=True):
        assert scores(both)[0] > scores(first)[0]


def test_what_a_claim_is_to_a_check_the_whole_message_is_too(index, always_in_doubt):
    whole = f"{MESSAGE} The Moon landing was in a studio."
    queries = [Query(MESSAGE, "en", whole), Query(whole, "en", whole)]
    (*_, (_, before)), (*_, (_, after)) = (
        look_up_with_candidates(index, queries, Reader(relation)) for relation in (None, 0)
    )
    assert scores(after)[0] > scores(before)[0]


@pytest.mark.slow
def test_it_tells_matches_from_near_misses_of_topics_that_nothing_learned_from(tmp_path, model_data_dir, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2] / "training")
    from read_pairs import read_pairs

    topics = read_pairs(held_out=True)[::8]
    sys.modules.pop("read_pairs")
    embedder = open_embedder("ct2", model_data_dir)
    asked = [(message, topic) for topic in topics for message in topic.messages]
    with LookupIndex.open(tmp_path / "index", embedder, create=True) as index:
        index.upsert([Document(r.record_id, r.claim, r.explanation, r.language) for t in topics for r in t.records])
        index.commit()
        queries = [Query(message.text, message.language) for message, _ in asked]
        both = [look_up(index, [query])[0] for query in queries]
        monkeypatch.setattr(lookup, "MOST_PAIRS", 0)
        first = [look_up(index, [query])[0] for query in queries]

    def f1(found):
        said = {(i, m.doc_id) for i, each in enumerate(found) for m in each if m.decision is Decision.MATCH}
        right = {(i, r.record_id) for i, (m, t) in enumerate(asked) if m.relation == "match" for r in t.records}
        return 2 * len(said & right) / (len(said) + len(right))

    assert f1(both) > f1(first) + 0.03
