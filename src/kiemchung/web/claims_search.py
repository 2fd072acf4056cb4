"""GET /v1alpha1/claims:search in the shape of Google's Fact Check Tools API, for programs that speak it already."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from kiemchung.commons.search_reviews import ReviewSearch, search_reviews
from kiemchung.model import ClaimReview
from kiemchung.web.reviewed_notes import reviewed_notes
from kiemchung.web.schema import GoogleErrorReply, GoogleSearchReply

router = APIRouter()

_MAX_PAGE_SIZE = 100
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": GoogleErrorReply, "description": "Neither a query nor a publisher filter, or a value out of range."},
    503: {"model": GoogleErrorReply, "description": "The server is busy, or its checks cannot be read."},
    "default": {"model": GoogleErrorReply, "description": "Any other error, in the same shape."},
}


@router.get(
    "/v1alpha1/claims:search",
    response_model=GoogleSearchReply,
    response_model_exclude_none=True,
    responses=_ERRORS,
    operation_id="claims_search",
    tags=["claims"],
)
async def get_claims(
    request: Request,
    query: Annotated[str, Query(max_length=2_000, description="What the claim says; or give a publisher filter.")] = "",
    languageCode: Annotated[str, Query(max_length=35, description="BCP 47; all languages by default.")] = "",  # noqa: N803 - Google's name
    reviewPublisherSiteFilter: Annotated[str, Query(max_length=253, description="Host of the publisher.")] = "",  # noqa: N803 - Google's name
    maxAgeDays: Annotated[int, Query(ge=0, le=100_000, description="0: any age.")] = 0,  # noqa: N803 - Google's name
    pageSize: Annotated[int, Query(ge=0, le=2**31 - 1, description="At most 100 are given; 0 means 10.")] = 10,  # noqa: N803 - Google's name
    pageToken: Annotated[str, Query(max_length=32, description="nextPageToken of the page before.")] = "",  # noqa: N803 - Google's name
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="Claims to skip; pageToken goes first.")] = 0,
    key: Annotated[str, Query(max_length=200, description="Accepted and ignored.")] = "",
) -> dict[str, Any]:
    """Published checks whose claim fits the query, in Google's shape; shown notes first where they are marked up so."""
    wanted = ReviewSearch(
        query=query,
        language=languageCode,
        publisher_site=reviewPublisherSiteFilter,
        max_age_days=maxAgeDays,
        limit=min(pageSize or 10, _MAX_PAGE_SIZE),
        page_token=pageToken,
        offset=offset,
    )
    state = request.app.state
    found = await state.workshop.run(search_reviews, state.commons, wanted)
    notes = await state.workshop.run(reviewed_notes, request, wanted)
    reply: dict[str, Any] = {}
    if found.reviews or notes:
        reply["claims"] = [claim_of(review) for review in (*notes, *(stored.review for stored in found.reviews))]
    if found.next_token:
        reply["nextPageToken"] = found.next_token
    return reply


def claim_of(review: ClaimReview) -> dict[str, Any]:
    """One check in Google's shape; fields that the publisher left empty are left out."""
    return _filled(
        text=review.claim,
        claimant=review.claimant,
        claimDate=rfc3339(review.claim_date),
        claimReview=[
            _filled(
                publisher=_filled(name=review.publisher, site=review.publisher_site),
                url=review.url,
                title=review.title,
                reviewDate=rfc3339(review.published),
                textualRating=review.verdict,
                languageCode="" if review.language == "und" else review.language,
            )
        ],
    )


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}


def rfc3339(published: str | None) -> str | None:
    """An ISO 8601 date or date-time as Google writes it: a day is its midnight UTC."""
    if not published:
        return None
    if len(published) == 10:
        return f"{published}T00:00:00Z"
    return published.replace("+00:00", "Z") if published[-6:-5] in "+-" or published.endswith("Z") else f"{published}Z"
