"""Score public files: read, run a preset, write notes, history and a summary (the researcher's `kiemchung score`).

Rater factors live in memory during the run; only `raters_file` writes them, for data that are public already.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from kiemchung import __version__
from kiemchung.commons.score_inputs import Loaded, ScoreInputs, load
from kiemchung.commons.score_tables import ScoredRun, history_rows, outcome_of, rater_columns, scored_columns
from kiemchung.errors import InputError, MissingPartError, SettingsError
from kiemchung.formats import communitynotes_write as files
from kiemchung.ports import Clock
from kiemchung.scoring.contributors import next_states, tally
from kiemchung.scoring.history import Outcome, next_history, to_rescore
from kiemchung.scoring.table import Bools, Dataset, Status

#: community: one model for data of any size, made to resist brigades; communitynotes: the whole public pipeline.
PRESETS = ("community", "communitynotes")
#: Written into an output folder.
SCORED, HISTORY, NUMBERS, SUMMARY = "scored_notes", "note_status_history", "note_numbers", "summary.json"
_ANOTHER_FOLDER = "give another --out, or make room"
#: Called with (phase, sweep or rows, objective, share done); NaN where there is none.
Progress = Callable[[str, int, float, float], None]


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """How to score.

    Attributes:
        out: folder to write; made if it is not there.
        previous: folder that the last run wrote; its notes keep their status until they are due again.
        now_ms: time of the run; None for the clock's.
        raters_file: where to write rater results (.tsv or .parquet); only for public data.
        plots: folder for the note map and the convergence curve.
    """

    out: Path
    preset: str = "community"
    previous: Path | None = None
    now_ms: int | None = None
    threads: int = 1
    raters_file: Path | None = None
    plots: Path | None = None


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """What a run did; written as summary.json.

    Attributes:
        statuses: how many notes ended in each final status.
        previous_preset: preset of the last run, whose statuses stay until notes are due; None without one.
        n_waiting: notes that are helpful by their ratings and wait until that has been stable for a while.
        tables: what reading each input table found.
        left_out: parts of the pipeline that were not run, with the reason.
        seconds: by phase.
        peak_memory_mb: highest resident memory of the process so far.
        input_digest, result_digest: SHA-256 of the arrays read and of scored_notes.tsv.
    """

    version: str
    preset: str
    previous_preset: str | None
    now_ms: int
    n_notes: int
    n_ratings: int
    n_participants: int
    n_notes_due: int
    statuses: dict[str, int]
    n_waiting: int
    tables: dict[str, Any]
    left_out: list[dict[str, str]]
    seconds: dict[str, float]
    peak_memory_mb: float
    input_digest: str
    result_digest: str
    facts: dict[str, Any]
    config: dict[str, Any] = field(repr=False)


def run_preset(preset: str, dataset: Dataset, now_ms: int, threads: int, progress: Progress | None) -> ScoredRun:
    """Score a data set by a preset."""
    if preset == "community":
        from kiemchung.commons.score_community import community_run  # numba loads with the preset's kernels
        from kiemchung.scoring.community import run_community  # the same

        return community_run(dataset, run_community(dataset, now_ms=now_ms, threads=threads, progress=progress))
    from kiemchung.commons.score_public import public_run  # numba loads with the preset's kernels
    from kiemchung.scoring import engine  # the same
    from kiemchung.scoring.config import COMMUNITYNOTES  # the same

    result = engine.run(dataset, COMMUNITYNOTES, now_ms=now_ms, threads=threads, progress=progress or (lambda *_: None))
    return public_run(dataset, result)


def score_files(
    inputs: ScoreInputs, options: ScoreOptions, clock: Clock, progress: Progress | None = None
) -> ScoreSummary:
    """Score public files and write the results to `options.out`.

    Raises:
        InputError: an input cannot be used; nothing is written then.
        SettingsError: an unknown preset, a raters file of another kind, or a time before the newest rating.
        MissingPartError: plots are asked for, and matplotlib is not installed.
    """
    _check(options)
    now_ms = clock.now_ms() if options.now_ms is None else options.now_ms
    watch, watcher = _Watch(), progress or (lambda *_: None)
    with ThreadPoolExecutor(1, "rehearsal") as beside:
        rehearsal = beside.submit(_rehearse, options.preset)
        loaded = load(
            _with_previous(inputs, options.previous),
            summaries=options.preset == "communitynotes",  # for the topics
            progress=lambda table, rows: watcher(f"read {table}", rows, float("nan"), 0.0),
            before_sorting=rehearsal.result,
            threads=options.threads,
        )
    watch.lap("read")
    dataset = loaded.dataset
    _check_time(dataset, options.now_ms)
    curve: list[tuple[str, int, float]] = []

    def tell(phase: str, sweep: int, objective: float, share: float) -> None:
        if sweep:
            curve.append((phase, sweep, objective))
        watcher(phase, sweep, objective, share)

    run = run_preset(options.preset, dataset, now_ms, options.threads, tell if progress or options.plots else None)
    watch.lap("score")
    due = _due(dataset, now_ms) if options.previous else None
    outcome = outcome_of(dataset, run, due)
    try:
        digest = _write(dataset, run, outcome, options, now_ms)
        if options.raters_file:
            _write_raters(dataset, run, outcome, options.raters_file, now_ms)
    except OSError as error:
        message = f"the results could not be written ({error.strerror or error}); {_ANOTHER_FOLDER}"
        raise InputError(message, where=str(options.out)) from error
    if options.plots:
        from kiemchung.commons.score_plots import draw_plots  # matplotlib, an optional part

        draw_plots(options.plots, run, outcome.status, curve)
    watch.lap("write")
    summary = _summary(loaded, run, outcome, options, now_ms, watch.seconds, digest)
    (options.out / SUMMARY).write_text(json.dumps(asdict(summary), indent=1, default=_plain) + "\n", encoding="utf-8")
    return summary


def _check(options: ScoreOptions) -> None:
    """Refuse, before anything is read, what could not be done or written in the end."""
    if options.preset not in PRESETS:
        raise SettingsError(f"preset {options.preset!r} is not one of {', '.join(PRESETS)}")
    if options.raters_file and options.raters_file.suffix not in (".tsv", ".parquet"):
        raise SettingsError(f"raters file {options.raters_file}: its name must end in .tsv or .parquet")
    if options.plots and importlib.util.find_spec("matplotlib") is None:
        raise MissingPartError("--plots needs matplotlib: pip install 'kiemchung[plots]'")
    there = next(path for path in (options.out, *options.out.absolute().parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise InputError(f"nothing can be written there; {_ANOTHER_FOLDER}", where=str(there))


def _check_time(dataset: Dataset, now_ms: int | None) -> None:
    """Refuse a time of the run before the newest rating; seconds in the place of milliseconds are one."""
    newest = int(dataset.ratings.created_at_ms.max(initial=0))
    if now_ms is not None and now_ms < newest:
        message = f"the time of the run, {now_ms}, is before the newest rating, {newest}; give it in Unix milliseconds"
        raise SettingsError(message)


def _rehearse(preset: str) -> None:
    """Load the preset's loops; polars, which reads meanwhile, needs no interpreter."""
    from kiemchung.scoring.rehearsal import rehearse  # numba

    rehearse(preset)


