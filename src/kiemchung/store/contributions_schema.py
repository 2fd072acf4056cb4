"""The tables of the commons: verifiers, requests, notes, ratings, scores.

Nothing joins a verifier to a rater's or a writer's key. Keys are random to the database and are the order of their
tables (no row numbers), and of time only the day is kept, so that neither order nor time gives the join back (G2, G3).
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from kiemchung.store.schema import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("verifier", LargeBinary(32), primary_key=True),
    Column("paused_until", String(10), nullable=True),  # NULL: not paused
    sqlite_with_rowid=False,
)

requests = Table(
    "requests",
    metadata,
    Column("request_id", String(20), primary_key=True),
    Column("claim", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("n_asked", Integer, nullable=False),
    Column("answered", Boolean(create_constraint=False), nullable=False),
    Index("ix_requests_n_asked", "answered", "n_asked"),
    sqlite_with_rowid=False,
)

#: ask_key = HMAC(a key of the codename's own, request): one codename's wishes cannot be told to be of one.
asks = Table(
    "asks",
    metadata,
    Column("request_id", String(20), ForeignKey("requests.request_id"), primary_key=True),
    Column("ask_key", LargeBinary(32), primary_key=True),
    sqlite_with_rowid=False,
)

notes = Table(
    "notes",
    metadata,
    Column("note_id", String(20), primary_key=True),
    Column("request_id", String(20), ForeignKey("requests.request_id"), nullable=False),
    Column("writer_key", LargeBinary(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("content", Text, nullable=True),  # the draft as JSON; NULL: withdrawn or redacted
    Column("n_ratings", Integer, nullable=False),
    Index("ix_notes_request_id", "request_id"),
    Index("ix_notes_writer_key", "writer_key"),
    sqlite_with_rowid=False,
)

ratings = Table(
    "ratings",
    metadata,
    Column("note_id", String(20), ForeignKey("notes.note_id"), primary_key=True),
    Column("rater_key", LargeBinary(32), primary_key=True),
    Column("level", SmallInteger, nullable=False),  # 0 not, 1 somewhat, 2 helpful
    Column("tags", Integer, nullable=False),  # bit i: model.HELPFUL_TAGS[i]
    Column("not_tags", Integer, nullable=False),  # bit i: model.NOT_HELPFUL_TAGS[i]
    Column("day", String(10), nullable=False),
    Index("ix_ratings_rater_key", "rater_key"),
    sqlite_with_rowid=False,
)

scoring_runs = Table(
    "scoring_runs",
    metadata,
    Column("run_id", String(20), primary_key=True),
    Column("finished_at", String, nullable=False),
    Column("version", String, nullable=False),
    Column("config", String(64), nullable=False),
    Column("input_root", String(64), nullable=False),
    Column("result_root", String(64), nullable=False),
    Column("n_notes", Integer, nullable=False),
    Column("n_ratings", Integer, nullable=False),
    Index("ix_scoring_runs_finished_at", "finished_at"),
)

scores = Table(
    "scores",
    metadata,
    Column("note_id", String(20), ForeignKey("notes.note_id"), primary_key=True),
    Column("run_id", String(20), ForeignKey("scoring_runs.run_id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("rule", String, nullable=False),
    Column("numbers", Text, nullable=False),  # JSON object, per note only
    Column("since", String(10), nullable=False),
    Column("locked", Boolean(create_constraint=False), nullable=False),
    Column("ever_decided", Boolean(create_constraint=False), nullable=False),
    Index("ix_scores_status", "status"),
    sqlite_with_rowid=False,
)

status_changes = Table(
    "status_changes",
    metadata,
    Column("note_id", String(20), ForeignKey("notes.note_id"), primary_key=True),
    Column("run_id", String(20), ForeignKey("scoring_runs.run_id"), primary_key=True),
    Column("before", String(16), nullable=True),  # NULL: the first status
    Column("after", String(16), nullable=False),
    Column("rule", String, nullable=False),
    Column("at", String, nullable=False),
    Index("ix_status_changes_at", "at"),
)

redactions = Table(
    "redactions",
    metadata,
    Column("note_id", String(20), ForeignKey("notes.note_id"), primary_key=True),
    Column("rule", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("day", String(10), nullable=False),
)

#: A claim can be cut more than once; what was cut is nowhere.
request_redactions = Table(
    "request_redactions",
    metadata,
    Column("request_id", String(20), ForeignKey("requests.request_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("day", String(10), nullable=False),
    sqlite_with_rowid=False,
)

#: Operators' texts and switches.
site = Table(
    "site",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
