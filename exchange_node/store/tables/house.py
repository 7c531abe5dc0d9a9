"""Tables of the node itself: versions, agreements, tokens, audit, counters, what desks are told."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    plain,
    text,
)

node_meta = Table("node_meta", metadata, text("name", primary_key=True), text("value"))

agreement = Table(
    "agreement",
    metadata,
    number(),
    text("agreement_id"),
    Column("version", Integer, nullable=False),
    text("digest"),
    text("text"),
    moment("kept_at"),
    text("kept_by"),
    UniqueConstraint("agreement_id", "version"),
)

# What the parties did to a version; how it stands follows from these rows, and they never change.
agreement_act = Table(
    "agreement_act",
    metadata,
    number(),
    text("agreement_id"),
    Column("version", Integer, nullable=False),
    text("digest"),
    text("act"),
    text("party"),
    text("act_id"),
    Column("ordinal", Integer, nullable=False),
    moment("at"),
    plain("grants"),
    text("reason"),
    text("why"),
    text("algorithm"),
    text("certificate"),
    text("signature"),
    perhaps_moment("signed_at"),
    moment("recorded_at"),
    text("recorded_by"),
    text("message_id"),
    payload_reference("document_id", nullable=True),
    UniqueConstraint("party", "act_id"),
    Index(None, "agreement_id", "version"),
)

token = Table(
    "token",
    metadata,
    number(),
    text("digest", unique=True),
    text("name", unique=True),
    plain("roles"),
    # Empty means what the roles work for.
    Column("purposes", JSON, nullable=False, server_default="[]"),
    Column("offices", JSON, nullable=False, server_default="[]"),
    moment("created_at"),
    text("created_by"),
    moment("expires_at"),
    perhaps_moment("revoked_at"),
)

# The text that was hashed is kept as it was, so that no database has to give a number, a moment
# or a mapping back in the same form for the chain to hold.
audit = Table(
    "audit",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    moment("at"),
    text("actor"),
    text("action"),
    text("subject_kind"),
    text("subject_key"),
    text("movement"),
    text("message_id"),
    text("partner"),
    text("facts"),
    text("previous"),
    text("digest"),
    Index(None, "movement"),
    Index(None, "message_id"),
    Index(None, "subject_kind", "subject_key"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("number", NUMBER, nullable=False),
    text("digest"),
)

# When this node and its partners are away: what was said last of each number.
outage = Table(
    "outage",
    metadata,
    text("party", primary_key=True),
    text("outage_id", primary_key=True),
    plain("functions"),
    moment("begins"),
    moment("ends"),
    text("reason"),
    text("meanwhile"),
    Column("paper", Boolean, nullable=False),
    Column("planned", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    moment("told_at"),
    Index(None, "party", "ends"),
)

# Whether a partner is there, and what it said last of itself: one row for each.
pulse = Table(
    "pulse",
    metadata,
    text("partner", primary_key=True),
    moment("asked_at"),
    text("asked_id"),
    perhaps_moment("heard_at"),
    perhaps_moment("silent_since"),
    text("last_error"),
    text("said_id"),
    Column("clock_seconds", Integer, nullable=False),
    text("program"),
    plain("schemas"),
    plain("unknown_schemas"),
    plain("agreements"),
    # The number of a ping that is still to be answered; empty for none.
    text("owed"),
)

# What the node of an office was told last of each manifest that it expects.
office_entry = Table(
    "office_entry",
    metadata,
    text("partner", primary_key=True),
    Column("manifest", NUMBER, primary_key=True, autoincrement=False),
    text("movement"),
    # The state of it that was told; empty where it was told to be expected no longer.
    text("tag"),
    text("message_id"),
    # Whether an earlier message may have reached it.
    Column("told_before", Boolean, nullable=False),
    Index(None, "message_id"),
)

# Counters, one row for each key; `day` is ISO 8601. No row names a movement or a person.
quality = Table(
    "quality",
    metadata,
    text("day", primary_key=True),
    text("direction", primary_key=True),
    text("partner", primary_key=True),
    text("office", primary_key=True),
    text("format", primary_key=True),
    text("field", primary_key=True),
    text("what", primary_key=True),
    text("rule", primary_key=True),
    Column("documents", Integer, nullable=False),
    Column("places", Integer, nullable=False),
)

# A happening at a desk, and by which ways it was told there; when a way is tried next is a duty.
notification = Table(
    "notification",
    metadata,
    number(),
    text("notice"),
    text("desk"),
    text("code"),
    Column("severity", Integer, nullable=False),
    moment("at"),
    moment("opened_at"),
    plain("facts"),
    text("about"),
    perhaps_moment("acknowledge_by"),
    text("state"),
    perhaps_moment("settled_at"),
    text("settled_by"),
    UniqueConstraint("notice", "desk"),
    Index(None, "state", "number"),
    Index(None, "settled_at"),
)

notification_way = Table(
    "notification_way",
    metadata,
    Column("notification", NUMBER, ForeignKey("notification.number"), primary_key=True),
    text("way", primary_key=True),
    text("state"),
    Column("tries", Integer, nullable=False),
    text("last_error"),
    perhaps_moment("settled_at"),
)
