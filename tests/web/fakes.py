"""A commons with a store in memory and a finder that can be foretold: by sentences and common words."""

import re
import shutil
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from kiemchung.commons import site
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.errors import FetchError
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.model import Claim, ClaimLabel, ClaimReview, Decision, Match, Origin, Reason, StoredReview
from kiemchung.ports import Fetched
from kiemchung.text import fold, words

ORIGIN = Origin("demo", "CC0-1.0", "2026-11-22T08:00:00Z")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\s|$)|\n|$)")
_OPINION = ("toi nghi", "theo toi", "i think", "in my opinion")

LEMON = ClaimReview(
    "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư",
    "Sai",
    "https://suckhoe.example/chanh",
    "Bàn Sức khoẻ",
    "suckhoe.example",
    published="2025-05-03",
    language="vi",
    title="Nước chanh có chữa ung thư?",
)
LEMON_EN = ClaimReview(
    "Hot lemon water cures cancer",
    "Half true",
    "https://factdesk.example/lemon",
    "The Fact Desk",
    "factdesk.example",
    published="2024-11-30T09:30:00+00:00",
    language="en",
    claimant="Trần Văn Mẫu",
)
PARKING = ClaimReview(
    "Đỗ xe sai quy định bị phạt 2.000.000 đồng",
    "Đúng một phần",
    "https://giaothong.example/phat",
    "Đường phố",
    "giaothong.example",
    published="2026-01-15",
    language="vi",
)


def stored(review: ClaimReview, number: int) -> StoredReview:
    return StoredReview(f"r{number:04d}", 1, review, (ORIGIN,))


@dataclass
class MemoryStore:
    """Published checks by id; what the doors read of a store."""

    reviews: dict[str, StoredReview]

    def get_reviews(self, review_ids: Sequence[str]) -> dict[str, StoredReview]:
        return {each: self.reviews[each] for each in review_ids if each in self.reviews}

    def iter_reviews(self, *, changed_since: int = 0) -> Iterator[tuple[int, StoredReview]]:
        yield from enumerate(self.reviews.values(), 1)

    def ids_of_publisher(self, site: str) -> list[str]:
        of_site = [each for each in self.reviews.values() if each.review.publisher_site == site]
        of_site.sort(key=lambda each: (each.review.published or "", each.review_id), reverse=True)
        return [each.review_id for each in of_site]

    def summary(self) -> dict[str, Any]:
        sites = {each.review.publisher_site for each in self.reviews.values()}
        as_of = ORIGIN.imported_at if self.reviews else None
        return {
            "n_reviews": len(self.reviews),
            "n_publishers": len(sites),
            "as_of": as_of,
            "last_change": len(self.reviews),
        }

    def close(self) -> None:
        pass


@dataclass
class FixedClock:
    ms: int = 1_795_000_000_000  # November 2026

    def now_ms(self) -> int:
        return self.ms


@dataclass
class FakeFetcher:
    pages: dict[str, Fetched] = field(default_factory=dict)

    def get(self, url: str) -> Fetched:
        if url not in self.pages:
            raise FetchError(url, "refused", "not a public address")
        return self.pages[url]


class FakeCommons(Commons):
    """A Commons over a store in memory; contributions and both indexes are real, in a new folder."""

    def __init__(self, store: MemoryStore, **settings: Any) -> None:
        folder = mkdtemp()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        super().__init__(Settings(data_dir=Path(folder), **settings), store, FixedClock())

    @cached_property
    def fetcher(self) -> FakeFetcher:
        return FakeFetcher()

    @cached_property
    def title_fetcher(self) -> FakeFetcher:
        return self.fetcher

    @cached_property
    def embedder(self) -> HashingEmbedder:
        return HashingEmbedder()

    @cached_property
    def index(self) -> LookupIndex:
        index = LookupIndex.open(self.settings.index_dir, self.embedder, create=True)
        reviews = ((doc_id, each.review) for doc_id, each in self.store.reviews.items())
        index.upsert(Document(doc_id, review.claim, language=review.language) for doc_id, review in reviews)
        index.commit()
        index.close()
        return index


def open_site(commons: Commons) -> None:
    """Fill in the operator's pages, so that notes are open."""
    for name in site.OPERATOR_PAGES:
        for language in site.LANGUAGES:
            site.write_page(commons.contributions, name, language, f"Example desk, {name}.\n\nhttps://desk.example/")


def commons_of(*reviews: ClaimReview) -> FakeCommons:
    return FakeCommons(MemoryStore({f"r{i:04d}": stored(review, i) for i, review in enumerate(reviews, 1)}))


def demo_commons() -> FakeCommons:
    return commons_of(
        LEMON,
        LEMON_EN,
        PARKING,
        replace(LEMON, url="https://khac.example/chanh", publisher="Bàn Khác", publisher_site="khac.example"),
    )


def find(commons: Any, text: str) -> list[tuple[Claim, list[Match]]]:
    """Statements with the checks that share 3 words or more with them; more than half of a check's words is a match."""
    return [(claim, _matches(commons, claim)) for claim in statements(text)]


def find_two(commons: Any, text: str) -> list[tuple[Claim, list[Match] | None]]:
    """As `find`, for a site that looks up two claims of a text and leaves the others out."""
    return [(claim, matches if i < 2 else None) for i, (claim, matches) in enumerate(find(commons, text))]


def statements(text: str) -> list[Claim]:
    found = []
    for part in _SENTENCE.finditer(text):
        sentence = part[0].strip()
        if not sentence:
            continue
        start = text.index(sentence, part.start())
        opinion = fold(sentence).startswith(_OPINION)
        label = (
            ClaimLabel.QUESTION if sentence.endswith("?") else ClaimLabel.OPINION if opinion else ClaimLabel.CHECKABLE
        )
        found.append(Claim(sentence, start, start + len(sentence), "vi", label, 0.9, min(1.0, len(sentence) / 200)))
    return found


def _matches(commons: Any, claim: Claim) -> list[Match]:
    asked = set(words(fold(claim.text)))
    matches = []
    for _, each in commons.store.iter_reviews():
        theirs = set(words(fold(each.review.claim)))
        common = len(asked & theirs)
        if common < 3:
            continue
        share = common / len(theirs)
        decision = Decision.MATCH if share > 0.5 else Decision.RELATED
        reasons = [Reason("same_meaning"), Reason("other_language", (each.review.language,))]
        if decision is Decision.RELATED:
            reasons.append(Reason("number_differs", ("500.000", "2.000.000")))
        matches.append(Match(each.review_id, decision, round(share, 4), tuple(reasons)))
    return sorted(matches, key=lambda match: -match.match_score)
