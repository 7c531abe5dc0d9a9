"""How far each alert has been held against what was here before it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table

from exchange_node.store.tables.columns import NUMBER, metadata, moment, perhaps_moment, text

alert_search = Table(
    "alert_search",
    metadata,
    Column("alert", NUMBER, ForeignKey("alert.number"), primary_key=True, autoincrement=False),
    # How often it was begun: an alert that is read anew is looked for anew.
    Column("round", Integer, nullable=False),
    text("stage"),
    moment("begun_at"),
    # What is looked at next has a lower number.
    Column("below", NUMBER, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("fitted", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("candidates", Integer, nullable=True),
    perhaps_moment("ended_at"),
)
