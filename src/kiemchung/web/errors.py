"""One table from error to HTTP status, and one shape of error for each of the three kinds of route."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kiemchung.errors import FetchError, InputError, KiemchungError, NotAllowedError
from kiemchung.web.headers import OPEN_PREFIXES

#: HTTP status by error code; documented in docs/api.md.
STATUS = {
    "bad_input": 400,
    "bad_draft": 400,
    "not_allowed": 403,
    "bad_setting": 500,
    "fetch_failed": 422,
    "store_failed": 503,
    "index_failed": 503,
    "missing_part": 503,
    "busy": 503,
}
RETRY_AFTER_SECONDS = 3

API_PREFIX = "/api/"
GOOGLE_PREFIX = "/v1alpha1/"

#: Names that Google's APIs give to statuses (google.rpc.Code).
_GOOGLE_STATUS = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class BusyError(KiemchungError):
    """More messages wait than the server takes on; asking again in a moment helps."""

    code = "busy"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a reply to a failed request says.

    Attributes:
        code: a stable word for programs.
        message: one line for people; never holds what was sent.
    """

    status: int
    code: str
    message: str


def problem_of(error: KiemchungError) -> Problem:
    """The reply to one of our errors; too long a text is 413."""
    reason = error.reason if isinstance(error, InputError | FetchError) else ""
    status = 413 if reason == "too_long" else STATUS.get(error.code, 500)
    if isinstance(error, NotAllowedError):
        return Problem(_NOT_ALLOWED.get(error.reason, status), error.reason, str(error))
    if isinstance(error, InputError | BusyError):
        return Problem(status, reason or error.code, str(error))
    # Other messages may name files of the server or the address that was sent.
    return Problem(status, error.code, _PLAIN.get(error.code, "the request cannot be answered just now"))


#: HTTP status by the reason of a NotAllowedError; 403 for all others.
_NOT_ALLOWED = {"unknown": 404, "no_session": 401, "budget": 429, "outgrown": 409}

_PLAIN = {
    "fetch_failed": "the page at this address could not be read; send its text",
    "index_failed": "the lookup index cannot be read; the operator rebuilds it with `kiemchung index`",
    "store_failed": "the published checks cannot be read just now",
}


def http_problem(status: int) -> Problem:
    """The reply to an HTTP-level failure: 404, 405, 413, 415 and the like."""
    phrase = HTTPStatus(status).phrase.lower() if status in HTTPStatus._value2member_map_ else "error"
    code = _HTTP_CODES.get(status) or phrase.replace(" ", "_").replace("-", "_")
    return Problem(status, code, _HTTP_MESSAGES.get(status, phrase))


#: Python 3.13 renamed this one; our word for it stays.
_HTTP_CODES = {413: "content_too_large"}
_HTTP_MESSAGES = {
    400: "the request cannot be read",
    404: "there is nothing at this address",
    405: "this address does not take this method",
    413: "the request is too large; send a part of the text",
    415: "send JSON (application/json)",
    500: "something went wrong on the server; nothing that was sent has been kept",
}


def json_error(request: Request, problem: Problem) -> Response:
    """The problem as JSON: Google's shape under /v1alpha1, `{"error": {"code", "message"}}` elsewhere."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if problem.status == 503 else None
    body: dict[str, object] = {"code": problem.code, "message": problem.message}
    if request.url.path.startswith(GOOGLE_PREFIX):
        google_status = _GOOGLE_STATUS.get(problem.status, "UNKNOWN")
        body = {"code": problem.status, "message": problem.message, "status": google_status}
    return JSONResponse({"error": body}, problem.status, headers)


def wants_json(request: Request) -> bool:
    """Is this a route for programs?"""
    return request.url.path.startswith(OPEN_PREFIXES) or request.url.path == "/healthz"
