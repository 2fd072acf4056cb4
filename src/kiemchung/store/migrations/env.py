"""Alembic's entry: runs migrations on the connection that the store hands over."""

from alembic import context

from kiemchung.store import contributions_schema as _contributions  # noqa: F401  declares its tables on metadata
from kiemchung.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
