"""Tables of further use: what was asked and told, what was answered, what was handed on."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    text,
)

# What is said in words (the reason, the conditions) stands in the documents, which are payloads.
onward_request = Table(
    "onward_request",
    metadata,
    number(),
    text("direction"),
    text("partner"),
    text("request_id"),
    text("asking"),
    text("kind"),
    text("subject"),
    text("record_message_id"),
    text("recipient"),
    text("use"),
    text("purpose"),
    moment("at"),
    perhaps_moment("until"),
    perhaps_moment("due_at"),
    text("message_id"),
    payload_reference("document_id", nullable=False),
    # Of the supplier alone: the asker's goes with the record.
    perhaps_moment("delete_after"),
    moment("recorded_at"),
    text("recorded_by"),
    UniqueConstraint("direction", "partner", "request_id"),
    Index(None, "record_message_id"),
)

onward_answer = Table(
    "onward_answer",
    metadata,
    number(),
    Column("request", NUMBER, ForeignKey("onward_request.number"), nullable=False),
    text("answer_id"),
    text("outcome"),
    Column("ordinal", Integer, nullable=False),
    text("ground"),
    perhaps_moment("until"),
    moment("at"),
    text("message_id"),
    payload_reference("document_id", nullable=False),
    moment("recorded_at"),
    text("recorded_by"),
    UniqueConstraint("request", "answer_id"),
    UniqueConstraint("request", "ordinal"),
)

onward_export = Table(
    "onward_export",
    metadata,
    number(),
    text("kind"),
    Column("record", NUMBER, nullable=False),
    text("subject"),
    text("partner"),
    text("record_message_id"),
    text("agreement_id"),
    Column("agreement_version", Integer, nullable=False),
    text("grant_id"),
    text("clause"),
    text("recipient"),
    text("use"),
    text("purpose"),
    text("request_id"),
    text("told_message_id"),
    text("digest"),
    moment("at"),
    text("by"),
    Index(None, "record_message_id"),
)
