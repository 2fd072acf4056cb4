"""A scoring run of the site: the only place where a note gets its status (G9)."""

import fcntl
import hashlib
import io
import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiemchung import __version__
from kiemchung.commons.opening import Commons, today
from kiemchung.errors import KiemchungError
from kiemchung.formats.log_events import result_root, scored
from kiemchung.formats.merkle import leaf_hash, nodes_of, root
from kiemchung.model import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Level, Note, NoteScore, NoteStatus, ScoringRun, StatusChange
from kiemchung.notes.eligibility import EligibilityConfig, Impact, ratings_count
from kiemchung.ports import RatingColumns

#: A decided status that has held for so many days is locked; notes that need ratings stay open for them.
LOCK_DAYS = 14
#: A note's numbers are told from so many ratings on, and anew only after so many more: whoever reads them before and
#: after one rating learns nothing of it (G5).
TOLD_AFTER = 5
_LEVELS = (Level.NOT, Level.SOMEWHAT, Level.HELPFUL)
_VALUES = np.array([0.0, 0.5, 1.0], np.float32)
_STATUSES = {
    "NEEDS_MORE_RATINGS": NoteStatus.NEEDS_RATINGS,
    "CURRENTLY_RATED_HELPFUL": NoteStatus.SHOWN,
    "CURRENTLY_RATED_NOT_HELPFUL": NoteStatus.NOT_SHOWN,
}
_CURRENT = {NoteStatus.NEEDS_RATINGS: 0, NoteStatus.SHOWN: 1, NoteStatus.NOT_SHOWN: 2}
_PAGE = 10_000
_TURN = "scoring.lock"


class ScoringError(KiemchungError):
    """The scoring process ended without a result; statuses stay as they were."""

    code = "scoring_failed"


@dataclass(frozen=True, slots=True)
class RunReport:
    """A finished run, its results and what they changed."""

    run: ScoringRun
    scores: dict[str, NoteScore]
    changes: list[StatusChange]


def score_notes(
    commons: Commons, eligibility: EligibilityConfig | None = None, *, timeout_seconds: float = 3600
) -> RunReport:
    """Score every open note and store what comes out.

    Raises:
        ScoringError: another run is going on, or the scoring process failed or took too long.
    """
    eligibility = eligibility or EligibilityConfig()
    with _turn(commons.settings.data_dir):
        notes = _open_notes(commons)
        rows = _known(commons.contributions.rating_columns(), notes)
        counts = _counting(rows, notes, commons.contributions.counts()["decided"], eligibility)
        said = _run_process(_arrays(commons, notes, rows, counts), timeout_seconds) if notes else []
        day = today(commons.clock)
        counted = np.bincount(rows.note[counts], minlength=len(notes)).tolist()
        scores = {
            note.note_id: _score(note, words, n, day) for note, words, n in zip(notes, said, counted, strict=True)
        }
        run = ScoringRun(
            run_id=secrets.token_hex(8),
            finished_at=_moment(commons.clock.now_ms()),
            version=__version__,
            config=_config_hash(eligibility),
            input_root=_root(_input_leaves(rows, counts)),
            result_root=result_root(scores),
            n_notes=len(scores),
            n_ratings=int(counts.sum()),
        )
        changes = commons.contributions.put_scores(run, scores, lambda changes: scored(run, scores, changes))
        return RunReport(run, scores, changes)


