"""Tables of mutual assistance: the register of matters, their papers, the clocks that run.

What a matter says (facts, persons, answers) stands in the papers' payloads alone, encrypted.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    exchange_columns,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    text,
    where,
)
from exchange_node.store.tables.records import still_there

assistance_case = Table(
    "assistance_case",
    metadata,
    number(),
    text("kind"),
    text("reference"),
    text("direction"),
    text("partner"),
    text("stage"),
    text("form"),
    text("matter"),
    Column("urgent", Boolean, nullable=False),
    text("language"),
    text("reciprocity"),
    text("oral_request"),
    text("confirmed_by"),
    text("ground"),
    moment("asked_at"),
    perhaps_moment("acknowledged_at"),
    perhaps_moment("postponed_at"),
    perhaps_moment("postponed_until"),
    perhaps_moment("closed_at"),
    text("message_id"),
    *exchange_columns(),
    moment("stored_at"),
    text("stored_by"),
    moment("changed_at"),
    text("changed_by"),
    UniqueConstraint("sender", "reference"),
    Index(None, "message_id"),
    Index(None, "partner", "stage"),
    Index(None, "asked_at"),
)

assistance_paper = Table(
    "assistance_paper",
    metadata,
    number(),
    Column("case_number", NUMBER, ForeignKey("assistance_case.number"), nullable=False),
    text("subject"),
    text("issuer"),
    text("reference"),
    text("direction"),
    text("partner"),
    text("message_id"),
    text("code"),
    text("act"),
    text("ground"),
    perhaps_moment("until"),
    moment("issued_at"),
    text("agreement_id"),
    Column("agreement_version", Integer, nullable=False),
    text("grant_id"),
    text("purpose"),
    text("handling"),
    Column("test", Boolean, nullable=False),
    payload_reference("document_id", nullable=False),
    perhaps_moment("kept_since"),
    perhaps_moment("delete_after"),
    perhaps_moment("disposed_at"),
    perhaps_moment("rejected_at"),
    moment("stored_at"),
    text("stored_by"),
    UniqueConstraint("issuer", "reference"),
    Index(None, "case_number"),
    Index(None, "message_id"),
    still_there("assistance_paper"),
)

assistance_clock = Table(
    "assistance_clock",
    metadata,
    Column(
        "case_number",
        NUMBER,
        ForeignKey("assistance_case.number"),
        primary_key=True,
        autoincrement=False,
    ),
    text("kind", primary_key=True),
    moment("due_at"),
    perhaps_moment("stopped_at"),
    perhaps_moment("ran_out_at"),
    # What has stopped or run out must not slow down the look for what runs.
    Index(
        "ix_assistance_clock_due_at",
        "due_at",
        **where("stopped_at IS NULL AND ran_out_at IS NULL"),
    ),
)
