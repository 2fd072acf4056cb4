"""Why something was cut out of the claim of a request."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of what was cut out of requests."""
    op.create_table(
        "request_redactions",
        sa.Column("request_id", sa.String(20)),
        sa.Column("position", sa.Integer, autoincrement=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "position", name="pk_request_redactions"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name="fk_request_redactions_request_id"),
        sqlite_with_rowid=False,
    )
