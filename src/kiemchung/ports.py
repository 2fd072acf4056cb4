"""What can be swapped, as Protocols. Each has one contract test that every implementation passes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kiemchung.model import (
    ClaimReview,
    DeskCheck,
    DeskDraft,
    DeskReply,
    LogEvent,
    Note,
    NoteDraft,
    NoteScore,
    NoteStatus,
    Origin,
    Rating,
    Request,
    ScoringRun,
    StatusChange,
    StoredReview,
)

Vectors = NDArray[np.float32]


class Clock(Protocol):
    """The time, handed in so that equal input gives equal output."""

    def now_ms(self) -> int:
        """Unix milliseconds, UTC."""


class Embedder(Protocol):
    """Text to vectors of one multilingual space.

    Attributes:
        name: model and engine, e.g. `multilingual-e5-small/ct2-int8`; vectors of another name do not compare.
        dimensions: length of a vector.
    """

    name: str
    dimensions: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of stored texts: float32[len(texts), dimensions], rows of length 1; same text, same bytes."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of asked texts; shape and norm as `passages`."""


@runtime_checkable
class PieceEmbedder(Embedder, Protocol):
    """An embedder that also tells where each piece of a text (a word or a part of one) lies in its context."""

    def passages_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """`passages`, and for each text float32[n_pieces, dimensions], of any length."""

    def queries_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """`queries` in the same way."""


@runtime_checkable
class SecondReader(Protocol):
    """An embedder that reads a text once more with another model, learned for what kind of sentence it is."""

    def read_again(self, texts: Sequence[str]) -> Vectors | None:
        """float32[len(texts), 384], rows of length 1; they compare with no other vectors. None where it cannot."""


@runtime_checkable
class PairReader(Protocol):
    """An embedder that reads a message and a claim as one text, with a model that learned what one is to the other."""

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> Vectors | None:
        """float32[len(pairs), 384] for (message, claim), as `SecondReader`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document read from an address.

    Attributes:
        url: the final address, after redirects.
        content_type: as served, lower case, without parameters.
        charset: as served, or None.
    """

    url: str
    content: bytes
    content_type: str
    charset: str | None


class Fetcher(Protocol):
    """Reads public http(s) addresses, politely, within bounds of size and time (G19)."""

    def get(self, url: str) -> Fetched:
        """The document at url.

        Raises:
            FetchError: refused, unreachable, too slow, too large, or answered with an error status.
        """

    def may_crawl(self, url: str) -> bool:
        """Whether the site lets programs read an address that we found ourselves (robots.txt).

        Raises:
            FetchError: the address is refused.
        """


