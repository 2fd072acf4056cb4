"""A scoring run of the site: the only place where a note gets its status (G9)."""

import hashlib
import io
import json
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from kiemchung import __version__
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.verify_log import result_leaf
from kiemchung.errors import KiemchungError
from kiemchung.formats.log_entry import canonical
from kiemchung.formats.merkle import leaf_hash, nodes_of, root
from kiemchung.model import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Level, Note, NoteScore, NoteStatus, ScoringRun, StatusChange
from kiemchung.notes.eligibility import EligibilityConfig, rating_impact, ratings_count
from kiemchung.ports import ScoringRow

#: A decided status that has held for so many days is locked; notes that need ratings stay open for them.
LOCK_DAYS = 14
_VALUES = {Level.NOT: 0.0, Level.SOMEWHAT: 0.5, Level.HELPFUL: 1.0}
_STATUSES = {
    "NEEDS_MORE_RATINGS": NoteStatus.NEEDS_RATINGS,
    "CURRENTLY_RATED_HELPFUL": NoteStatus.SHOWN,
    "CURRENTLY_RATED_NOT_HELPFUL": NoteStatus.NOT_SHOWN,
}
_CURRENT = {NoteStatus.NEEDS_RATINGS: 0, NoteStatus.SHOWN: 1, NoteStatus.NOT_SHOWN: 2}
_PAGE = 10_000


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
        ScoringError: the scoring process failed or took too long.
    """
    eligibility = eligibility or EligibilityConfig()
    notes = _open_notes(commons)
    rows = _counting(list(commons.contributions.iter_ratings()), notes, commons, eligibility)
    said = _run_process(commons, notes, rows, timeout_seconds) if notes else []
    day = today(commons.clock)
    scores = {note.note_id: _score(note, words, day) for note, words in zip(notes, said, strict=True)}
    run = ScoringRun(
        run_id=secrets.token_hex(8),
        finished_at=datetime.fromtimestamp(commons.clock.now_ms() / 1000, tz=UTC).isoformat().replace("+00:00", "Z"),
        version=__version__,
        config=_config_hash(eligibility),
        input_root=_root(_input_leaf(row) for row in rows),
        result_root=_root(result_leaves(scores)),
        n_notes=len(scores),
        n_ratings=len(rows),
    )
    return RunReport(run, scores, commons.contributions.put_scores(run, scores))


def result_leaves(scores: dict[str, NoteScore]) -> list[bytes]:
    """What a run commits to, by note id in order."""
    return [result_leaf(note, s.status.value, s.rule, dict(s.numbers)) for note, s in sorted(scores.items())]


def _open_notes(commons: Commons) -> list[Note]:
    """All open notes by id; a locked one keeps its status but its ratings still place its raters."""
    found: list[Note] = []
    for status in (None, *NoteStatus):
        after = ""
        while page := commons.contributions.notes_by_status(status, limit=_PAGE, after=after):
            found += page
            after = page[-1].note_id
    return sorted(found, key=lambda note: note.note_id)


def _counting(
    rows: list[ScoringRow], notes: list[Note], commons: Commons, eligibility: EligibilityConfig
) -> list[ScoringRow]:
    """Ratings of raters who have earned that theirs count."""
    decided = commons.contributions.counts()["decided"]
    statuses = {note.note_id: note.score.status for note in notes if note.score}
    by_rater: dict[bytes, list[tuple[Level, NoteStatus]]] = defaultdict(list)
    for row in rows:
        if row.note_id in statuses:
            by_rater[row.rater].append((row.rating.level, statuses[row.note_id]))
    counting: dict[bytes, bool] = {}
    for row in rows:
        if row.rater not in counting:
            counting[row.rater] = ratings_count(rating_impact(by_rater[row.rater]), decided, eligibility)
    known = {note.note_id for note in notes}
    return [row for row in rows if counting[row.rater] and row.note_id in known]


def _run_process(commons: Commons, notes: list[Note], rows: list[ScoringRow], timeout_seconds: float) -> list[Any]:
    payload = _arrays(commons, notes, rows)
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


def _arrays(commons: Commons, notes: list[Note], rows: list[ScoringRow]) -> bytes:
    import numpy as np  # only a scoring run needs it here

    place = {note.note_id: i for i, note in enumerate(notes)}
    raters = {key: i for i, key in enumerate(sorted({row.rater for row in rows}))}
    current = [_CURRENT[note.score.status] if note.score else -1 for note in notes]
    buffer = io.BytesIO()
    np.savez(
        buffer,
        note=np.array([place[row.note_id] for row in rows], np.int32),
        rater=np.array([raters[row.rater] for row in rows], np.int32),
        value=np.array([_VALUES[row.rating.level] for row in rows], np.float32),
        created_at_ms=np.array([_ms(row.rating.day) for row in rows], np.int64),
        helpful_tags=np.array([_mask(row.rating.tags, HELPFUL_TAGS) for row in rows], np.uint16),
        not_helpful_tags=np.array([_mask(row.rating.not_tags, NOT_HELPFUL_TAGS) for row in rows], np.uint16),
        note_created_at_ms=np.array([_ms(note.day) for note in notes], np.int64),
        misleading=np.array([bool(note.draft and note.draft.misleading) for note in notes], np.int8),
        current_status=np.array(current, np.int8),
        now_ms=np.int64(commons.clock.now_ms()),
        threads=np.int64(commons.settings.threads or 1),
    )
    return buffer.getvalue()


def _score(note: Note, said: dict[str, Any], day: str) -> NoteScore:
    if note.score and note.score.locked:
        return note.score
    status = _STATUSES[said["status"]]
    since = note.score.since if note.score and note.score.status is status else day
    held = (date.fromisoformat(day) - date.fromisoformat(since)).days
    locked = status is not NoteStatus.NEEDS_RATINGS and bool(said["may_lock"]) and held >= LOCK_DAYS
    return NoteScore(status, said["rule"], said["numbers"], since, locked)


def _config_hash(eligibility: EligibilityConfig) -> str:
    from kiemchung.scoring.community import COMMUNITY  # numba loads here

    return hashlib.sha256(repr((COMMUNITY, eligibility, LOCK_DAYS)).encode()).hexdigest()


def _input_leaf(row: ScoringRow) -> bytes:
    rating = row.rating
    return canonical(
        {
            "note_id": row.note_id,
            "rater": row.rater.hex(),
            "level": rating.level.value,
            "tags": list(rating.tags),
            "not_tags": list(rating.not_tags),
            "day": rating.day,
        }
    )


def _root(leaves: Iterable[bytes]) -> str:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return root(len(hashes), nodes_of(hashes)).hex()


def _mask(tags: Iterable[str], known: tuple[str, ...]) -> int:
    return sum(1 << known.index(tag) for tag in tags)


def _ms(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
