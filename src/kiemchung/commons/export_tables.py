"""Everything public as tables for others: checks, notes, statuses, sources, requests, counts with a floor, runs.

Rows stream from the store to the files, so memory does not grow with the site. Ratings are never listed: they come out
as the roots of the scoring runs and as counts with a floor, since a list of one rater's ratings gives away their side.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiemchung.commons.opening import Commons
from kiemchung.commons.published_checks import published_checks
from kiemchung.errors import InputError
from kiemchung.formats import data_package as package
from kiemchung.formats.data_package import PACKAGE_FILE, SUMS_FILE, Table, WrittenTable
from kiemchung.formats.licences import is_open
from kiemchung.formats.log_events import content_sha256
from kiemchung.formats.table_files import Row, write_table
from kiemchung.model import ClaimReview, Note, Source, StoredReview
from kiemchung.ports import PublicRecords, RatingCounts, Store

#: Least count that is told; below it a single rating could be seen coming or going (GUARANTEES 4.3).
FLOOR = 5


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote.

    Attributes:
        n_left_out: checks whose licence does not let them flow into an open package.
    """

    tables: tuple[WrittenTable, ...]
    n_left_out: int


def export_folder(commons: Commons) -> Path:
    """Where an export lies that the site itself offers under /data."""
    return commons.settings.data_dir / "export"


def export_tables(commons: Commons, folder: Path, form: str, *, own_use: bool = False) -> Exported:
    """Write the whole package into a folder; an export that is there gives way once the new one is whole.

    Args:
        form: csv, ndjson or parquet.
        own_use: also checks under non-commercial or unclear licences; the package says that it is not to be passed on.

    Raises:
        InputError: the folder holds something else than an export, or cannot be written.
    """
    if form not in package.FORMATS:
        raise InputError(f"there is no format {form!r}; formats are {', '.join(package.FORMATS)}")
    if own_use and folder.resolve() == export_folder(commons).resolve():
        raise InputError(f"{folder} is offered to everybody; write an export for own use somewhere else")
    _check_folder(folder)
    fresh = folder.with_name(f"{folder.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with commons.contributions.public_records() as records:
            exporter = _Exporter(commons, records, own_use=own_use)
            written = tuple(write_table(fresh, table, rows, form) for table, rows in exporter.tables())
        _describe(commons, fresh, written, form, own_use=own_use)
        _replace(folder, fresh)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=str(folder)) from error
    return Exported(written, exporter.n_left_out)


def export_for_site(commons: Commons) -> Exported:
    """Write what the site offers under /data: the package as CSV, and beside it the other forms, each in a folder.

    An older export gives way once all of the new one is whole.

    Raises:
        InputError: as `export_tables`.
    """
    folder, first, *others = export_folder(commons), *package.FORMATS
    _check_folder(folder)
    fresh = folder.with_name(f"{folder.name}.whole")
    shutil.rmtree(fresh, ignore_errors=True)
    done = export_tables(commons, fresh, first)
    for form in others:
        export_tables(commons, fresh / form, form)
    try:
        _replace(folder, fresh)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=str(folder)) from error
    return done


def forget_in_tables(commons: Commons) -> bool:
    """Write the site's own tables anew, where it offers any, so that they hold nothing that was just redacted."""
    offered = export_folder(commons).exists()
    if offered:
        export_for_site(commons)
    return offered


def _replace(folder: Path, fresh: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)


def floored(counts: RatingCounts) -> Row:
    """A row of `aggregates`: exact counts only of a locked note with each count at the floor, else a rounded total.

    A lock ends rating: exact counts of an open note, taken before and after one rating, would tell that rating.
    """
    cells = (counts.n_helpful, counts.n_somewhat, counts.n_not_helpful)
    told = cells if counts.locked and min(cells) >= FLOOR else (None, None, None)
    return counts.note_id, _tens(sum(cells)), *told


