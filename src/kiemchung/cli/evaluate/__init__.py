"""`kiemchung evaluate`: measure on files. Each sub-command has a module; `app` lists them."""

import typer

from kiemchung.cli.evaluate.matching import matching
from kiemchung.cli.evaluate.messages import messages
from kiemchung.cli.evaluate.sentences import sentences

app = typer.Typer(no_args_is_help=True, help="Measure claims and lookup on labelled files.")


@app.callback()
def root() -> None:
    """Measure claims and lookup on labelled files."""


app.command("sentences")(sentences)
app.command("matching")(matching)
app.command("messages")(messages)
