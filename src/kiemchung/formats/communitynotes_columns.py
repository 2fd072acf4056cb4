"""The columns of the public Community Notes files: names, older and documented names, what each is needed for.

The code's names are followed where code and documentation differ; the others are accepted as aliases. A column that is
`required` stops the run when it is missing; any other takes its default, and the report says what that costs.

Source: FORMATS 3.5 (columns of the published code, 17 July 2026, and the public documentation).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a column are read."""

    ID = "a whole number of at most 64 bits"
    TIME = "a time in Unix milliseconds"
    NUMBER = "a whole number"
    FLAG = "0 or 1"
    WORD = "one of a fixed set of words"
    PARTICIPANT = "a participant id"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        kind: how its cells are read; a column that is not `used` is never read.
        needed_for: what is lost without it, as the end of the sentence "needed for ...".
        required: the run stops without the column.
        nullable: a cell may be empty.
        words: the allowed values of a WORD; position = code.
        aliases: other names that it goes by.
    """

    name: str
    kind: Kind = Kind.TEXT
    needed_for: str = ""
    required: bool = False
    nullable: bool = True
    words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Scoring reads it."""
        return bool(self.needed_for)


@dataclass(frozen=True, slots=True)
class Table:
    """One public file: its stem (`ratings` of `ratings-00000.tsv`) and its columns in file order."""

    stem: str
    columns: tuple[Column, ...]

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that scoring reads."""
        return tuple(column for column in self.columns if column.used)

    def known_name(self, name: str) -> str | None:
        """The column's own name for a header cell (itself or an alias); None for an unknown one."""
        for column in self.columns:
            if name == column.name or name in column.aliases:
                return column.name
        return None


#: Helpful tags in file order.
HELPFUL_TAGS = (
    "helpfulOther",
    "helpfulInformative",
    "helpfulClear",
    "helpfulEmpathetic",
    "helpfulGoodSources",
    "helpfulUniqueContext",
    "helpfulAddressesClaim",
    "helpfulImportantContext",
    "helpfulUnbiasedLanguage",
)
#: Not-helpful tags in file order.
NOT_HELPFUL_TAGS = (
    "notHelpfulOther",
    "notHelpfulIncorrect",
    "notHelpfulSourcesMissingOrUnreliable",
    "notHelpfulOpinionSpeculationOrBias",
    "notHelpfulMissingKeyPoints",
    "notHelpfulOutdated",
    "notHelpfulHardToUnderstand",
    "notHelpfulArgumentativeOrBiased",
    "notHelpfulOffTopic",
    "notHelpfulSpamHarassmentOrAbuse",
    "notHelpfulIrrelevantSources",
    "notHelpfulOpinionSpeculation",
    "notHelpfulNoteNotNeeded",
)
#: Words in the order of their codes (0, 1, ...).
CLASSIFICATIONS = ("NOT_MISLEADING", "MISINFORMED_OR_POTENTIALLY_MISLEADING")
HELPFULNESS_LEVELS = ("NOT_HELPFUL", "SOMEWHAT_HELPFUL", "HELPFUL")
RATING_SOURCES = ("DEFAULT", "POPULATION_SAMPLED")
STATUSES = (
    "NEEDS_MORE_RATINGS",
    "CURRENTLY_RATED_HELPFUL",
    "CURRENTLY_RATED_NOT_HELPFUL",
    "FIRM_REJECT",
    "NEEDS_YOUR_HELP",
)
ENROLLMENT_STATES = (
    "newUser",
    "earnedIn",
    "atRisk",
    "earnedOutNoAcknowledge",
    "earnedOutAcknowledged",
    "removed",
    "apiTestUser",
    "apiEarnedIn",
    "apiEarnedOut",
)
POPULATIONS = ("CORE", "EXPANSION")


def _required(name: str, kind: Kind, needed_for: str, **more: object) -> Column:
    return Column(name, kind, needed_for, required=True, nullable=False, **more)  # type: ignore[arg-type]


def _status(name: str, needed_for: str) -> Column:
    return Column(name, Kind.WORD, needed_for, words=STATUSES)


def _time(name: str, needed_for: str) -> Column:
    return Column(name, Kind.TIME, needed_for)


_NOTE_ID = _required("noteId", Kind.ID, "telling notes apart")
_AUTHOR_USE = "leaving authors' clusters out, author scores and contributor states"

