"""The public log: its files for programs, and a page for people that says what changed, day by day, and why."""

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kiemchung.commons.cosignatures import COSIGN, take_in
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.recent_log import checkpoint_of, newest
from kiemchung.commons.transparency import transparency_report
from kiemchung.formats.log_entry import Opening
from kiemchung.formats.signed_note import SignedCheckpoint
from kiemchung.i18n import Words
from kiemchung.i18n.log_phrases import why_changed
from kiemchung.model import NoteStatus
from kiemchung.ports import Contributions
from kiemchung.web.address import site_address
from kiemchung.web.render import render
from kiemchung.web.routing import Routes

#: Newest entries that the page tells of.
_TOLD = 300
_FILE = re.compile(
    r"checkpoint|key|tile/(?:entries|\d+)(?:/x\d{3})*/\d{3}(?:\.p/\d{1,3})?|opening/(?:x\d{3}/)*\d{3}\.ndjson"
)
_TYPES = {".ndjson": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Day:
    """What changed on a day.

    Attributes:
        entries: the newest first.
        n_waiting: notes that were scored first and need more ratings, counted and not listed.
    """

    day: str
    entries: list[dict[str, Any]]
    n_waiting: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says.

    Attributes:
        days: the newest day first.
        claims: by the id of a note, request or check, its claim and the claim's language.
        redacted: notes emptied by rule, over all time.
    """

    signed: SignedCheckpoint | None
    today: str
    days: list[Day]
    claims: dict[str, tuple[str, str]]
    redacted: dict[str, int]


class LogFiles(StaticFiles):
    """The log folder as it is. Full tiles never change; the rest is asked for anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.config_checked = True  # the folder is made with the first entry

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file of the log; nothing else that may lie in the folder."""
        if not _FILE.fullmatch(path):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        fixed = path.startswith("tile/") and ".p/" not in path
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
        plain = path in ("checkpoint", "key")
        kind = "text/plain; charset=utf-8" if plain else _TYPES.get(Path(path).suffix, "application/octet-stream")
        response.headers["Content-Type"] = kind
        return response


async def _log(request: Request, words: Words) -> Response:
    state = request.app.state
    told = await state.counter.run(_told, state.commons)
    source = f"{site_address(request)}/log"
    return render(request, "log.html", words, told=told, statuses=_STATUSES, source=source, why=why_changed)


_STATUSES = {status.value: status for status in NoteStatus}


def _told(commons: Commons) -> Told:
    entries = _dated([_entry(opening) for opening in reversed(newest(commons.settings, _TOLD))])
    days = [_day(day, list(group)) for day, group in groupby(entries, key=lambda entry: str(entry["day"]))]
    redacted = {rule: n for rule, n in transparency_report(commons).redactions.items() if n}
    claims = _claims(commons.contributions, entries)
    return Told(checkpoint_of(commons.settings), today(commons.clock), days, claims, redacted)


def _entry(opening: Opening) -> dict[str, Any]:
    entry = opening.entry or {"kind": "emptied"}
    return {"index": opening.index, **entry}


def _dated(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with its day: a status has that of its run, and an emptied one that of what follows."""
    ended = {entry["run_id"]: str(entry["finished_at"])[:10] for entry in entries if entry["kind"] == "run"}
    found, day = [], ""
    for entry in entries:
        day = str(entry.get("day") or str(entry.get("finished_at", ""))[:10] or ended.get(entry.get("run_id", ""), day))
        found.append({**entry, "day": day})
    return sorted(found, key=lambda entry: entry["day"], reverse=True)


def _day(day: str, entries: list[dict[str, Any]]) -> Day:
    waiting = [entry for entry in entries if entry["kind"] == "status" and _waits(entry)]
    return Day(day, [entry for entry in entries if entry not in waiting], len(waiting))


def _waits(entry: dict[str, Any]) -> bool:
    return entry["before"] is None and entry["after"] == NoteStatus.NEEDS_RATINGS


def _claims(contributions: Contributions, entries: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    notes = contributions.get_notes(list({str(entry["note_id"]) for entry in entries if "note_id" in entry}))
    of_note = {note.note_id: note.request_id for note in notes.values()}
    asked = {str(entry["request_id"]) for entry in entries if "request_id" in entry} | set(of_note.values())
    requests = contributions.get_requests(list(asked))
    found = {request_id: (each.claim, each.language) for request_id, each in requests.items()}
    found |= {note_id: found[request_id] for note_id, request_id in of_note.items() if request_id in found}
    for check_id in {str(entry["check_id"]) for entry in entries if "check_id" in entry}:
        check = contributions.desk.get_check(check_id)
        if check is not None and check.versions:
            found[check_id] = (check.versions[-1].draft.claim, check.versions[-1].draft.language)
    return found


async def cosign(request: Request) -> Response:
    """Takes in the cosignature of a witness that the operator lists."""
    state = request.app.state
    names = await state.counter.run(take_in, state.commons.settings, await request.body())
    return JSONResponse({"taken_in": names})


PAGE_ROUTES: Routes = (("GET", "/log", _log),)
ROUTES = (Route(f"/log/{COSIGN}", cosign, methods=["POST"]),)
