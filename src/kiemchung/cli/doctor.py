"""`kiemchung doctor`: what is installed, what is missing, how to get it."""

import json
from typing import Annotated

import typer

from kiemchung.cli.context import door

_MARKS = {"ok": ("ok", "green"), "missing": ("missing", "yellow"), "broken": ("broken", "red")}


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is installed, in which state the data are, and what to do about what is missing.

    Example: kiemchung doctor

    Exit codes: 0 nothing that is needed is missing; 1 something is missing or broken.
    """
    from kiemchung.commons.diagnose import diagnose  # looks at many libraries; other commands need none of it

    found = diagnose(door(context).settings())
    trouble = any(
        finding.state == "broken" or (finding.state == "missing" and not finding.optional) for finding in found
    )
    if as_json:
        typer.echo(json.dumps({"ok": not trouble, "findings": [f.as_dict() for f in found]}, ensure_ascii=False))
    else:
        for finding in found:
            mark, colour = _MARKS[finding.state]
            typer.echo(f"{typer.style(f'{mark:8}', fg=colour)} {finding.part:14} {finding.detail}")
            if finding.advice:
                typer.echo(f"{'':23} -> {finding.advice}")
    if trouble:
        raise typer.Exit(1)
