"""What the public log has yet to say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the outbox of the log."""
    op.create_table(
        "log_outbox",
        sa.Column("event_id", sa.String(20)),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_log_outbox"),
        sqlite_with_rowid=False,
    )
