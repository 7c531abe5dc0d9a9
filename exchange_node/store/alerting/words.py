"""What desks said of alerts by RA-020: seen, taken up, rejected; ours and the partners'."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from exchange_node.domain.alert import Acknowledgement, Contact, RejectionReason, Stage
from exchange_node.store.alerting.ending import kept
from exchange_node.store.database import add_once
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import acknowledgement as table
from exchange_node.store.tables import alert, outbox, waiting_room

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.retention import Until
    from exchange_node.store.records.held import HeldAlert


EMPTIED: Mapping[str, object] = MappingProxyType({"remark": "", "communications": []})
"""What is left of an acknowledgement when its words are gone: office, stage and moments stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a desk said, and the message that carries it.

    Attributes:
        disposed_at: when its remark was deleted, and whom one reaches there; None while it is held.
    """

    message_id: str
    said: Acknowledgement
    disposed_at: datetime | None = None


def lock(conn: Connection, number: int) -> None:
    """Let nobody else change an alert until the transaction ends."""
    conn.execute(select(alert.c.number).where(alert.c.number == number).with_for_update())


def say(
    conn: Connection,
    acknowledgement: Acknowledgement,
    *,
    alert: HeldAlert,
    direction: Direction,
    message_id: str,
    by: str,
    at: datetime,
    until: Until | None = None,
) -> bool:
    """Record an acknowledgement, ours or a partner's; return False where its number is taken.

    `by` is who has seen the alert here (a user), or `node` where a partner's arrived; `until` how
    long its words are kept, None where disposal is to find it out. One of ours that its issuer did
    not take is recorded over.
    """
    row = {
        "issuer": acknowledgement.issuer,
        "reference": acknowledgement.reference,
        "alert_id": acknowledgement.alert_id,
        "alert_version": acknowledgement.alert_version,
        "issued_at": acknowledgement.issued_at,
        "seen_at": acknowledgement.seen_at,
        "office": acknowledgement.contact.office,
        "communications": [list(one) for one in acknowledgement.contact.communications],
        "remark": acknowledgement.remark,
        "stage": acknowledgement.stage,
        "rejection": acknowledgement.rejection.value if acknowledgement.rejection else "",
        "direction": direction,
        "message_id": message_id,
        "stored_by": by,
        "stored_at": at,
        **kept(alert, acknowledgement.issuer, direction, until),
    }
    if add_once(conn, table, row):
        return True
    if direction is not Direction.SENT:
        return False
    conn.execute(
        update(table)
        .where(
            table.c.issuer == acknowledgement.issuer,
            table.c.reference == acknowledgement.reference,
        )
        .values(row)
    )
    return True


def own_reference(
    conn: Connection, alert_id: str, version: int, partner: str, stage: Stage
) -> str | None:
    """Return the reference of what we told a partner of its alert before; None for nothing."""
    return conn.execute(
        select(table.c.reference)
        .join(outbox, outbox.c.message_id == table.c.message_id, isouter=True)
        .join(waiting_room, waiting_room.c.message_id == table.c.message_id, isouter=True)
        .where(
            table.c.alert_id == alert_id,
            table.c.alert_version == version,
            table.c.direction == Direction.SENT,
            table.c.stage == stage,
            table.c.disposed_at.is_(None),  # words that are gone are not told anew
            or_(outbox.c.partner == partner, waiting_room.c.recipient == partner),
        )
        .order_by(table.c.number.desc())
        .limit(1)
    ).scalar_one_or_none()


def about(conn: Connection, message_id: str, partner: str) -> tuple[int, Stage] | None:
    """Return the number of the partner's alert that a message of ours is a word on, and which."""
    row = conn.execute(
        select(alert.c.number, table.c.stage)
        .join(
            table,
            (table.c.alert_id == alert.c.alert_id) & (table.c.alert_version == alert.c.version),
        )
        .where(
            table.c.message_id == message_id,
            table.c.direction == Direction.SENT,
            alert.c.direction == Direction.RECEIVED,
            alert.c.partner == partner,  # another issuer may have given that id too
        )
    ).one_or_none()
    return None if row is None else (row.number, Stage(row.stage))


def of_alert(conn: Connection, held: HeldAlert, *, direction: Direction) -> list[Word]:
    """Return what was told of an alert, in the order in which it was recorded.

    Of every version of it; another issuer may have given the id too.

    `direction` is that of the words: RECEIVED of our own alert, SENT of a partner's.
    """
    rows = conn.execute(
        select(table)
        .where(
            table.c.alert_id == held.alert_id,
            # What an older program wrote says nothing of whose alert it is.
            table.c.subject.in_(("", f"{held.issuer}/{held.alert_id}")),
            table.c.direction == direction,
        )
        .order_by(table.c.number)
    )
    return [_word(row) for row in rows]


def find(conn: Connection, issuer: str, reference: str) -> Word | None:
    """Return what was said under a number; `issuer` is who said it."""
    row = conn.execute(
        select(table).where(table.c.issuer == issuer, table.c.reference == reference)
    ).one_or_none()
    return None if row is None else _word(row)


def forget(conn: Connection, subject: str, version: int, at: datetime) -> None:
    """Delete what our desks said in words of a version of a partner's alert (`issuer/id`)."""
    conn.execute(
        update(table)
        .where(
            table.c.alert_id == subject.partition("/")[2],
            table.c.subject == subject,
            table.c.alert_version == version,
            table.c.direction == Direction.SENT,
            table.c.disposed_at.is_(None),
        )
        .values(disposed_at=at, **EMPTIED)
    )


def _word(row: Row[Any]) -> Word:
    return Word(message_id=row.message_id, said=_acknowledgement(row), disposed_at=row.disposed_at)


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    return Acknowledgement(
        reference=row.reference,
        alert_id=row.alert_id,
        alert_version=row.alert_version,
        issuer=row.issuer,
        issued_at=row.issued_at,
        seen_at=row.seen_at,
        contact=Contact(
            office=row.office,
            communications=tuple((kind, number) for kind, number in row.communications),
        ),
        remark=row.remark,
        stage=Stage(row.stage),
        rejection=RejectionReason(row.rejection) if row.rejection else None,
    )
