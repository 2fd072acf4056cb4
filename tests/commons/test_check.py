"""The use case `check`: claims with their checks, opinions left alone, input that is no message refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.commons.check import MAX_CHARACTERS, accept_text, check, fold_long, read_page, web_address
from kiemchung.commons.search_reviews import ReviewSearch, search_reviews
from kiemchung.errors import FetchError, InputError, LookupIndexError
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.model import Answer, Claim, ClaimAnswer, ClaimLabel, Decision, FoundReview, Match
from tests.web.fakes import LEMON, LEMON_EN, PARKING, commons_of, demo_commons, find, stored

LEMON_MESSAGE = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."


def claim(text="x", label=ClaimLabel.CHECKABLE, worth=0.5):
    return Claim(text, 0, len(text), "vi", label, 0.9, worth)


def test_check_gives_claims_in_the_order_of_the_message_with_their_checks():
    answer = check(demo_commons(), f"Trời xanh hôm nay. {LEMON_MESSAGE}", find)
    assert [each.claim.text for each in answer.claims] == ["Trời xanh hôm nay.", LEMON_MESSAGE]
    assert [len(each.found) for each in answer.claims] == [0, 2]
    assert answer.claims[1].found[0].stored.review.verdict == "Sai"
    assert (answer.n_reviews, answer.n_publishers, answer.as_of) == (4, 4, "2026-11-22T08:00:00Z")


def test_nothing_is_said_of_checks_that_are_not_indexed(tmp_path):
    """Checks that are stored and not indexed are not searched: "nothing found in 4 checks" would be untrue."""
    commons = demo_commons()
    with LookupIndex.open(tmp_path / "index", commons.embedder, create=True) as index:
        commons.index = index
        for ask in (lambda: check(commons, LEMON_MESSAGE), lambda: search_reviews(commons, ReviewSearch("lemon"))):
            with pytest.raises(LookupIndexError, match="none of the 4 published checks"):
                ask()
        index.upsert([Document("r0001", LEMON.claim, "", "vi")])
        index.commit()
        index.close()
        assert check(commons, "Trời hôm nay xanh và có gió nhẹ.").n_reviews == 1
        (tmp_path / "index" / "meta.json").unlink()
        with pytest.raises(LookupIndexError, match="damaged"):
            check(commons, LEMON_MESSAGE)


def test_check_leaves_opinions_and_questions_alone_even_where_a_check_has_the_same_words():
    def finds_for_everything(commons, text):
        return [(claim(label=label), [Match("r0001", Decision.MATCH, 1.0)]) for label in ClaimLabel]

    answer = check(demo_commons(), "x", finds_for_everything)
    assert [each.claim.label for each in answer.claims if each.found] == [ClaimLabel.CHECKABLE]


def test_check_leaves_out_a_match_whose_check_is_gone_from_the_store():
    answer = check(demo_commons(), "x", lambda _commons, _text: [(claim(), [Match("gone", Decision.MATCH, 1.0)])])
    assert answer.claims[0].found == ()


def test_check_marks_disagreement_of_matches_and_not_of_related_checks():
    commons = commons_of(LEMON, LEMON_EN, PARKING)

    def finds(second):
        return lambda _commons, _text: [(claim(), [Match("r0001", Decision.MATCH, 0.9), Match("r0002", second, 0.8)])]

    assert check(commons, "x", finds(Decision.MATCH)).claims[0].disagree
    assert not check(commons, "x", finds(Decision.RELATED)).claims[0].disagree


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\u200b\u200e", "empty"),
        ("a" * (MAX_CHARACTERS + 1), "too_long"),
        ("ế\U0001f600" * 20_001, "too_long"),
        ("abc\x00def", "not_text"),
        ("\x1b[31mred", "not_text"),
        ("half \ud83d", "bad_encoding"),
    ],
)
def test_text_that_is_no_message_is_refused_with_a_reason(text, reason):
    with pytest.raises(InputError) as caught:
        accept_text(text)
    assert caught.value.reason == reason


@given(st.text(max_size=200))
def test_any_text_is_accepted_or_refused_with_a_reason(text):
    reasons = []
    try:
        accept_text(text)
    except InputError as error:
        reasons.append(error.reason)
    assert reasons in ([], ["empty"], ["not_text"], ["bad_encoding"])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" https://example.org/a?b=c \n", "https://example.org/a?b=c"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("see https://example.org", ""),
        ("https://example.org and more", ""),
        ("ftp://example.org", ""),
        ("https://example.org/" + "a" * 2_000, ""),
        ("", ""),
    ],
)
def test_only_a_text_that_is_nothing_but_an_address_is_read_there(text, address):
    assert web_address(text) == address


def test_an_address_that_is_refused_is_an_error_of_its_own():
    with pytest.raises(FetchError):
        read_page(demo_commons(), "http://127.0.0.1/")


def test_claims_that_find_left_out_are_marked_and_stand_apart_from_opinions():
    claims = [claim("a"), claim("b"), claim("c", ClaimLabel.OPINION)]
    answer = check(demo_commons(), "x", lambda *_: list(zip(claims, [[], None, []], strict=True)))
    assert [each.looked_up for each in answer.claims] == [True, False, False]
    folding = fold_long(answer)
    assert (folding.shown, folding.rest, folding.left_out, folding.aside) == ((0,), (), (1,), (2,))


def long_answer(n, matched=()):
    found = (FoundReview(Match("r0001", Decision.MATCH, 0.9), stored(LEMON, 1)),)
    claims = [ClaimAnswer(claim(f"claim {i}", worth=i / n), found if i in matched else ()) for i in range(n)]
    claims.append(ClaimAnswer(claim("opinion", ClaimLabel.OPINION)))
    return Answer(tuple(claims), 4, 4, None)


def test_a_short_answer_keeps_the_order_of_the_message():
    folding = fold_long(long_answer(12), limit=12)
    assert (folding.shown, folding.rest, folding.aside) == (tuple(range(12)), (), (12,))


def test_a_long_answer_is_ranked_by_checkworthiness_and_no_match_is_folded():
    folding = fold_long(long_answer(30, matched=(3,)), limit=12)
    assert folding.shown == (*range(29, 17, -1), 3)
    assert set(folding.rest) == set(range(30)) - set(folding.shown)
    assert folding.aside == (30,)
