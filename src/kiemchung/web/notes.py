"""Notes: written with hints and a preview, edited, withdrawn, and a page for each that says why it has its status."""

from dataclasses import dataclass, replace
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons import write_notes
from kiemchung.commons.explain_note import Explanation, explain
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.public_notes import is_shown
from kiemchung.commons.sessions import Session
from kiemchung.commons.site import require_open
from kiemchung.commons.taking_part import TakingPart
from kiemchung.commons.write_notes import DraftError
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import Words
from kiemchung.model import Note, NoteDraft, NoteState, NoteStatus, Rating, StatusChange
from kiemchung.model import Request as NoteRequest
from kiemchung.notes import draft as drafts
from kiemchung.notes.draft import Problem
from kiemchung.ports import Redaction
from kiemchung.web.draft_form import by_place, draft_of, rows
from kiemchung.web.forms import Form
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.session import need_session, own_form, session_of
from kiemchung.web.structured import note_head


@dataclass(frozen=True, slots=True)
class Told:
    """What the page of a note says; `own` and `rating` for its reader's eyes alone."""

    note: Note
    request: NoteRequest
    why: Explanation
    history: list[StatusChange]
    redaction: Redaction | None
    own: bool
    rating: Rating | None

    @property
    def was_shown(self) -> bool:
        """Whether the note was shown and is so no more, by a change of status or since its text is gone."""
        return not is_shown(self.note) and any(change.after is NoteStatus.SHOWN for change in self.history)

    @property
    def lost_at(self) -> str | None:
        """When it ceased to be shown; None where it did not, or by its withdrawal, whose day is not kept."""
        if not self.was_shown:
            return None
        lost = [change.at for change in self.history if change.before is NoteStatus.SHOWN]
        return self.redaction.day if self.redaction else lost[-1] if lost else None


async def _note(request: Request, words: Words) -> Response:
    state, session = request.app.state, session_of(request)
    told = await state.counter.run(_told, state.commons, request.path_params["note_id"], session)
    kept = request.query_params.get("kept") == "1"
    return render(
        request,
        "note.html",
        words,
        told=told,
        kept=kept,
        path=f"notes/{told.note.note_id}",
        head=note_head(request, words, told.note, told.request, was_shown=told.was_shown, lost_at=told.lost_at),
    )


def _told(commons: Commons, note_id: str, session: Session | None) -> Told:
    contributions = commons.contributions
    note = contributions.get_notes([note_id]).get(note_id)
    if note is None:
        raise NotAllowedError("unknown", "there is no such note")
    return Told(
        note,
        contributions.get_requests([note.request_id])[note.request_id],
        explain(note),
        contributions.history_of(note_id),
        contributions.redaction_of(note_id) if note.state is NoteState.REDACTED else None,
        session is not None and contributions.wrote(session.keys.author, note_id),
        contributions.rating_of(session.keys.rater, note_id) if session else None,
    )


async def _write_page(request: Request, words: Words) -> Response:
    session, state = need_session(request), request.app.state
    claim = await state.counter.run(
        _claim_to_write_on, state.commons, state.taking_part, session, request.path_params["request_id"]
    )
    return _form(request, words, claim, None)


async def _write(request: Request, words: Words) -> Response:
    session, form = await own_form(request)
    state = request.app.state
    draft = await state.counter.run(draft_of, form, words.language)
    claim = await state.counter.run(
        _claim_to_write_on, state.commons, state.taking_part, session, request.path_params["request_id"]
    )
    if form.one("go") != "send":
        return await _preview(request, words, session, claim, draft, room=_room(form))
    try:
        note_id = await state.outside.run(
            write_notes.hand_in, state.commons, state.taking_part, session, claim.request_id, draft, state.titles
        )
    except DraftError as error:
        return _form(request, words, claim, draft, problems=error.problems, status=400)
    return RedirectResponse(f"/{words.language}/notes/{note_id}?kept=1", 303)


async def _edit_page(request: Request, words: Words) -> Response:
    session, state = need_session(request), request.app.state
    note, claim = await state.counter.run(_note_to_edit, state.commons, session, request.path_params["note_id"])
    return _form(request, words, claim, note.draft, note_id=note.note_id)


