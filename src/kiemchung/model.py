"""The nouns. Frozen values, standard library only; they carry data between rooms and know nothing else."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ClaimLabel(StrEnum):
    """What a sentence of a message is; only `CHECKABLE` ones are looked up."""

    CHECKABLE = "checkable"
    OPINION = "opinion"
    QUESTION = "question"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a message, as it stands there.

    `message[start:end] == text` holds for the message as it was handed in (code points).

    Attributes:
        language: "vi", "en", another ISO 639-1 tag, or "und" where it is unsure.
        confidence: of `label`, 0 to 1.
        checkworthiness: 0 to 1; how much a checker would want to look into it. Orders long answers.
    """

    text: str
    start: int
    end: int
    language: str
    label: ClaimLabel
    confidence: float
    checkworthiness: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a published check was read from: one crawl, feed or file.

    Attributes:
        source: the feed, page or file that it came from, as the operator named it.
        licence: SPDX id or the words of the source; None where the source says nothing.
        imported_at: UTC, ISO 8601.
    """

    source: str
    licence: str | None
    imported_at: str


@dataclass(frozen=True, slots=True)
class ReviewRating:
    """schema.org Rating of a ClaimReview, as strings, as published. Direction of numbers is the publisher's own."""

    alternate_name: str = ""
    rating_value: str = ""
    best_rating: str = ""
    worst_rating: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ClaimReview:
    """A published fact-check, in its publisher's words (schema.org ClaimReview).

    Attributes:
        claim: `claimReviewed`.
        verdict: what the publisher calls it: `rating.alternate_name`, else its numbers in words.
        url: the publisher's page.
        publisher_site: host of the publisher without `www.`.
        published: `datePublished` as an ISO 8601 date or date-time; None where missing or unreadable.
        language: BCP 47 tag of the claim and verdict; "und" where unknown.
        claimant: who is said to have made the claim; quoted metadata, never indexed, grouped, counted or filtered by.
        appearances: addresses where the claim appeared.
    """

    claim: str
    verdict: str
    url: str
    publisher: str
    publisher_site: str
    published: str | None = None
    language: str = "und"
    title: str = ""
    explanation: str = ""
    rating: ReviewRating = field(default_factory=ReviewRating)
    claimant: str = ""
    claim_date: str | None = None
    appearances: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class StoredReview:
    """A published check as the store holds it: the current version, its identity and every origin.

    Attributes:
        review_id: stable public id (from the normalised address and claim).
        version: 1 for the first; a changed check is a new version, the old ones are kept.
        twins: other checks that are the same one from another crawl; shown as one.
    """

    review_id: str
    version: int
    review: ClaimReview
    origins: tuple[Origin, ...]
    twins: tuple[str, ...] = ()


class Decision(StrEnum):
    """What lookup says of a claim and a published check; the absence of both is said by the absence of a Match."""

    MATCH = "match"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check was matched or only related; doors turn `code` into words.

    Attributes:
        code: same_words, same_meaning, same_numbers, same_names, other_language, number_differs, name_differs,
            negation_differs, more_specific, less_certain.
        values: what the sentence speaks of: the numbers, names or language tags.
    """

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A published check found for a claim.

    Attributes:
        doc_id: the review's id in the index.
        match_score: calibrated probability that the check answers this very claim, 0 to 1.
    """

    doc_id: str
    decision: Decision
    match_score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundReview:
    """A match with the check that it points to."""

    match: Match
    stored: StoredReview


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """A claim of the message and what was found for it, best first.

    Attributes:
        disagree: the matched checks' verdicts do not say the same; doors show them side by side.
        looked_up: False for what is no claim of fact, and for the claims of a long text that were left out.
        asked: the request for a note on the same claim, with its shown notes; None where nobody asked.
    """

    claim: Claim
    found: tuple[FoundReview, ...] = ()
    disagree: bool = False
    asked: "Asked | None" = None
    looked_up: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What `check` gives: every statement of the message in order, and what was searched.

    Attributes:
        n_reviews: published checks searched.
        n_publishers: their publishers (hosts).
        as_of: newest import, ISO 8601 UTC; None for an empty store.
    """

    claims: tuple[ClaimAnswer, ...]
    n_reviews: int
    n_publishers: int
    as_of: str | None


class Level(StrEnum):
    """What a rater says of a note."""

    HELPFUL = "helpful"
    SOMEWHAT = "somewhat"
    NOT = "not"


class NoteStatus(StrEnum):
    """What the scorer says of a note; nothing else sets it (G9)."""

    NEEDS_RATINGS = "needs_ratings"
    SHOWN = "shown"
    NOT_SHOWN = "not_shown"


#: What a note says about its claim: the public classification and its reasons (FORMATS 3.5), `misleading` first.
MISLEADING_REASONS = (
    "factual_error",
    "manipulated_media",
    "outdated",
    "missing_context",
    "unverified_as_fact",
    "satire_taken_as_fact",
    "other",
)
NOT_MISLEADING_REASONS = ("factually_correct", "outdated_but_not_when_written", "clearly_satire", "other")

#: The public reasons of a rating, in the order of the public files (SCORING 2); bit i of a mask is entry i.
HELPFUL_TAGS = (
    "other",
    "informative",
    "clear",
    "empathetic",
    "good_sources",
    "unique_context",
    "addresses_claim",
    "important_context",
    "unbiased_language",
)
NOT_HELPFUL_TAGS = (
    "other",
    "incorrect",
    "sources_missing_or_unreliable",
    "opinion_speculation_or_bias",
    "missing_key_points",
    "outdated",
    "hard_to_understand",
    "argumentative_or_biased",
    "off_topic",
    "spam_harassment_or_abuse",
    "irrelevant_sources",
    "opinion_speculation",
    "note_not_needed",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What a note rests on. A government, a company and a blog are sources alike.

    Attributes:
        quote: the sentence of the page that the note relies on, as it stands there.
        published: the page's date (ISO 8601), or None where it has none.
        title: the page's own title; empty where it could not be read.
        archive_url: a lasting copy, or empty.
    """

    url: str
    quote: str
    published: str | None = None
    title: str = ""
    archive_url: str = ""


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What a writer hands in: about the claim, never about who said it.

    Attributes:
        misleading: the claim is misleading; else the note says that it is not.
        reasons: of `MISLEADING_REASONS` or `NOT_MISLEADING_REASONS`.
        text: plain text.
    """

    misleading: bool
    reasons: tuple[str, ...]
    text: str
    language: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A claim for which somebody asked for a note.

    Attributes:
        claim: redacted of contact data.
        day: when it was first asked, ISO date.
        n_asked: codenames that asked; asking without one opens a request and counts for nothing.
    """

    request_id: str
    claim: str
    language: str
    day: str
    n_asked: int


