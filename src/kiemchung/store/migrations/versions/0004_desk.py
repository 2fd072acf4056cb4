"""A desk's members and its own checks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the desk."""
    op.create_table(
        "desk_members",
        sa.Column("verifier", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("verifier", name="pk_desk_members"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_checks",
        sa.Column("check_id", sa.String(20)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("in_work", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("handed_in", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("writer_key", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("check_id", name="pk_desk_checks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_versions",
        sa.Column("check_id", sa.String(20)),
        sa.Column("version", sa.Integer, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("check_id", "version", name="pk_desk_versions"),
        sa.ForeignKeyConstraint(["check_id"], ["desk_checks.check_id"], name="fk_desk_versions_check_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_replies",
        sa.Column("check_id", sa.String(20)),
        sa.Column("position", sa.Integer, autoincrement=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("by_whom", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("check_id", "position", name="pk_desk_replies"),
        sa.ForeignKeyConstraint(["check_id"], ["desk_checks.check_id"], name="fk_desk_replies_check_id"),
        sqlite_with_rowid=False,
    )
