"""What partners ordered → done, certified; what is overdue → told.

An order is carried out, certified and struck off in one transaction: interrupted it is done again
from the beginning, and nobody sees half of it. What a legal hold keeps is looked at again until the
hold is lifted, and certified then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import (
    InvalidDocumentError,
    MissingSettingError,
    NodeError,
    NotPermittedError,
)
from exchange_node.domain.orders.order import (
    CERTIFIED,
    Certificate,
    Certified,
    Refusal,
)
from exchange_node.domain.releasing.release import BY_NODE
from exchange_node.policy.gates import permit_answer
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.orders.carrying_out import CarryingOut
from exchange_node.services.stations.orders.taking import CARRY_OUT, WATCH, order_recorded
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import duties, inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.orders import orders
from exchange_node.store.orders.kept import KeptOrder
from exchange_node.wco.orders import encode_certificate
from exchange_node.wco.rules.library import WcoLibrary

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(hours=1)
"""How often an order that a legal hold delays is looked at again (our choice)."""

TRY_AGAIN = timedelta(minutes=5)
BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilling:
    """Does what partners order of what they supplied."""

    own: Administration
    carrying_out: CarryingOut
    corresponding: Corresponding
    library: WcoLibrary
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def run(self) -> int:
        """Carry out what partners ordered, and tell of what is overdue; return how much it was."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, [CARRY_OUT, WATCH], now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, [CARRY_OUT, WATCH], now, LEASE, BATCH)

        def fulfil(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                order = orders.get(conn, int(duty.ref), lock=True)
                if duty.kind == WATCH:
                    self._watch(conn, duty, order, now)
                else:
                    self._carry_out(conn, duty, order, now)

        def put_off(duty: Duty, err: NodeError) -> None:
            log.warning("not-carried-out", duty=duty.kind, order=duty.ref, code=err.code)
            with transaction(self.engine) as conn:
                duties.put_off(conn, duty, now + TRY_AGAIN, err.code)

        return one_by_one(claimed, fulfil, put_off)

    def _watch(self, conn: Connection, duty: Duty, order: KeptOrder, now: datetime) -> None:
        if order.settled_at is None:
            leave_notice(
                conn, "order.overdue", f"{order.direction}.{order.partner}.{order.order_id}", now,
                partner=order.partner, order=order.order_id, kind=order.kind.value,
                due=order.due_at.isoformat() if order.due_at else "",
            )  # fmt: skip
        duties.done(conn, duty)

    def _carry_out(self, conn: Connection, duty: Duty, order: KeptOrder, now: datetime) -> None:
        certificate_id = f"{self.own.party}-{now.year}-{self.new_id()[-12:]}"
        was = {one.number: one.certified for one in order.items}
        outcomes = [
            self.carrying_out.carry_out(conn, order, one, certificate_id, now)
            if one.is_open
            else _standing(one.certified)
            for one in order.items
        ]
        is_settled = orders.settle(conn, order.number, now)
        is_news = duty.attempts == 0 or any(
            before is None or before.outcome is not after.outcome
            for before, after in zip(was.values(), outcomes, strict=True)
        )
        if is_news:
            self._certify(conn, order, certificate_id, outcomes, now)
        if is_settled:
            duties.done(conn, duty)
        else:
            duties.put_off(conn, duty, now + LOOK_AGAIN, Refusal.LEGAL_HOLD)

    def _certify(
        self,
        conn: Connection,
        order: KeptOrder,
        certificate_id: str,
        outcomes: list[Certified],
        now: datetime,
    ) -> None:
        """Queue the certificate; what was done stays done where it cannot be sent."""
        document = encode_certificate(
            Certificate(
                certificate_id=certificate_id,
                party=str(self.own.party),
                order_id=order.order_id,
                at=now.replace(microsecond=0),
                outcomes=tuple(outcomes),
            ),
            metadata=self.corresponding.metadata,
            registry=self.library.registry,
        )
        answered = exchange_in(inbox.get(conn, order.partner, order.message_id))
        try:
            prepared = self.corresponding.prepare(
                self.corresponding.checked(document, now),
                permit_answer(held_agreements(conn), answered, code=CERTIFIED, on=day_of(now)),
                recipient=order.partner,
                code=CERTIFIED,
                purpose=answered.purpose,
                conversation_id=order.order_id,
                at=now,
                made=BY_NODE,
                answers=order.message_id,
            )
        except (NotPermittedError, InvalidDocumentError, MissingSettingError) as err:
            leave_notice(
                conn, "order.not-certified", f"{order.partner}.{certificate_id}", now,
                partner=order.partner, order=order.order_id, why=str(err),
            )  # fmt: skip
            return
        self.corresponding.packing.queue(conn, prepared)
        order_recorded(
            conn, NODE, "order.certified", order.order_id, order.partner, now,
            message_id=prepared.message_id, certificate=certificate_id,
        )  # fmt: skip


def _standing(certified: Certified | None) -> Certified:
    assert certified is not None  # noqa: S101 - what is not open has come to its end
    return certified
