"""What an incoming check does to the ones held: pure decisions, no SQL, the same over every database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kiemchung.model import ClaimReview, Origin
from kiemchung.ports import Change
from kiemchung.store.content import content_hash, decode, encode
from kiemchung.store.identity import (
    Likeness,
    claim_key,
    day_key,
    likeness,
    normalise_url,
    same_check,
    short_hash,
    title_key,
)

#: More checks than this under one address, title or day say nothing about likeness (and would cost too much).
MAX_CANDIDATES = 64


@dataclass(slots=True)
class Held:
    """A check as held, with what a merge needs to know of it.

    Attributes:
        contents: the text of each version; index 0 is version 1. None where it was not loaded.
        hashes: of each version, in the same order.
        origins: by source: licence, hash of what it said last, time of import.
    """

    review_id: str
    version: int
    change: int
    twin_of: str | None
    publisher_site: str
    url_key: str
    title_key: str | None
    day_key: str | None
    hashes: list[str]
    contents: list[str | None]
    origins: dict[str, tuple[str | None, str, str]] = field(default_factory=dict)
    is_new: bool = False
    is_dirty: bool = False
    n_stored_versions: int = 0
    dirty_origins: set[str] = field(default_factory=set)
    new_origins: set[str] = field(default_factory=set)
    _likeness: Likeness | None = None

    @property
    def review(self) -> ClaimReview:
        """The current version."""
        content = self.contents[self.version - 1]
        assert content is not None, "the current version is always loaded"
        return decode(content)

    @property
    def likeness(self) -> Likeness:
        """Of the version that was current when it was first asked for."""
        if self._likeness is None:
            self._likeness = likeness(self.review)
        return self._likeness

    def likeness_keys(self) -> tuple[str, ...]:
        """Under which likeness is asked for."""
        return tuple(key for key in (self.url_key, self.title_key, self.day_key) if key)


def keys_of(review: ClaimReview) -> tuple[str, str | None, str | None]:
    """The keys of address, title and day."""
    return short_hash(normalise_url(review.url)), title_key(review), day_key(review)


class Merge:
    """One batch of incoming checks against what is held. `put` decides; the store then writes what became dirty."""

    def __init__(self, held: Iterable[Held], candidates: Iterable[Held], last_change: int) -> None:
        """Hold what the batch may touch (`held`, by id) and what may be its twins (`candidates`)."""
        self.last_change = last_change
        self.held = {row.review_id: row for row in held}
        #: Publisher's host -> how many checks more.
        self.moved: dict[str, int] = defaultdict(int)
        self._by_key: dict[str, list[Held]] = defaultdict(list)
        for row in candidates:
            self._list(self.held.setdefault(row.review_id, row))

    def put(self, identity: str, review: ClaimReview, origin: Origin) -> Change:
        """Take in one check, given its id; repeating it changes nothing."""
        content = encode(review)
        row = self.held.get(identity)
        kind = self._add(identity, review, content, origin) if row is None else self._meet(row, review, content, origin)
        return Change(kind, identity)

    def _add(self, identity: str, review: ClaimReview, content: str, origin: Origin) -> str:
        url, title, day = keys_of(review)
        row = Held(identity, 1, 0, None, review.publisher_site, url, title, day, [content_hash(content)], [content])
        row.is_new = True
        self.held[identity] = row
        row._likeness = likeness(review)
        twin = self._twin_of(row, origin.source)
        if twin is not None:
            row.twin_of = twin.twin_of or twin.review_id
        else:
            self.moved[review.publisher_site] += 1
        self._touch(row)
        self._name_origin(row, origin, row.hashes[0])
        self._list(row)
        return "twin" if twin is not None else "new"

    def _meet(self, row: Held, review: ClaimReview, content: str, origin: Origin) -> str:
        """A check that is held already: the same, seen elsewhere, or changed."""
        incoming = content_hash(content)
        known = row.origins.get(origin.source)
        self._name_origin(row, origin, incoming)
        if incoming == row.hashes[row.version - 1] or (known and known[1] == incoming):
            return "same" if known else "twin"
        if known is None and (incoming in row.hashes or not _replaces(review, row.review)):
            if incoming not in row.hashes:
                row.hashes.append(incoming)  # kept, though the current version stays
                row.contents.append(content)
                row.is_dirty = True
            return "twin"
        self._renew(row, review, content, incoming)
        return "changed"

    def _renew(self, row: Held, review: ClaimReview, content: str, incoming: str) -> None:
        verdict_changed = claim_key(review.verdict) != claim_key(row.review.verdict)
        row.hashes.append(incoming)
        row.contents.append(content)
        row.version = len(row.hashes)
        _, row.title_key, row.day_key = keys_of(review)
        if row.twin_of and verdict_changed:
            row.twin_of = None  # says something else than its twin now, so it is shown by itself
            self.moved[row.publisher_site] += 1
        self._touch(row)

    def _touch(self, row: Held) -> None:
        self.last_change += 1
        row.change = self.last_change
        row.is_dirty = True

    def _twin_of(self, row: Held, source: str) -> Held | None:
        """The likeliest of the checks that share an address, a title or a day; the first one of equally likely ones."""
        best, found = 0.0, None
        for key in row.likeness_keys():
            others = self._by_key[key]
            for other in others if len(others) <= MAX_CANDIDATES else ():
                score = same_check(other.likeness, row.likeness, one_crawl=source in other.origins)
                if score > best:
                    best, found = score, other
        return found

    def _list(self, row: Held) -> None:
        for key in row.likeness_keys():
            self._by_key[key].append(row)

    @staticmethod
    def _name_origin(row: Held, origin: Origin, incoming: str) -> None:
        known = row.origins.get(origin.source)
        if known is None:
            row.new_origins.add(origin.source)
            row.origins[origin.source] = (origin.licence, incoming, origin.imported_at)
        elif known[1] != incoming or (origin.licence and origin.licence != known[0]):
            row.dirty_origins.add(origin.source)
            row.origins[origin.source] = (origin.licence or known[0], incoming, origin.imported_at)


def _replaces(incoming: ClaimReview, current: ClaimReview) -> bool:
    """Whether a crawl not seen before brings a newer text, and not only another typing of the held one."""
    new, old = incoming.modified or incoming.published or "", current.modified or current.published or ""
    words, held_words = claim_key(incoming.rating.alternate_name), claim_key(current.rating.alternate_name)
    if words == held_words or not words:
        return bool(incoming.modified) and bool(words or not held_words) and new > old
    return not held_words or new >= old
