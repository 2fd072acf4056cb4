"""Import published checks: read, tidy, refuse with a reason, store, and go on where it stopped."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiemchung.commons.settings import Settings
from kiemchung.commons.sources import Document, open_sources
from kiemchung.formats.records import Accepted, Notice, Record, Rejected
from kiemchung.formats.values import host_of
from kiemchung.model import ClaimReview, Origin
from kiemchung.ports import Clock, Fetcher

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons

#: Checks in one transaction: what an interruption can lose.
BATCH = 2_000
#: Longest claim, in characters; Google asks for about 75, whole articles are a publisher's mistake.
MAX_CLAIM = 5_000
#: Longest other text of a check, in characters.
MAX_TEXT = 100_000


#: Letters of Vietnamese, and of other scripts than the Latin one.
_NOT_ENGLISH = re.compile("[ăđơưĂĐƠƯ\u0370-\u1eff\u3040-\ud7af]")


@dataclass(frozen=True, slots=True)
class Options:
    """How to import.

    Attributes:
        licence: of the source, as SPDX id or in words, for records that do not say themselves; None where unknown.
        source_name: what origins shall say instead of the file's or feed's own name.
    """

    licence: str | None = None
    source_name: str | None = None


@dataclass(slots=True)
class Tally:
    """What an import did. Records counted: new, changed, same and twin ones, and rejected ones by reason."""

    n_documents: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    n_repaired: int = 0
    n_skipped: int = 0

    def as_dict(self) -> dict[str, object]:
        """The counts by name, for `--json`."""
        return {
            "documents": self.n_documents,
            **{kind: self.stored[kind] for kind in ("new", "changed", "same", "twin")},
            "repaired": self.n_repaired,
            "taken_in_before": self.n_skipped,
            "rejected": dict(sorted(self.rejected.items())),
        }


class Watcher:
    """Hears of every step of an import; doors show it. This one shows nothing."""

    def rejected(self, document: str, record: Rejected) -> None:
        """A record could not be used."""

    def notice(self, document: str, record: Notice) -> None:
        """Something that the operator should know."""

    def read(self, document: str, tally: Tally, position: tuple[int, int]) -> None:
        """Some records of a document were read; position in bytes, with the size."""


def read_reviews(
    sources: list[str],
    settings: Settings,
    fetcher: Callable[[], Fetcher],
    clock: Clock,
    options: Options,
    tally: Tally,
    watcher: Watcher,
) -> Iterator[tuple[Document, Origin, Accepted | None]]:
    """Every usable check of the sources with its origin; rejected records are counted and told to the watcher.

    A document's end is told by a None. Nothing is stored.
    """
    imported_at = datetime.fromtimestamp(clock.now_ms() // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    documents = open_sources(sources, fetcher, settings.import_max_bytes)
    for document in documents:
        tally.n_documents += 1
        origin = Origin(options.source_name or document.name, options.licence, imported_at)
        for record in document.records:
            if (usable := _usable(record, document.name, tally, watcher)) is not None:
                yield document, replace(origin, licence=usable.licence or origin.licence), usable
        yield document, origin, None


def _usable(record: Record, name: str, tally: Tally, watcher: Watcher) -> Accepted | None:
    if isinstance(record, Accepted):
        record = tidy(record)
    if isinstance(record, Accepted):
        tally.n_repaired += record.repaired
        return record
    if isinstance(record, Rejected):
        tally.rejected[record.reason] += 1
        watcher.rejected(name, record)
    elif isinstance(record, Notice):
        watcher.notice(name, record)
    return None


def tidy(record: Accepted) -> Accepted | Rejected:
    """The record without addresses of its own desk among the appearances, with its language where that is unsaid."""
    review = record.review
    texts = (review.title, review.explanation, review.verdict, review.publisher, review.claimant)
    if len(review.claim) > MAX_CLAIM or any(len(text) > MAX_TEXT for text in texts):
        detail = f"a claim of {len(review.claim):,} characters, or another text of more than {MAX_TEXT:,}"
        return Rejected("too_long", detail, record.where, review.claim[:2_000])
    appearances = tuple(url for url in review.appearances if host_of(url) != review.publisher_site)
    language = _language(review) if review.language == "und" or _is_default(review) else review.language
    if (appearances, language) == (review.appearances, review.language):
        return record
    return replace(record, review=replace(review, appearances=appearances, language=language))


def _is_default(review: ClaimReview) -> bool:
    """Whether a page calls itself English, as its program came, while claim and headline are in another script."""
    texts = (review.claim, review.title)
    if review.language.split("-")[0] != "en" or not all(map(_NOT_ENGLISH.search, texts)):
        return False
    from kiemchung.claims.language import language  # see _language

    first, second = map(language, texts)
    return first == second not in ("en", "und")


def _language(review: ClaimReview) -> str:
    from kiemchung.claims.language import language  # its model loads only where a publisher leaves the language out

    found = language(review.claim)
    return found if found != "und" else language(f"{review.claim} {review.title}")


def import_reviews(
    sources: list[str],
    commons: "Commons",
    options: Options | None = None,
    *,
    watcher: Watcher | None = None,
    index: Callable[[], None] | None = None,
) -> Tally:
    """Import published checks; repeating it changes nothing.

    A batch is stored whole or not at all, so an interruption loses at most `BATCH` records, and the same import called
    again goes on after what was stored.

    Args:
        index: brings the lookup index up to date; called now and then and at the end.

    Raises:
        InputError, FetchError: a source that cannot be read; what was read before it is stored.
        StoreError: the database cannot be written.
    """
    tally, watcher = Tally(), watcher or Watcher()
    run = _Run(commons, tally, watcher, index)
    interrupted = False
    try:
        records = read_reviews(
            sources, commons.settings, lambda: commons.fetcher, commons.clock, options or Options(), tally, watcher
        )
        for document, origin, record in records:
            run.take(document, origin, record)
    except KeyboardInterrupt:
        interrupted = True  # who stops an import does not want to wait for the embedding
        raise
    finally:
        if index and not interrupted:
            index()
    return tally


class _Run:
    """The batch at hand and how far its document came."""

    def __init__(self, commons: "Commons", tally: Tally, watcher: Watcher, index: Callable[[], None] | None) -> None:
        self._commons, self._tally, self._watcher, self._index = commons, tally, watcher, index
        self._batch: list[tuple[ClaimReview, Origin]] = []
        self._document: Document | None = None
        self._position = self._skip = self._n_waiting = 0
        self._rejected_before: Counter[str] = Counter()
        self._told_at = 0.0

    def take(self, document: Document, origin: Origin, record: Accepted | None) -> None:
        """One record of a document, or its end."""
        if self._document is not document:
            self._document, self._position = document, 0
            self._skip = self._commons.store.import_position(document.name, document.content_hash)
        if record is None:
            self._store(origin, finished=True)
            self._document = None
            self._rejected_before = self._tally.rejected.copy()
            return
        self._position += 1
        if self._position <= self._skip:
            self._tally.n_skipped += 1
        else:
            self._batch.append((record.review, origin))
        if len(self._batch) >= BATCH:
            self._store(origin, finished=False)
        elif time.monotonic() - self._told_at > 0.2:
            self._tell()

    def _store(self, origin: Origin, *, finished: bool) -> None:
        assert self._document is not None, "a batch belongs to a document"
        changes = self._commons.store.put_reviews(self._batch)
        self._batch.clear()
        self._tally.stored.update(change.kind for change in changes)
        self._n_waiting += sum(change.kind in ("new", "changed") for change in changes)
        self._commons.store.note_import(
            self._document.name,
            self._document.content_hash,
            position=self._position,
            finished=finished,
            imported_at=origin.imported_at,
            rejects=self._tally.rejected - self._rejected_before,
        )
        self._tell()
        if self._index and self._n_waiting >= 10 * BATCH:
            self._index()
            self._n_waiting = 0

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self._document is not None:
            self._watcher.read(self._document.name, self._tally, self._document.progress())
