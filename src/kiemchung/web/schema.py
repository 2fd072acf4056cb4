"""What the API takes and gives, typed; OpenAPI is made from these."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kiemchung.commons.check import MAX_CHARACTERS
from kiemchung.web.note_schema import AskedReply

Language = Literal["vi", "en"]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class CheckRequest(BaseModel):
    """A message to check. It is not kept, not logged and not passed on."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1)] = Field(
        description=f"The message, as plain text of at most {MAX_CHARACTERS} characters; longer ones get 413.",
        examples=["Uống nước chanh nóng chữa khỏi ung thư."],
    )
    language: Language | None = Field(
        None, description="Language of the sentences in the reply; by default the first of Accept-Language."
    )


class ReasonReply(_Reply):
    """Why a check was found."""

    code: str
    values: list[str]
    sentence: str = Field(description="The reason in the wished language.")


class ReviewReply(_Reply):
    """A published check, in its publisher's words."""

    review_id: str
    decision: Literal["match", "related"] = Field(
        description="match: of this very claim; related: of another on the topic."
    )
    match_score: float = Field(ge=0, le=1, description="Probability that the check answers this very claim.")
    reasons: list[ReasonReply]
    claim: str = Field(description="The claim as the publisher states it (claimReviewed).")
    verdict: str = Field(description="The publisher's verdict, in the publisher's words.")
    title: str
    url: str
    publisher: str
    publisher_site: str
    published: str | None = Field(description="ISO 8601 date or date-time, as published.")
    language: str = Field(description="BCP 47 tag of the check; und where unknown.")
    licences: list[str]


class ClaimReply(_Reply):
    """One statement of the message and what was found for it."""

    text: str
    start: int = Field(ge=0, description="First code point in the message.")
    end: int = Field(ge=0, description="Code point after the last.")
    language: str
    label: Literal["checkable", "opinion", "question", "other"]
    label_confidence: float = Field(ge=0, le=1)
    checkworthiness: float = Field(ge=0, le=1)
    result: Literal["match", "related", "nothing_found", "not_looked_up"]
    checkers_disagree: bool = Field(description="The matching checks' verdicts do not say the same.")
    reviews: list[ReviewReply]
    asked: AskedReply | None = Field(description="The request for a note on this claim; null where nobody asked.")


class SummaryReply(_Reply):
    """Counts over the statements."""

    n_statements: int
    n_claims: int
    n_matched: int
    n_related: int
    n_nothing_found: int
    n_left_out: int = Field(description="Claims of fact that were not looked up, because the text has so many.")
    n_opinions: int
    n_questions: int


class SearchedReply(_Reply):
    """What was searched."""

    n_reviews: int
    n_publishers: int
    as_of: str | None = Field(description="Newest import, ISO 8601 UTC; null for an empty store.")


class CheckReply(_Reply):
    """The answer: every statement of the message in order."""

    language: Language
    claims: list[ClaimReply]
    summary: SummaryReply
    searched: SearchedReply
    notice: str | None = Field(
        description="What it means that nothing was found for some claim; null where all were found."
    )
    left_out: str | None = Field(
        description="That claims were left out of a long text, and how to have them looked up; null where none was."
    )


class ErrorBody(_Reply):
    """What went wrong."""

    code: str = Field(description="A stable word for programs.")
    message: str = Field(description="One line for people.")


class ErrorReply(_Reply):
    """The one shape of errors under /api."""

    error: ErrorBody


class HealthReply(_Reply):
    """The server answers."""

    status: Literal["ok"]


class _GoogleReply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GoogleErrorBody(_GoogleReply):
    """google.rpc.Status as Google's APIs write it."""

    code: int
    message: str
    status: str


class GoogleErrorReply(_GoogleReply):
    """The shape of errors under /v1alpha1."""

    error: GoogleErrorBody


class GooglePublisher(_GoogleReply):
    """Who published the check."""

    name: str | None = None
    site: str | None = Field(None, description="Host without www.")


class GoogleClaimReview(_GoogleReply):
    """A published check, as Google's Fact Check Tools API writes it."""

    publisher: GooglePublisher
    url: str | None = None
    title: str | None = None
    reviewDate: str | None = Field(None, description="RFC 3339.")  # noqa: N815 - Google's name
    textualRating: str | None = None  # noqa: N815 - Google's name
    languageCode: str | None = None  # noqa: N815 - Google's name


class GoogleClaim(_GoogleReply):
    """A claim with its checks."""

    text: str | None = None
    claimant: str | None = Field(None, description="As the publisher states it; never searched or filtered by.")
    claimDate: str | None = None  # noqa: N815 - Google's name
    claimReview: list[GoogleClaimReview]  # noqa: N815 - Google's name


class GoogleSearchReply(_GoogleReply):
    """A page of claims; empty where nothing is found."""

    claims: list[GoogleClaim] | None = None
    nextPageToken: str | None = None  # noqa: N815 - Google's name
