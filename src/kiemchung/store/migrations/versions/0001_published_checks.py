"""Published checks, their versions and origins, and the imports that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "state",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1", name="single"), autoincrement=False),
        sa.Column("last_change", sa.Integer, nullable=False),
        sa.Column("as_of", sa.String),
        sa.PrimaryKeyConstraint("one", name="pk_state"),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(20)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("twin_of", sa.String(20)),
        sa.Column("publisher_site", sa.String, nullable=False),
        sa.Column("url_key", sa.String(20), nullable=False),
        sa.Column("title_key", sa.String(20)),
        sa.Column("day_key", sa.String(20)),
        sa.PrimaryKeyConstraint("review_id", name="pk_reviews"),
        sa.ForeignKeyConstraint(["twin_of"], ["reviews.review_id"], name="fk_reviews_twin_of"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reviews_change", "reviews", ["change"], unique=True)
    for column in ("url_key", "title_key", "day_key", "twin_of"):
        op.create_index(f"ix_reviews_{column}", "reviews", [column])
    op.create_table(
        "review_versions",
        sa.Column("review_id", sa.String(20)),
        sa.Column("version", sa.Integer, autoincrement=False),
        sa.Column("content_hash", sa.String(20), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "version", name="pk_review_versions"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.review_id"], name="fk_review_versions_review_id"),
    )
    op.create_table(
        "origins",
        sa.Column("review_id", sa.String(20)),
        sa.Column("source", sa.String),
        sa.Column("licence", sa.String),
        sa.Column("content_hash", sa.String(20), nullable=False),
        sa.Column("imported_at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "source", name="pk_origins"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.review_id"], name="fk_origins_review_id"),
    )
    op.create_table(
        "publishers",
        sa.Column("site", sa.String),
        sa.Column("n_reviews", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_publishers"),
    )
    op.create_table(
        "import_runs",
        sa.Column("source", sa.String),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("finished", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("imported_at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("source", "content_hash", name="pk_import_runs"),
    )
    op.create_table(
        "import_rejects",
        sa.Column("source", sa.String),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("reason", sa.String),
        sa.Column("n_records", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source", "content_hash", "reason", name="pk_import_rejects"),
        sa.ForeignKeyConstraint(
            ["source", "content_hash"],
            ["import_runs.source", "import_runs.content_hash"],
            name="fk_import_rejects_source",
        ),
    )