class NoteState(StrEnum):
    """What became of a note's text; its status is another matter."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    REDACTED = "redacted"


@dataclass(frozen=True, slots=True)
class NoteScore:
    """What the newest scoring run said of a note.

    Attributes:
        rule: id of the rule that decided.
        numbers: the note's numbers as the rules saw them, per note only; never anything about a rater.
        since: day since which the status holds.
        locked: the status cannot change any more.
    """

    status: NoteStatus
    rule: str
    numbers: dict[str, float | int | str | None]
    since: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note as readers see it. Who wrote it is not part of it.

    Attributes:
        draft: None once withdrawn or redacted: a tombstone stays.
        score: None before its first scoring run.
        n_ratings: ratings so far.
    """

    note_id: str
    request_id: str
    day: str
    state: NoteState
    draft: NoteDraft | None
    score: NoteScore | None
    n_ratings: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the notes on it, as an answer shows it.

    Attributes:
        shown: notes that the scorer shows.
        n_waiting: further open notes, which need ratings.
    """

    request: Request
    shown: tuple[Note, ...]
    n_waiting: int


@dataclass(frozen=True, slots=True)
class Rating:
    """One rater's answer to one note.

    Attributes:
        tags: of `HELPFUL_TAGS`.
        not_tags: of `NOT_HELPFUL_TAGS`.
        day: of the newest change.
    """

    note_id: str
    level: Level
    tags: tuple[str, ...]
    not_tags: tuple[str, ...]
    day: str


@dataclass(frozen=True, slots=True)
class ScoringRun:
    """A finished scoring run, as the public log speaks of it.

    Attributes:
        finished_at: UTC, ISO 8601.
        version: of the software.
        config: hash of the configuration.
        input_root, result_root: Merkle roots of what went in and what came out, hexadecimal.
    """

    run_id: str
    finished_at: str
    version: str
    config: str
    input_root: str
    result_root: str
    n_notes: int
    n_ratings: int


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of a note's status that readers see.

    Attributes:
        before: None for a note's first status.
    """

    note_id: str
    run_id: str
    before: NoteStatus | None
    after: NoteStatus
    rule: str
    at: str


@dataclass(frozen=True, slots=True)
class LogEvent:
    """A change that readers see, on its way to the public log. Nothing in it is about who wrote or rated.

    Attributes:
        kind: `request`, `note`, `note_edited`, `note_withdrawn`, `redaction`, `run`, `status`, or one of a desk's.
        body: the rest of the log entry; anything that JSON holds.
    """

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """A desk's own check as it is worked on or published.

    Attributes:
        verdict: words of the desk's own scale, in the check's language.
        rating_value, best_rating, worst_rating: the scale's numbers, all three or none.
    """

    claim: str
    verdict: str
    explanation: str
    language: str
    sources: tuple[Source, ...]
    rating_value: str = ""
    best_rating: str = ""
    worst_rating: str = ""


@dataclass(frozen=True, slots=True)
class DeskVersion:
    """A published version.

    Attributes:
        reason: why it was corrected; None for the first version.
    """

    draft: DeskDraft
    day: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class DeskReply:
    """The right of reply: what the one concerned says, in plain text, shown beside the check.

    Attributes:
        by: who says it, as the desk names them: the organisation concerned.
    """

    text: str
    by: str
    day: str


@dataclass(frozen=True, slots=True)
class DeskCheck:
    """A desk's own check. Who wrote it is not part of it.

    Attributes:
        versions: the published ones, the first one first; empty before publication.
        in_work: the text that is worked on; None where there is none.
        reason: why a published check is to be corrected; None for a first version.
        handed_in: the text waits for the second pair of eyes.
    """

    check_id: str
    versions: tuple[DeskVersion, ...] = ()
    replies: tuple[DeskReply, ...] = ()
    in_work: DeskDraft | None = None
    reason: str | None = None
    handed_in: bool = False
