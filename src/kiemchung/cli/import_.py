"""`kiemchung import`: read published checks from files, folders, archives and addresses."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from kiemchung.cli.context import door
from kiemchung.cli.progress import Bar, bar

if TYPE_CHECKING:
    from kiemchung.commons.import_reviews import Options, Tally
    from kiemchung.commons.opening import Commons
    from kiemchung.commons.settings import Settings
    from kiemchung.formats.records import Notice, Rejected


def import_command(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Files, folders, .gz, .zip, .zst, or http(s) addresses."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and show, store nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run one JSON line a check; else the counts as JSON.")
    ] = False,
    licence: Annotated[
        str | None, typer.Option("--licence", "--license", help="Licence of the sources, best as an SPDX id.")
    ] = None,
    source_name: Annotated[
        str | None, typer.Option("--source-name", help="What origins shall say; by default file name or address.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Write every rejected record to this file, one JSON line each.")
    ] = None,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Store only; `kiemchung index` makes the checks findable later.")
    ] = False,
) -> None:
    """Read published fact-checks and make them findable.

    Pages with ClaimReview, JSON and NDJSON, Data Commons feeds, Fact-Check Insights, replies of Google's claims:search,
    CSV and TSV with named columns, RSS and Atom feeds. Repeating an import changes nothing; an interrupted one goes on
    where it stopped.

    Example: kiemchung import checks.json.gz https://desk.example/feed.xml --licence CC-BY-4.0

    Exit codes: 0 read, also where records were rejected; 2 a source is not there; 3 an address cannot be read;
    4 the database or index cannot be written; 130 interrupted.
    """
    from kiemchung.commons.import_reviews import Options  # loads the formats

    options = Options(licence=licence, source_name=source_name)
    with _rejects_file(rejects) as rejected, bar("Reading", unit="bytes") as progress:
        watcher = _watcher(progress, rejected)
        if dry_run:
            tally = _show(sources, door(context).settings(), options, watcher, as_json=as_json)
            _print_tally(tally, sys.stderr)
            return
        with door(context).commons() as commons:
            tally = _store(sources, commons, options, watcher, indexed=not no_index, progress=progress)
    if as_json:
        typer.echo(json.dumps(tally.as_dict()))
    else:
        _print_tally(tally, sys.stdout)


def _store(
    sources: list[str], commons: "Commons", options: "Options", watcher: Any, *, indexed: bool, progress: Bar
) -> "Tally":
    from kiemchung.commons.import_reviews import import_reviews  # loads the formats

    try:
        return import_reviews(
            sources, commons, options, watcher=watcher, index=_indexing(commons, progress) if indexed else None
        )
    except KeyboardInterrupt:
        progress.close()
        sys.stderr.write("kiemchung: stopped; what was read is stored, and the same command goes on from there\n")
        raise typer.Exit(130) from None


def _indexing(commons: "Commons", progress: Bar) -> Callable[[], None]:
    from kiemchung.commons.index_reviews import update_index  # tantivy and NumPy load with the index

    def index() -> None:
        progress.start("Indexing", unit="checks")
        update_index(commons, progress.update)

    return index


def _show(sources: list[str], settings: "Settings", options: "Options", watcher: Any, *, as_json: bool) -> "Tally":
    """Print the checks of the sources. Opens no database."""
    from kiemchung.commons.clock import SystemClock
    from kiemchung.commons.import_reviews import Tally, read_reviews  # loads the formats
    from kiemchung.commons.opening import open_fetcher
    from kiemchung.formats.plain import render_record

    tally = Tally()
    fetchers = cache(lambda: open_fetcher(settings))
    for _, origin, record in read_reviews(sources, settings, fetchers, SystemClock(), options, tally, watcher):
        if record is None:
            continue
        tally.stored["read"] += 1
        review = record.review
        if as_json:
            line = render_record(review) | {"origin": origin.source, "licence": origin.licence}
            line["published"] = review.published[:10] if review.published else None
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            day = review.published[:10] if review.published else "no date"
            sys.stdout.write(f"{review.verdict}: {review.claim}\n    {review.publisher}, {day}, {review.url}\n")
    return tally


def _watcher(progress: Bar, rejected: IO[str] | None) -> Any:
    from kiemchung.commons.import_reviews import Watcher  # loads the formats

    class Shown(Watcher):
        """Rejected records go to their file, else the first ones of each reason to standard error."""

        def __init__(self) -> None:
            self._told: Counter[str] = Counter()

        def rejected(self, document: str, record: "Rejected") -> None:
            if rejected is not None:
                line = {"document": document, "where": record.where, "reason": record.reason}
                line |= {"detail": record.detail, "raw": record.raw}
                rejected.write(json.dumps(line, ensure_ascii=False) + "\n")
                return
            self._told[record.reason] += 1
            if self._told[record.reason] <= _TOLD:
                progress.say(f"{document}: {record.where}: {record.reason}: {record.detail}")
            elif self._told[record.reason] == _TOLD + 1:
                progress.say(f"more with {record.reason}; --rejects FILE writes them all")

        def notice(self, document: str, record: "Notice") -> None:
            progress.say(f"{document}: {record.where}: {record.detail}")

        def read(self, document: str, tally: "Tally", position: tuple[int, int]) -> None:
            progress.start("Reading", unit="bytes")
            progress.update(*position)

    return Shown()


#: Rejected records of one reason that are shown on standard error before `--rejects` is pointed at.
_TOLD = 20


@contextmanager
def _rejects_file(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    from kiemchung.errors import InputError

    try:
        file = path.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error
    with file:
        yield file


def _print_tally(tally: "Tally", out: IO[str]) -> None:
    counts = tally.as_dict()
    rejected = counts.pop("rejected")
    if tally.stored["read"]:
        counts = {"documents": counts["documents"], "read": tally.stored["read"], "repaired": counts["repaired"]}
    out.write(", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in counts.items() if n or name == "new") + "\n")
    if isinstance(rejected, dict) and rejected:
        reasons = ", ".join(f"{reason} {n:,}" for reason, n in rejected.items())
        out.write(f"rejected {sum(rejected.values()):,}: {reasons}\n")