def _with_previous(inputs: ScoreInputs, previous: Path | None) -> ScoreInputs:
    """The last run's history in the place of any other: only it knows which notes wait since when."""
    if previous is None:
        return inputs
    history = previous / f"{HISTORY}.parquet"
    if not history.is_file():
        raise InputError(f"no {history.name} there; give the folder that the last run wrote", where=str(previous))
    return replace(inputs, status_history=(str(history),))


def _preset_of(folder: Path) -> str | None:
    """The preset of the run that wrote a folder, if its summary is there."""
    summary = folder / SUMMARY
    return str(json.loads(summary.read_text(encoding="utf-8"))["preset"]) if summary.is_file() else None


def _due(dataset: Dataset, now_ms: int) -> Bools:
    decided_by = dataset.history.decided_by
    rules, place = np.unique(decided_by, return_inverse=True)
    locks = np.array([_may_lock(str(rule)) for rule in rules], np.bool_)[place]
    return to_rescore(dataset.history, dataset.notes, dataset.ratings, locks, now_ms)


def _may_lock(rule: str) -> bool:
    """Whether a rule of either preset may lock a note: all but waits, older locks and models that only take away."""
    from kiemchung.scoring.meta import may_lock  # only where there was a run before

    waits = ("CommunityDelay", "CommunityLocked")
    return may_lock(rule) or (rule.startswith("Community") and not rule.startswith(waits))