async def _edit(request: Request, words: Words) -> Response:
    session, form = await own_form(request)
    state = request.app.state
    draft = await state.counter.run(draft_of, form, words.language)
    note, claim = await state.counter.run(_note_to_edit, state.commons, session, request.path_params["note_id"])
    if form.one("go") != "send":
        return await _preview(request, words, session, claim, draft, room=_room(form), note_id=note.note_id)
    try:
        await state.outside.run(write_notes.edit, state.commons, session, note.note_id, draft, state.titles)
    except DraftError as error:
        return _form(request, words, claim, draft, problems=error.problems, note_id=note.note_id, status=400)
    return RedirectResponse(f"/{words.language}/notes/{note.note_id}?kept=1", 303)


def _room(form: Form) -> int:
    """How many sources to make room for, where one more was wished; else 0."""
    return len(form.many("url")) + 1 if form.one("go") == "more" else 0


async def _withdraw(request: Request, words: Words) -> Response:
    session, _ = await own_form(request)
    state, note_id = request.app.state, request.path_params["note_id"]
    await state.counter.run(write_notes.withdraw, state.commons, session, note_id)
    return RedirectResponse(f"/{words.language}/notes/{note_id}", 303)


async def _back_to_note(request: Request, words: Words) -> Response:
    return RedirectResponse(f"/{words.language}/notes/{request.path_params['note_id']}", 303)


async def _preview(
    request: Request,
    words: Words,
    session: Session,
    claim: NoteRequest,
    draft: NoteDraft,
    *,
    room: int,
    note_id: str = "",
) -> Response:
    """The draft as readers would see it, with what is missing and hints; or room for one more source to fill in."""
    if room:
        return _form(request, words, claim, draft, room=room, note_id=note_id)
    state = request.app.state
    day = date.fromisoformat(today(state.commons.clock))
    problems, hints = await state.counter.run(_judge, draft, session.codename, day)
    ready = not problems
    if ready:
        titles = await state.outside.run(state.titles, [source.url for source in draft.sources])
        named = [replace(source, title=title) for source, title in zip(draft.sources, titles, strict=True)]
        draft = replace(draft, sources=tuple(named))
    return _form(request, words, claim, draft, problems=problems, hints=hints, preview=ready, note_id=note_id)


def _judge(draft: NoteDraft, codename: str, day: date) -> tuple[list[Problem], list[Problem]]:
    """Problems and hints; in a thread, since patterns run over every field."""
    return drafts.problems(draft, codename=codename, today=day), drafts.hints(draft)


def _form(
    request: Request,
    words: Words,
    claim: NoteRequest,
    draft: NoteDraft | None,
    *,
    problems: list[Problem] | None = None,
    hints: list[Problem] | None = None,
    room: int = 0,
    preview: bool = False,
    note_id: str = "",
    status: int = 200,
) -> Response:
    here = f"edit/{note_id}" if note_id else f"write/{claim.request_id}"
    values = {
        "claim": claim,
        "draft": draft,
        "rows": rows(draft, room),
        "problems": by_place(problems or []),
        "hints": by_place(hints or []),
        "preview": preview,
        "here": here,
        "editing": bool(note_id),
        "limits": {"text": drafts.MAX_TEXT, "quote": drafts.MAX_QUOTE, "sources": drafts.MAX_SOURCES},
    }
    return render(request, "write.html", words, status, script=True, path=here, **values)


def _claim_to_write_on(commons: Commons, part: TakingPart, session: Session, request_id: str) -> NoteRequest:
    require_open(commons)
    claim = commons.contributions.get_requests([request_id]).get(request_id)
    if claim is None:
        raise NotAllowedError("unknown", "there is no such request")
    write_notes.require_earned(commons, part, session)
    return claim


def _note_to_edit(commons: Commons, session: Session, note_id: str) -> tuple[Note, NoteRequest]:
    require_open(commons)
    note = commons.contributions.get_notes([note_id]).get(note_id)
    if note is None or not commons.contributions.wrote(session.keys.author, note_id):
        raise NotAllowedError("not_yours", "only an own note can be changed")
    if note.n_ratings or note.state is not NoteState.OPEN:
        raise NotAllowedError("rated", "only an own note that nobody has rated yet can be changed")
    return note, commons.contributions.get_requests([note.request_id])[note.request_id]


ROUTES: Routes = (
    ("GET", "/notes/{note_id}", _note),
    ("GET", "/write/{request_id}", _write_page),
    ("POST", "/write/{request_id}", _write),
    ("GET", "/edit/{note_id}", _edit_page),
    ("POST", "/edit/{note_id}", _edit),
    ("POST", "/withdraw/{note_id}", _withdraw),
    ("GET", "/withdraw/{note_id}", _back_to_note),
)
