"""`kiemchung index`: make imported checks findable."""

import sys
from typing import Annotated

import typer

from kiemchung.cli.context import door
from kiemchung.cli.progress import bar


def index_command(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the index anew, beside the old one until it is done.")
    ] = False,
) -> None:
    """Bring the lookup index up to the database.

    `import` does this by itself; this is for `import --no-index`, another embedder, or a damaged index. Interrupted, it
    keeps what it has, and the same command goes on from there.

    Example: kiemchung index --rebuild
    """
    from kiemchung.commons.index_reviews import rebuild_index, update_index  # loads the index's libraries

    with door(context).commons() as commons, bar("Indexing", unit="checks") as progress:
        try:
            done = (rebuild_index if rebuild else update_index)(commons, progress.update)
        except KeyboardInterrupt:
            progress.close()
            sys.stderr.write("kiemchung: stopped; what was indexed is kept, and the same command goes on from there\n")
            raise typer.Exit(130) from None
    typer.echo(f"indexed {done:,} checks")
