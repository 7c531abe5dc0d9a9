"""Tables of decisions: rule sets, the days' keys, draws, rulings, and what officers put in place.

None of these rows ever changes, and none holds a value of a person: they outlive the manifest.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    payload_reference,
    text,
)

rule_set = Table(
    "rule_set",
    metadata,
    number(),
    text("digest", unique=True),
    text("text"),
    moment("kept_at"),
)

# `day` is ISO 8601, in UTC; `locked` the key of that day, encrypted.
draw_day = Table(
    "draw_day",
    metadata,
    number(),
    text("day", unique=True),
    text("commitment"),
    Column("locked", LargeBinary, nullable=False),
    moment("committed_at"),
)

# The number is 16 digits of hex: no database has whole numbers of 64 bits without a sign.
draw = Table(
    "draw",
    metadata,
    number(),
    text("movement"),
    Column("test", Boolean, nullable=False),
    text("day"),
    text("rules"),
    text("drawn"),
    Column("per_million", Integer, nullable=False),
    Column("verifiable", Boolean, nullable=False),
    moment("at"),
    UniqueConstraint("movement", "test"),
)

# Inputs and outcome are kept as the text that was made, so that no database has to give them back
# in the same form.
ruling = Table(
    "ruling",
    metadata,
    number(),
    Column("manifest", NUMBER, nullable=False),
    text("movement"),
    Column("test", Boolean, nullable=False),
    text("direction"),
    text("office"),
    text("rules"),
    text("channel"),
    Column("drawn", Boolean, nullable=False),
    text("inputs"),
    text("outcome"),
    text("digest"),
    moment("at"),
    Index(None, "manifest", "number"),
    Index(None, "at"),
)

ruling_act = Table(
    "ruling_act",
    metadata,
    number(),
    Column("ruling", NUMBER, nullable=False),
    text("movement"),
    Column("test", Boolean, nullable=False),
    text("was"),
    text("becomes"),
    text("reason"),
    payload_reference("words_id", nullable=True),
    Column("lifts_draw", Boolean, nullable=False),
    Column("in_force", Boolean, nullable=False),
    text("by"),
    moment("at"),
    Index(None, "movement", "number"),
    Index(None, "ruling"),
)
