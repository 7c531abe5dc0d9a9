"""The first schema: what comes in and goes out, what officers work with, what the node needs.

A migration says what the schema was when it was written; it takes nothing from `tables`.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    NUMBER,
    append_only,
    booleans,
    exchange,
    foreign,
    index,
    integers,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _traffic()
    _records()
    _house()
    append_only("audit")
    head = sa.table("audit_head", sa.column("one"), sa.column("number"), sa.column("digest"))
    op.execute(head.insert().values(one=1, number=0, digest="0" * 64))
    meta = sa.table("node_meta", sa.column("name"), sa.column("value"))
    op.execute(meta.insert().values(name="matching", value=""))


def _traffic() -> None:
    op.create_table(
        "payload",
        *texts("payload_id digest"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *integers("chunks"),
        *moments("disposed_at", nullable=True),
        sa.PrimaryKeyConstraint("payload_id", name="pk_payload"),
    )
    op.create_table(
        "payload_chunk",
        *texts("payload_id"),
        *integers("position"),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("payload_id", "position", name="pk_payload_chunk"),
        foreign("payload_chunk", "payload_id", "payload.payload_id"),
    )
    op.create_table(
        "submission",
        sa.Column("number", NUMBER, nullable=False),
        *texts(
            "submission_id submitted_by partner format state movement message_id digest "
            "declaration_id"
        ),
        *texts("idempotency_key report_id", nullable=True),
        *jsons("findings"),
        *moments("at", "changed_at"),
        sa.PrimaryKeyConstraint("number", name="pk_submission"),
        foreign("submission", "declaration_id", "payload.payload_id"),
        foreign("submission", "report_id", "payload.payload_id"),
        unique("submission", "submission_id"),
        unique("submission", "submitted_by", "idempotency_key"),
    )
    index("submission", "message_id")
    index("submission", "movement")
    op.create_table(
        "outbox_line",
        *texts("partner"),
        sa.PrimaryKeyConstraint("partner", name="pk_outbox_line"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", NUMBER, nullable=False),
        *texts(
            "message_id partner conversation_id ref_to_message_id content_type payload_id "
            "signed_references state last_error answer_reference"
        ),
        *exchange(),
        *integers("lane"),
        *moments("queued_at"),
        *integers("tries"),
        *moments("due_at", "leased_until", "receipted_at", "answered_at", nullable=True),
        *texts("receipt_id", nullable=True),
        *booleans("answer_accepted", nullable=True),
        *jsons("answer_findings"),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        foreign("outbox", "partner", "outbox_line.partner"),
        foreign("outbox", "payload_id", "payload.payload_id"),
        foreign("outbox", "receipt_id", "payload.payload_id"),
        unique("outbox", "message_id"),
    )
    index("outbox", "conversation_id")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["lane", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    index("outbox", "partner", "state")
    op.create_table(
        "inbox",
        sa.Column("number", NUMBER, nullable=False),
        *texts("sender message_id digest state reply_content_type"),
        *jsons("header", "verdict"),
        *texts("payload_id reply_id", nullable=True),
        *moments("received_at"),
        *integers("reply_status"),
        *integers("repeats", "attempts"),
        *moments("last_repeat_at", "leased_until", "settled_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_inbox"),
        foreign("inbox", "payload_id", "payload.payload_id"),
        foreign("inbox", "reply_id", "payload.payload_id"),
        unique("inbox", "sender", "message_id"),
    )
    index("inbox", "state", "number")
    op.create_table(
        "duty",
        sa.Column("number", NUMBER, nullable=False),
        *texts("kind ref last_error"),
        *moments("due_at"),
        *moments("leased_until", nullable=True),
        *integers("asked", "attempts"),
        sa.PrimaryKeyConstraint("number", name="pk_duty"),
        unique("duty", "kind", "ref"),
    )
    index("duty", "kind", "due_at")


def _records() -> None:
    op.create_table(
        "manifest",
        sa.Column("number", NUMBER, nullable=False),
        *texts(
            "direction partner message_id movement functional_reference mrn channel document_id"
        ),
        *integers("version"),
        *jsons("offices", "means", "equipment", "seals", "decision"),
        *moments("expected_arrival", "decided_at", nullable=True),
        *exchange(),
        *moments("stored_at", "delete_after"),
        *numbers("superseded_by", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_manifest"),
        foreign("manifest", "document_id", "payload.payload_id"),
        foreign("manifest", "superseded_by", "manifest.number"),
        unique("manifest", "direction", "partner", "message_id"),
        unique("manifest", "direction", "partner", "movement", "version"),
    )
    index("manifest", "delete_after")
    index("manifest", "movement")
    op.create_table(
        "manifest_key",
        *texts("kind value"),
        *numbers("manifest"),
        sa.PrimaryKeyConstraint("kind", "value", "manifest", name="pk_manifest_key"),
        foreign("manifest_key", "manifest", "manifest.number"),
    )
    index("manifest_key", "manifest")
    op.create_table(
        "alert",
        sa.Column("number", NUMBER, nullable=False),
        *texts(
            "issuer alert_id direction partner message_id state function category urgency "
            "marking permitted_action summary handling document_id stored_by changed_by"
        ),
        *integers("version"),
        *integers("severity"),
        *booleans("unverified", "test"),
        *moments("issued_at", "valid_from", "valid_until", "stored_at", "changed_at"),
        sa.PrimaryKeyConstraint("number", name="pk_alert"),
        foreign("alert", "document_id", "payload.payload_id"),
        unique("alert", "issuer", "alert_id", "version"),
    )
    index("alert", "direction", "state")
    index("alert", "valid_until")
    op.create_table(
        "alert_key",
        *texts("kind value"),
        *numbers("alert"),
        *integers("subject"),
        sa.PrimaryKeyConstraint("kind", "value", "alert", "subject", name="pk_alert_key"),
        foreign("alert_key", "alert", "alert.number"),
    )
    index("alert_key", "alert")
    op.create_table(
        "alert_recipient",
        *numbers("alert"),
        *texts("partner message_id"),
        *moments("queued_at"),
        *moments("delivered_at", "accepted_at", "rejected_at", "acknowledged_at", nullable=True),
        *jsons("findings"),
        sa.PrimaryKeyConstraint("alert", "partner", name="pk_alert_recipient"),
        foreign("alert_recipient", "alert", "alert.number"),
        unique("alert_recipient", "message_id"),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("number", NUMBER, nullable=False),
        *texts("issuer reference alert_id office remark direction message_id stored_by"),
        *integers("alert_version"),
        *moments("issued_at", "seen_at", "stored_at"),
        *jsons("communications"),
        sa.PrimaryKeyConstraint("number", name="pk_acknowledgement"),
        unique("acknowledgement", "issuer", "reference"),
    )
    index("acknowledgement", "alert_id")
    op.create_table(
        "hit",
        *numbers("alert", "manifest"),
        *integers("subject"),
        *jsons("reasons"),
        *moments("at"),
        sa.PrimaryKeyConstraint("alert", "manifest", "subject", name="pk_hit"),
        foreign("hit", "alert", "alert.number"),
        foreign("hit", "manifest", "manifest.number"),
    )
    index("hit", "manifest")


def _house() -> None:
    op.create_table(
        "node_meta",
        *texts("name value"),
        sa.PrimaryKeyConstraint("name", name="pk_node_meta"),
    )
    op.create_table(
        "agreement",
        sa.Column("number", NUMBER, nullable=False),
        *texts("agreement_id digest text state changed_by why"),
        *integers("version"),
        *moments("changed_at"),
        sa.PrimaryKeyConstraint("number", name="pk_agreement"),
        unique("agreement", "agreement_id", "version"),
    )
    op.create_table(
        "token",
        sa.Column("number", NUMBER, nullable=False),
        *texts("digest name created_by"),
        *jsons("roles"),
        *moments("created_at", "expires_at"),
        *moments("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_token"),
        unique("token", "digest"),
        unique("token", "name"),
    )
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, nullable=False, autoincrement=False),
        *moments("at"),
        *texts(
            "actor action subject_kind subject_key movement message_id partner facts previous "
            "digest"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    index("audit", "message_id")
    index("audit", "movement")
    index("audit", "subject_kind", "subject_key")
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", NUMBER, nullable=False),
        *texts("digest"),
        sa.PrimaryKeyConstraint("one", name="pk_audit_head"),
    )
