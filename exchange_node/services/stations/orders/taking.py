"""MA-041, MA-042: a partner's order is written down to be carried out, a certificate to be seen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import Exchange
from exchange_node.domain.orders.order import Kind, RecordOrder, require_order
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.faults import ORDER_TAKEN, UNKNOWN_ORDER
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit, duties
from exchange_node.store.orders import orders
from exchange_node.store.orders.kept import Origin
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction
from exchange_node.wco.orders import decode_certificate, decode_order

CARRY_OUT = "order"
"""The kind of duty that is an order to be carried out; `ref` is its number."""

WATCH = "order-due"
"""The kind of duty that asks whether an order is overdue; `ref` is its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Takes orders of those who supplied what is held here."""

    vault: Vault

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Write an order down, to be carried out by the worker; one that comes again is answered.

        Raises:
            InvalidDocumentError: it cannot be read, or another order has its id.
            UnusableQueryError: it does not say what is to be done to what.
        """
        order = decode_order(opened.document)
        require_order(order.kind, order.records, order.corrections)
        sender, digest = opened.incoming.sender, digest_of(order)
        agreement = agreement_of(conn, opened.exchange)
        days = due_days(agreement, order.kind) if agreement else None
        if days is not None:
            order = _due(order, now + timedelta(days=days))
        number = orders.add(
            conn,
            order,
            Origin(
                direction=Direction.RECEIVED,
                partner=sender,
                message_id=opened.incoming.message_id,
                digest=digest,
                test=opened.exchange.test,
                by=NODE,
                at=now,
            ),
            [None for _ in order.records],
            self.vault,
        )
        if number is None:
            known = orders.find(conn, Direction.RECEIVED, sender, order.order_id)
            if known is None or known.digest != digest:
                raise InvalidDocumentError((ORDER_TAKEN.found(value=order.order_id),))
            orders.carried_by(conn, known.number, opened.incoming.message_id)
            duties.leave(conn, CARRY_OUT, str(known.number), now)
            return
        duties.leave(conn, CARRY_OUT, str(number), now)
        if order.due_at is not None:
            duties.leave(conn, WATCH, str(number), order.due_at)
        leave_notice(
            conn, "order.received", f"{sender}.{order.order_id}", now,
            partner=sender, order=order.order_id, kind=order.kind.value,
            records=str(len(order.records)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Takes what receivers certify of our orders."""

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Write down what became of each record; what had come to its end stays as it was.

        Raises:
            InvalidDocumentError: it cannot be read, or certifies what was not ordered.
        """
        certificate = decode_certificate(opened.document)
        sender = opened.incoming.sender
        order = orders.find(conn, Direction.SENT, sender, certificate.order_id, lock=True)
        named = {one.name: one for one in order.items} if order else {}
        if (
            order is None
            or order.test != opened.exchange.test
            or any(one.record not in named for one in certificate.outcomes)
        ):
            raise InvalidDocumentError((UNKNOWN_ORDER.found(value=certificate.order_id),))
        for one in certificate.outcomes:
            orders.certify(conn, named[one.record], one, certificate.certificate_id)
        orders.settle(conn, order.number, now)
        counted = {one.outcome.value: 0 for one in certificate.outcomes}
        for one in certificate.outcomes:
            counted[one.outcome.value] += 1
        said = ", ".join(f"{count} {outcome}" for outcome, count in counted.items())
        leave_notice(
            conn, "order.certified", f"{sender}.{certificate.certificate_id}", now,
            partner=sender, order=certificate.order_id, outcomes=said,
        )  # fmt: skip


def digest_of(order: RecordOrder) -> str:
    """Return what tells one order from another: SHA-256 of all that it says, but when it is due."""
    plain = json.dumps(asdict(_due(order, None)), sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def agreement_of(conn: Connection, exchange: Exchange) -> Agreement | None:
    """Return the agreement that a message came or went under, if it is held."""
    held = (one.agreement for one in held_agreements(conn))
    return next((one for one in held if one.digest == exchange.agreement_digest), None)


def due_days(agreement: Agreement, kind: Kind) -> int | None:
    """Return how many days an order may take under an agreement; None where it does not say."""
    data = agreement.personal_data
    if data is None:
        return None
    return data.correction_due_days if kind is Kind.CORRECTION else data.deletion_due_days


def _due(order: RecordOrder, at: datetime | None) -> RecordOrder:
    return replace(order, due_at=at)


def order_recorded(
    conn: Connection, actor: str, action: str, order_id: str, partner: str, at: datetime, *,
    message_id: str, **facts: str,
) -> None:  # fmt: skip
    """Write into the audit what was done about an order, last in its transaction."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at, actor=actor, action=action, subject_kind="order", subject_key=order_id,
            message_id=message_id, partner=partner, facts=facts,
        ),
    )  # fmt: skip
