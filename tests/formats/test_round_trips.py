"""parse(render(x)) == x for every format of checks that is written."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.formats import datacommons, google_claims, insights
from kiemchung.formats.claimreview import render_claim_review
from kiemchung.formats.plain import render_record
from kiemchung.model import ClaimReview, ReviewRating
from tests.formats.documents import accepted, dumps, page, reviews

many = st.lists(reviews(), min_size=1, max_size=3)


@settings(max_examples=30, deadline=None)
@given(reviews())
def test_claim_review_read_from_what_was_written_is_the_same(review: ClaimReview) -> None:
    assert accepted(dumps(render_claim_review(review))) == [review]


@settings(max_examples=30, deadline=None)
@given(reviews())
def test_page_read_from_what_was_written_is_the_same(review: ClaimReview) -> None:
    block = dumps(render_claim_review(review)).replace("</", "<\\/")
    (found,) = accepted(page(block, attributes=""))
    assert replace(found, title=review.title) == review  # a page lends its title


@settings(max_examples=30, deadline=None)
@given(many)
def test_data_commons_feed_read_from_what_was_written_is_the_same(checks: list[ClaimReview]) -> None:
    assert accepted("".join(datacommons.render_feed(checks))) == checks


@settings(max_examples=30, deadline=None)
@given(many)
def test_insights_json_read_from_what_was_written_is_the_same(checks: list[ClaimReview]) -> None:
    assert accepted(insights.render_json(checks, "2026-01-01T00:00:00Z")) == checks


@settings(max_examples=30, deadline=None)
@given(many)
def test_insights_csv_keeps_what_it_has_columns_for(checks: list[ClaimReview]) -> None:
    expected = [
        replace(r, title="", language="und", explanation=r.rating.explanation, corrections=(), modified=None)
        for r in checks
    ]
    assert accepted("".join(insights.render_csv(checks))) == expected


@settings(max_examples=30, deadline=None)
@given(many)
def test_flat_records_read_from_what_was_written_are_the_same(checks: list[ClaimReview]) -> None:
    assert accepted("\n".join(dumps(render_record(r)) for r in checks) + "\n") == checks


@settings(max_examples=30, deadline=None)
@given(many)
def test_google_reply_keeps_what_it_has_fields_for(checks: list[ClaimReview]) -> None:
    def moment(day: str | None) -> str | None:
        return day if day is None or "T" in day else f"{day}T00:00:00Z"

    expected = [
        replace(
            r,
            published=moment(r.published),
            claim_date=moment(r.claim_date),
            rating=ReviewRating(alternate_name=r.verdict),
            explanation="",
            appearances=(),
            corrections=(),
            modified=None,
        )
        for r in checks
    ]
    assert accepted(dumps({"claims": [google_claims.render_claim([r]) for r in checks]})) == expected
