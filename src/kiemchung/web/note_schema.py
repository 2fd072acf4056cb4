"""Requests and notes in the API, typed; OpenAPI is made from these."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["needs_ratings", "shown", "not_shown"]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ClaimReasonReply(_Reply):
    """Why a note says that its claim misleads, or does not."""

    code: str
    sentence: str = Field(description="The reason in the wished language.")


class SourceReply(_Reply):
    """What a note rests on."""

    url: str
    quote: str = Field(description="The sentence of the page that matters, as its writer quotes it.")
    published: str | None = Field(description="The page's date, ISO 8601.")
    title: str
    archive_url: str = Field(description="A lasting copy, or empty.")


class NoteTextReply(_Reply):
    """What a note says. Who wrote it is not known."""

    note_id: str
    day: str = Field(description="ISO date; all that is kept of the time.")
    misleading: bool = Field(description="The note says that the claim misleads; else that it does not.")
    reasons: list[ClaimReasonReply]
    text: str
    language: str
    sources: list[SourceReply]


class AskedReply(_Reply):
    """The request for a note on the same claim."""

    request_id: str
    claim: str
    language: str
    day: str = Field(description="When it was asked first, ISO date.")
    n_asked: int = Field(description="Codenames that asked.")
    n_waiting: int = Field(description="Notes that are not shown (yet).")
    shown: list[NoteTextReply] = Field(description="Notes that both sides found helpful. They are no verdict.")


class RequestReply(_Reply):
    """A request in a list."""

    request_id: str
    claim: str
    language: str
    day: str
    n_asked: int
    n_notes: int


class RequestsReply(_Reply):
    """Requests without a shown note, those that most codenames ask about first."""

    requests: list[RequestReply]
    next_offset: int | None = Field(description="For the following page; null at the end.")


class LackReply(_Reply):
    """One thing that keeps a note from being shown."""

    code: str
    count: int
    sentence: str


class EvidenceReply(_Reply):
    """How sure it is that most of either side would say the same, in percent."""

    helpful: bool = Field(description="Of helpful; else of not helpful.")
    sides: list[int] = Field(description="The surer side first; which is which is not told.")
    needed: int


class NoteReply(_Reply):
    """A note with its status and why it has it."""

    note_id: str
    request_id: str
    state: Literal["open", "withdrawn", "redacted"]
    status: Status | None = Field(description="null before the first scoring run, and for tombstones.")
    status_sentence: str
    since: str | None = Field(description="Day since which the status holds.")
    locked: bool
    rule: str | None = Field(description="Id and version of the rule that decided.")
    n_ratings_at_least: int = Field(description="Ratings so far, rounded down.")
    lacks: list[LackReply]
    evidence: EvidenceReply | None
    content: NoteTextReply | None = Field(description="null for tombstones.")


class RequestWithNotesReply(RequestReply):
    """A request with all its notes, shown ones first."""

    notes: list[NoteReply]


class NotesReply(_Reply):
    """Open notes of one status, by id."""

    notes: list[NoteReply]
    next_after: str | None = Field(description="For the following page; null at the end.")
