from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.orders.order import (
    Certified,
    Correction,
    Ground,
    Kind,
    Outcome,
    RecordName,
    RecordOrder,
    Refusal,
    Which,
)
from exchange_node.domain.retention import Kept
from exchange_node.domain.transmission import Cancelled, Retry
from exchange_node.store import outbox
from exchange_node.store.database import transaction
from exchange_node.store.orders import copies, orders, standing
from exchange_node.store.orders.kept import Origin
from exchange_node.store.records import alerts, manifests, recipients
from exchange_node.store.records.held import Direction

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

NAME = RecordName(kind=Kept.MANIFEST, subject="KZ/mrn/1", message_id="m1")
PLACE = "Declaration/Agent/Name"


@pytest.fixture(name="order")
def _order(now: datetime) -> RecordOrder:
    return RecordOrder(
        order_id="o1",
        party="customs.kz",
        kind=Kind.CORRECTION,
        ground=Ground.PERSON,
        at=now,
        records=(NAME,),
        corrections=(Correction(record=1, pointer=PLACE, old="A", new="B"),),
        due_at=now,
        why="request 7",
    )


@pytest.fixture(name="origin")
def _origin(now: datetime) -> Origin:
    return Origin(
        direction=Direction.RECEIVED,
        partner="customs.kz",
        message_id="m9",
        digest="d",
        test=True,
        by="node",
        at=now,
    )


def test_every_partner_that_was_sent_a_movement_has_a_copy(
    database: Engine, make: Makers, vault: Vault
) -> None:
    sent = [
        make.manifest(direction=Direction.SENT, partner=partner)
        for partner in ("customs.uz", "customs.kg", "customs.uz")
    ]
    with transaction(database) as conn:
        for one in (*sent, make.manifest()):
            manifests.file(conn, one, [], b"document", vault)

        found = copies.sent(conn, Which(kind=Kept.MANIFEST, subject="KZ/mrn/1"))
        fewer = copies.sent(
            conn, Which(kind=Kept.MANIFEST, subject="KZ/mrn/1", partner="customs.kg")
        )
    assert [(one.partner, one.sent_by) for one in found] == [
        (one.partner, one.message_id) for one in sent
    ]
    assert [one.partner for one in fewer] == ["customs.kg"]


def test_every_recipient_of_an_alert_has_a_copy(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        held = alerts.file(
            conn, make.alert(), make.origin(direction=Direction.SENT), [], b"document", vault
        )
        recipients.add(conn, held.number, "customs.kz", "m1", now)
        recipients.add(conn, held.number, "customs.kg", "m2", now)

        found = copies.sent(conn, Which(kind=Kept.ALERT, subject=f"{held.issuer}/{held.alert_id}"))
    assert [(one.partner, one.name.version) for one in found] == [
        ("customs.kg", 1),
        ("customs.kz", 1),
    ]


def test_what_was_taken_back_before_it_left_is_no_copy(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    outgoing = make.outgoing()
    message_id = outgoing.transmission.message_id
    with transaction(database) as conn:
        outbox.add(conn, outgoing, b"packed", vault)
        held = make.manifest(direction=Direction.SENT, partner="customs.uz", message_id=message_id)
        manifests.file(conn, held, [], b"document", vault)
        which = Which(kind=Kept.MANIFEST, subject=held.movement)
        assert len(copies.sent(conn, which)) == 1

        outbox.advance(conn, message_id, Cancelled(now, "", "a mistake"), Retry())

        assert copies.sent(conn, which) == []


def test_an_order_is_written_down_once(
    database: Engine, order: RecordOrder, origin: Origin, vault: Vault
) -> None:
    with transaction(database) as conn:
        assert orders.add(conn, order, origin, [None], vault) is not None
        assert orders.add(conn, order, origin, [None], vault) is None
        assert orders.add(conn, order, replace(origin, partner="customs.kg"), [None], vault)


def test_what_has_come_to_its_end_is_not_certified_anew(
    database: Engine, order: RecordOrder, origin: Origin, vault: Vault, now: datetime
) -> None:
    held = Certified(record=NAME, outcome=Outcome.HELD, at=now, ground=Refusal.LEGAL_HOLD)
    done = Certified(record=NAME, outcome=Outcome.DONE, at=now)
    with transaction(database) as conn:
        number = orders.add(conn, order, origin, [None], vault)
        assert number is not None
        (item,) = orders.get(conn, number).items

        assert orders.certify(conn, item, held, "c1")
        assert not orders.settle(conn, number, now)
        assert orders.certify(conn, item, done, "c2", record=7)
        assert orders.settle(conn, number, now)
        assert not orders.certify(conn, item, held, "c3")

        kept = orders.get(conn, number)
    assert [(one.certified, one.record, one.certificate_id) for one in kept.items] == [
        (done, 7, "c2")
    ]
    assert not kept.is_overdue(now.replace(year=2027))


def test_values_go_with_their_record(
    database: Engine, order: RecordOrder, origin: Origin, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        number = orders.add(conn, order, origin, [7], vault)
        assert number is not None
        (item,) = orders.get(conn, number).items
        orders.certify(conn, item, Certified(record=NAME, outcome=Outcome.DONE, at=now), "c1")
        assert orders.corrections_in(conn, item, vault) == order.corrections
        assert len(standing.corrections(conn, Kept.MANIFEST, 7)) == 1

        assert orders.forget(conn, Kept.MANIFEST, 7, now) == 1

        assert orders.corrections_in(conn, item, vault) == ()
