"""What an order is about: every copy that was sent, and the record that a partner names here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from exchange_node.domain.orders.order import RecordName, Which
from exchange_node.domain.releasing.release import State as Release
from exchange_node.domain.retention import Kept
from exchange_node.domain.transmission import State
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import alert, alert_recipient, manifest, outbox, waiting_room

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of a record of ours at one partner.

    Attributes:
        record: number of our own record, among those of its kind.
        sent_by: the message that took it there.
    """

    partner: str
    record: int
    sent_by: str
    name: RecordName


# What is sent again counts its tries anew; a receipt or an answer says that it had come before.
_NEVER_LEFT = exists().where(
    outbox.c.state == State.CANCELLED,
    outbox.c.tries == 0,
    outbox.c.receipted_at.is_(None),
    outbox.c.answered_at.is_(None),
)
_NOT_LET_GO = exists().where(waiting_room.c.state != Release.RELEASED)


def sent(conn: Connection, which: Which) -> list[Copy]:
    """Return every copy of a movement's manifests, or of an alert's versions, in their order.

    What was taken back before anything of it left is none, nor is what waits for officers or was
    not let go by them.
    """
    kind, subject, partner, message_id = which.kind, which.subject, which.partner, which.message_id
    query = _manifests(subject) if kind is Kept.MANIFEST else _alerts(subject, which.version)
    columns = manifest if kind is Kept.MANIFEST else alert_recipient
    if partner:
        query = query.where(columns.c.partner == partner)
    if message_id:
        query = query.where(columns.c.message_id == message_id)
    return [
        Copy(
            partner=row.partner,
            record=row.number,
            sent_by=row.message_id,
            name=RecordName(
                kind=kind,
                subject=subject,
                message_id=row.message_id if kind is Kept.MANIFEST else "",
                version=row.version if kind is Kept.ALERT else 0,
            ),
        )
        for row in conn.execute(query)
    ]


def is_anothers(conn: Connection, name: RecordName, partner: str) -> bool:
    """Return whether a record that a partner names was supplied by somebody else.

    Of an alert its name says so; of a manifest the movement and the message together.
    """
    if name.kind is Kept.ALERT:
        return name.subject.partition("/")[0] != partner
    found = select(manifest.c.number).where(
        manifest.c.direction == Direction.RECEIVED,
        manifest.c.movement == name.subject,
        manifest.c.message_id == name.message_id,
        manifest.c.partner != partner,
    )
    return conn.execute(found.limit(1)).first() is not None


def _manifests(movement: str) -> Select[Any]:
    mine = select(manifest.c.number, manifest.c.partner, manifest.c.message_id)
    return mine.where(
        manifest.c.direction == Direction.SENT,
        manifest.c.movement == movement,
        ~_NEVER_LEFT.where(outbox.c.message_id == manifest.c.message_id),
        ~_NOT_LET_GO.where(waiting_room.c.message_id == manifest.c.message_id),
    ).order_by(manifest.c.number)


def _alerts(subject: str, version: int) -> Select[Any]:
    issuer, _, alert_id = subject.partition("/")
    which: list[ColumnElement[bool]] = [alert.c.version == version] if version else []
    return (
        select(
            alert.c.number, alert.c.version, alert_recipient.c.partner, alert_recipient.c.message_id
        )
        .join(alert_recipient, alert_recipient.c.alert == alert.c.number)
        .where(
            alert.c.direction == Direction.SENT,
            alert.c.issuer == issuer,
            alert.c.alert_id == alert_id,
            *which,
            ~_NEVER_LEFT.where(outbox.c.message_id == alert_recipient.c.message_id),
            ~_NOT_LET_GO.where(waiting_room.c.message_id == alert_recipient.c.message_id),
        )
        .order_by(alert.c.number, alert_recipient.c.partner)
    )
