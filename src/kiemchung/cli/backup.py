"""`kiemchung backup` and `kiemchung restore`."""

from pathlib import Path
from typing import Annotated

import typer

from kiemchung.cli.context import door


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="File to write; must not exist.", dir_okay=False)],
) -> None:
    """Write the database and the site's secrets into one file, while the site runs.

    The file holds the key that signs the public log: keep it as you keep the server.

    Example: kiemchung backup kiemchung-monday.tar.gz
    """
    from kiemchung.commons.backup import back_up  # other commands do without its modules

    size = back_up(door(context).settings(), target)
    typer.echo(f"{target}: {size / 1e6:.1f} MB written")


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="File that `kiemchung backup` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Put a backup into an empty data folder; the lookup index is made anew afterwards.

    Example: kiemchung --data-dir /srv/new restore kiemchung-monday.tar.gz
    """
    from kiemchung.commons.backup import restore as put_back  # other commands do without its modules

    settings = door(context).settings()
    put_back(settings, source)
    typer.echo(f"restored into {settings.data_dir}; next: kiemchung --data-dir {settings.data_dir} index")
