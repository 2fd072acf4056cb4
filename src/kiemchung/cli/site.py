"""`kiemchung site`: what an operator does. None of it shows or hides a note."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemchung.cli.context import door
from kiemchung.errors import InputError

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons

app = typer.Typer(no_args_is_help=True, help="Run a commons: its pages, pause, redaction, scoring, report.")
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def status(context: typer.Context, as_json: _JSON = False) -> None:
    """Say whether notes are open, and what is missing before they are.

    Example: kiemchung site status
    """
    from kiemchung.commons.transparency import site_status  # other commands do without its modules

    with door(context).commons() as commons:
        found = site_status(commons)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    typer.echo("notes are open" if found.open else "notes are closed")
    if found.paused:
        typer.echo("paused -> kiemchung site resume")
    for page in found.missing_pages:
        name, _, language = page.partition(".")
        typer.echo(f"page missing: {name} ({language}) -> kiemchung site page {name} {language} FILE")


@app.command()
def page(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="who, method, corrections or contact.")],
    language: Annotated[str, typer.Argument(help="vi or en.")],
    file: Annotated[Path | None, typer.Argument(help="Plain text to put there; - for standard input.")] = None,
) -> None:
    """Print an operator's page, or fill it in from a file. Each page is needed in both languages.

    Example: kiemchung site page who vi ai-van-hanh.txt
    """
    from kiemchung.commons import site  # other commands do without its modules

    with door(context).commons() as commons:
        if file is None:
            typer.echo(site.page(commons.contributions, name, language))
            return
        site.write_page(commons.contributions, name, language, _read(file))
        missing = site.missing_pages(commons.contributions)
    typer.echo(f"page {name} ({language}) written; {len(missing)} missing" if missing else "all pages are written")


@app.command()
def pause(context: typer.Context) -> None:
    """Stop taking requests, notes and ratings; reading goes on.

    Example: kiemchung site pause
    """
    _pause(context, paused=True)
    typer.echo("paused -> kiemchung site resume")


@app.command()
def resume(context: typer.Context) -> None:
    """Take requests, notes and ratings again.

    Example: kiemchung site resume
    """
    _pause(context, paused=False)
    typer.echo("resumed")


@app.command()
def redact(
    context: typer.Context,
    note_id: Annotated[str, typer.Argument(help="The note: the last part of its address.")],
    rule: Annotated[str, typer.Option("--rule", help="contact, address, id_number or health: what was in the note.")],
    reason: Annotated[str, typer.Option("--reason", help="For everybody to read; without the data themselves.")],
) -> None:
    """Empty a note that holds a third person's private data. Its tombstone, rule and reason stay for all to see.

    There is no other removal: a note that is wrong or abusive is not shown, because raters of both sides do not find it
    helpful.

    Example: kiemchung site redact 7f3a --rule contact --reason "phone number of a private person"
    """
    from kiemchung.commons import site  # other commands do without its modules

    with door(context).commons() as commons:
        site.redact_note(commons, note_id, rule, reason)
        typer.echo(f"note {note_id} redacted by rule {rule}")
        _forget_in_tables(commons)


def _forget_in_tables(commons: "Commons") -> None:
    from kiemchung.commons.export_tables import forget_in_tables  # other commands do without its modules

    if forget_in_tables(commons):
        typer.echo("the tables under /data were written anew without it")


@app.command("redact-request")
def redact_request(
    context: typer.Context,
    request_id: Annotated[str, typer.Argument(help="The request: the last part of its address.")],
    cut: Annotated[str, typer.Option("--cut", help="The data, as they stand in the claim; nothing keeps them.")],
    rule: Annotated[str, typer.Option("--rule", help="contact, address, id_number or health: what was in the claim.")],
    reason: Annotated[str, typer.Option("--reason", help="For everybody to read; without the data themselves.")],
) -> None:
    """Cut a third person's private data out of the claim of a request. The rest of the claim and its notes stay.

    Each place becomes […]; rule and reason stay for all to see. A note that holds the same data is redacted by itself.

    Example: kiemchung site redact-request 7f3a --cut "12 Sample Lane" --rule address --reason "a private home"
    """
    from kiemchung.commons.redact_request import redact_request as redact_it  # other commands do without its modules

    with door(context).commons() as commons:
        is_forgotten = redact_it(commons, request_id, cut, rule, reason)
        typer.echo(f"request {request_id} cut by rule {rule}")
        _forget_in_tables(commons)
    if not is_forgotten:
        typer.echo("the running server takes the text out of its lookup index -> restart kiemchung serve to do it now")


@app.command()
def score(context: typer.Context, as_json: _JSON = False) -> None:
    """Score the site's notes now. `serve` does it by itself, every `scoring_minutes`.

    Example: kiemchung site score
    """
    from kiemchung.commons.score_process import score_site, summarise  # numpy loads here

    with door(context).commons() as commons:
        done = summarise(score_site(commons))
    if as_json:
        typer.echo(json.dumps(asdict(done)))
    else:
        typer.echo(f"{done.n_notes} notes scored from {done.n_ratings} ratings; {done.n_changes} statuses changed")


@app.command()
def report(context: typer.Context, as_json: _JSON = False) -> None:
    """Print the transparency report: counts of what was contributed, decided and redacted.

    Example: kiemchung site report
    """
    from kiemchung.commons.transparency import transparency_report  # other commands do without its modules

    with door(context).commons() as commons:
        found = transparency_report(commons).as_dict()
    if as_json:
        typer.echo(json.dumps(found))
        return
    by_rule = found.pop("redactions")
    for what, count in [*found.items(), *((f"redacted: {rule}", n) for rule, n in by_rule.items())]:
        typer.echo(f"{what.replace('_', ' '):22} {'never' if count is None else count}")


def _pause(context: typer.Context, *, paused: bool) -> None:
    from kiemchung.commons import site  # other commands do without its modules

    with door(context).commons() as commons:
        site.pause_site(commons.contributions, paused=paused)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as UTF-8 text ({error})") from error
