"""Files of an evaluation: what is asked before the work begins, so that none is lost at its end."""

import sys
from collections.abc import Collection
from pathlib import Path

from kiemchung.errors import InputError


def require_writable(path: Path) -> None:
    """Refuse a file that the figures or decisions could not be written to.

    Raises:
        InputError: it is a folder, its folder is not there, or it may not be written.
    """
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error


def judged(qrels: Path, asked: Collection[str]) -> dict[str, set[str]]:
    """The relevant documents by query, of the queries that are asked; others are told of and count for nothing.

    Raises:
        InputError: the table cannot be read, or judges other queries only.
    """
    from kiemchung.lookup.evaluate import read_qrels  # with numpy

    known = {query: set(relevant) for query, relevant in read_qrels(qrels).items()}
    wanted = set(asked)
    found = {query: relevant for query, relevant in known.items() if query in wanted}
    if known and asked and not found:
        first = next(iter(known))
        raise InputError(
            f"none of its queries is asked; it judges {first!r}, asked is {next(iter(asked))!r}", where=str(qrels)
        )
    if len(found) < len(known):
        sys.stderr.write(f"kiemchung: {qrels}: {len(known) - len(found):,} of {len(known):,} queries are not asked\n")
    return found
