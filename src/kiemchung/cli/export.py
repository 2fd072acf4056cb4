"""`kiemchung export`: everything public as tables."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiemchung.cli.context import door


def export_command(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to write; by default the one that the site offers under /data.")
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="csv, ndjson or parquet; csv by default, all three for the site."),
    ] = "",
    own_use: Annotated[
        bool,
        typer.Option("--own-use", help="Also checks under non-commercial or unclear licences; not to be passed on."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write checks, notes, statuses, sources, requests, counts with a floor and scoring runs as tables.

    A data package: datapackage.json, a JSON Schema a table, SHA256SUMS. `kiemchung import FOLDER/datapackage.json` on
    another site takes the checks in. Ratings are never listed.

    Example: kiemchung export tables --format parquet

    Exit codes: 0 written; 2 the folder cannot be used; 4 the database cannot be read.
    """
    from kiemchung.commons.export_tables import export_folder, export_for_site, export_tables  # others do without

    with door(context).commons() as commons:
        target = folder or export_folder(commons)
        for_site = folder is None and not form and not own_use
        done = export_for_site(commons) if for_site else export_tables(commons, target, form or "csv", own_use=own_use)
    rows = {each.table.name: each.n_rows for each in done.tables}
    if as_json:
        typer.echo(json.dumps({"folder": str(target), "rows": rows, "left_out": done.n_left_out}))
        return
    typer.echo(f"{target}: " + ", ".join(f"{name} {n:,}" for name, n in rows.items()))
    if done.n_left_out:
        sys.stderr.write(
            f"kiemchung: {done.n_left_out:,} checks left out, their licences are non-commercial or unclear;"
            " --own-use takes them in\n"
        )