def _write(dataset: Dataset, run: ScoredRun, outcome: Outcome, options: ScoreOptions, now_ms: int) -> str:
    """Write the tables; give the digest of the scored notes."""
    (options.out / NUMBERS).mkdir(parents=True, exist_ok=True)
    scored, _ = files.write_table(options.out, SCORED, scored_columns(dataset, run, outcome, now_ms))
    after = next_history(dataset.history, dataset.notes, outcome, now_ms)
    rows = history_rows(dataset, after)
    files.write_table(options.out, HISTORY, files.history_columns(rows, dataset.participants.participant_id))
    for name, numbers in run.numbers.items():
        files.write_parquet(options.out / NUMBERS / f"{name}.parquet", numbers)
    with scored.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_raters(dataset: Dataset, run: ScoredRun, outcome: Outcome, target: Path, now_ms: int) -> None:
    tallies = tally(dataset, outcome.status, run.intercept, now_ms)
    after = next_states(dataset, tallies, outcome.status, now_ms)
    columns = rater_columns(dataset, run, tallies, after)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".parquet":
        files.write_parquet(target, columns)
    else:
        files.write_tsv(target, columns)


def _summary(
    loaded: Loaded,
    run: ScoredRun,
    outcome: Outcome,
    options: ScoreOptions,
    now_ms: int,
    seconds: dict[str, float],
    digest: str,
) -> ScoreSummary:
    dataset = loaded.dataset
    helpful = run.pre_stabilisation == Status.CRH
    words = {"NEEDS_MORE_RATINGS": Status.NMR, "CURRENTLY_RATED_HELPFUL": Status.CRH}
    words |= {"CURRENTLY_RATED_NOT_HELPFUL": Status.CRNH}
    return ScoreSummary(
        version=__version__,
        preset=options.preset,
        previous_preset=_preset_of(options.previous) if options.previous else None,
        now_ms=now_ms,
        n_notes=len(dataset.notes),
        n_ratings=len(dataset.ratings),
        n_participants=len(dataset.participants),
        n_notes_due=len(dataset.notes) if outcome.scored is None else int(outcome.scored.sum()),
        statuses={word: int((outcome.status == code).sum()) for word, code in words.items()},
        n_waiting=int(((run.delay_start_ms > 0) & (outcome.status == Status.NMR) & helpful).sum()),
        tables={name: asdict(report) for name, report in loaded.reports.items()},
        left_out=[{"part": part, "reason": reason} for part, reason in run.left_out],
        seconds={phase: round(value, 3) for phase, value in seconds.items()},
        peak_memory_mb=peak_memory_mb(),
        input_digest=loaded.digest,
        result_digest=digest,
        facts=run.facts,
        config=_config(run.config),
    )


def peak_memory_mb() -> float:
    """The highest resident memory of this process so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def _config(config: Any) -> dict[str, Any]:
    """A configuration as plain values; parts that are functions are left out."""
    return {name: value for name, value in asdict(config).items() if not callable(value)}


def _plain(value: object) -> object:
    """Sets and enums of the configuration as JSON."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


class _Watch:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        """Close a phase that began with the last one's end."""
        now = time.perf_counter()
        self.seconds[phase] = now - self._last
        self._last = now
