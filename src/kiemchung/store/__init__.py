"""The Store port: SQLite first."""
