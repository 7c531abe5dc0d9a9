"""Tables of what officers work with: manifests, alerts, what fitted what."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
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
    word_columns,
)


def still_there(table: str) -> Index:
    """Return the index of what is to be disposed of one day; what is gone is not looked at."""
    return Index(f"ix_{table}_delete_after", "delete_after", **where("disposed_at IS NULL"))


manifest = Table(
    "manifest",
    metadata,
    number(),
    text("direction"),
    text("partner"),
    text("message_id"),
    text("movement"),
    Column("version", Integer, nullable=False),
    text("functional_reference"),
    text("mrn"),
    plain("offices"),
    plain("means"),
    plain("equipment"),
    plain("seals"),
    perhaps_moment("expected_arrival"),
    *exchange_columns(),
    text("channel"),
    plain("decision"),
    perhaps_moment("decided_at"),
    payload_reference("document_id", nullable=False),
    moment("stored_at"),
    moment("delete_after"),
    perhaps_moment("disposed_at"),
    Column("superseded_by", NUMBER, ForeignKey("manifest.number"), nullable=True),
    UniqueConstraint("direction", "partner", "message_id"),
    UniqueConstraint("direction", "partner", "movement", "version"),
    Index(None, "movement"),
    still_there("manifest"),
)

manifest_key = Table(
    "manifest_key",
    metadata,
    text("kind", primary_key=True),
    text("value", primary_key=True),
    Column(
        "manifest", NUMBER, ForeignKey("manifest.number"), primary_key=True, autoincrement=False
    ),
    # When to expect it at this office; of a key that is none, and of what was sent, there is none.
    perhaps_moment("due_at"),
    # Of whom the key names, the roles that he has here (`risk.keys`); NULL where nobody has said.
    Column("roles", Integer, nullable=True),
    Index(None, "manifest"),
    Index("ix_manifest_key_due", "value", "due_at", "manifest", **where("due_at IS NOT NULL")),
)

alert = Table(
    "alert",
    metadata,
    number(),
    text("issuer"),
    text("alert_id"),
    Column("version", Integer, nullable=False),
    text("direction"),
    text("partner"),
    text("message_id"),
    text("state"),
    text("function"),
    text("category"),
    Column("severity", Integer, nullable=False),
    text("urgency"),
    text("marking"),
    text("permitted_action"),
    Column("unverified", Boolean, nullable=False),
    text("summary"),
    moment("issued_at"),
    moment("valid_from"),
    moment("valid_until"),
    text("handling"),
    # Of the grant that a received alert came under; our own carry none.
    text("agreement_id", server_default=""),
    Column("agreement_version", Integer, nullable=False, server_default="0"),
    text("grant_id", server_default=""),
    text("purpose", server_default=""),
    Column("test", Boolean, nullable=False),
    payload_reference("document_id", nullable=False),
    perhaps_moment("kept_since"),
    perhaps_moment("delete_after"),
    perhaps_moment("disposed_at"),
    moment("stored_at"),
    text("stored_by"),
    moment("changed_at"),
    text("changed_by"),
    # Unknown of what was filed before it stood apart from the document.
    Column("feedback_requested", Boolean, nullable=True),
    Column("feedback_due_on", Date, nullable=True),
    Column("feedback_scope", Text, nullable=True),
    Column("confidence", Text, nullable=True),
    text("operation", server_default=""),
    UniqueConstraint("issuer", "alert_id", "version"),
    still_there("alert"),
    Index(None, "valid_until"),
    Index(None, "direction", "state"),
    Index(None, "direction", "issued_at"),
    Index(
        "ix_alert_operation",
        "operation",
        "number",
        **where("operation <> ''"),
    ),
)

alert_key = Table(
    "alert_key",
    metadata,
    text("kind", primary_key=True),
    text("value", primary_key=True),
    Column("alert", NUMBER, ForeignKey("alert.number"), primary_key=True, autoincrement=False),
    Column("subject", Integer, primary_key=True, autoincrement=False),
    Index(None, "alert"),
)

known_name = Table(
    "known_name",
    metadata,
    number(),
    text("bearer"),
    text("name"),
    text("hearing"),
    UniqueConstraint("bearer", "name"),
    Index(None, "hearing", "bearer"),
)

known_sound = Table(
    "known_sound",
    metadata,
    text("bearer", primary_key=True),
    text("sound", primary_key=True),
    Column("name", NUMBER, ForeignKey("known_name.number"), primary_key=True, autoincrement=False),
    Index(None, "name"),
)

alert_recipient = Table(
    "alert_recipient",
    metadata,
    Column("alert", NUMBER, ForeignKey("alert.number"), primary_key=True, autoincrement=False),
    text("partner", primary_key=True),
    text("message_id", unique=True),
    moment("queued_at"),
    perhaps_moment("delivered_at"),
    perhaps_moment("accepted_at"),
    perhaps_moment("rejected_at"),
    perhaps_moment("acknowledged_at"),
    plain("findings"),
)

# What of lists became which draft, by the number that its source gave it.
imported_alert = Table(
    "imported_alert",
    metadata,
    text("source", primary_key=True),
    text("reference", primary_key=True),
    text("digest"),
    text("alert_id"),
    moment("imported_at"),
    text("imported_by"),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    number(),
    text("issuer"),
    text("reference"),
    text("alert_id"),
    Column("alert_version", Integer, nullable=False),
    moment("issued_at"),
    moment("seen_at"),
    text("office"),
    plain("communications"),
    text("remark"),
    text("direction"),
    text("message_id"),
    text("stored_by"),
    moment("stored_at"),
    text("stage", server_default="SEE"),
    text("rejection", server_default=""),
    # Which partner said it or was told it, of which alert.
    text("partner", server_default=""),
    text("subject", server_default=""),
    *word_columns(),
    UniqueConstraint("issuer", "reference"),
    Index(None, "alert_id"),
    still_there("acknowledgement"),
)

# What came of an alert: the whole of it is a payload; here stands what is counted and looked for.
alert_feedback = Table(
    "alert_feedback",
    metadata,
    number(),
    Column("alert", NUMBER, ForeignKey("alert.number"), nullable=False),
    text("issuer"),
    text("reference"),
    text("direction"),
    text("message_id"),
    text("result"),
    Column("is_last", Boolean, nullable=False),
    Column("is_seizure", Boolean, nullable=False),
    Column("usefulness", Integer, nullable=True),
    Column("manifest", NUMBER, ForeignKey("manifest.number"), nullable=True),
    payload_reference("document_id", nullable=False),
    moment("issued_at"),
    text("stored_by"),
    moment("stored_at"),
    perhaps_moment("seen_at"),
    text("partner", server_default=""),
    text("subject", server_default=""),
    *word_columns(),
    UniqueConstraint("issuer", "reference"),
    Index(None, "alert"),
    Index(None, "message_id"),
    still_there("alert_feedback"),
)

hit = Table(
    "hit",
    metadata,
    Column("alert", NUMBER, ForeignKey("alert.number"), primary_key=True, autoincrement=False),
    Column(
        "manifest", NUMBER, ForeignKey("manifest.number"), primary_key=True, autoincrement=False
    ),
    Column("subject", Integer, primary_key=True, autoincrement=False),
    plain("reasons"),
    moment("at"),
    Index(None, "manifest"),
)

# Joint operations, which alerts belong to: opened, closed, never changed.
joint_operation = Table(
    "joint_operation",
    metadata,
    number(),
    text("reference"),
    text("name"),
    text("lead"),
    plain("partners"),
    moment("begins"),
    moment("ends"),
    text("purpose"),
    moment("opened_at"),
    text("opened_by"),
    UniqueConstraint("reference"),
)

joint_operation_closing = Table(
    "joint_operation_closing",
    metadata,
    number(),
    Column("operation", NUMBER, ForeignKey("joint_operation.number"), nullable=False),
    text("why"),
    moment("closed_at"),
    text("closed_by"),
    UniqueConstraint("operation"),
)