class _Exporter:
    """Rows of every table."""

    def __init__(self, commons: Commons, records: PublicRecords, *, own_use: bool) -> None:
        self._store: Store = commons.store
        self._desk = commons.contributions.desk
        self._records = records
        self._own_use = own_use
        self.n_left_out = 0

    def tables(self) -> Iterator[tuple[Table, Iterable[Row]]]:
        yield package.CHECKS, self._checks()
        yield package.CHECK_VERSIONS, self._versions()
        yield package.REQUESTS, self._requests()
        yield package.NOTES, map(_note_row, self._records.notes())
        yield package.SOURCES, self._sources()
        yield package.STATUSES, self._statuses()
        yield package.AGGREGATES, map(floored, self._records.rating_counts())
        yield package.RUNS, self._runs()
        yield package.CORRECTIONS, self._corrections()

    def _allowed(self, *, count: bool = False) -> Iterator[StoredReview]:
        for _, stored in self._store.iter_reviews():
            if self._own_use or _flows(stored):
                yield stored
            elif count:
                self.n_left_out += 1

    def _checks(self) -> Iterator[Row]:
        for stored in self._allowed(count=True):
            origins = [{"source": o.source, "licence": o.licence, "imported_at": o.imported_at} for o in stored.origins]
            yield stored.review_id, stored.version, *_check_values(stored.review), _licence(stored), origins

    def _versions(self) -> Iterator[Row]:
        for stored in self._allowed():
            if stored.version > 1:
                older = self._store.get_versions(stored.review_id)[:-1]
                for version, review in enumerate(older, start=1):
                    yield stored.review_id, version, *_check_values(review), _licence(stored)

    def _requests(self) -> Iterator[Row]:
        for asked in self._records.requests():
            yield asked.request_id, asked.claim, asked.language, asked.day, _tens(asked.n_asked)

    def _sources(self) -> Iterator[Row]:
        for note in self._records.notes():
            yield from _source_rows("note", note.note_id, note.draft.sources if note.draft else ())
        for check in published_checks(self._desk):
            yield from _source_rows("check", check.check_id, check.versions[-1].draft.sources)

    def _statuses(self) -> Iterator[Row]:
        for change in self._records.status_changes():
            before = change.before.value if change.before else None
            yield change.note_id, change.run_id, before, change.after.value, change.rule, change.at

    def _runs(self) -> Iterator[Row]:
        for run in self._records.runs():
            yield (
                run.run_id, run.finished_at, run.version, run.config, run.input_root, run.result_root, run.n_notes,
                run.n_ratings,
            )  # fmt: skip

    def _corrections(self) -> Iterator[Row]:
        for check in published_checks(self._desk):
            corrected = [(version, each) for version, each in enumerate(check.versions, start=1) if version > 1]
            for position, (version, each) in enumerate(corrected):
                yield check.check_id, position, "correction", each.reason or "", None, each.day, version
            for position, reply in enumerate(check.replies, start=len(corrected)):
                yield check.check_id, position, "reply", reply.text, reply.by, reply.day, None


def _flows(stored: StoredReview) -> bool:
    """Whether every source of a check lets it be passed on; one that does not could be where the text came from."""
    return bool(stored.origins) and all(is_open(origin.licence) for origin in stored.origins)


def _licence(stored: StoredReview) -> str | None:
    """Every licence that a check came under; None where a source says nothing."""
    said = [origin.licence for origin in stored.origins]
    return " AND ".join(dict.fromkeys(map(str, said))) if said and all(said) else None


def _check_values(review: ClaimReview) -> Row:
    rating = review.rating
    return (
        review.claim, review.verdict, review.url, review.publisher, review.publisher_site, review.published,
        review.modified, review.language, review.title, review.explanation, rating.alternate_name,
        rating.rating_value, rating.best_rating, rating.worst_rating, rating.explanation, review.claimant,
        review.claim_date, list(review.appearances), list(review.corrections),
    )  # fmt: skip


def _note_row(note: Note) -> Row:
    draft, score = note.draft, note.score
    said: Row = (None, [], None, None)
    if draft:
        said = (draft.misleading, list(draft.reasons), draft.text, draft.language)
    held: Row = (None, None, None, None)
    if score:
        held = (score.status.value, score.rule, score.since, score.locked)
    hash_ = content_sha256(draft) if draft else None
    return note.note_id, note.request_id, note.day, note.state.value, *said, *held, hash_


def _source_rows(of: str, id_: str, sources: Iterable[Source]) -> Iterator[Row]:
    for position, source in enumerate(sources):
        yield of, id_, position, source.url, source.quote, source.title, source.published, source.archive_url


def _tens(n: int) -> int:
    """Rounded to tens, halves up."""
    return (n + 5) // 10 * 10


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError("is a file; name a folder", where=str(folder))
    if folder.exists() and any(folder.iterdir()) and not (folder / PACKAGE_FILE).is_file():
        raise InputError("holds other files; name a new folder, or one with an older export", where=str(folder))


def _describe(commons: Commons, folder: Path, written: tuple[WrittenTable, ...], form: str, *, own_use: bool) -> None:
    moment = datetime.fromtimestamp(commons.clock.now_ms() // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    settings = commons.settings
    descriptor = package.describe(
        written, form, title=settings.site_name, homepage=settings.site_url, created=moment, own_use=own_use
    )
    for each in written:
        _write_json(folder / f"{each.table.name}.schema.json", package.json_schema(each.table))
    _write_json(folder / PACKAGE_FILE, descriptor)
    (folder / SUMS_FILE).write_text("".join(f"{each.sha256}  {each.path}\n" for each in written), "utf-8")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