class Ocr(Protocol):
    """Pictures to text. Comes with the issue on screenshots."""

    def read(self, picture: bytes) -> str:
        """The text in a PNG, JPEG or WebP picture; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Change:
    """What storing one check did: `new`, `changed` (a new version), `same` or `twin`."""

    kind: str
    review_id: str


class Store(Protocol):
    """Published checks, kept with every version and origin."""

    def put_reviews(self, reviews: Iterable[tuple[ClaimReview, Origin]]) -> list[Change]:
        """Store checks in one transaction; repeating it changes nothing."""

    def get_reviews(self, review_ids: Sequence[str]) -> dict[str, StoredReview]:
        """The current versions, by id; unknown ids are left out."""

    def iter_reviews(self, *, changed_since: int = 0) -> Iterator[tuple[int, StoredReview]]:
        """All current checks in a stable order, each with its change number (rises with every change)."""

    def ids_of_publisher(self, site: str) -> list[str]:
        """The ids of one publisher's checks, the newest by its own dates first, undated ones last; twins left out."""

    def summary(self) -> dict[str, Any]:
        """`n_reviews`, `n_publishers`, `as_of` (ISO 8601 or None), `last_change`."""

    def get_versions(self, review_id: str) -> list[ClaimReview]:
        """Every text that a check ever had, the first one first; empty for an unknown id."""

    def import_position(self, source: str, content_hash: str) -> int:
        """How many records of an interrupted import were taken in; 0 for an unknown or a finished one."""

    def note_import(
        self,
        source: str,
        content_hash: str,
        *,
        position: int,
        finished: bool,
        imported_at: str,
        rejects: Mapping[str, int],
    ) -> None:
        """Write down how far an import came and what it rejected so far, by reason."""

    def rejected(self) -> dict[str, int]:
        """Records rejected over all imports, by reason."""

    def close(self) -> None:
        """Give the files back; what was stored stays."""


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """The ratings of open notes as scoring needs them, in the order of note id and rater key; live in memory only.

    Attributes:
        note_ids: rated notes by id. raters: raters' keys, sorted. days: days of the newest change, ISO dates, sorted.
        note, rater, day: int32[n_ratings], positions in those lists.
        level: int8[n_ratings], position in NOT, SOMEWHAT, HELPFUL.
        tags, not_tags: uint16[n_ratings], bit i stands for entry i of HELPFUL_TAGS, NOT_HELPFUL_TAGS.
    """

    note_ids: list[str]
    raters: list[bytes]
    days: list[str]
    note: NDArray[np.int32]
    rater: NDArray[np.int32]
    day: NDArray[np.int32]
    level: NDArray[np.int8]
    tags: NDArray[np.uint16]
    not_tags: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class RatableNote:
    """An open note that is not locked, as the queue of notes to rate needs it; numbers of its newest score."""

    note_id: str
    n_ratings: int
    numbers: dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Redaction:
    """A note that was emptied for a third person's sake.

    Attributes:
        rule: the rule that allows it.
        reason: in words; names nobody.
    """

    note_id: str
    rule: str
    reason: str
    day: str


@dataclass(frozen=True, slots=True)
class RequestRedaction:
    """Something was cut out of the claim of a request for a third person's sake.

    Attributes:
        rule: the rule that allows it.
        reason: in words; names nobody.
    """

    request_id: str
    rule: str
    reason: str
    day: str


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that the public log does not hold yet; its id goes into the log entry, so that none is logged twice."""

    event_id: str
    event: LogEvent


@dataclass(frozen=True, slots=True)
class RatingCounts:
    """How a note was rated, exactly; never published as it is (GUARANTEES 4.3)."""

    note_id: str
    locked: bool
    n_helpful: int
    n_somewhat: int
    n_not_helpful: int


class PublicRecords(Protocol):
    """What is public of the commons, streamed out of one state of it. Nothing about who wrote or rated."""

    def requests(self) -> Iterator[Request]:
        """Every request, by id."""

    def notes(self) -> Iterator[Note]:
        """Every note, by id, tombstones too."""

    def status_changes(self) -> Iterator[StatusChange]:
        """Every change of a status, by note and run."""

    def runs(self) -> Iterator[ScoringRun]:
        """Every scoring run, the oldest first."""

    def rating_counts(self) -> Iterator[RatingCounts]:
        """How open notes were rated, by note."""


class Desk(Protocol):
    """A desk's members and the checks that it writes. A member's codename is on no note and no rating."""

    def add_member(self, verifier: bytes) -> None:
        """Keep a new role codename's verifier."""

    def has_member(self, verifier: bytes) -> bool:
        """Whether this codename is a member's."""

    def drop_member(self, verifier: bytes) -> bool:
        """Take a role back; False where there is no such member."""

    def count_members(self) -> int:
        """How many there are."""

    def put_draft(self, check_id: str, writer: bytes, draft: DeskDraft, reason: str | None) -> None:
        """Keep the text that is worked on; whoever changed it last wrote it, and it is not handed in."""

    def hand_in(self, check_id: str) -> bool:
        """Ask for the second look; False where nothing is worked on."""

    def drop_draft(self, check_id: str) -> bool:
        """Throw away what is worked on; a published check stays as it is. False where there is nothing."""

    def writer_of(self, check_id: str) -> bytes | None:
        """The key of whoever changed the text last; None once it is published."""

    def publish(self, check_id: str, expected: DeskDraft, day: str, log: Sequence[LogEvent]) -> bool:
        """Make the text that is worked on the newest version; False where it is not handed in or has changed."""

    def add_reply(self, check_id: str, reply: DeskReply, log: Sequence[LogEvent]) -> bool:
        """Show a reply beside a published check; False where there is none."""

    def get_check(self, check_id: str) -> DeskCheck | None:
        """A check with all its versions and replies."""

    def in_work(self) -> list[DeskCheck]:
        """Checks with a text that is worked on, by id."""

    def published(self, *, after: str = "", limit: int = 1000) -> list[DeskCheck]:
        """Published checks by id, from after `after` on."""


