from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import Query, look_up, look_up_with_candidates, rank
from kiemchung.model import Decision

DOCUMENTS = [
    Document("snake", "Workers found a snake of forty metres in a well.", "The picture was edited.", "en"),
    Document("tea", "Uống trà gừng chữa khỏi bệnh cúm trong 3 ngày.", "Chưa có nghiên cứu nào.", "vi"),
    Document("rice", "Gạo làm bằng nhựa được bán ở chợ.", "Kiểm nghiệm cho thấy gạo thường.", "vi"),
    Document("moon", "The Moon landing was filmed in a studio.", "", "en"),
]


def test_claim_word_for_word_is_a_match(index):
    (found,) = look_up(index, [Query("Gạo làm bằng nhựa được bán ở chợ", "vi")])
    assert (found[0].doc_id, found[0].decision) == ("rice", Decision.MATCH)


def test_another_number_is_never_a_match(index):
    (found,) = look_up(index, [Query("Uống trà gừng chữa khỏi bệnh cúm trong 9 ngày.", "vi")])
    assert Decision.MATCH not in [match.decision for match in found if match.doc_id == "tea"]


def test_scores_are_probabilities_and_fall(index):
    for found in look_up(
        index, [Query("a snake in a well", "en"), Query("trà gừng", "vi"), Query("🙂", "und"), Query("", "vi")]
    ):
        scores = [match.match_score for match in found if match.decision is Decision.MATCH]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= match.match_score <= 1 for match in found)


def test_rank_gives_k_documents_in_falling_order(index):
    ranked = rank(index, "snake in a well", "en", k=4)
    assert ranked[0][0] == "snake"
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)


def test_same_input_gives_the_same_answer(index):
    query = Query("giant snake 40 m found by workers", "en")
    assert look_up(index, [query]) == look_up(index, [query, Query("other", "en")])[:1]


def test_scored_tells_the_score_of_a_document_by_its_row(index):
    ((matches, scored),) = look_up_with_candidates(index, [Query("Gạo làm bằng nhựa được bán ở chợ", "vi")])
    assert scored.score_of(scored.row_of("rice")) == matches[0].match_score
    assert scored.row_of("unknown") == -1
    assert scored.score_of(-1) == 0


def test_equal_queries_are_looked_up_once(index, monkeypatch):
    asked = []
    real = LookupIndex.ask
    monkeypatch.setattr(LookupIndex, "ask", lambda self, texts, *rest: asked.extend(texts) or real(self, texts, *rest))
    tea, moon = Query("trà gừng chữa cúm", "vi"), Query("the Moon landing", "en")
    first, second, again = look_up_with_candidates(index, [tea, moon, tea])
    assert asked == [tea.text, moon.text]
    assert again == first != second
