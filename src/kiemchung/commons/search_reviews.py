"""Search the published checks by words and publisher, a page at a time; never by a person, claimant or author."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiemchung.commons.opening import Commons
from kiemchung.commons.searched_index import searched_index
from kiemchung.errors import InputError
from kiemchung.model import StoredReview
from kiemchung.text import fold, normalise, words

#: Best checks that a query ranks; what a reader pages through ends here.
_DEPTH = 200


@dataclass(frozen=True, slots=True)
class ReviewSearch:
    """What is looked for.

    Attributes:
        language: BCP 47; checks in "vi-VN" are found by "vi". Empty for all.
        publisher_site: host without `www.`; subdomains do not count as the site.
        max_age_days: by the publisher's date; 0 for any age. A check without a date is found only then.
        page_token: `next_token` of the page before; empty for the first.
    """

    query: str = ""
    language: str = ""
    publisher_site: str = ""
    max_age_days: int = 0
    limit: int = 10
    page_token: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of checks, best or newest first; `next_token` is empty on the last."""

    reviews: tuple[StoredReview, ...]
    next_token: str


def search_reviews(commons: Commons, wanted: ReviewSearch) -> ReviewPage:
    """The checks that fit the query, most similar first, or a publisher's, newest first.

    Raises:
        InputError: neither a query nor a publisher, or a page token that no page gave.
    """
    query = normalise(wanted.query)
    if not query and not wanted.publisher_site:
        raise InputError("give a query or a reviewPublisherSiteFilter", reason="bad_input")
    start = _start(wanted)
    ranked = _by_query(commons, query) if query else _by_date(commons, _site(wanted.publisher_site))
    kept = _kept(ranked, wanted, oldest_day(commons, wanted.max_age_days))
    page: list[StoredReview] = []
    for position, stored in enumerate(kept):
        if position < start:
            continue
        if len(page) == wanted.limit:
            return ReviewPage(tuple(page), str(start + wanted.limit))
        page.append(stored)
    return ReviewPage(tuple(page), "")


def _start(wanted: ReviewSearch) -> int:
    if not wanted.page_token:
        return wanted.offset
    if not (wanted.page_token.isascii() and wanted.page_token.isdigit() and len(wanted.page_token) <= 10):
        raise InputError("pageToken is not one that a page gave", reason="bad_input")
    return int(wanted.page_token)


def _kept(ranked: Iterator[StoredReview], wanted: ReviewSearch, oldest_day: str) -> Iterator[StoredReview]:
    language, site = wanted.language.lower().split("-")[0], _site(wanted.publisher_site)
    for stored in ranked:
        review = stored.review
        if language and review.language.lower().split("-")[0] != language:
            continue
        if site and review.publisher_site != site:
            continue
        if oldest_day and (review.published or "")[:10] < oldest_day:
            continue
        yield stored


def _by_query(commons: Commons, query: str) -> Iterator[StoredReview]:
    """Checks that lookup finds for the query as a claim; then those that hold every word of it."""
    from kiemchung.claims.language import language as tell_language  # loads word lists
    from kiemchung.lookup.lookup import Query, look_up, rank  # tantivy and NumPy load here

    index, language = searched_index(commons), tell_language(query)
    found = [match.doc_id for match in look_up(index, [Query(query, language)], limit=_DEPTH)[0]]
    near = [doc_id for doc_id, _ in rank(index, query, language, k=_DEPTH)]
    stored = commons.store.get_reviews(list(dict.fromkeys([*found, *near])))
    yield from (stored[doc_id] for doc_id in found if doc_id in stored)
    asked = set(words(fold(query)))
    for doc_id in near:
        if doc_id not in found and doc_id in stored and _holds(stored[doc_id], asked):
            yield stored[doc_id]


def _holds(stored: StoredReview, asked: set[str]) -> bool:
    return bool(asked) and asked <= set(words(fold(f"{stored.review.claim} {stored.review.title}")))


def _by_date(commons: Commons, site: str) -> Iterator[StoredReview]:
    ids = commons.store.ids_of_publisher(site)
    for start in range(0, len(ids), _DEPTH):
        stored = commons.store.get_reviews(ids[start : start + _DEPTH])
        yield from stored.values()


def _site(host: str) -> str:
    return host.strip().lower().removeprefix("www.")


def oldest_day(commons: Commons, max_age_days: int) -> str:
    """The first day that counts, ISO; empty for any age."""
    if max_age_days == 0:
        return ""
    now = datetime.fromtimestamp(commons.clock.now_ms() / 1000, UTC)
    try:
        return (now - timedelta(days=max_age_days)).date().isoformat()
    except OverflowError:  # before the year 1
        return ""
