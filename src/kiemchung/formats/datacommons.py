"""Data Commons feeds: `{"dataFeedElement": [{"item": [ClaimReview, …] | ClaimReview | null}, …]}`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kiemchung.formats.claimreview import Surroundings, read_value, render_claim_review
from kiemchung.formats.records import Record, Rejected, cut
from kiemchung.formats.values import first_address
from kiemchung.model import ClaimReview


def read_element(element: Any, where: str, *, repaired: bool = False) -> Iterator[Record]:
    """The checks of one element of a feed; an empty one is counted."""
    if not isinstance(element, dict):
        yield Rejected("empty_item", "the element is no object", where, cut(str(element)))
        return
    item = element.get("item", element)
    around = Surroundings(url=first_address(element.get("url")))
    n_records = 0
    for record in read_value(item, where, around, repaired=repaired):
        n_records += 1
        yield record
    if n_records == 0:
        yield Rejected("empty_item", "the element holds no ClaimReview", where, cut(str(element)))


def render_feed(reviews: Iterable[ClaimReview]) -> Iterator[str]:
    """A feed in pieces, one element a line; reading it gives the checks again."""
    yield '{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":['
    for number, review in enumerate(reviews):
        element = {"@type": "DataFeedItem", "item": [render_claim_review(review)], "url": review.url}
        yield (",\n" if number else "\n") + json.dumps(element, ensure_ascii=False)
    yield "\n]}\n"