class Contributions(Protocol):
    """Codenames' verifiers, requests, notes, ratings and statuses.

    Keys are 32 bytes and come from a codename; nothing here joins them. Days are all that is kept of time. Methods that
    take `log` keep these events for the public log in the same transaction, if the change was made.
    """

    def add_account(self, verifier: bytes) -> None:
        """Keep a new codename's verifier."""

    def has_account(self, verifier: bytes) -> bool:
        """Whether this codename exists and is not paused; one look-up, equal work either way."""

    def pause_account(self, verifier: bytes, until_day: str) -> None:
        """Let nobody in with this codename until a day, its owner's wish."""

    def delete_account(self, verifier: bytes) -> None:
        """Forget a codename (G15); what hangs on other keys stays."""

    def delete_contributions(
        self, rater: bytes, author: bytes, log: Callable[[Sequence[str]], Sequence[LogEvent]]
    ) -> None:
        """Remove a leaver's ratings and withdraw the notes, where that was chosen; `log` is handed their ids."""

    def put_request(self, request: Request, log: Sequence[LogEvent] = ()) -> None:
        """Keep a new request."""

    def ask(self, request_id: str, ask_key: bytes) -> bool:
        """Count a codename's wish for a note; False where it was counted before."""

    def get_requests(self, request_ids: Sequence[str]) -> dict[str, Request]:
        """Requests by id; unknown ids are left out."""

    def open_requests(self, *, limit: int, offset: int = 0) -> list[Request]:
        """Requests without a shown note, most asked first."""

    def newest_requests(self, language: str, *, limit: int) -> list[Request]:
        """Requests without a shown note on the pages of one language, the latest day first."""

    def iter_requests(self) -> Iterator[Request]:
        """Every request, by id; for rebuilding the index of requests."""

    def redact_request(
        self, request: Request, claim: str, rule: str, reason: str, day: str, log: Sequence[LogEvent] = ()
    ) -> bool:
        """Put what is left of a claim in its place; False where the request is no more as it was handed in."""

    def request_redactions(self, request_id: str | None = None) -> list[RequestRedaction]:
        """Why claims were cut, or one request's was: by request, in the order of the cuts."""

    def note_counts(self, request_ids: Sequence[str]) -> dict[str, int]:
        """How many open notes each request has; requests without one are left out."""

    def put_note(
        self,
        note_id: str,
        request_id: str,
        author: bytes,
        draft: NoteDraft,
        day: str,
        log: Sequence[LogEvent] = (),
    ) -> None:
        """Keep a new note."""

    def edit_note(self, note_id: str, author: bytes, draft: NoteDraft, log: Sequence[LogEvent] = ()) -> bool:
        """Change an open note that nobody has rated; False where it is another's, rated or not open."""

    def withdraw_note(self, note_id: str, author: bytes, log: Sequence[LogEvent] = ()) -> bool:
        """Empty a note and leave a tombstone; False where it is another's or not open."""

    def redact_note(self, note_id: str, rule: str, reason: str, day: str, log: Sequence[LogEvent] = ()) -> bool:
        """Empty a note that holds a third person's private data, by rule and with its reason."""

    def redactions(self) -> list[Redaction]:
        """Every privacy redaction, the newest day first."""

    def get_notes(self, note_ids: Sequence[str]) -> dict[str, Note]:
        """Notes by id; unknown ids are left out."""

    def notes_of_request(self, request_id: str) -> list[Note]:
        """The notes on a request, in the order of their ids."""

    def notes_of_author(self, author: bytes) -> list[Note]:
        """A contributor's own notes, for their own eyes."""

    def wrote(self, author: bytes, note_id: str) -> bool:
        """Whether a note is this contributor's own."""

    def ratable_notes(self) -> list[RatableNote]:
        """Open notes that are not locked, without their texts."""

    def notes_version(self) -> int:
        """A number that rises with each write of this process that opens or closes a note."""

    def redaction_of(self, note_id: str) -> Redaction | None:
        """Why a note was emptied by rule; None where it was not."""

    def history_of(self, note_id: str) -> list[StatusChange]:
        """A note's status changes, oldest first."""

    def notes_by_status(self, status: NoteStatus | None, *, limit: int, after: str = "") -> list[Note]:
        """Open notes of a status (None: without one), by id from after `after` on."""

    def begin_rating(
        self, rater: bytes, rating: Rating, author: bytes, allow: Callable[[set[str]], None]
    ) -> Future[bool]:
        """Begin to keep or change a rating; False where the note is locked, not open, unknown or this author's own.

        Args:
            allow: handed the site's keys within the same transaction; what it raises keeps the rating out.
        """

    def delete_rating(self, rater: bytes, note_id: str) -> bool:
        """Withdraw a rating; False where there is none or the note is locked."""

    def ratings_of(self, rater: bytes) -> list[Rating]:
        """A rater's own ratings, for their own eyes."""

    def rating_of(self, rater: bytes, note_id: str) -> Rating | None:
        """A rater's own rating of a note."""

    def rating_columns(self) -> RatingColumns:
        """Every rating of an open note, for scoring; one state of the database."""

    def scoring_version(self) -> int:
        """A number that rises with each write of this process that scoring sees."""

    def put_scores(
        self,
        run: ScoringRun,
        scores: dict[str, NoteScore],
        log: Callable[[Sequence[StatusChange]], Sequence[LogEvent]] | None = None,
    ) -> list[StatusChange]:
        """Keep a run's results in one transaction; the changes that readers see, which `log` is handed."""

    def pending_events(self) -> list[PendingEvent]:
        """What the public log does not hold yet, by id."""

    def forget_events(self, event_ids: Sequence[str]) -> None:
        """Take events away that the public log holds."""

    def runs(self, *, limit: int) -> list[ScoringRun]:
        """The newest runs first."""

    def status_changes(
        self, *, since_run: str = "", touching: NoteStatus | None = None, limit: int = 1000
    ) -> list[StatusChange]:
        """Status changes, newest first; with `touching`, only those from or to this status."""

    def counts(self) -> dict[str, int]:
        """`requests`, `notes`, `ratings`, `decided` (notes that ever had a status other than needs_ratings)."""

    def census(self) -> dict[str, int]:
        """For the transparency report: `codenames`, notes by state (`notes_open`...) and by status (`shown`...)."""

    @property
    def desk(self) -> Desk:
        """The desk in the same database."""

    def public_records(self) -> AbstractContextManager[PublicRecords]:
        """What is public, out of one state, for as long as the block runs."""

    def get_site(self, key: str) -> str | None:
        """An operator's text or switch."""

    def site_keys(self) -> set[str]:
        """The keys whose text is not empty."""

    def put_site(self, key: str, value: str) -> None:
        """Keep an operator's text or switch."""

    def close(self) -> None:
        """Finish what is being written and give the files back."""
