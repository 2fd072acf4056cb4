"""Hold an export against the public log: the same notes, texts and statuses, and files that are whole."""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from kiemchung.commons.verify_log import LogReport
from kiemchung.errors import InputError
from kiemchung.formats.data_package import FORMATS, NOTES, PACKAGE_FILE, SOURCES
from kiemchung.formats.log_events import content_sha256
from kiemchung.formats.table_files import read_rows
from kiemchung.model import NoteDraft, NoteState, Source


def compare_export(folder: Path, report: LogReport) -> None:
    """Add to the report what an export says otherwise than the log; both ought to be of one moment.

    Raises:
        InputError: the folder holds no export.
    """
    paths = _whole_files(folder, report)
    if paths is None:
        return
    contents = dict(report.contents)
    try:
        with (
            closing(_rows(folder / paths[NOTES.name])) as notes,
            closing(_rows(folder / paths[SOURCES.name])) as sources,
        ):
            for row, own in _with_sources(notes, sources):
                if trouble := _trouble(row, own, contents.pop(row["note_id"], None), report):
                    report.add(f"export, note {row['note_id']}", trouble)
    except (InputError, OSError, KeyError, TypeError, ValueError) as error:
        report.add("export", f"its tables cannot be read ({error})")
        return
    for note_id in contents:
        report.add(f"export, note {note_id}", "it is in the log and is missing here, or is newer than the export")


def _whole_files(folder: Path, report: LogReport) -> dict[str, str] | None:
    """The file of each table; None where one is not what its checksum says."""
    try:
        package = json.loads((folder / PACKAGE_FILE).read_bytes())
        files = {str(each["name"]): (Path(str(each["path"])).name, str(each["hash"])) for each in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"no export lies there ({error}); give the folder that holds {PACKAGE_FILE}") from error
    if missing := {NOTES.name, SOURCES.name} - set(files):
        raise InputError(f"the export at {folder} has no table {min(missing)}")
    n_before = len(report.problems)
    for name, said in files.values():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            report.add(f"export, {name}", f"cannot be read ({error.strerror})")
            continue
        if said != f"sha256:{found}":
            report.add(f"export, {name}", "it is not what its checksum says")
    return {table: name for table, (name, _) in files.items()} if len(report.problems) == n_before else None


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
    return Source(row["url"], row["quote"], row["published"] or None, row["title"] or "", row["archive_url"] or "")


def _trouble(row: Mapping[str, Any], sources: list[Source], logged: bytes | None, report: LogReport) -> str:
    """What is wrong with a note of the export; empty where nothing is."""
    if row["state"] != NoteState.OPEN:
        return f"it is {row['state']} here, and the log does not say so" if logged else ""
    if logged is None:
        return "it is not in the log, or is newer than its checkpoint"
    if _hash(row, sources) != logged:
        return "its text or sources are not what was logged"
    leads_to = report.statuses.get(row["note_id"])
    if (row["status"] or None) != leads_to:
        return f"its status here is {row['status'] or 'none'}, and the log leads to {leads_to or 'none'}"
    return ""


def _hash(row: Mapping[str, Any], sources: list[Source]) -> bytes:
    reasons = json.loads(row["reasons"]) if isinstance(row["reasons"], str) else row["reasons"]
    misleading = row["misleading"] in (True, "true")
    draft = NoteDraft(misleading, tuple(reasons), str(row["text"]), str(row["language"]), tuple(sources))
    return bytes.fromhex(content_sha256(draft))


def _rows(path: Path) -> Generator[dict[str, Any]]:
    form = path.suffix.lstrip(".")
    if form not in FORMATS:
        raise InputError(f"{path.name}: tables are {', '.join(FORMATS)}")
    with path.open("rb") as stream:
        yield from read_rows(stream, form)
