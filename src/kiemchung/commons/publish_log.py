"""What changed goes into the public log: in batches, each change once, whatever is killed in between."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from kiemchung.commons.log_agrees import check_log_agrees
from kiemchung.commons.log_folder import LogFolder, load_signer, log_folder
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.ports import PendingEvent

#: What comes first within a batch; the rest is in the order of random ids, so that no order tells who did what.
_ORDER = ("request", "note", "note_edited", "run", "status", "note_withdrawn")
#: Kinds that hold something a redaction has to empty: of a note, and of a request.
_EMPTIED = {"note_id": ("note", "note_edited"), "request_id": ("request",)}


@contextmanager
def open_log(settings: Settings) -> Iterator[LogFolder]:
    """The site's log, to write to; its key and name are made at the first call.

    Raises:
        StoreError: another process writes to it, or its files or its key are damaged.
    """
    folder = log_folder(settings)
    log = LogFolder(folder, load_signer(settings.data_dir / "log.key", _origin(folder, settings)))
    try:
        yield log
    finally:
        log.close()


def publish(commons: Commons) -> int:
    """Bring the log up to what has changed; how many entries it got.

    An entry holds the random id of its event. Events leave the outbox once the checkpoint that counts them is on the
    disk; those of a publication that was interrupted before that are among the newest entries and are told by their id.

    Raises:
        StoreError: as `open_log`, or the log and the database are not of one time.
    """
    pending = commons.contributions.pending_events()
    if not pending:
        return 0
    with open_log(commons.settings) as log:
        check_log_agrees(commons)
        before = log.size
        redactions = [each for each in pending if each.event.kind == "redaction"]
        given = {each.event_id: _reasons(log, each) for each in redactions}
        logged = _ids_at_end(log, len(pending) + sum(map(len, given.values())))
        fresh = [each for each in pending if each.event.kind != "redaction" and each.event_id not in logged]
        if fresh:
            log.append(_entry(each) for each in _in_order(fresh))
            log.checkpoint()
        # before anything is emptied: an emptied entry has no id by which an interrupted publication is told
        commons.contributions.forget_events([e.event_id for e in pending if e.event.kind != "redaction"])
        _redact(log, redactions, given)
        commons.contributions.forget_events([each.event_id for each in redactions])
        return log.size - before


def _origin(folder: Path, settings: Settings) -> str:
    """The log's name: it stays what it was at first, whatever becomes of the site's address."""
    key = folder / "key"
    if key.exists():
        return key.read_text("utf-8").split("+")[0]
    host = urlsplit(settings.site_url).hostname
    return f"{host}/log" if host else f"kiemchung.invalid/{secrets.token_hex(6)}"


def _in_order(events: Sequence[PendingEvent]) -> list[PendingEvent]:
    """Runs with their status changes in the order of their end, after all that they are about."""
    ended = {e.event.body["run_id"]: e.event.body["finished_at"] for e in events if e.event.kind == "run"}

    def place(each: PendingEvent) -> tuple[int, str, str, int, str]:
        kind, body = each.event.kind, each.event.body
        rank = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
        run = str(body["run_id"]) if kind in ("run", "status") else ""
        together = _ORDER.index("run") if run else rank
        subject = str(body.get("note_id", "")) if kind == "status" else each.event_id
        return together, ended.get(run, ""), run, rank, subject

    return sorted(events, key=place)


def _entry(each: PendingEvent) -> dict[str, object]:
    return {**each.event.body, "kind": each.event.kind, "id": each.event_id}


def _ids_at_end(log: LogFolder, count: int) -> set[str]:
    """Ids of the newest entries."""
    return {str(entry["id"]) for opening in log.openings(last=count) if (entry := opening.entry) and "id" in entry}


def _reasons(log: LogFolder, redaction: PendingEvent) -> set[int]:
    """Entries whose reason of this redaction is logged already, by a publication that was interrupted."""
    holding = log.openings(holding=redaction.event_id)
    return {int(entry["of"]) for opening in holding if (entry := opening.entry) and entry["kind"] == "redaction"}


def _redact(log: LogFolder, redactions: Sequence[PendingEvent], given: Mapping[str, set[int]]) -> None:
    """Empty what the log says of notes and requests; each entry gets a reason, on the disk before its opening goes."""
    reasons = [
        {**_entry(each), "of": index}
        for each in redactions
        for index in sorted(_to_empty(log, each.event.body) - given[each.event_id])
    ]
    if reasons:
        log.append(reasons)
        log.checkpoint()
    log.empty([*chain.from_iterable(given.values()), *(int(str(reason["of"])) for reason in reasons)])


def _to_empty(log: LogFolder, body: Mapping[str, object]) -> set[int]:
    """The entries about a note or a request; one that an earlier redaction emptied gets the further reason too."""
    name = "note_id" if "note_id" in body else "request_id"
    found = set()
    for opening in log.openings(holding=str(body[name])):
        entry = opening.entry
        if entry is None or entry.get(name) != body[name]:
            continue
        if entry["kind"] in _EMPTIED[name]:
            found.add(opening.index)
        elif entry["kind"] == "redaction":
            found.add(int(entry["of"]))
    return found
