"""`kiemchung score`: score public note and rating files, or explain one note's status."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemchung.errors import SettingsError

if TYPE_CHECKING:
    from kiemchung.commons.score_files import ScoreSummary

_FILES = "Files, folders or globs; plain, gzip, zstd, zip or Parquet. May be given several times."


def score(
    notes: Annotated[list[str] | None, typer.Option("--notes", help=f"Notes. {_FILES}")] = None,
    ratings: Annotated[list[str] | None, typer.Option("--ratings", help=f"Ratings. {_FILES}")] = None,
    status_history: Annotated[
        list[str] | None, typer.Option("--status-history", help="Status history; without it every note is new.")
    ] = None,
    enrollment: Annotated[
        list[str] | None, typer.Option("--enrollment", help="Enrollment; without it every rater counts as core.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", file_okay=False, help="Folder for scored notes, history and summary.")
    ] = None,
    preset: Annotated[
        str, typer.Option(help="community (any size, resists brigades) or communitynotes (the whole public pipeline).")
    ] = "community",
    previous: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder of the last run: its history (instead of --status-history), its statuses until notes are due.",
        ),
    ] = None,
    now: Annotated[int | None, typer.Option(help="Time of the run, Unix milliseconds; by default the clock's.")] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads; by default one a processor. The results are the same for any number."),
    ] = None,
    raters_file: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Also write rater results (factors included) to this .tsv or .parquet. Only for data that are public.",
        ),
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(file_okay=False, help="Draw the note map and the fit into this.")
    ] = None,
    explain: Annotated[
        int | None, typer.Option(help="Explain this note's status: after a run, or from --out of an earlier one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary or the explanation as JSON.")] = False,
) -> None:
    """Score notes by bridging, on files in the public Community Notes format.

    A folder may hold all kinds of files; each is found by its name (notes-00000.tsv, ratings-00000.zip).

    Example: kiemchung score --notes data/ --ratings data/ --status-history data/ --enrollment data/ --out scored/
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold rater factors (G4)
    given = bool(notes or ratings)
    if not given and explain is None:
        raise SettingsError("nothing to do: give --notes and --ratings, or --explain with the --out of an earlier run")
    if given and not (notes and ratings):
        raise SettingsError("scoring needs both --notes and --ratings")
    if out is None and (explain is None or not given):
        raise SettingsError("--out is missing: the folder to write to, or of the run that is to be explained")
    with tempfile.TemporaryDirectory(prefix="kiemchung-") as scratch:
        folder = out or Path(scratch)
        if given:
            from kiemchung.commons.score_files import ScoreOptions  # polars and numpy load here
            from kiemchung.commons.score_inputs import ScoreInputs  # the same

            inputs = ScoreInputs(
                *(tuple(names or ()) for names in (notes, ratings, status_history, enrollment)),
            )
            options = ScoreOptions(folder, preset, previous, now, threads or _processors(), raters_file, plots)
            summary = _run(inputs, options, show_progress=not as_json)
            if explain is None:
                _print_summary(summary, folder, as_json)
        if explain is not None:
            _print_explanation(folder, explain, as_json)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(inputs, options, *, show_progress: bool) -> ScoreSummary:  # type: ignore[no-untyped-def]
    """Score with a progress bar on stderr where that is a terminal."""
    from kiemchung.commons.clock import SystemClock  # what scoring needs of the commons
    from kiemchung.commons.score_files import score_files  # polars loads here

    if not (show_progress and sys.stderr.isatty()):
        return score_files(inputs, options, SystemClock())
    from rich.console import Console  # only where something is drawn
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # the same

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=1.0, detail="")

        def tell(phase: str, sweep: int, objective: float, share: float) -> None:
            if phase.startswith("read"):
                bar.update(task, description=phase, detail=f"{sweep:,} rows", completed=0.0)
                return
            detail = f"sweep {sweep}, objective {objective:.7f}" if sweep else ""
            bar.update(task, description=phase, detail=detail, completed=share)

        return score_files(inputs, options, SystemClock(), tell)


def _print_summary(summary: ScoreSummary, folder: Path, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(summary), default=lambda v: sorted(v) if isinstance(v, frozenset) else str(v)))
        return
    typer.echo(f"{summary.n_notes:,} notes, {summary.n_ratings:,} ratings, {summary.n_participants:,} participants")
    for status, count in summary.statuses.items():
        typer.echo(f"  {status}: {count:,}")
    if summary.n_waiting:
        typer.echo(
            f"  {summary.n_waiting:,} more are helpful by their ratings, and wait until they have stayed so for half an"
            f" hour to an hour: score again then with --previous {folder}"
        )
    if summary.previous_preset not in (None, summary.preset):
        typer.echo(
            f"  the last run was by preset {summary.previous_preset}: notes that were not due again keep its statuses"
        )
    for name, table in summary.tables.items():
        for column, use in table["missing_columns"].items():
            typer.echo(f"  {name}: no column {column}; it is needed for {use}", err=True)
        if table["unknown_columns"]:
            typer.echo(f"  {name}: columns not known and not read: {', '.join(table['unknown_columns'])}", err=True)
        for reason, rows in table["dropped"].items():
            typer.echo(f"  {name}: {rows:,} rows left out: {reason}", err=True)
    parts: dict[str, list[str]] = {}
    for left in summary.left_out:
        parts.setdefault(left["reason"], []).append(left["part"])
    for reason, names in parts.items():
        typer.echo(f"  left out: {', '.join(names)} ({reason})")
    phases = ", ".join(f"{phase} {seconds:.2f} s" for phase, seconds in summary.seconds.items())
    typer.echo(f"{phases}; peak memory {summary.peak_memory_mb:,.0f} MB; written to {folder}")


def _print_explanation(folder: Path, note_id: int, as_json: bool) -> None:
    from kiemchung.commons.explain_score import explain_score, in_words  # polars and the rules load here

    explanation = explain_score(folder, note_id)
    if as_json:
        json.dump(asdict(explanation), sys.stdout, ensure_ascii=False)
        typer.echo()
    else:
        typer.echo(in_words(explanation))