@contextmanager
def _turn(data_dir: Path) -> Iterator[None]:
    """One run at a time, over all processes of this machine; a killed one gives its turn back by itself."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / _TURN).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ScoringError("another scoring run is going on; try again when it has ended") from error
        yield


def _open_notes(commons: Commons) -> list[Note]:
    """All open notes by id; a locked one keeps its status but its ratings still place its raters."""
    found: list[Note] = []
    for status in (None, *NoteStatus):
        after = ""
        while page := commons.contributions.notes_by_status(status, limit=_PAGE, after=after):
            found += page
            after = page[-1].note_id
    return sorted(found, key=lambda note: note.note_id)


def _known(rows: RatingColumns, notes: list[Note]) -> RatingColumns:
    """The ratings with positions in notes; those of a note that was opened a moment ago wait for the next run."""
    place = {note.note_id: i for i, note in enumerate(notes)}
    index = np.array([place.get(note_id, -1) for note_id in rows.note_ids], np.int32)
    note = index[rows.note]
    keep = note >= 0
    return replace(
        rows,
        note_ids=[n.note_id for n in notes],
        note=note[keep],
        rater=rows.rater[keep],
        day=rows.day[keep],
        level=rows.level[keep],
        tags=rows.tags[keep],
        not_tags=rows.not_tags[keep],
    )


def _counting(
    rows: RatingColumns, notes: list[Note], decided: int, eligibility: EligibilityConfig
) -> NDArray[np.bool_]:
    """Which ratings are of raters who have earned that theirs count: `rating_impact` for all at once."""
    status = np.array([_CURRENT[note.score.status] if note.score else 0 for note in notes], np.int8)[rows.note]
    says = (rows.level != 1) & (status != 0)
    agrees = (rows.level == 2) == (status == 1)
    size = len(rows.raters)
    good = np.bincount(rows.rater[says & agrees], minlength=size)
    bad = np.bincount(rows.rater[says & ~agrees], minlength=size)
    bad += np.bincount(rows.rater[says & ~agrees & (rows.level == 2)], minlength=size)
    earned = [ratings_count(Impact(int(g), int(b)), decided, eligibility) for g, b in zip(good, bad, strict=True)]
    return np.array(earned, np.bool_)[rows.rater]


def _run_process(payload: bytes, timeout_seconds: float) -> list[Any]:
    command = [sys.executable, "-m", "kiemchung.commons.score_worker"]
    try:
        done = subprocess.run(command, input=payload, capture_output=True, timeout=timeout_seconds, check=False)  # noqa: S603  our own module
    except subprocess.TimeoutExpired as error:
        raise ScoringError(f"scoring took longer than {timeout_seconds:.0f} s; statuses stay as they were") from error
    if done.returncode:
        # the last line names the error; a traceback's frames could hold numbers of raters and are not passed on
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise ScoringError(f"the scoring process ended with {done.returncode}: {last[0][:200]}")
    said: list[Any] = json.loads(done.stdout)
    return said


def _arrays(commons: Commons, notes: list[Note], rows: RatingColumns, counts: NDArray[np.bool_]) -> bytes:
    """What the worker gets: no key, and raters numbered anew, so that their numbers say nothing outside of the run."""
    rater = np.unique(rows.rater[counts], return_inverse=True)[1]
    current = [_CURRENT[note.score.status] if note.score else -1 for note in notes]
    buffer = io.BytesIO()
    np.savez(
        buffer,
        note=rows.note[counts],
        rater=rater.astype(np.int32),
        value=_VALUES[rows.level[counts]],
        created_at_ms=np.array([_ms(day) for day in rows.days], np.int64)[rows.day[counts]],
        helpful_tags=rows.tags[counts],
        not_helpful_tags=rows.not_tags[counts],
        note_created_at_ms=np.array([_ms(note.day) for note in notes], np.int64),
        misleading=np.array([bool(note.draft and note.draft.misleading) for note in notes], np.int8),
        current_status=np.array(current, np.int8),
        now_ms=np.int64(commons.clock.now_ms()),
        threads=np.int64(commons.settings.threads or 1),
    )
    return buffer.getvalue()


def _score(note: Note, said: dict[str, Any], n_counted: int, day: str) -> NoteScore:
    before = note.score
    if before and before.locked:
        return before
    status = _STATUSES[said["status"]]
    same = before is not None and before.status is status
    since = before.since if before and same else day
    held = (date.fromisoformat(day) - date.fromisoformat(since)).days
    locked = status is not NoteStatus.NEEDS_RATINGS and bool(said["may_lock"]) and held >= LOCK_DAYS
    if before and same and abs(n_counted - float(before.numbers.get("n_counted") or 0)) < TOLD_AFTER:
        return replace(before, locked=locked)
    if n_counted < TOLD_AFTER and not (before and before.numbers):
        return NoteScore(status, said["rule"], {"missing_first_ratings": float(TOLD_AFTER)}, since, locked)
    return NoteScore(status, said["rule"], said["numbers"] | {"n_counted": float(n_counted)}, since, locked)


def _config_hash(eligibility: EligibilityConfig) -> str:
    from kiemchung.scoring.community import COMMUNITY  # numba loads here

    return hashlib.sha256(repr((COMMUNITY, eligibility, LOCK_DAYS)).encode()).hexdigest()


def _input_leaves(rows: RatingColumns, counts: NDArray[np.bool_]) -> Iterator[bytes]:
    """The ratings that counted, in canonical JSON (RFC 8785): its fixed form is written out, a million at a time."""
    levels = [level.value for level in _LEVELS]
    raters = [key.hex() for key in rows.raters]
    given = [_tag_lists(HELPFUL_TAGS), _tag_lists(NOT_HELPFUL_TAGS)]
    columns = (rows.note, rows.rater, rows.day, rows.level, rows.tags, rows.not_tags)
    for note, rater, day, level, tags, not_tags in zip(*(c[counts].tolist() for c in columns), strict=True):
        yield (
            f'{{"day":"{rows.days[day]}","level":"{levels[level]}","not_tags":{given[1](not_tags)},'
            f'"note_id":"{rows.note_ids[note]}","rater":"{raters[rater]}","tags":{given[0](tags)}}}'
        ).encode()


def _tag_lists(known: tuple[str, ...]) -> Callable[[int], str]:
    """Masks to JSON lists, each made once."""

    @cache
    def render(mask: int) -> str:
        return "[" + ",".join(f'"{tag}"' for i, tag in enumerate(known) if mask >> i & 1) + "]"

    return render


def _root(leaves: Iterable[bytes]) -> str:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return root(len(hashes), nodes_of(hashes)).hex()


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat().replace("+00:00", "Z")


def _ms(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
