"""Requests for notes: asked from an answer, listed by how many ask, each with a page of what is known so far."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons.ask_for_note import MAX_CLAIM, Proposal, ask, propose, refuse_own_codename
from kiemchung.commons.explain_note import Explanation, explain
from kiemchung.commons.opening import Commons
from kiemchung.commons.site import require_open, why_closed
from kiemchung.errors import InputError, KiemchungError, NotAllowedError
from kiemchung.i18n import Words
from kiemchung.model import Note, NoteState, NoteStatus
from kiemchung.model import Request as NoteRequest
from kiemchung.ports import RequestRedaction
from kiemchung.web.errors import problem_of
from kiemchung.web.forms import Form
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.session import check_token, session_of, visitors_form
from kiemchung.web.structured import request_head
from kiemchung.web.take_part import challenge

#: Requests on one page of the queue, and the last page that is looked up.
_ON_A_PAGE, _LAST_PAGE = 20, 500
_ORDER = {NoteStatus.SHOWN: 0, NoteStatus.NEEDS_RATINGS: 1, None: 1, NoteStatus.NOT_SHOWN: 2}


@dataclass(frozen=True, slots=True)
class Known:
    """What the page of a request says."""

    request: NoteRequest
    notes: list[tuple[Note, Explanation]]
    closed: str
    cuts: list[RequestRedaction]


async def _ask_page(request: Request, words: Words) -> Response:
    state = request.app.state
    closed = await state.counter.run(why_closed, state.commons.contributions)
    return _form(request, words, "", closed=closed)


async def _ask(request: Request, words: Words) -> Response:
    """First what would be kept is shown, with contact data cut out; then it is sent."""
    form, state = await visitors_form(request), request.app.state
    text = form.one("text")
    if form.one("send") != "1":
        return await _proposal(request, words, text, form)
    session = session_of(request)
    if session is not None:
        check_token(session, form)
    try:
        refuse_own_codename(session, text)  # before anything else is said of the text
        proposal = await state.workshop.run(propose, state.commons, text)
        if proposal.cut:  # what is sent has to be seen first
            return await _proposal(request, words, text, form)
        request_id = await state.workshop.run(
            ask, state.commons, state.taking_part, text,
            session=session, proof=form.one("proof"), ticket=form.one("ticket"),
        )  # fmt: skip
    except NotAllowedError as error:
        if error.reason == "opinion":
            return _form(request, words, text, refused=error)
        return await _proposal(request, words, text, form, error)
    except InputError as error:
        return _form(request, words, text, refused=error)
    return RedirectResponse(f"/{words.language}/requests/{request_id}?asked=1", 303)


async def _proposal(
    request: Request, words: Words, text: str, form: Form, error: NotAllowedError | None = None
) -> Response:
    state = request.app.state
    try:
        await state.counter.run(require_open, state.commons)
        proposal: Proposal = await state.workshop.run(propose, state.commons, text)
    except (InputError, NotAllowedError) as refused:
        return _form(request, words, text, refused=refused)
    puzzle = challenge(request, error, form.one("ticket"))
    status = problem_of(error).status if error else 200
    values: dict[str, Any] = {"proposal": proposal, "challenge": puzzle, "error": error, "limit": MAX_CLAIM}
    return render(request, "ask.html", words, status, script=True, **values)


def _form(
    request: Request, words: Words, text: str, *, refused: KiemchungError | None = None, closed: str = ""
) -> Response:
    """The plain form, with a kind word where this claim cannot be asked about (G20)."""
    status = problem_of(refused).status if refused else 200
    values: dict[str, Any] = {"text": text[: 4 * MAX_CLAIM], "refused": refused, "limit": MAX_CLAIM, "closed": closed}
    return render(request, "ask_anew.html", words, status, **values)


async def _queue(request: Request, words: Words) -> Response:
    state, page = request.app.state, _page_number(request)
    found, counts, closed = await state.counter.run(_page_of, state.commons, page)
    values: dict[str, Any] = {
        "found": found[:_ON_A_PAGE],
        "n_notes": counts,
        "page": page,
        "more": len(found) > _ON_A_PAGE,
        "closed": closed,
    }
    return render(request, "requests.html", words, path=f"requests?page={page}" if page > 1 else "requests", **values)


def _page_of(commons: Commons, page: int) -> tuple[list[NoteRequest], dict[str, int], str]:
    found = commons.contributions.open_requests(limit=_ON_A_PAGE + 1, offset=(page - 1) * _ON_A_PAGE)
    counts = commons.contributions.note_counts([each.request_id for each in found])
    return found, counts, why_closed(commons.contributions)


def _page_number(request: Request) -> int:
    said = request.query_params.get("page", "1")
    return min(max(1, int(said)), _LAST_PAGE) if said.isascii() and said.isdigit() and len(said) < 6 else 1


async def _request(request: Request, words: Words) -> Response:
    state = request.app.state
    known = await state.counter.run(_known, state.commons, request.path_params["request_id"])
    checks = state.known_checks.held(known.request.request_id, state.searched()["last_change"])
    if checks is None:
        checks = await state.workshop.run(state.known_checks, state.commons, known.request)
    values: dict[str, Any] = {"known": known, "checks": checks, "asked": request.query_params.get("asked") == "1"}
    head = request_head(request, words, known.request, [note for note, _ in known.notes])
    return render(request, "request.html", words, path=f"requests/{known.request.request_id}", head=head, **values)


def _known(commons: Commons, request_id: str) -> Known:
    claim = commons.contributions.get_requests([request_id]).get(request_id)
    if claim is None:
        raise NotAllowedError("unknown", "there is no such request")
    notes = [(note, explain(note)) for note in commons.contributions.notes_of_request(request_id)]
    notes.sort(key=_place)
    cuts = commons.contributions.request_redactions(request_id)
    return Known(claim, notes, why_closed(commons.contributions), cuts)


def _place(each: tuple[Note, Explanation]) -> tuple[int, str]:
    """Shown notes first, tombstones last."""
    note, told = each
    return (_ORDER[told.status] if note.state is NoteState.OPEN else 3), note.note_id


ROUTES: Routes = (
    ("GET", "/ask", _ask_page),
    ("POST", "/ask", _ask),
    ("GET", "/requests", _queue),
    ("GET", "/requests/{request_id}", _request),
)
