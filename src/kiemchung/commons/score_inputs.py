"""The public files become one `Dataset`: read, joined, sorted; with a report of what was and was not used.

Source: SCORING 2 and 3; FORMATS 3.5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kiemchung.formats import communitynotes as files
from kiemchung.formats.communitynotes_columns import ENROLLMENT, NOTES, RATINGS, STATUS_HISTORY
from kiemchung.formats.communitynotes_parts import TableReport, find_parts
from kiemchung.formats.communitynotes_rows import EnrollmentRows, HistoryRows, NoteRows, RatingRows
from kiemchung.scoring.assemble import Joined, join_notes, joined_column, sorted_ratings
from kiemchung.scoring.table import Dataset, History, Int64s, Notes, Participants, Ratings, Strings
from kiemchung.scoring.workers import Workers

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """Where the four public files are: files, folders or globs; history and enrollment may be left out."""

    notes: tuple[str, ...]
    ratings: tuple[str, ...]
    status_history: tuple[str, ...] = ()
    enrollment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read.

    Attributes:
        reports: by table, in the order of reading.
        digest: SHA-256 (hex) over the arrays; the same for the same rows in any order and any packing.
    """

    dataset: Dataset
    reports: dict[str, TableReport] = field(default_factory=dict)
    digest: str = ""


def load(
    inputs: ScoreInputs,
    *,
    summaries: bool = False,
    progress: Progress = lambda *_: None,
    before_sorting: Callable[[], None] = lambda: None,
    threads: int = 1,
) -> Loaded:
    """Read the public files.

    Args:
        summaries: keep the notes' texts, which only topics need.
        progress: called with a table's name and the rows read so far.
        before_sorting: called once all files are read.
        threads: that put the ratings in order; equal results for any number.

    Raises:
        InputError: a file, column or cell that cannot be used, or rows that contradict each other.
    """
    codes = files.ParticipantCodes()
    reports: dict[str, TableReport] = {}
    note_rows, reports[NOTES.stem] = files.read_notes(find_parts(NOTES, inputs.notes), codes, summaries=summaries)
    history_rows, enrollment_rows = None, None
    if inputs.status_history:
        parts = find_parts(STATUS_HISTORY, inputs.status_history)
        history_rows, reports[STATUS_HISTORY.stem] = files.read_status_history(parts, codes)
    if inputs.enrollment:
        parts = find_parts(ENROLLMENT, inputs.enrollment)
        enrollment_rows, reports[ENROLLMENT.stem] = files.read_enrollment(parts, codes)
    joined = join_notes(note_rows.note_id, np.empty(0, np.int64) if history_rows is None else history_rows.note_id)
    rating_rows, reports[RATINGS.stem] = files.read_ratings(
        find_parts(RATINGS, inputs.ratings), codes, joined.note_id, progress
    )
    before_sorting()
    ids, place = codes.ordered()
    participant_id = np.array(ids, np.dtypes.StringDType())
    notes = _notes(joined, note_rows, history_rows, place, participant_id)
    history = _history(joined, history_rows)
    participants = _participants(participant_id, enrollment_rows, place)
    with Workers(threads) as workers:
        ratings = _ratings(rating_rows, place, notes, participant_id, reports[RATINGS.stem], workers)
    dataset = Dataset(notes, ratings, history, participants)
    return Loaded(dataset, reports, digest_of(dataset))


def _rows(codes: Int64s, place: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Int64s:
    """Participant codes as rows of the sorted participants; -1 stays."""
    if not len(place):
        return np.full(len(codes), -1, np.int64)
    return np.where(codes < 0, -1, place[codes]).astype(np.int64)


def _notes(
    joined: Joined,
    rows: NoteRows,
    history: HistoryRows | None,
    place: np.ndarray[tuple[int], np.dtype[np.int32]],
    participant_id: Strings,
) -> Notes:
    n, nothing = len(joined.note_id), np.empty(0, np.int64)
    history_author = _rows(history.author, place) if history else nothing
    history_created = history.created_at_ms if history else nothing
    author = joined_column(joined, _rows(rows.author, place), history_author, name="the author", names=participant_id)
    created = joined_column(joined, rows.created_at_ms, history_created, name="createdAtMillis")
    post = np.full(n, -1, np.int64)
    post[joined.of_note] = rows.post_id
    classification = np.full(n, -1, np.int8)
    classification[joined.of_note] = rows.classification
    summary = None
    if rows.summary is not None:
        summary = np.full(n, "", np.dtypes.StringDType())
        summary[joined.of_note] = rows.summary
    return Notes(joined.note_id, author.astype(np.int32), created, post, classification, summary)


def _history(joined: Joined, rows: HistoryRows | None) -> History:
    history = History.fresh(len(joined.note_id))
    if rows is not None:
        for name in History.__slots__:
            getattr(history, name)[joined.of_history] = getattr(rows, name)
    return history


def _participants(
    participant_id: Strings,
    rows: EnrollmentRows | None,
    place: np.ndarray[tuple[int], np.dtype[np.int32]],
) -> Participants:
    participants = Participants.without_enrollment(participant_id)
    if rows is not None:
        at = _rows(rows.participant, place)
        for name in Participants.__slots__[1:]:
            if name != "expansion":
                getattr(participants, name)[at] = getattr(rows, name)
        participants.expansion[at] = rows.population == 1
    return participants


def _ratings(
    rows: RatingRows,
    place: np.ndarray[tuple[int], np.dtype[np.int32]],
    notes: Notes,
    participant_id: Strings,
    report: TableReport,
    workers: Workers,
) -> Ratings:
    rater = workers.take(place, rows.rater) if len(place) else np.empty(0, np.int32)
    unsorted = Ratings(
        rows.note,
        rater,
        rows.value,
        rows.created_at_ms,
        rows.helpful_tags,
        rows.not_helpful_tags,
        rows.population_sampled,
    )
    ratings, repeats = sorted_ratings(unsorted, notes.note_id, participant_id, workers)
    report.drop("repeated row", repeats)
    report.n_rows = len(ratings)
    return ratings


def digest_of(dataset: Dataset) -> str:
    """SHA-256 (hex) over all arrays of a dataset, names and lengths included."""
    digest = hashlib.sha256()
    for table in (dataset.notes, dataset.ratings, dataset.history, dataset.participants):
        for name in type(table).__slots__:
            _add_column(digest, f"{type(table).__name__}.{name}", getattr(table, name))
    return digest.hexdigest()


def _add_column(digest: hashlib._Hash, name: str, column: Strings | None) -> None:
    size = -1 if column is None else len(column)
    digest.update(f"{name}:{size}\n".encode())
    if column is None:
        return
    if column.dtype.kind == "T":
        digest.update("\n".join(column.tolist()).encode())
    else:
        digest.update(np.ascontiguousarray(column).view(np.uint8).data)
