"""Whether database and public log are of one time: that one was restored without the other is told before it harms."""

from collections.abc import Iterator
from typing import Any

from kiemchung.commons.opening import Commons
from kiemchung.commons.recent_log import entries_backwards
from kiemchung.errors import StoreError
from kiemchung.ports import Contributions

#: Newest entries whose subjects are looked up.
_LOOKED_AT = 64
#: Newest runs of the database, among which the log's newest one is looked for.
_RUNS = 1_000
_DATABASE_OLDER = (
    "the public log holds entry {index} ({kind}), which the database does not know: the database is older than the log;"
    " put the newer database back, or both of one backup. If it is lost, move log and log.key out of {data_dir}: a new"
    " log begins, and whoever follows the old one sees that"
)
_LOG_OLDER = (
    "the database holds a scoring run of {finished_at}, which the public log does not: the log is older than the "
    "database; put the newer log back into {data_dir}, or both of one backup"
)


def check_log_agrees(commons: Commons) -> None:
    """Look the newest entries up in the database, and its newest scoring run in the log.

    Raises:
        StoreError: the database is older than the log, or the log older than the database; says how to mend it.
    """
    kept, data_dir = commons.contributions, commons.settings.data_dir
    runs = {run.run_id: run for run in kept.runs(limit=_RUNS)}
    logged_at = ""
    for number, (index, entry) in enumerate(_until_a_run(commons)):
        is_run = entry.get("kind") == "run"
        if is_run:
            logged_at = logged_at or str(entry["finished_at"])
        if (is_run and entry["run_id"] not in runs) or (number < _LOOKED_AT and not _knows(kept, entry)):
            raise StoreError(_DATABASE_OLDER.format(index=index, kind=entry.get("kind"), data_dir=data_dir))
    waiting = {each.event.body["run_id"] for each in kept.pending_events() if each.event.kind == "run"}
    for run in runs.values():
        if run.finished_at > logged_at and run.run_id not in waiting:
            raise StoreError(_LOG_OLDER.format(finished_at=run.finished_at, data_dir=data_dir))


def _until_a_run(commons: Commons) -> Iterator[tuple[int, dict[str, Any]]]:
    """The newest entries that are not emptied, the newest first, up to the newest run and at least a few."""
    found_run = False
    for number, opening in enumerate(entries_backwards(commons.settings)):
        if found_run and number >= _LOOKED_AT:
            return
        if opening.entry is not None:
            found_run = found_run or opening.entry.get("kind") == "run"
            yield opening.index, opening.entry


def _knows(kept: Contributions, entry: dict[str, Any]) -> bool:
    """Whether what an entry is about is in the database; rows stay, whatever becomes of their texts."""
    if "note_id" in entry:
        return bool(kept.get_notes([str(entry["note_id"])]))
    if "request_id" in entry:
        return bool(kept.get_requests([str(entry["request_id"])]))
    if "check_id" in entry:
        check = kept.desk.get_check(str(entry["check_id"]))
        return check is not None and len(check.versions) >= int(entry.get("version", 1))
    return True
