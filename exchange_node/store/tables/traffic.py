"""Tables of what comes in and goes out: payloads, submissions, outbox, inbox, duties."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from exchange_node.store.tables.columns import (
    NUMBER,
    exchange_columns,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    plain,
    text,
    where,
)

payload = Table(
    "payload",
    metadata,
    text("payload_id", primary_key=True),
    Column("size", BigInteger, nullable=False),
    text("digest"),
    Column("chunks", Integer, nullable=False),
    perhaps_moment("disposed_at"),
)

payload_chunk = Table(
    "payload_chunk",
    metadata,
    Column("payload_id", Text, ForeignKey("payload.payload_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("locked", LargeBinary, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    number(),
    text("submission_id", unique=True),
    text("submitted_by"),
    Column("idempotency_key", Text, nullable=True),
    text("partner"),
    text("format"),
    text("state"),
    text("movement"),
    text("message_id"),
    text("digest"),
    plain("findings"),
    payload_reference("declaration_id", nullable=False),
    payload_reference("report_id", nullable=True),
    moment("at"),
    moment("changed_at"),
    # What quality is counted by. `tries` 0: it was handed in before anybody counted.
    text("office", server_default=""),
    text("number_digest", server_default=""),
    text("reference_digest", server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    UniqueConstraint("submitted_by", "idempotency_key"),
    Index(None, "message_id"),
    Index(None, "movement"),
    Index(None, "number_digest"),
    Index(None, "reference_digest"),
)

# One row per partner: who claims for a partner locks its line, so that its leases are counted.
# `next_at` keeps its pace: before that moment nothing more goes to the partner. Nothing has got
# through since `failing_since`; `fresh_since` counts what went between two of a backlog.
outbox_line = Table(
    "outbox_line",
    metadata,
    text("partner", primary_key=True),
    perhaps_moment("next_at"),
    perhaps_moment("failing_since"),
    Column("fresh_since", Integer, nullable=False, server_default="0"),
)

outbox = Table(
    "outbox",
    metadata,
    number(),
    text("message_id", unique=True),
    Column("partner", Text, ForeignKey("outbox_line.partner"), nullable=False),
    *exchange_columns(),
    Column("lane", Integer, nullable=False),
    # When what an outage left behind is wanted; it is set in the lane of the backlog alone.
    perhaps_moment("wanted_at"),
    text("conversation_id"),
    text("ref_to_message_id"),
    text("content_type"),
    payload_reference("payload_id", nullable=False),
    text("signed_references"),
    # Pushed to the partner, or waiting under a channel (MPC) for the partner to pull.
    text("binding", server_default="push"),
    text("mpc", server_default=""),
    # The operator who keeps the message back; empty for none.
    text("held_by", server_default=""),
    moment("queued_at"),
    text("state"),
    Column("tries", Integer, nullable=False),
    perhaps_moment("due_at"),
    perhaps_moment("leased_until"),
    text("last_error"),
    payload_reference("receipt_id", nullable=True),
    perhaps_moment("receipted_at"),
    text("answer_reference"),
    perhaps_moment("answered_at"),
    Column("answer_accepted", Boolean, nullable=True),
    plain("answer_findings"),
    # What is final has no moment to be due at, and must not slow down the look for what is.
    Index(
        "ix_outbox_due",
        "partner",
        "lane",
        "due_at",
        **where("due_at IS NOT NULL"),
    ),
    Index(
        "ix_outbox_backlog",
        "partner",
        "wanted_at",
        "number",
        **where("wanted_at IS NOT NULL AND due_at IS NOT NULL"),
    ),
    Index(None, "partner", "state"),
    # Partial, so that no look for what is due takes it for the better way.
    Index(
        "ix_outbox_receipted",
        "partner",
        "receipted_at",
        **where("receipted_at IS NOT NULL"),
    ),
    Index(None, "mpc", "due_at"),
    Index(None, "conversation_id"),
)

inbox = Table(
    "inbox",
    metadata,
    number(),
    text("sender"),
    text("message_id"),
    text("digest"),
    plain("header"),
    payload_reference("payload_id", nullable=True),
    moment("received_at"),
    text("state"),
    Column("verdict", JSON, nullable=False),
    payload_reference("reply_id", nullable=True),
    text("reply_content_type"),
    Column("reply_status", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    perhaps_moment("last_repeat_at"),
    Column("attempts", Integer, nullable=False),
    perhaps_moment("leased_until"),
    perhaps_moment("settled_at"),
    # Who is filed first: alerts before the rest.
    Column("lane", Integer, nullable=False),
    UniqueConstraint("sender", "message_id"),
    Index(None, "state", "number"),
    Index(None, "state", "lane", "number"),
    Index(None, "sender", "received_at"),
)

# What came with a document: scans, certificates of origin. The document names each by its digest.
inbox_attachment = Table(
    "inbox_attachment",
    metadata,
    text("sender", primary_key=True),
    text("message_id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("content_id"),
    text("mime_type"),
    text("name"),
    payload_reference("payload_id", nullable=False),
)

# Messages as they were on the wire, of partners for whom the operator asked for it.
capture = Table(
    "capture",
    metadata,
    number(),
    moment("at"),
    text("partner"),
    text("direction"),
    text("message_id"),
    text("content_type"),
    Column("status", Integer, nullable=False),
    payload_reference("payload_id", nullable=False),
    Index(None, "partner", "number"),
)

# Channels that this node pulls from, and when it asks next.
pull_line = Table(
    "pull_line",
    metadata,
    text("partner", primary_key=True),
    text("mpc", primary_key=True),
    moment("due_at"),
    perhaps_moment("leased_until"),
    Column("failures", Integer, nullable=False),
    text("last_error"),
    # When nothing waited in it any more.
    perhaps_moment("emptied_at"),
)

duty = Table(
    "duty",
    metadata,
    number(),
    text("kind"),
    text("ref"),
    moment("due_at"),
    perhaps_moment("leased_until"),
    Column("asked", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    text("last_error"),
    UniqueConstraint("kind", "ref"),
    Index(None, "kind", "due_at"),
)

# Messages that wait for officers, before they are in the outbox.
waiting_room = Table(
    "waiting_room",
    metadata,
    number(),
    text("message_id", unique=True),
    *exchange_columns(),
    text("conversation_id"),
    text("ref_to_message_id"),
    plain("makers"),
    text("urgency"),
    # Who is shown first: flash before priority, routine, and everything else.
    Column("rank", Integer, nullable=False),
    Column("needed", Integer, nullable=False),
    moment("made_at"),
    moment("until"),
    text("digest"),
    payload_reference("document_id", nullable=False),
    plain("files"),
    text("state"),
    perhaps_moment("settled_at"),
    text("settled_by"),
    text("why"),
    perhaps_moment("reminded_at"),
    Index(None, "state", "rank", "until"),
)

# An approval is evidence: its rows never change.
waiting_room_approval = Table(
    "waiting_room_approval",
    metadata,
    number(),
    Column("waiting", NUMBER, ForeignKey("waiting_room.number"), nullable=False),
    text("officer"),
    moment("at"),
    text("digest"),
    UniqueConstraint("waiting", "officer"),
)

# How far accounts with a partner are given, and what did not agree in one.
account_line = Table(
    "account_line",
    metadata,
    text("partner", primary_key=True),
    text("side", primary_key=True),
    moment("covered_until"),
    Column("covered_number", NUMBER, nullable=False),
)

account_gap = Table(
    "account_gap",
    metadata,
    number(),
    text("partner"),
    text("message_id"),
    text("gap"),
    moment("found_at"),
    text("account_id"),
    UniqueConstraint("partner", "message_id", "gap"),
)
