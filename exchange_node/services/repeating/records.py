"""Orders, certificates and notices of misuse are sent anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.message import Exchange
from exchange_node.domain.orders.breach import BREACHED, BreachNotice
from exchange_node.domain.orders.order import ORDERED, RecordName, Which
from exchange_node.domain.releasing.release import Made
from exchange_node.domain.retention import Kept
from exchange_node.policy.gates import permit_about
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.repeating.rewriting import Anew
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.orders.taking import CARRY_OUT, WATCH, due_days
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import duties, inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.orders import breaches, copies, orders
from exchange_node.store.orders.kept import KeptOrder
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.store.releasing.letters import Letter
from exchange_node.wco.document import Document
from exchange_node.wco.orders import encode_breach, encode_order
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the rewriters of this file need."""

    corresponding: Corresponding
    library: WcoLibrary
    engine: Engine
    vault: Vault

    @property
    def own(self) -> str:
        """Party id of this administration."""
        return str(self.corresponding.own.party)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersAnew:
    """Writes orders anew; the time to carry them out runs from now."""

    desk: Desk

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return an order as a new message; see `Rewriter`."""
        desk = self.desk
        with reading(desk.engine) as conn:
            kept = orders.find(conn, Direction.SENT, letter.partner, letter.conversation_id)
            if kept is None or kept.message_id != letter.message_id:
                raise UnknownRecordError(kind="order", key=letter.message_id)
            whole = orders.whole(conn, kept, desk.own, desk.vault)
            held = held_agreements(conn)
            about = _sent_under(conn, kept)
        verdict, purpose = permit_about(
            held, about, sender=desk.own, recipient=letter.partner, code=ORDERED,
            test=desk.corresponding.own.test, on=day_of(now),
        )  # fmt: skip
        days = due_days(require(verdict)[0], kept.kind)
        due_at = now + timedelta(days=days) if days is not None else None
        prepared = _prepared(
            desk.corresponding,
            encode_order(
                replace(whole, due_at=due_at),
                metadata=desk.corresponding.metadata,
                registry=desk.library.registry,
            ),
            (verdict, purpose),
            letter,
            actor,
            now,
        )

        def enter(conn: Connection) -> bool:
            is_first = orders.carry_anew(conn, kept, prepared.message_id, due_at)
            if is_first:
                desk.corresponding.packing.queue(conn, prepared)
                duties.drop(conn, WATCH, str(kept.number))
                if due_at is not None:
                    duties.leave(conn, WATCH, str(kept.number), due_at)
            return is_first

        return Anew(kind="order", message_id=prepared.message_id, enter=enter)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesAnew:
    """Has the node certify once more what has become of a partner's order."""

    engine: Engine

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:  # noqa: ARG002 - Rewriter
        """Return the certificate, to be written in the next round; see `Rewriter`."""
        with reading(self.engine) as conn:
            kept = orders.find(conn, Direction.RECEIVED, letter.partner, letter.conversation_id)
        if kept is None:
            raise UnknownRecordError(kind="order", key=letter.conversation_id)
        number = str(kept.number)

        def enter(conn: Connection) -> bool:
            newest = letters.latest(conn, letter.code, letter.conversation_id, letter.partner)
            if newest is None or newest.message_id != letter.message_id:
                return False
            duties.drop(conn, CARRY_OUT, number)  # what is put off for a hold would say no news
            duties.leave(conn, CARRY_OUT, number, now)
            return True

        return Anew(kind="order", message_id="", enter=enter)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachesAnew:
    """Writes notices of misuse anew."""

    desk: Desk

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return a notice as a new message; see `Rewriter`."""
        desk = self.desk
        with reading(desk.engine) as conn:
            kept = breaches.find(conn, Direction.SENT, letter.partner, letter.conversation_id)
            if kept is None or kept.message_id != letter.message_id:
                raise UnknownRecordError(kind="notice of misuse", key=letter.message_id)
            what, measures, statements = breaches.said(conn, kept, desk.vault)
            held = held_agreements(conn)
            about = _came_under(conn, kept.records[-1], kept.partner) if kept.records else None
        notice = BreachNotice(
            breach_id=kept.breach_id,
            party=desk.own,
            misuse=kept.misuse,
            at=kept.told_at,
            discovered_at=kept.discovered_at,
            occurred_at=kept.occurred_at,
            what=what,
            measures=measures,
            statements=statements,
            records=kept.records,
        )
        prepared = _prepared(
            desk.corresponding,
            encode_breach(
                notice,
                metadata=desk.corresponding.metadata,
                registry=desk.library.registry,
            ),
            permit_about(
                held, about, sender=desk.own, recipient=letter.partner, code=BREACHED,
                test=desk.corresponding.own.test, on=day_of(now),
            ),
            letter,
            actor,
            now,
        )  # fmt: skip

        def enter(conn: Connection) -> bool:
            is_first = breaches.carry_anew(conn, kept, prepared.message_id)
            if is_first:
                desk.corresponding.packing.queue(conn, prepared)
            return is_first

        return Anew(kind="breach", message_id=prepared.message_id, enter=enter)


def _prepared(
    corresponding: Corresponding,
    document: Document,
    permitted: tuple[Verdict, str],
    letter: Letter,
    actor: Actor,
    now: datetime,
) -> Prepared:
    verdict, purpose = permitted
    return corresponding.prepare(
        corresponding.checked(document, now),
        verdict,
        recipient=letter.partner,
        code=letter.code,
        purpose=purpose,
        conversation_id=letter.conversation_id,
        at=now,
        made=Made(by=(actor.name,)),
    )


def _sent_under(conn: Connection, order: KeptOrder) -> Exchange | None:
    """Return under what the last record of an order was sent; None where it is not known any more.

    An order goes under that version, as when it was written.
    """
    name = order.items[-1].name
    sent = copies.sent(
        conn,
        Which(
            kind=name.kind, subject=name.subject, partner=order.partner,
            message_id=name.message_id, version=name.version,
        ),
    )  # fmt: skip
    return outbox.get(conn, sent[-1].sent_by).exchange if sent else None


def _came_under(conn: Connection, name: RecordName, partner: str) -> Exchange | None:
    """Return under what a record of a partner came; None where it is not known any more."""
    if name.kind is Kept.ALERT:
        issuer, _, alert_id = name.subject.partition("/")
        alert = alerts.find(conn, issuer, alert_id, name.version)
        return exchange_in(inbox.get(conn, partner, alert.message_id)) if alert else None
    for one in manifests.versions(conn, name.subject):
        if one.direction is Direction.RECEIVED and one.message_id == name.message_id:
            return one.exchange
    return None
