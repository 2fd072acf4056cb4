"""Hold an export against the public log: the same claims, notes, statuses, runs and desk's checks, and whole files."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from kiemchung.commons.verify_log import LogReport, change_digest
from kiemchung.errors import InputError
from kiemchung.formats.data_package import (
    CHECKS,
    CORRECTIONS,
    FORMATS,
    NOTES,
    PACKAGE_FILE,
    REQUESTS,
    RUNS,
    SOURCES,
    STATUSES,
)
from kiemchung.formats.log_events import CUT, asdict_of_check, content_sha256, sha256_of
from kiemchung.formats.table_files import read_rows
from kiemchung.model import DeskDraft, DeskReply, NoteDraft, NoteState, Source

_MISSING = "it is in the log and is missing here, or is newer than the export"
_NOT_LOGGED = "it is not in the log, or is newer than its checkpoint"
_COMPARED = (REQUESTS, NOTES, SOURCES, STATUSES, RUNS, CHECKS, CORRECTIONS)


def compare_export(folder: Path, report: LogReport) -> None:
    """Add to the report what an export says otherwise than the log; both ought to be of one moment.

    A file that is not what its checksum says is read all the same, to tell which row it is.

    Args:
        report: of a verification with `compare`.

    Raises:
        InputError: the folder holds no export.
    """
    paths = _checked_files(folder, report)
    for compare, tables in (
        (_compare_requests, (REQUESTS,)),
        (_compare_notes, (NOTES, SOURCES)),
        (_compare_runs, (RUNS,)),
        (_compare_statuses, (STATUSES,)),
        (_compare_checks, (CHECKS, SOURCES)),
        (_compare_corrections, (CORRECTIONS,)),
    ):
        files = [folder / paths[table.name] for table in tables if table.name in paths]
        if len(files) == len(tables):
            _compared(compare, files, report)


def _compared(compare: Callable[..., None], files: list[Path], report: LogReport) -> None:
    places = [_Place(file) for file in files]
    try:
        with ExitStack() as stack:
            compare(*(stack.enter_context(closing(place.rows())) for place in places), report)
    except (InputError, OSError, KeyError, TypeError, ValueError) as error:
        at = " or ".join(f"{place.file.name} row {place.number + 1}" for place in places)
        report.add(f"export, {at}", f"cannot be read ({str(error)[:200]})")


class _Place:
    """A table and the row in it that was read last."""

    def __init__(self, file: Path) -> None:
        self.file, self.number = file, 0

    def rows(self) -> Generator[dict[str, Any]]:
        form = self.file.suffix.lstrip(".")
        if form not in FORMATS:
            raise InputError(f"{self.file.name}: tables are {', '.join(FORMATS)}")
        with self.file.open("rb") as stream:
            for self.number, row in enumerate(read_rows(stream, form), start=1):
                yield {name: None if value == "" else value for name, value in row.items()}


def _checked_files(folder: Path, report: LogReport) -> dict[str, str]:
    """The file of each table that is there; each that is not what its checksum says is told."""
    try:
        package = json.loads((folder / PACKAGE_FILE).read_bytes())
        files = {str(each["name"]): (Path(str(each["path"])).name, str(each["hash"])) for each in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"no export lies there ({error}); give the folder that holds {PACKAGE_FILE}") from error
    if missing := {table.name for table in _COMPARED} - set(files):
        raise InputError(f"the export at {folder} has no table {min(missing)}")
    found = {}
    for table, (name, said) in files.items():
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            report.add(f"export, {name}", f"cannot be read ({error.strerror})")
            continue
        found[table] = name
        if said != f"sha256:{digest}":
            report.add(f"export, {name}", "it is not what its checksum says")
    return found


def _compare_requests(rows: Iterator[dict[str, Any]], report: LogReport) -> None:
    logged, cut = dict(report.requests), set(report.cut)
    for row in rows:
        request_id, where = row["request_id"], f"export, request {row['request_id']}"
        if request_id in cut:
            cut.remove(request_id)
            if CUT not in str(row["claim"]):
                report.add(where, "the log says that something was cut out of its claim, and nothing is cut out here")
        elif (said := logged.pop(request_id, None)) is None:
            report.add(where, _NOT_LOGGED)
        elif said != (row["day"], row["language"], sha256_of({"claim": row["claim"]})):
            report.add(where, "its claim, language or day is not what was logged")
    for request_id in [*logged, *sorted(cut)]:
        report.add(f"export, request {request_id}", _MISSING)


def _compare_notes(notes: Iterator[dict[str, Any]], sources: Iterator[dict[str, Any]], report: LogReport) -> None:
    contents = dict(report.contents)
    for row, own in _with_sources(notes, sources):
        if trouble := _trouble(row, own, contents.pop(row["note_id"], None), report):
            report.add(f"export, note {row['note_id']}", trouble)
    for note_id in contents:
        report.add(f"export, note {note_id}", _MISSING)


def _with_sources(
    notes: Iterator[dict[str, Any]], sources: Iterator[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], list[Source]]]:
    """Each note with its sources; both tables are in the order of ids."""
    grouped = groupby((row for row in sources if row["of"] == "note"), key=lambda row: str(row["id"]))
    source_of, rows = next(grouped, ("", iter(())))
    for note in notes:
        while source_of and source_of < note["note_id"]:
            source_of, rows = next(grouped, ("", iter(())))
        yield note, [_source(row) for row in rows] if source_of == note["note_id"] else []


def _source(row: Mapping[str, Any]) -> Source:
    return Source(row["url"], row["quote"] or "", row["published"], row["title"] or "", row["archive_url"] or "")


def _trouble(row: Mapping[str, Any], sources: list[Source], logged: bytes | None, report: LogReport) -> str:
    """What is wrong with a note of the export; empty where nothing is."""
    if row["state"] != NoteState.OPEN:
        return f"it is {row['state']} here, and the log does not say so" if logged else ""
    if logged is None:
        return _NOT_LOGGED
    if _hash(row, sources) != logged:
        return "its text or sources are not what was logged"
    leads_to = report.statuses.get(row["note_id"])
    if row["status"] != leads_to:
        return f"its status here is {row['status'] or 'none'}, and the log leads to {leads_to or 'none'}"
    return ""


def _hash(row: Mapping[str, Any], sources: list[Source]) -> bytes:
    reasons = json.loads(row["reasons"]) if isinstance(row["reasons"], str) else row["reasons"]
    misleading = row["misleading"] in (True, "true")
    draft = NoteDraft(misleading, tuple(reasons), str(row["text"]), str(row["language"]), tuple(sources))
    return bytes.fromhex(content_sha256(draft))


def _compare_runs(rows: Iterator[dict[str, Any]], report: LogReport) -> None:
    logged = dict(report.runs)
    for row in rows:
        entry = logged.pop(row["run_id"], None)
        if entry is None:
            report.add(f"export, scoring run {row['run_id']}", _NOT_LOGGED)
        for name, value in row.items():
            if entry is not None and str(entry[name]) != str(value):
                where = f"export, scoring run {row['run_id']}"
                report.add(where, f"its {name} here is {value}, and in the log {entry[name]}")
    for run_id in logged:
        report.add(f"export, scoring run {run_id}", _MISSING)


def _compare_statuses(rows: Iterator[dict[str, Any]], report: LogReport) -> None:
    logged = dict(report.changes)
    for row in rows:
        where = f"export, status of note {row['note_id']} by run {row['run_id']}"
        digest = change_digest(row["note_id"], row["run_id"], row["before"], row["after"], row["rule"])
        run = report.runs.get(row["run_id"])
        if logged.pop(digest, None) is None:
            report.add(where, _NOT_LOGGED)
        elif run is not None and row["at"] != run["finished_at"]:
            report.add(where, f"it is of {row['at']} here, and the run ended {run['finished_at']}")
    for entry in logged.values():
        report.add(f"export, status of log entry {entry}", _MISSING)


def _compare_checks(rows: Iterator[dict[str, Any]], sources: Iterator[dict[str, Any]], report: LogReport) -> None:
    own: dict[str, list[Source]] = defaultdict(list)
    for row in sources:
        if row["of"] == "check":
            own[str(row["id"])].append(_source(row))
    logged = dict(report.checks)
    for row in rows:
        check_id = str(row["url"]).rpartition("/checks/")[2]
        _, content = logged.pop(check_id, (0, ""))
        if content and sha256_of(asdict_of_check(_draft(row, own[check_id]))) != content:
            report.add(f"export, check {check_id}", "its content or sources are not what was logged")
    for check_id in logged:
        report.add(f"export, check {check_id}", _MISSING)


def _draft(row: Mapping[str, Any], sources: list[Source]) -> DeskDraft:
    claim, verdict, explanation, language = (
        str(row[name] or "") for name in ("claim", "verdict", "explanation", "language")
    )
    numbers = (str(row[name] or "") for name in ("rating_value", "best_rating", "worst_rating"))
    return DeskDraft(claim, verdict, explanation, language, tuple(sources), *numbers)


def _compare_corrections(rows: Iterator[dict[str, Any]], report: LogReport) -> None:
    logged = dict(report.desk_changes)
    for row in rows:
        said: tuple[Any, ...] = (int(row["version"]), row["text"], row["day"]) if row["kind"] == "correction" else ()
        if not said:
            said = (sha256_of(asdict(DeskReply(str(row["text"]), str(row["by"]), str(row["day"])))),)
        if logged.pop(change_digest(row["check_id"], row["kind"], *said), None) is None:
            report.add(f"export, {row['kind']} {row['position']} of check {row['check_id']}", _NOT_LOGGED)
    for entry in logged.values():
        report.add(f"export, correction or reply of log entry {entry}", _MISSING)
