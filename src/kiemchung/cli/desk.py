"""`kiemchung desk`: the people who write the site's own checks, known by role codenames alone."""

import sys
from typing import Annotated

import typer

from kiemchung.cli.context import door

app = typer.Typer(no_args_is_help=True, help="Run a desk: its members. What they write, they write on its pages.")


@app.command()
def add(
    context: typer.Context,
    language: Annotated[str, typer.Option("--language", help="Language of the words: vi or en.")] = "vi",
) -> None:
    """Make a role codename for one more member, and print it this once.

    Example: kiemchung desk add --language en

    Hand it over by a private way; it cannot be shown again. Two members are needed, since nobody publishes alone.
    """
    from kiemchung.commons.desk_members import LEAST_MEMBERS, add_member  # other commands do without

    with door(context).commons() as commons:
        typer.echo(add_member(commons, language))
        n_members = commons.contributions.desk.count_members()
    sys.stderr.write(f"kiemchung: the desk has {n_members}; log in at /{language}/desk/log-in\n")
    if n_members < LEAST_MEMBERS:
        sys.stderr.write("kiemchung: a check is published by a second member -> kiemchung desk add\n")


@app.command()
def drop(context: typer.Context) -> None:
    """Take a role back; the codename is read from standard input, so that it stands in no list of commands.

    Example: kiemchung desk drop < codename.txt
    """
    from kiemchung.commons.desk_members import drop_member  # other commands do without

    if sys.stdin.isatty():
        sys.stderr.write("The codename of the member who leaves: ")
    with door(context).commons() as commons:
        drop_member(commons, sys.stdin.readline())
        typer.echo(f"taken back; the desk has {commons.contributions.desk.count_members()}")


@app.command()
def markups(context: typer.Context) -> None:
    """Print the published checks as Google's Fact Check Tools take them for an upload (claimReviewMarkups).

    Example: kiemchung desk markups > upload.json
    """
    import json

    from kiemchung.commons.published_checks import published_checks  # other commands do without
    from kiemchung.formats.desk_check import claim_review_markups
    from kiemchung.formats.note_jsonld import Site

    with door(context).commons() as commons:
        site = Site(commons.settings.site_name, commons.settings.site_url)
        found = claim_review_markups(site, published_checks(commons.contributions.desk))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
