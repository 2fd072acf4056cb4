"""The tables. Portable SQL; a nullable column says what NULL means.

No column holds anything about a person: who is said to have made a claim stays inside the published check's content.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: One row: the newest change number and the newest import.
state = Table(
    "state",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="single"), primary_key=True, autoincrement=False),
    Column("last_change", Integer, nullable=False),
    Column("as_of", String, nullable=True),  # NULL: nothing was imported yet
)

#: Published checks. The text is in review_versions; `version` points at the current one.
reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String(20), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("change", Integer, nullable=False),
    Column("twin_of", String(20), ForeignKey("reviews.review_id"), nullable=True),  # NULL: shown under its own id
    Column("publisher_site", String, nullable=False),
    Column("url_key", String(20), nullable=False),
    Column("title_key", String(20), nullable=True),  # NULL: no title, or one too short to tell checks apart
    Column("day_key", String(20), nullable=True),  # NULL: no date
    Index("ix_reviews_change", "change", unique=True),
    Index("ix_reviews_url_key", "url_key"),
    Index("ix_reviews_title_key", "title_key"),
    Index("ix_reviews_day_key", "day_key"),
    Index("ix_reviews_twin_of", "twin_of"),
    sqlite_with_rowid=False,
)

#: Every text that a check ever had, numbered from 1; none is overwritten.
review_versions = Table(
    "review_versions",
    metadata,
    Column("review_id", String(20), ForeignKey("reviews.review_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content_hash", String(20), nullable=False),
    Column("content", Text, nullable=False),  # the ClaimReview's fields as JSON, empty ones left out
)

#: Where each check was read from, and under which licence; exports filter by it.
origins = Table(
    "origins",
    metadata,
    Column("review_id", String(20), ForeignKey("reviews.review_id"), primary_key=True),
    Column("source", String, primary_key=True),
    Column("licence", String, nullable=True),  # NULL: the source says nothing
    Column("content_hash", String(20), nullable=False),  # what this source said last
    Column("imported_at", String, nullable=False),
)

#: Publishers' hosts and how many checks each has, so that counting is cheap.
publishers = Table(
    "publishers",
    metadata,
    Column("site", String, primary_key=True),
    Column("n_reviews", Integer, nullable=False),
)

#: One row for each document imported: how far, and whether to its end.
import_runs = Table(
    "import_runs",
    metadata,
    Column("source", String, primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("finished", Boolean(create_constraint=False), nullable=False),
    Column("imported_at", String, nullable=False),
)

#: How many records of a document were rejected, by reason (G25).
import_rejects = Table(
    "import_rejects",
    metadata,
    Column("source", String, primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("reason", String, primary_key=True),
    Column("n_records", Integer, nullable=False),
    ForeignKeyConstraint(["source", "content_hash"], ["import_runs.source", "import_runs.content_hash"]),
)
