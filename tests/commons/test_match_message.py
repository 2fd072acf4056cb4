"""Which statements of a message are looked up, and which count as claims only because a check answers them."""

import pytest

from kiemchung.commons import match_message as room
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.model import Claim, ClaimLabel, Decision, Match, Reason

SURE = Claim("Nước sôi ở 100 độ.", 0, 18, "vi", ClaimLabel.CHECKABLE, 0.95, 0.5)
DOUBTFUL = Claim("Sao Hỏa sẽ to bằng Mặt Trăng.", 19, 48, "vi", ClaimLabel.OPINION, 0.6, 0.2)
UNLIKELY = Claim("Cóc làm mọc mụn, ghê lắm.", 19, 44, "vi", ClaimLabel.OPINION, 0.9, 0.2)
OPINION = Claim("Phim này hay nhất.", 49, 67, "vi", ClaimLabel.OPINION, 0.99, 0.0)
ORDER = Claim("Điền phiếu nhận vé.", 68, 87, "vi", ClaimLabel.OTHER, 0.99, 0.0)


class Candidates(dict[str, float]):
    """The scores of a query's candidates; the row of a document is its name here."""

    def row_of(self, doc_id):
        return doc_id

    def score_of(self, row):
        return self.get(row, 0.0)


def answer_by(monkeypatch, found, candidates=lambda _: Candidates()):
    """Let the lookup find what `found` gives for a query's text, out of such candidates."""
    monkeypatch.setattr(room, "look_up", lambda _, queries, *rest, limit: [found(query.text) for query in queries])
    monkeypatch.setattr(
        room,
        "look_up_with_candidates",
        lambda _, queries, *rest, limit: [(found(query.text), candidates(query.text)) for query in queries],
    )


@pytest.fixture
def answers(monkeypatch):
    """What is found, by the text that is asked for."""
    found: dict[str, list[Match]] = {}
    answer_by(monkeypatch, lambda text: found.get(text, []))
    return found


def told(monkeypatch, claims):
    monkeypatch.setattr(room, "find_claims", lambda *_: list(claims))
    return [
        (claim.label, [m.doc_id for m in matches])
        for claim, matches in room.match_message("x", None, HashingEmbedder())
    ]


def test_doubtful_opinion_beside_a_claim_counts_where_a_check_answers_it(monkeypatch, answers):
    answers[DOUBTFUL.text] = [Match("mars", Decision.MATCH, 0.9)]
    answers[OPINION.text] = [Match("film", Decision.MATCH, 0.9)]
    assert told(monkeypatch, [SURE, DOUBTFUL, OPINION]) == [
        (ClaimLabel.CHECKABLE, []),
        (ClaimLabel.CHECKABLE, ["mars"]),
        (ClaimLabel.OPINION, []),
    ]


def test_doubtful_opinion_stays_one_where_checks_are_only_near(monkeypatch, answers):
    answers[DOUBTFUL.text] = [Match("mars", Decision.RELATED, 0.4)]
    assert told(monkeypatch, [SURE, DOUBTFUL]) == [(ClaimLabel.CHECKABLE, []), (ClaimLabel.OPINION, [])]


@pytest.mark.parametrize("beside", [[SURE], []])
@pytest.mark.parametrize(
    ("score", "told_as"), [(0.79, (ClaimLabel.OPINION, [])), (0.8, (ClaimLabel.CHECKABLE, ["toad"]))]
)
def test_what_is_most_likely_an_opinion_counts_only_where_a_check_answers_it_surely(
    monkeypatch, answers, beside, score, told_as
):
    answers[UNLIKELY.text] = [Match("toad", Decision.MATCH, score)]
    assert told(monkeypatch, [*beside, UNLIKELY])[-1] == told_as


