"""A site that was filled once, again and again."""

import sqlite3
from contextlib import closing

from kiemchung.commons.settings import Settings


def copy_database(filled: Settings, empty: Settings) -> None:
    """Everything in the SQLite database of one site into that of another, which may be open."""
    source, target = (each.database.removeprefix("sqlite:///") for each in (filled, empty))
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(target)) as copy:
        database.backup(copy)
