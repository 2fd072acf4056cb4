"""The list of commands."""

from pathlib import Path
from typing import Annotated

import typer

from kiemchung import __version__
from kiemchung.cli import desk, evaluate, log, site
from kiemchung.cli.backup import backup, restore
from kiemchung.cli.check import check_command
from kiemchung.cli.context import Door
from kiemchung.cli.doctor import doctor
from kiemchung.cli.export import export_command
from kiemchung.cli.import_ import import_command
from kiemchung.cli.index import index_command
from kiemchung.cli.score import score
from kiemchung.cli.serve import serve_command

app = typer.Typer(
    name="kiemchung",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check messages against published fact-checks, and run a fact-checking commons.",
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"kiemchung {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Folder of the database, index and models.", file_okay=False),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings file; by default kiemchung.toml in the data folder.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Check messages against published fact-checks, and run a fact-checking commons."""
    context.obj = Door(data_dir=data_dir, config=config)


app.add_typer(evaluate.app, name="evaluate")
app.add_typer(site.app, name="site")
app.add_typer(log.app, name="log")
app.add_typer(desk.app, name="desk")
app.command("check")(check_command)
app.command("score")(score)
app.command("serve")(serve_command)
app.command("doctor")(doctor)
app.command("import")(import_command)
app.command("export")(export_command)
app.command("index")(index_command)
app.command("backup")(backup)
app.command("restore")(restore)
