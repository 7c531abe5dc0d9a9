"""A record that is wrong or must go → an order to each who has a copy; what became of it, shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    StoreError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.domain.orders.order import (
    Ground,
    Kind,
    RecordOrder,
    Which,
)
from exchange_node.domain.releasing.release import Made
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.orders import showing
from exchange_node.services.stations.orders.taking import WATCH, digest_of, order_recorded
from exchange_node.services.stations.orders.writing import (
    Writing,
    Written,
    by_partner,
    require_values,
)
from exchange_node.services.stations.registers.naming import Names
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.orders import copies, orders
from exchange_node.store.orders.kept import Origin
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction

log = structlog.get_logger()

LONGEST_REASON = 2_000
"""Characters of why something is ordered (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """Orders partners to correct or delete what they were given."""

    writing: Writing
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def order(
        self,
        actor: Actor,
        kind: Kind,
        which: Which,
        *,
        ground: Ground,
        why: str = "",
        values: Mapping[str, str] | None = None,
    ) -> View:
        """Order every copy of a record corrected or deleted; all orders are queued, or none.

        Args:
            kind: what is ordered.
            which: whose copies.
            ground: why, as a code; `why` says it in words.
            values: by pointer what is right, where it is corrected.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: values are missing or too many, or the reason is too long.
            UnknownRecordError: nothing of it was sent.
            NotPermittedError: no grant lets orders go to one of the partners.
            InvalidDocumentError: a value cannot be corrected so.
        """
        actor.require(Role.LIAISON)
        values = values or {}
        require_values(kind, values)
        if len(why) > LONGEST_REASON:
            raise UnusableQueryError(what="why", why=f"want at most {LONGEST_REASON} characters")
        now = self.clock()
        own = str(self.writing.own.party)
        if which.kind is Kept.ALERT and "/" not in which.subject:
            which = replace(which, subject=f"{own}/{which.subject}")
        whole = RecordOrder(
            order_id=f"{own}-{now.year}-{self.new_id()[-12:]}",
            party=own,
            kind=kind,
            ground=ground,
            at=now.replace(microsecond=0),
            records=(),
            why=why,
        )
        made = Made(by=(actor.name,))
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            found = copies.sent(conn, which)
            if not found:
                kind_of = f"{which.kind.value} that was sent"
                raise UnknownRecordError(kind=kind_of, key=which.subject)
            written = [
                one
                for mine in by_partner(found).values()
                if (one := self.writing.order(conn, whole, mine, values, held, now, made=made))
                is not None
            ]
        if not written:
            why = "no partner was given these values"
            raise UnusableQueryError(what="values", why=why)
        with transaction(self.engine) as conn:
            for one in written:
                self._queue(conn, actor, one, now)
        log.info("ordered", order=whole.order_id, kind=kind.value, orders=len(written))
        return self.show(actor, whole.order_id)

    def show(self, actor: Actor, order_id: str) -> View:
        """Return an order with what became of each record at each partner, values included.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
            UnknownRecordError: there is none of that id.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        now = self.clock()
        looked(self.engine, actor, now, "look.order", "order", order_id)
        with reading(self.engine) as conn:
            found = orders.of_id(conn, order_id)
            if not found:
                raise UnknownRecordError(kind="order", key=order_id)
            is_liaison = Role.LIAISON in actor.roles
            names = Names(conn, actor, now)
            shown = {
                "order_id": order_id,
                "orders": [
                    showing.order_to(names, one, now)
                    | (showing.said(conn, one, self.vault, actor, now) if is_liaison else {})
                    for one in found
                ],
            }
        names.log(self.engine, "look.order", "order", order_id)
        return shown

    def list(
        self, actor: Actor, *, direction: str = "", partner: str = "", overdue: bool = False,
        limit: int = 50,
    ) -> View:  # fmt: skip
        """Return orders, the newest first; `overdue` alone those that should have been done.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
            UnusableQueryError: `direction` is neither sent nor received.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        directions = {"": None, "sent": Direction.SENT, "received": Direction.RECEIVED}
        if direction not in directions:
            raise UnusableQueryError(what="direction", why="want sent or received")
        now = self.clock()
        with reading(self.engine) as conn:
            found = orders.search(
                conn,
                direction=directions[direction],
                partner=partner,
                overdue_at=now if overdue else None,
                limit=limit,
            )
            names = Names(conn, actor, now)
            lines = [showing.order_to(names, one, now) for one in found]
        facts = {"count": str(len(found))} | names.facts
        looked(self.engine, actor, now, "look.orders", "order", **facts)
        return {"orders": lines}

    def _queue(self, conn: Connection, actor: Actor, one: Written, now: datetime) -> None:
        order, prepared = one.order, one.prepared
        number = orders.add(
            conn,
            order,
            Origin(
                direction=Direction.SENT,
                partner=prepared.exchange.recipient,
                message_id=prepared.message_id,
                digest=digest_of(order),
                test=prepared.exchange.test,
                by=actor.name,
                at=now,
            ),
            one.records,
            self.vault,
        )
        if number is None:
            raise StoreError(detail=f"an order {order.order_id} was given before")
        self.writing.packing.queue(conn, prepared)
        if order.due_at is not None:
            duties.leave(conn, WATCH, str(number), order.due_at)
        facts = {"kind": order.kind.value, "ground": order.ground.value,
                 "records": str(len(order.records))}  # fmt: skip
        partner = prepared.exchange.recipient
        order_recorded(
            conn, actor.name, "order.sent", order.order_id, partner, now,
            message_id=prepared.message_id, **facts,
        )  # fmt: skip
