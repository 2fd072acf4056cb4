"""`kiemchung log`: follow a public log as a stranger, or as a witness."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiemchung.cli.context import door
from kiemchung.errors import FetchError, InputError

if TYPE_CHECKING:
    from kiemchung.commons.verify_log import LogReport
    from kiemchung.fetch import SafeFetcher
    from kiemchung.formats.signed_note import VerifierKey
    from kiemchung.formats.tiles import Read

app = typer.Typer(no_args_is_help=True, help="Verify, witness and read a public log.")

#: Exit code of a log that does not hold what it promises.
DAMAGED = 8
_SOURCE = Annotated[str, typer.Argument(help="Folder of a log, or its http(s) address.")]
_KEY = Annotated[str, typer.Option("--key", help="The log's key, name+id+key; without it the one that it gives.")]
_LOOPBACK = Annotated[
    bool, typer.Option("--allow-loopback", help="Read an address of this machine too, as of a site that runs here.")
]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_SHOWN = 20


@app.command()
def verify(
    context: typer.Context,
    source: _SOURCE,
    since: Annotated[
        Path | None, typer.Option("--since", help="A checkpoint kept earlier: the log must continue it.")
    ] = None,
    key: _KEY = "",
    witness: Annotated[
        list[str] | None, typer.Option("--witness", help="Key of a witness whose cosignature is looked for.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Write the checkpoint here once the log is sound, for --since.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Folder of an export: what it says must be what the log says.")
    ] = None,
    copy: Annotated[
        Path | None, typer.Option("--copy", help="Keep a copy of its hashes in this folder, for --against.")
    ] = None,
    against: Annotated[
        str, typer.Option("--against", help="A copy of the same log, or another place that gives it: no entry differs.")
    ] = "",
    allow_loopback: _LOOPBACK = False,
    as_json: _JSON = False,
) -> None:
    """Check a log: signatures, every entry, nothing rewritten, and every status following from a scoring run.

    Ends with 8 if anything is wrong, and says which entry.

    Example: kiemchung log verify https://checks.example.org/log --since checkpoint.old --keep checkpoint.new
    """
    from kiemchung.commons.log_source import key_of  # other commands do without the log's libraries
    from kiemchung.commons.verify_log import verify_log
    from kiemchung.formats.signed_note import VerifierKey, parse_checkpoint

    read = _read(context, source, allow_loopback=allow_loopback)
    keys = {"log": VerifierKey.parse(key) if key else key_of(read)}
    keys |= {each.name: each for each in map(VerifierKey.parse, witness or [])}
    older = parse_checkpoint(_text(since)) if since else None
    report = verify_log(read, keys, older=older, compare=export is not None)
    if against:
        from kiemchung.commons.log_copy import compare_logs

        compare_logs(read, _read(context, against, allow_loopback=allow_loopback), keys["log"], report)
    if export:
        from kiemchung.commons.compare_export import compare_export  # the table formats load here

        compare_export(export, report)
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        _print(report, keys, trusted=bool(key))
    if not report.is_sound:
        raise typer.Exit(DAMAGED)
    if keep:
        keep.write_bytes(read("checkpoint"))
    if copy:
        from kiemchung.commons.log_copy import keep_copy

        keep_copy(read, parse_checkpoint(read("checkpoint").decode()), copy)


@app.command()
def witness(
    context: typer.Context,
    source: _SOURCE,
    name: Annotated[str, typer.Option("--name", help="This witness's name, such as a host of yours.")],
    key: _KEY = "",
    memory: Annotated[
        Path | None, typer.Option("--memory", help="Folder of this witness's key and what it saw; keep it.")
    ] = None,
    hand_in: Annotated[
        bool, typer.Option("--hand-in", help="Hand the cosignature in at the site, whose operator lists this witness.")
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0, help="Minutes between two looks; 0 looks once.")] = 0,
    allow_loopback: _LOOPBACK = False,
) -> None:
    """Remember a log's checkpoint and cosign it, if it continues what this witness saw before.

    Prints the cosigned checkpoint. With --hand-in the site publishes the cosignature, if its operator lists this
    witness's key (`log_witnesses`); otherwise the operator takes it in by `kiemchung log accept`. A log that shows
    another past than the one seen ends it with 7, names the entry, and what it shows is kept as evidence.

    Example: kiemchung log witness https://checks.example.org/log --name witness.example.net --every 10 --hand-in
    """
    from kiemchung.commons.clock import SystemClock
    from kiemchung.commons.cosignatures import COSIGN  # other commands do without the log's libraries
    from kiemchung.commons.log_folder import load_signer
    from kiemchung.commons.log_source import key_of, read_from
    from kiemchung.commons.witness_log import ForkError, cosign
    from kiemchung.formats.signed_note import VerifierKey
    from kiemchung.formats.signed_note import witness as witness_signer

    folder = memory or door(context).settings().data_dir / "witness"
    signer = witness_signer(name, load_signer(folder / "witness.key", name).private)
    fetcher, clock = _fetcher(context, allow_loopback=allow_loopback), SystemClock()
    known = folder / "log.vkey"
    typer.echo(f"this witness's key: {signer.verifier}", err=True)

    def look() -> None:
        read = read_from(source, fetcher)
        log_key = VerifierKey.parse(key) if key else VerifierKey.parse(_text(known)) if known.exists() else key_of(read)
        signed = cosign(read, log_key, signer, folder, clock.now_ms() // 1000)
        known.write_text(f"{log_key}\n", "utf-8")
        typer.echo(signed.render(), nl=False)
        if hand_in:
            own = replace(signed, lines=signed.lines[-1:])  # others' lines say nothing about this witness
            fetcher.post(f"{source.rstrip('/')}/{COSIGN}", own.render().encode(), "text/plain; charset=utf-8")
            typer.echo("handed in", err=True)

    while True:
        try:
            look()
        except (FetchError, InputError) as error:
            if not every or isinstance(error, ForkError):
                raise
            typer.echo(f"kiemchung: {error}; tried again in {every:g} minutes", err=True)
        if not every:
            return
        time.sleep(every * 60)


@app.command()
def accept(
    context: typer.Context,
    cosigned: Annotated[Path, typer.Argument(help="A checkpoint of this site's log that a witness has cosigned.")],
    witness: Annotated[str, typer.Option("--witness", help="The witness's key, name+id+key.")],
) -> None:
    """Publish a witness's cosignature with this site's present checkpoint.

    Example: kiemchung log accept cosigned.txt --witness witness.example.net+1a2b3c4d+BAAA...
    """
    from kiemchung.commons.publish_log import open_log  # other commands do without the log's libraries
    from kiemchung.formats.signed_note import VerifierKey, parse_checkpoint

    with open_log(door(context).settings()) as log:
        log.accept(parse_checkpoint(_text(cosigned)), VerifierKey.parse(witness))
    typer.echo("the checkpoint carries the cosignature until the log grows")


@app.command()
def key(context: typer.Context) -> None:
    """Print the public key of this site's log, for others to pin.

    Example: kiemchung log key
    """
    from kiemchung.commons.publish_log import open_log  # other commands do without the log's libraries

    with open_log(door(context).settings()) as log:
        typer.echo(str(log.signer.verifier))


@app.command()
def show(
    context: typer.Context,
    last: Annotated[int, typer.Option("--last", min=1, help="So many of the newest entries.")] = _SHOWN,
) -> None:
    """Print the newest entries of this site's log, one JSON line each.

    Example: kiemchung log show --last 100
    """
    from kiemchung.commons.recent_log import newest  # other commands do without the log's libraries

    for opening in newest(door(context).settings(), last):
        line = {"index": opening.index, **(opening.entry or {"redacted": True})}
        typer.echo(json.dumps(line, ensure_ascii=False))


def _read(context: typer.Context, source: str, *, allow_loopback: bool) -> "Read":
    from kiemchung.commons.log_source import read_from  # other commands do without the log's libraries

    return read_from(source, _fetcher(context, allow_loopback=allow_loopback))


def _fetcher(context: typer.Context, *, allow_loopback: bool) -> "SafeFetcher":
    from kiemchung.fetch import SafeFetcher  # other commands do without the log's libraries

    seconds = door(context).settings().fetch_timeout_seconds
    return SafeFetcher(timeout_seconds=seconds, delay_seconds=0.0, allow_loopback=allow_loopback)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error})") from error


def _as_json(report: "LogReport") -> dict[str, Any]:
    checkpoint = report.checkpoint
    return {
        "sound": report.is_sound,
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "root": checkpoint.root.hex() if checkpoint else None,
        "signatures": report.signatures,
        "kinds": report.kinds,
        "statuses": report.statuses,
        "since": report.since,
        "problems": [{"where": each.where, "message": each.message} for each in report.problems],
    }


def _print(report: "LogReport", keys: "dict[str, VerifierKey]", *, trusted: bool) -> None:
    if report.checkpoint:
        typer.echo(
            f"{report.checkpoint.origin}: {report.checkpoint.size:,} entries, root {report.checkpoint.root.hex()}"
        )
    for kind, count in sorted(report.kinds.items()):
        typer.echo(f"  {kind:16} {count:,}")
    for name in keys:
        if name != "log":
            typer.echo(f"witness {name}: {'cosigned' if name in report.signatures else 'did not cosign'}")
    if report.since:
        typer.echo(f"new since the older checkpoint: {len(report.since):,}")
        for entry in report.since[:_SHOWN]:
            typer.echo("  " + json.dumps(entry, ensure_ascii=False))
        if len(report.since) > _SHOWN:
            typer.echo(f"  ... {len(report.since) - _SHOWN:,} more; --json prints all")
    for problem in report.problems:
        typer.echo(f"WRONG {problem}")
    if report.is_sound:
        typer.echo("sound: every entry, signature and status holds")
        if not trusted:
            typer.echo(f"its key was taken from the log itself; pin it: --key {keys['log']}")
    else:
        typer.echo(f"NOT sound: {len(report.problems)} problems")
