"""Verifiers, requests, notes, ratings and scores."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the commons."""
    _contributions()
    _scores()


def _contributions() -> None:
    op.create_table(
        "accounts",
        sa.Column("verifier", sa.LargeBinary(32)),
        sa.Column("paused_until", sa.String(10)),
        sa.PrimaryKeyConstraint("verifier", name="pk_accounts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(20)),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("n_asked", sa.Integer, nullable=False),
        sa.Column("answered", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_requests"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_requests_n_asked", "requests", ["answered", "n_asked"])
    op.create_table(
        "asks",
        sa.Column("request_id", sa.String(20)),
        sa.Column("ask_key", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("request_id", "ask_key", name="pk_asks"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name="fk_asks_request_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notes",
        sa.Column("note_id", sa.String(20)),
        sa.Column("request_id", sa.String(20), nullable=False),
        sa.Column("writer_key", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("n_ratings", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_notes"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name="fk_notes_request_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notes_request_id", "notes", ["request_id"])
    op.create_index("ix_notes_writer_key", "notes", ["writer_key"])
    op.create_table(
        "ratings",
        sa.Column("note_id", sa.String(20)),
        sa.Column("rater_key", sa.LargeBinary(32)),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("tags", sa.Integer, nullable=False),
        sa.Column("not_tags", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("note_id", "rater_key", name="pk_ratings"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.note_id"], name="fk_ratings_note_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ratings_rater_key", "ratings", ["rater_key"])


def _scores() -> None:
    op.create_table(
        "scoring_runs",
        sa.Column("run_id", sa.String(20)),
        sa.Column("finished_at", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("config", sa.String(64), nullable=False),
        sa.Column("input_root", sa.String(64), nullable=False),
        sa.Column("result_root", sa.String(64), nullable=False),
        sa.Column("n_notes", sa.Integer, nullable=False),
        sa.Column("n_ratings", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_scoring_runs"),
    )
    op.create_index("ix_scoring_runs_finished_at", "scoring_runs", ["finished_at"])
    op.create_table(
        "scores",
        sa.Column("note_id", sa.String(20)),
        sa.Column("run_id", sa.String(20), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("locked", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("ever_decided", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_scores"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.note_id"], name="fk_scores_note_id"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.run_id"], name="fk_scores_run_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_scores_status", "scores", ["status"])
    op.create_table(
        "status_changes",
        sa.Column("note_id", sa.String(20)),
        sa.Column("run_id", sa.String(20)),
        sa.Column("before", sa.String(16)),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("note_id", "run_id", name="pk_status_changes"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.note_id"], name="fk_status_changes_note_id"),
        sa.ForeignKeyConstraint(["run_id"], ["scoring_runs.run_id"], name="fk_status_changes_run_id"),
    )
    op.create_index("ix_status_changes_at", "status_changes", ["at"])
    op.create_table(
        "redactions",
        sa.Column("note_id", sa.String(20)),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_redactions"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.note_id"], name="fk_redactions_note_id"),
    )
    op.create_table(
        "site",
        sa.Column("key", sa.String),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_site"),
    )
