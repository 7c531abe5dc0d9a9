"""What the parties did to agreements: rows that are added and never change.

An act of the same party under the same number is the same act: telling it twice changes nothing.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from exchange_node.domain.countersigning.acts import Act, AgreementAct, Signature
from exchange_node.store.database import add_once
from exchange_node.store.tables import agreement_act as table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

BY_HAND = ""
"""The party of what an operator did at this node alone, of which nothing travels."""

# Made once: it is asked for every message.
_DONE = select(
    table.c.agreement_id,
    table.c.version,
    table.c.act,
    table.c.party,
    table.c.ordinal,
    table.c.grants,
    table.c.at,
).order_by(table.c.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAct:
    """An act as it was recorded.

    Attributes:
        recorded_at, recorded_by: when it was taken here, and by whom or which walk.
        message_id: of the message that it went or came with; empty where a file brought it.
        document_id: payload id of the sealed document; None for what was done by hand.
    """

    act: AgreementAct
    recorded_at: datetime
    recorded_by: str
    message_id: str
    document_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneAct:
    """What of an act counts for the stage of its version; `at` is what its party says."""

    act: Act
    party: str
    ordinal: int
    grants: tuple[str, ...]
    at: datetime


def add(conn: Connection, kept: KeptAct) -> bool:
    """Record an act; return False where it was recorded before."""
    act, signature = kept.act, kept.act.signature
    row = {
        "agreement_id": act.agreement_id,
        "version": act.version,
        "digest": act.digest,
        "act": act.act,
        "party": act.party,
        "act_id": act.act_id,
        "ordinal": act.ordinal,
        "at": act.at,
        "grants": list(act.grants),
        "reason": act.reason,
        "why": act.why,
        "algorithm": signature.algorithm if signature else "",
        "certificate": _text(signature.certificate) if signature else "",
        "signature": _text(signature.value) if signature else "",
        "signed_at": signature.at if signature else None,
        "recorded_at": kept.recorded_at,
        "recorded_by": kept.recorded_by,
        "message_id": kept.message_id,
        "document_id": kept.document_id,
    }
    return add_once(conn, table, row)


def is_known(conn: Connection, party: str, act_id: str) -> bool:
    """Whether an act was recorded."""
    known = select(table.c.number).where(table.c.party == party, table.c.act_id == act_id)
    return conn.execute(known).first() is not None


def done(conn: Connection) -> dict[tuple[str, int], list[DoneAct]]:
    """Return what was done to each version, in the order in which it was recorded."""
    found: dict[tuple[str, int], list[DoneAct]] = {}
    for row in conn.execute(_DONE):
        found.setdefault((row.agreement_id, row.version), []).append(
            DoneAct(
                act=Act(row.act),
                party=row.party,
                ordinal=row.ordinal,
                grants=tuple(row.grants),
                at=row.at,
            )
        )
    return found


def of(conn: Connection, agreement_id: str, version: int) -> Sequence[KeptAct]:
    """Return the acts on one version, in the order in which they were recorded."""
    rows = conn.execute(
        select(table)
        .where(table.c.agreement_id == agreement_id, table.c.version == version)
        .order_by(table.c.number)
    )
    return [_kept(row) for row in rows]


def _kept(row: Row[Any]) -> KeptAct:
    signature = None
    if row.signed_at is not None:
        signature = Signature(
            algorithm=row.algorithm,
            certificate=base64.b64decode(row.certificate, validate=True),
            value=base64.b64decode(row.signature, validate=True),
            at=row.signed_at,
        )
    return KeptAct(
        act=AgreementAct(
            act_id=row.act_id,
            act=Act(row.act),
            party=row.party,
            agreement_id=row.agreement_id,
            version=row.version,
            digest=row.digest,
            ordinal=row.ordinal,
            at=row.at,
            grants=tuple(row.grants),
            reason=row.reason,
            why=row.why,
            signature=signature,
        ),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        message_id=row.message_id,
        document_id=row.document_id,
    )


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
