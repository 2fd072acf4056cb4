"""Small documents and strategies that the tests of several formats share."""

import io
import json
import string
from datetime import date
from typing import Any

from hypothesis import strategies as st

from kiemchung.formats.reading import read_document
from kiemchung.formats.records import Accepted, Record
from kiemchung.formats.values import host_of, text_of
from kiemchung.model import ClaimReview, ReviewRating

NODE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "Uống nước chanh muối chữa được cúm",
    "url": "https://ban-mau.example/chanh-muoi",
    "datePublished": "2026-03-01",
    "author": {"@type": "Organization", "name": "Bàn kiểm chứng Mẫu"},
    "reviewRating": {"@type": "Rating", "alternateName": "Sai"},
}


def node(**changes: Any) -> dict[str, Any]:
    """A ClaimReview object with other members; None takes one away."""
    return {key: value for key, value in {**NODE, **changes}.items() if value is not None}


def read(content: bytes | str, **options: Any) -> list[Record]:
    """The records of a document."""
    data = content.encode() if isinstance(content, str) else content
    return list(read_document(io.BufferedReader(io.BytesIO(data)), **options))  # type: ignore[type-var]


def accepted(content: bytes | str, **options: Any) -> list[ClaimReview]:
    """The checks of a document of which nothing is rejected."""
    records = read(content, **options)
    assert [r for r in records if not isinstance(r, Accepted)] == []
    return [r.review for r in records if isinstance(r, Accepted)]


def outcomes(content: bytes | str, **options: Any) -> list[str]:
    """`ok`, `mended` or the reason of each record."""
    return [
        ("mended" if record.repaired else "ok") if isinstance(record, Accepted) else getattr(record, "reason", "other")
        for record in read(content, **options)
    ]


def page(*blocks: str, head: str = "", attributes: str = 'lang="vi"') -> str:
    """An HTML page with JSON-LD blocks."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!DOCTYPE html><html {attributes}><head><title>Trang</title>{head}{scripts}</head><body>x</body></html>"


def dumps(value: Any) -> str:
    """JSON as most publishers write it."""
    return json.dumps(value, ensure_ascii=False)


#: Texts in several scripts, already clean, so that reading gives them back.
words = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "ạộăđ ươ“”'\"\\,;:!?%/()[]{}\t…ไทยعربي中文हिन्दी😀"),
    max_size=20,
).map(text_of)
some_words = words.filter(bool)
addresses = st.builds(
    "https://d{}.example/{}{}".format, st.integers(0, 9), st.integers(0, 99), st.sampled_from(["", "?a=1"])
)
# earlier ones are of other calendars, later ones of the Buddhist era in a Thai text
days = st.dates(date(1971, 1, 1), date(2399, 12, 31)).map(str)
moments = days | days.map(lambda day: f"{day}T08:30:00+07:00") | days.map(lambda day: f"{day}T08:30:00Z")
ratings = st.builds(
    ReviewRating,
    alternate_name=some_words,
    rating_value=st.sampled_from(["", "1", "2.5"]),
    best_rating=st.sampled_from(["", "5"]),
    worst_rating=st.sampled_from(["", "1"]),
    explanation=words,
)


@st.composite
def reviews(draw: st.DrawFn) -> ClaimReview:
    """A check as reading gives one."""
    url, rating = draw(addresses), draw(ratings)
    return ClaimReview(
        claim=draw(some_words),
        verdict=rating.alternate_name,
        url=url,
        publisher=draw(some_words),
        publisher_site=host_of(url),
        published=draw(st.none() | moments),
        language=draw(st.sampled_from(["und", "vi", "en", "pt-BR", "zh-Hant"])),
        title=draw(words),
        explanation=draw(words) or rating.explanation,
        rating=rating,
        claimant=draw(words),
        claim_date=draw(st.none() | moments),
        appearances=tuple(draw(st.lists(addresses, max_size=3, unique=True))),
        corrections=tuple(draw(st.lists(some_words, max_size=2))),
        modified=draw(st.none() | moments),
    )
