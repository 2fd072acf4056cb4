from typing import Any

import pytest

from kiemchung.model import ClaimReview
from tests.formats.documents import NODE, accepted, dumps, node, outcomes


def one(**changes: Any) -> ClaimReview:
    (review,) = accepted(dumps(node(**changes)))
    return review


def test_claim_review_gives_its_fields() -> None:
    review = one(
        itemReviewed={"@type": "Claim", "author": {"name": "Một trang mạng"}, "datePublished": "2026-02-27"},
        inLanguage="vi_VN",
        headline="Chanh muối không chữa cúm",
        dateModified="2026-03-02T10:00:00+0700",
        correction={"@type": "CorrectionComment", "text": "Đã sửa một con số."},
    )
    assert (review.claim, review.verdict, review.publisher) == (NODE["claimReviewed"], "Sai", "Bàn kiểm chứng Mẫu")
    assert (review.publisher_site, review.published, review.language) == ("ban-mau.example", "2026-03-01", "vi-VN")
    assert (review.claimant, review.claim_date, review.title) == (
        "Một trang mạng",
        "2026-02-27",
        "Chanh muối không chữa cúm",
    )
    assert (review.modified, review.corrections) == ("2026-03-02T10:00:00+07:00", ("Đã sửa một con số.",))


@pytest.mark.parametrize(
    "claim",
    ["A &amp; B &#8220;x&#8221;", ["A & B “x”"], {"@value": "A & B “x”"}, "<p>A &amp; B\n “x”</p>", "A\u0000 & B “x”"],
)
def test_claim_is_plain_text_however_it_is_written(claim: Any) -> None:
    assert one(claimReviewed=claim).claim == "A & B “x”"


@pytest.mark.parametrize(
    ("rating", "verdict"),
    [
        ({"alternateName": "Sai"}, "Sai"),
        ([{"alternateName": "Sai"}], "Sai"),
        ({"alternateName": ["Sai"], "ratingValue": 1}, "Sai"),
        ("Sai", "Sai"),
        ({"ratingValue": "Sai"}, "Sai"),
        ({"name": "Sai"}, "Sai"),
        ({"ratingValue": 2, "bestRating": 5, "worstRating": 1}, "2 (1–5)"),
        ({"ratingValue": 2.0}, "2"),
        (2, "2"),
        ({"alternateName": "", "ratingValue": "1"}, "1"),
    ],
)
def test_verdict_is_the_publishers_word_or_number(rating: Any, verdict: str) -> None:
    assert one(reviewRating=rating).verdict == verdict


@pytest.mark.parametrize(
    ("author", "publisher"),
    [
        ("Bàn Mẫu", "Bàn Mẫu"),
        ([{"@type": "Organization", "name": "Bàn Mẫu"}], "Bàn Mẫu"),
        ({"@type": ["NewsMediaOrganization"], "name": "Bàn Mẫu"}, "Bàn Mẫu"),
        ({"name": "Bàn Mẫu"}, "Bàn Mẫu"),
        (None, "ban-mau.example"),
        ({"@type": "Person", "name": "Nguyễn Văn Ví Dụ"}, "ban-mau.example"),
        ([{"@type": "Person", "name": "Ví Dụ"}, {"@type": "Organization", "name": "Bàn Mẫu"}], "Bàn Mẫu"),
        ({"@type": "Organization", "name": "Ví Dụ", "url": "https://a.example/authors/vi-du"}, "ban-mau.example"),
    ],
)
def test_publisher_is_the_desk_and_never_its_writer(author: Any, publisher: str) -> None:
    assert one(author=author).publisher == publisher


def test_publisher_of_a_writers_check_is_the_publisher_that_is_named() -> None:
    review = one(author={"@type": "Person", "name": "Ví Dụ"}, publisher={"@type": "Organization", "name": "Bàn Mẫu"})
    assert review.publisher == "Bàn Mẫu"


@pytest.mark.parametrize(
    "item",
    [
        {"appearance": [{"@type": "CreativeWork", "url": "https://a.example/1"}]},
        {"appearance": "https://a.example/1"},
        {"firstAppearance": {"url": "https://a.example/1"}, "appearance": ["https://a.example/1"]},
        {"url": "https://a.example/1"},
        [{"@type": "CreativeWork", "url": ["https://a.example/1"]}],
    ],
)
def test_appearances_are_found_however_they_are_written(item: Any) -> None:
    assert one(itemReviewed=item).appearances == ("https://a.example/1",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"claimReviewed": None}, "no_claim"),
        ({"claimReviewed": "  "}, "no_claim"),
        ({"reviewRating": None}, "no_verdict"),
        ({"url": None}, "no_url"),
        ({"url": "javascript:alert(1)"}, "bad_url"),
        ({"url": "/relative"}, "bad_url"),
        ({"url": "https://"}, "bad_url"),
        ({"url": "http://[bad"}, "bad_url"),
        ({"url": "ftp://ban-mau.example/x"}, "bad_url"),
    ],
)
def test_claim_review_that_cannot_be_used_says_why(changes: dict[str, Any], reason: str) -> None:
    assert outcomes(dumps(node(**changes, author="x"))) == [reason]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda n: [n, n],
        lambda n: {"@graph": [{"@type": "WebPage"}, n, n]},
        lambda n: {"@type": "NewsArticle", "mainEntity": n, "review": [n]},
        lambda n: {"@type": "WebPage", "hasPart": [[n], {"@type": "ItemList", "itemListElement": [{"item": n}]}]},
        lambda n: [{**n, "@type": ["ClaimReview", "Review"]}, {**n, "@type": "http://schema.org/ClaimReview"}],
    ],
)
def test_claim_reviews_are_found_wherever_they_stand(wrap: Any) -> None:
    assert len(accepted(dumps({"x": wrap(NODE)}))) == 2


def test_references_into_the_graph_are_followed() -> None:
    graph = [
        {"@id": "#desk", "@type": "Organization", "name": "Bàn Mẫu"},
        {"@id": "#rating", "@type": "Rating", "alternateName": "Sai"},
        node(author={"@id": "#desk"}, reviewRating={"@id": "#rating"}),
    ]
    (review,) = accepted(dumps({"@graph": graph}))
    assert (review.publisher, review.verdict) == ("Bàn Mẫu", "Sai")


def test_markup_nested_without_end_is_given_up() -> None:
    deep: Any = NODE
    for _ in range(200):
        deep = {"x": deep}
    assert outcomes(dumps([deep, NODE])) == ["no_claim_review", "ok"]
