"""Shown notes as ClaimReviews, where the operator has chosen to mark them up so: for `claims:search`."""

from urllib.parse import urlsplit

from starlette.requests import Request

from kiemchung.commons.asked_about import asked_about
from kiemchung.commons.opening import Commons
from kiemchung.commons.search_reviews import ReviewSearch, oldest_day
from kiemchung.i18n import LANGUAGES, Words, open_words
from kiemchung.model import ClaimReview, Note
from kiemchung.model import Request as NoteRequest
from kiemchung.web.address import site_address
from kiemchung.web.structured import are_reviews, modified, verdict_of_note


def reviewed_notes(request: Request, wanted: ReviewSearch) -> list[ClaimReview]:
    """The shown notes on the claims that a query makes, with what they say of it in place of a verdict.

    They stand on the first page of what is wanted, before the checks that are counted there.
    """
    from kiemchung.claims import find_claims  # numpy loads here

    commons: Commons = request.app.state.commons
    address = site_address(request)
    host = urlsplit(address).hostname or ""
    elsewhere = wanted.publisher_site.removeprefix("www.") not in ("", host.removeprefix("www."))
    if not wanted.query.strip() or wanted.page_token or wanted.offset or elsewhere or not are_reviews(commons):
        return []
    found = asked_about(commons, find_claims(wanted.query))
    reviews = [_review(commons, address, host, each.request, note) for each in found if each for note in each.shown]
    language, oldest = wanted.language.split("-")[0].lower(), oldest_day(commons, wanted.max_age_days)
    return [
        review
        for review in reviews
        if language in ("", review.language.split("-")[0]) and (review.published or "") >= oldest
    ]


def _review(commons: Commons, address: str, host: str, asked: NoteRequest, note: Note) -> ClaimReview:
    assert note.draft is not None
    words: Words = open_words(note.draft.language if note.draft.language in LANGUAGES else LANGUAGES[0])
    return ClaimReview(
        claim=asked.claim,
        verdict=verdict_of_note(words, note),
        url=f"{address}/{words.language}/notes/{note.note_id}",
        publisher=commons.settings.site_name,
        publisher_site=host,
        published=modified(note),
        language=note.draft.language,
        explanation=note.draft.text,
    )