NOTES = Table(
    "notes",
    (
        _NOTE_ID,
        _required("noteAuthorParticipantId", Kind.PARTICIPANT, _AUTHOR_USE, aliases=("participantId",)),
        _required("createdAtMillis", Kind.TIME, "valid ratings, locks and the age of notes"),
        Column("tweetId", Kind.ID, "topics and rater clusters, which look at the posts that notes are on"),
        _required("classification", Kind.WORD, "telling notes that call a post misleading", words=CLASSIFICATIONS),
        *(Column(name) for name in ("believable", "harmful", "validationDifficulty")),
        *(
            Column(name)
            for name in (
                "misleadingOther",
                "misleadingFactualError",
                "misleadingManipulatedMedia",
                "misleadingOutdatedInformation",
                "misleadingMissingImportantContext",
                "misleadingUnverifiedClaimAsFact",
                "misleadingSatire",
                "notMisleadingOther",
                "notMisleadingFactuallyCorrect",
                "notMisleadingOutdatedButNotWhenWritten",
                "notMisleadingClearlySatire",
                "notMisleadingPersonalOpinion",
                "trustworthySources",
            )
        ),
        Column("summary", Kind.TEXT, "topics"),
        *(Column(name) for name in ("isMediaNote", "isCollaborativeNote")),
    ),
)

RATINGS = Table(
    "ratings",
    (
        _required("noteId", Kind.ID, "telling which note is rated"),
        _required("raterParticipantId", Kind.PARTICIPANT, "telling raters apart", aliases=("participantId",)),
        _required("createdAtMillis", Kind.TIME, "valid ratings, high-volume raters and rater clusters"),
        *(Column(name) for name in ("version", "agree", "disagree")),
        Column("helpful", Kind.FLAG, "the answers of the old two-option form"),
        Column("notHelpful", Kind.FLAG, "the answers of the old two-option form"),
        Column("helpfulnessLevel", Kind.WORD, "the answers", words=HELPFULNESS_LEVELS),
        *(
            Column(tag, Kind.FLAG, "the explanation that a shown note must have", nullable=False)
            for tag in HELPFUL_TAGS
        ),
        *(
            Column(tag, Kind.FLAG, "the tag filters and the explanation of a not-helpful note", nullable=False)
            for tag in NOT_HELPFUL_TAGS
        ),
        Column("ratedOnTweetId"),
        Column(
            "ratingSourceBucketed",
            Kind.WORD,
            "the guard by randomly asked raters (all count as not asked)",
            words=RATING_SOURCES,
        ),
        *(Column(name) for name in ("suggestion", "suggestionId")),
    ),
)

STATUS_HISTORY = Table(
    "noteStatusHistory",
    (
        _NOTE_ID,
        _required("noteAuthorParticipantId", Kind.PARTICIPANT, _AUTHOR_USE, aliases=("participantId",)),
        _required("createdAtMillis", Kind.TIME, "valid ratings, locks and the age of notes"),
        _time("timestampMillisOfFirstNonNMRStatus", "the status history"),
        _status("firstNonNMRStatus", "the delay of notes that become shown"),
        _time("timestampMillisOfCurrentStatus", "the status history"),
        _status("currentStatus", "inertia and the delay"),
        _time("timestampMillisOfLatestNonNMRStatus", "which ratings are valid (made before the status was known)"),
        Column(
            "mostRecentNonNMRStatus",
            Kind.WORD,
            "which ratings are valid (made before the status was known)",
            words=STATUSES,
            aliases=("latestNonNMRStatus",),
        ),
        _time("timestampMillisOfStatusLock", "locked statuses"),
        _status("lockedStatus", "locked statuses"),
        _time("timestampMillisOfRetroLock", "the status history"),
        _status("currentCoreStatus", "the status history"),
        _status("currentExpansionStatus", "the status history"),
        _status("currentGroupStatus", "the status history"),
        Column("currentDecidedBy", Kind.TEXT, "which notes are scored again", aliases=("currentDecidedByKey",)),
        Column("currentModelingGroup", Kind.NUMBER, "the status history"),
        _time("timestampMillisOfMostRecentStatusChange", "which notes are scored again"),
        _time("timestampMillisOfNmrDueToMinStableCrhTime", "the delay of notes that become shown"),
        _status("currentMultiGroupStatus", "the status history"),
        Column("currentModelingMultiGroup", Kind.NUMBER, "the status history"),
        Column("timestampMinuteOfFinalScoringOutput", Kind.NUMBER, "which notes are scored again"),
        _time("timestampMillisOfFirstNmrDueToMinStableCrhTime", "the status history"),
        _time("abovePcrhThresholdTime", "the status history"),
    ),
)

ENROLLMENT = Table(
    "userEnrollment",
    (
        _required(
            "participantId",
            Kind.PARTICIPANT,
            "telling contributors apart",
            aliases=("raterParticipantId", "noteAuthorParticipantId"),
        ),
        Column("enrollmentState", Kind.WORD, "contributor states", words=ENROLLMENT_STATES),
        Column("successfulRatingNeededToEarnIn", Kind.NUMBER, "contributor states"),
        _time("timestampOfLastStateChange", "contributor states"),
        _time("timestampOfLastEarnOut", "contributor states"),
        Column("modelingPopulation", Kind.WORD, "the status history", words=POPULATIONS),
        Column("modelingGroup", Kind.NUMBER, "the group scorers, and which raters are core (all count as core)"),
        Column("numberOfTimesEarnedOut", Kind.NUMBER, "contributor states"),
    ),
)

TABLES = (NOTES, RATINGS, STATUS_HISTORY, ENROLLMENT)
