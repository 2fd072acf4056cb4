"""The desk's own pages: log-in with a role codename, the queue, writing, the second look, corrections and replies."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kiemchung.commons import desk_checks, desk_members, desk_scale
from kiemchung.commons.opening import Commons
from kiemchung.commons.sessions import Session
from kiemchung.commons.write_notes import DraftError, text_language
from kiemchung.errors import InputError, KiemchungError, NotAllowedError
from kiemchung.formats.log_events import asdict_of_check, sha256_of
from kiemchung.i18n import Words, desk_phrases
from kiemchung.model import DeskCheck, DeskDraft
from kiemchung.notes import desk_draft
from kiemchung.notes.draft import MAX_QUOTE, MAX_SOURCES
from kiemchung.web.draft_form import by_place, rows, sources_of
from kiemchung.web.errors import problem_of
from kiemchung.web.forms import Form
from kiemchung.web.render import render
from kiemchung.web.routing import Answer, Routes
from kiemchung.web.session import check_token, set_session_cookie, visitors_form

COOKIE = "desk"
_MAX_TYPED = 400
_LIMITS = {
    "claim": desk_draft.MAX_CLAIM,
    "text": desk_draft.MAX_EXPLANATION,
    "quote": MAX_QUOTE,
    "sources": MAX_SOURCES,
    "reason": desk_checks.MAX_REASON,
    "reply": desk_checks.MAX_REPLY,
    "by": desk_checks.MAX_BY,
}


async def _member(request: Request) -> Session:
    state, token = request.app.state, request.cookies.get(COOKIE, "")
    session = state.taking_part.desk_sessions.get(token, state.commons.clock.now_ms()) if token else None
    member: Session = await state.counter.run(desk_members.need_member, state.commons, session)
    return member


async def _members_form(request: Request) -> tuple[Session, Form]:
    form, session = await visitors_form(request), await _member(request)
    check_token(session, form)
    return session, form


async def _log_in_page(request: Request, words: Words) -> Response:
    return render(request, "desk_log_in.html", words, failed=False)


async def _log_in(request: Request, words: Words) -> Response:
    """One answer to a mistyped and an unknown codename, after the same work (G18)."""
    form, state = await visitors_form(request), request.app.state
    typed, sessions = form.one("codename")[:_MAX_TYPED], state.taking_part.desk_sessions
    token = await state.keys.run(desk_members.log_in, state.commons, sessions, typed, state.cost)
    if token is None:
        return render(request, "desk_log_in.html", words, 403, failed=True)
    response = RedirectResponse(f"/{words.language}/desk", 303)
    set_session_cookie(request, response, COOKIE, token)
    return response


async def _log_out(request: Request, words: Words) -> Response:
    await _members_form(request)
    request.app.state.taking_part.desk_sessions.close(request.cookies[COOKIE])
    response = RedirectResponse(f"/{words.language}/", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


async def _queue(request: Request, words: Words) -> Response:
    session, state = await _member(request), request.app.state
    waiting, published = await state.counter.run(_lists, state.commons)
    return _desk(request, "desk.html", words, session, waiting=waiting, published=published)


def _lists(commons: Commons) -> tuple[list[DeskCheck], list[DeskCheck]]:
    desk = commons.contributions.desk
    return desk.in_work(), [check for check in desk.published(limit=200) if check.in_work is None]


async def _new(request: Request, words: Words) -> Response:
    session = await _member(request)
    return await _form(request, words, session, desk_checks.new_id(), None)


async def _edit(request: Request, words: Words) -> Response:
    session, state = await _member(request), request.app.state
    check = await state.counter.run(desk_checks.get_check, state.commons, request.path_params["check_id"])
    draft = check.in_work or check.versions[-1].draft
    return await _form(request, words, session, check.check_id, draft, check=check, reason=check.reason or "")


async def _save(request: Request, words: Words) -> Response:
    """Keep the text; with `hand_in` ask for the second look as well."""
    session, form = await _members_form(request)
    state, check_id = request.app.state, request.path_params["check_id"]
    if not (check_id.isascii() and check_id.isalnum() and len(check_id) == 16):
        raise NotAllowedError("unknown", "there is no such check")
    steps = await state.counter.run(desk_scale.scale, state.commons.contributions)
    draft, reason = _draft_of(form, words, steps), form.one("reason")
    if form.one("go") == "more":
        return await _form(request, words, session, check_id, draft, reason=reason, room=len(form.many("url")) + 1)
    try:
        await state.workshop.run(desk_checks.save, state.commons, session, check_id, draft, reason)
    except DraftError as error:
        return await _form(request, words, session, check_id, draft, reason=reason, problems=by_place(error.problems))
    except (InputError, NotAllowedError) as error:
        return await _form(request, words, session, check_id, draft, reason=reason, refused=error)
    if form.one("go") == "hand_in":
        await state.counter.run(desk_checks.hand_in, state.commons, check_id)
    return RedirectResponse(f"/{words.language}/desk/checks/{check_id}", 303)


async def _form(
    request: Request,
    words: Words,
    session: Session,
    check_id: str,
    draft: DeskDraft | None,
    *,
    check: DeskCheck | None = None,
    reason: str = "",
    room: int = 0,
    problems: dict[str, Any] | None = None,
    refused: KiemchungError | None = None,
) -> Response:
    state = request.app.state
    if check is None:
        check = await state.counter.run(state.commons.contributions.desk.get_check, check_id)
    steps = await state.counter.run(desk_scale.scale, state.commons.contributions)
    status = problem_of(refused).status if refused else 422 if problems else 200
    return _desk(
        request, "desk_write.html", words, session, status, check_id=check_id, draft=draft, reason=reason, steps=steps,
        correcting=check is not None and bool(check.versions), rows=rows(draft, room),
        problems=problems or {}, refused=desk_phrases.refusal(words, refused) if refused else "", limits=_LIMITS,
    )  # fmt: skip


def _draft_of(form: Form, words: Words, steps: tuple[desk_scale.Step, ...]) -> DeskDraft:
    claim, text = " ".join(form.one("claim").split()), form.one("text").strip()
    language = form.one("language") if form.one("language") in ("vi", "en") else text_language(text) or words.language
    chosen = next((step for step in steps if step.vi == form.one("verdict")), None)
    worst, best = desk_scale.bounds(steps) if chosen else ("", "")
    return DeskDraft(
        claim,
        chosen.words(language) if chosen else "",
        text,
        language,
        sources_of(form),
        chosen.number if chosen else "",
        best,
        worst,
    )


async def _look(request: Request, words: Words) -> Response:
    session, state = await _member(request), request.app.state
    return await _look_page(request, words, session, await _check_of(state, request))


async def _check_of(state: Any, request: Request) -> DeskCheck:
    found: DeskCheck = await state.counter.run(
        desk_checks.get_check, state.commons, request.path_params["check_id"]
    )  # fmt: skip
    return found


async def _look_page(
    request: Request, words: Words, session: Session, check: DeskCheck, status: int = 200, **values: Any
) -> Response:
    state = request.app.state
    may = await state.counter.run(desk_checks.may_publish, state.commons, session, check)
    known = {"problems": {}, "reply": "", "by": "", "refused": ""}
    return _desk(
        request, "desk_check.html", words, session, status, check=check, may_publish=may,
        seen=seen_hash(check), limits=_LIMITS, **(known | values),
    )  # fmt: skip


def seen_hash(check: DeskCheck) -> str:
    """What stands for the text that a member has seen, so that another one is not published by mistake."""
    return sha256_of(asdict_of_check(check.in_work)) if check.in_work else ""


async def _publish(request: Request, words: Words) -> Response:
    session, form = await _members_form(request)
    state = request.app.state
    check = await _check_of(state, request)
    try:
        if check.in_work is None or form.one("seen") != seen_hash(check):
            raise NotAllowedError("locked", "the text has changed; look at it again")
        await state.workshop.run(desk_checks.publish, state.commons, session, check.check_id, check.in_work)
    except (InputError, NotAllowedError) as error:
        refused = desk_phrases.refusal(words, error)
        return await _look_page(request, words, session, check, problem_of(error).status, refused=refused)
    return RedirectResponse(f"/{words.language}/checks/{check.check_id}", 303)


async def _reply(request: Request, words: Words) -> Response:
    session, form = await _members_form(request)
    state, check_id = request.app.state, request.path_params["check_id"]
    text, by = form.one("reply"), form.one("by")
    try:
        await state.counter.run(desk_checks.reply, state.commons, check_id, text, by)
    except DraftError as error:
        check = await _check_of(state, request)
        found = by_place(error.problems)
        return await _look_page(request, words, session, check, 422, problems=found, reply=text, by=by)
    return RedirectResponse(f"/{words.language}/checks/{check_id}", 303)


def _step(work: Any, then: str) -> Answer:
    """A button that does one thing to a check."""

    async def answer(request: Request, words: Words) -> Response:
        await _members_form(request)
        state, check_id = request.app.state, request.path_params["check_id"]
        await state.counter.run(work, state.commons, check_id)
        return RedirectResponse(f"/{words.language}/desk{then.format(check_id)}", 303)

    return answer


async def _scale_page(request: Request, words: Words) -> Response:
    session, state = await _member(request), request.app.state
    steps = await state.counter.run(desk_scale.scale, state.commons.contributions)
    return _desk(request, "desk_scale.html", words, session, lines=desk_scale.as_lines(steps), refused=False)


async def _scale(request: Request, words: Words) -> Response:
    session, form = await _members_form(request)
    state, lines = request.app.state, form.one("lines")[:5_000]
    try:
        await state.counter.run(desk_scale.write_scale, state.commons.contributions, lines)
    except InputError:
        return _desk(request, "desk_scale.html", words, session, 422, lines=lines, refused=True)
    return RedirectResponse(f"/{words.language}/desk", 303)


def _desk(
    request: Request, template: str, words: Words, session: Session, status: int = 200, **values: Any
) -> Response:
    return render(request, template, words, status, form_token=session.form_token, **values)


ROUTES: Routes = (
    ("GET", "/desk/log-in", _log_in_page),
    ("POST", "/desk/log-in", _log_in),
    ("POST", "/desk/log-out", _log_out),
    ("GET", "/desk", _queue),
    ("GET", "/desk/new", _new),
    ("GET", "/desk/scale", _scale_page),
    ("POST", "/desk/scale", _scale),
    ("GET", "/desk/edit/{check_id}", _edit),
    ("POST", "/desk/edit/{check_id}", _save),
    ("GET", "/desk/checks/{check_id}", _look),
    ("POST", "/desk/hand-in/{check_id}", _step(desk_checks.hand_in, "/checks/{}")),
    ("POST", "/desk/drop/{check_id}", _step(desk_checks.drop, "")),
    ("POST", "/desk/publish/{check_id}", _publish),
    ("POST", "/desk/reply/{check_id}", _reply),
)
