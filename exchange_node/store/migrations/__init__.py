"""Alembic's scripts: the schema as it was and is, one step a file."""
