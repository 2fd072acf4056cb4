"""The tables of a desk. Members' verifiers stand alone: nothing joins them to what is written, noted or rated.

While a check is worked on, its writer is known by a key that is another one for every check; it goes with publication.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from kiemchung.store.schema import metadata

desk_members = Table(
    "desk_members",
    metadata,
    Column("verifier", LargeBinary(32), primary_key=True),
    sqlite_with_rowid=False,
)

desk_checks = Table(
    "desk_checks",
    metadata,
    Column("check_id", String(20), primary_key=True),
    Column("version", Integer, nullable=False),  # the newest published one; 0: none yet
    Column("in_work", Text, nullable=True),  # the draft as JSON; NULL: nothing is worked on
    Column("reason", Text, nullable=True),  # of a correction; NULL: a first version, or nothing is worked on
    Column("handed_in", Boolean(create_constraint=False), nullable=False),
    Column("writer_key", LargeBinary(32), nullable=True),  # NULL: nothing is worked on
    sqlite_with_rowid=False,
)

desk_versions = Table(
    "desk_versions",
    metadata,
    Column("check_id", String(20), ForeignKey("desk_checks.check_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("reason", Text, nullable=True),  # NULL: the first version
    Column("day", String(10), nullable=False),
    sqlite_with_rowid=False,
)

desk_replies = Table(
    "desk_replies",
    metadata,
    Column("check_id", String(20), ForeignKey("desk_checks.check_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("reply", Text, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("day", String(10), nullable=False),
    sqlite_with_rowid=False,
)