def test_message_without_a_claim_has_its_orders_and_doubtful_opinions_looked_up(monkeypatch, answers):
    answers[ORDER.text] = [Match("tickets", Decision.MATCH, 0.9)]
    answers[DOUBTFUL.text] = [Match("mars", Decision.MATCH, 0.9)]
    answers[OPINION.text] = [Match("film", Decision.MATCH, 0.9)]
    assert told(monkeypatch, [DOUBTFUL, OPINION, ORDER]) == [
        (ClaimLabel.CHECKABLE, ["mars"]),
        (ClaimLabel.OPINION, []),
        (ClaimLabel.CHECKABLE, ["tickets"]),
    ]


def worth(text, checkworthiness):
    return Claim(text, 0, len(text), "vi", ClaimLabel.CHECKABLE, 0.95, checkworthiness)


def test_of_a_long_text_the_claims_most_worth_checking_are_looked_up_each_wording_once(monkeypatch):
    asked = []

    def found(text):
        asked.append(text)
        return [Match(text, Decision.MATCH, 0.9)]

    claims = [worth("một", 0.3), worth("hai", 0.9), worth("ba", 0.1), worth("hai", 0.9), DOUBTFUL]
    answer_by(monkeypatch, found)
    monkeypatch.setattr(room, "find_claims", lambda *_: claims)
    told = room.match_message("cả tin", None, HashingEmbedder(), most=2)
    assert asked == ["một", "hai", "cả tin"]
    assert [None if matches is None else [m.doc_id for m in matches] for _, matches in told] == [
        ["một"],
        ["hai"],
        None,
        ["hai"],
        [],
    ]
    assert all(matches is not None for _, matches in room.match_message("x", None, HashingEmbedder(), most=None))


def test_what_only_the_whole_finds_is_given_to_nobody_where_claims_were_left_out(monkeypatch):
    found = {"cả tin": [Match("melon", Decision.MATCH, 0.8), Match("phone", Decision.MATCH, 0.8)]}
    found["sạc cả đêm"] = [Match("phone", Decision.RELATED, 0.5)]
    answer_by(monkeypatch, lambda text: found.get(text, []))
    monkeypatch.setattr(room, "find_claims", lambda *_: [worth("chợ bơm dưa", 0.3), worth("sạc cả đêm", 0.9)])
    told = room.match_message("cả tin", None, HashingEmbedder(), most=1)
    assert told[0][1] is None
    assert [(match.doc_id, match.decision) for match in told[1][1]] == [("phone", Decision.MATCH)]


def test_what_only_the_whole_message_finds_goes_to_the_claim_that_comes_closest(monkeypatch):
    scores = {"chợ bơm dưa": Candidates(melon=0.1), "sạc cả đêm": Candidates(melon=0.01, phone=0.9)}
    found = {
        "sạc cả đêm": [Match("phone", Decision.MATCH, 0.9)],
        "cả tin": [Match("melon", Decision.MATCH, 0.8)],
    }
    answer_by(monkeypatch, lambda text: found.get(text, []), lambda text: scores.get(text, Candidates()))
    monkeypatch.setattr(room, "find_claims", lambda *_: [worth("chợ bơm dưa", 0.3), worth("sạc cả đêm", 0.9)])
    told = room.match_message("cả tin", None, HashingEmbedder())
    assert [[m.doc_id for m in matches] for _, matches in told] == [["melon"], ["phone"]]


@pytest.mark.parametrize(("decision", "score"), [(Decision.MATCH, 0.7), (Decision.RELATED, 0.4)])
def test_whole_message_lifts_what_a_claim_has_as_near_to_a_match_and_else_leaves_its_reasons(
    monkeypatch, decision, score
):
    near = Match("rice", Decision.RELATED, 0.3, (Reason("less_certain"),))
    whole = Match("rice", decision, score, (Reason("negation_differs"),))
    answer_by(monkeypatch, lambda text: {"cơm nguội có độc": [near], "cả tin": [whole]}.get(text, []))
    monkeypatch.setattr(room, "find_claims", lambda *_: [worth("cơm nguội có độc", 0.3), worth("khác", 0.9)])
    told = room.match_message("cả tin", None, HashingEmbedder())
    assert told[0][1] == [whole if decision is Decision.MATCH else near]
