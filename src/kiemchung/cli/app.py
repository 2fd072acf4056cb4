"""The list of commands."""

from typing import Annotated

import typer

from kiemchung import __version__
from kiemchung.cli import evaluate

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
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Check messages against published fact-checks, and run a fact-checking commons."""


app.add_typer(evaluate.app, name="evaluate")
