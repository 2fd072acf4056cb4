"""`kiemchung serve`: the check page and the API."""

import sys
from typing import Annotated

import typer

from kiemchung.cli.context import door


def serve_command(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; 127.0.0.1 by default.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; 8000 by default, 0 for any free one.")
    ] = None,
) -> None:
    """Start the check page and the API. There is no access log, and what readers paste is not kept.

    Example: kiemchung serve --port 8080
    """
    from kiemchung.web.server import serve  # the server's libraries load here, so that other commands are quick

    with door(context).commons(host=host, port=port) as commons:
        serve(commons, commons.settings.host, commons.settings.port, _greet)


def _greet(address: str) -> None:
    """Where to look, for a person at a terminal; a log gets JSON lines alone."""
    if sys.stdout.isatty():
        typer.echo(f"{address}  (Ctrl-C stops the server)")
