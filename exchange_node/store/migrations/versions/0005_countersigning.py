"""What the parties did to an agreement; how it stands follows from that and is no longer a column.

What was activated stays active: an act says so, and another where it was suspended or had ended.
A program that does not know of acts would let messages flow while an agreement is suspended.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    MOMENT,
    append_only,
    foreign,
    index,
    integers,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ACTS = {"active": (), "suspended": ("suspended",), "ended": ("terminated",)}
"""What has been done by hand to a version of each state, after it was activated."""


def upgrade() -> None:
    op.create_table(
        "agreement_act",
        *numbers("number"),
        *texts("agreement_id digest act party act_id reason why algorithm certificate signature"),
        *integers("version", "ordinal"),
        *moments("at", "recorded_at"),
        *moments("signed_at", nullable=True),
        *jsons("grants"),
        *texts("recorded_by message_id"),
        *texts("document_id", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_agreement_act"),
        unique("agreement_act", "party", "act_id"),
        foreign("agreement_act", "document_id", "payload.payload_id"),
    )
    index("agreement_act", "agreement_id", "version")
    _carry_over()
    append_only("agreement_act")
    op.drop_column("agreement", "state")
    op.drop_column("agreement", "why")
    op.alter_column("agreement", "changed_at", new_column_name="kept_at")
    op.alter_column("agreement", "changed_by", new_column_name="kept_by")


def _carry_over() -> None:
    """Write down as acts what the states said: acts by hand, and so of no party."""
    conn = op.get_bind()
    held = sa.table(
        "agreement",
        *(sa.column(name) for name in ("agreement_id", "version", "digest", "state")),
        *(sa.column(name) for name in ("changed_by", "why")),
        sa.column("changed_at", MOMENT),
    )
    rows = []
    for one in conn.execute(sa.select(held).order_by("agreement_id", "version")):
        for ordinal, act in enumerate(("activated", *_ACTS[one.state]), start=1):
            rows.append(
                {
                    "agreement_id": one.agreement_id,
                    "version": one.version,
                    "digest": one.digest,
                    "act": act,
                    "party": "",
                    "act_id": f"{one.agreement_id}/{one.version}/{ordinal}",
                    "ordinal": ordinal,
                    "at": one.changed_at,
                    "grants": [],
                    "reason": "",
                    "why": one.why if ordinal > 1 else "",
                    "algorithm": "",
                    "certificate": "",
                    "signature": "",
                    "recorded_at": one.changed_at,
                    "recorded_by": one.changed_by,
                    "message_id": "",
                }
            )
    if rows:
        acts = sa.table(
            "agreement_act",
            *(sa.column(name) for name in rows[0] if name not in ("at", "recorded_at", "grants")),
            sa.column("at", MOMENT),
            sa.column("recorded_at", MOMENT),
            sa.column("grants", sa.JSON()),
        )
        conn.execute(sa.insert(acts), rows)
