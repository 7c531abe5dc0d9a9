from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from exchange_node.domain.movement import Event, Route, State
from exchange_node.store import inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, Reply
from exchange_node.store.incoming import State as Inbox
from exchange_node.store.movements import events, parked, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.parked import Parked
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.tables import movement_event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = KeptMovement(
    movement="KZ/mrn/26KZ55010100041703",
    official_number="26KZ55010100041703",
    route=Route(departure="customs.kz", destination="customs.tm", transit=("customs.uz",)),
    test=True,
    state=State.UNKNOWN,
    begun_at=AT,
    changed_at=AT,
    delete_after=AT + timedelta(days=10),
)
EVENT = KeptEvent(
    movement=1,
    event=Event.ENTRY,
    code="TM-020",
    party="customs.uz",
    notice_id="n1",
    office="UZ270101",
    occurred_at=AT,
    recorded_at=AT,
    recorded_by="node",
    before=State.RELEASED,
    after=State.IN_TRANSIT,
    told={"customs.kz": "m1"},
)


def keep(conn: Connection, message_id: str, vault: Vault) -> Incoming:
    incoming = Incoming(
        sender="customs.uz", message_id=message_id, digest="d", header={}, received_at=AT
    )
    inbox.keep(conn, incoming, b"<x/>", Reply(status=200, content_type="", content=b""), vault)
    return incoming


def put_aside(conn: Connection, message_id: str, vault: Vault) -> Parked:
    inbox.settle(conn, keep(conn, message_id, vault), Inbox.PARKED, at=AT)
    one = Parked(
        sender="customs.uz",
        message_id=message_id,
        official_number=NEW.official_number,
        test=True,
        since=AT,
        until=AT + HOUR,
    )
    parked.park(conn, one, AT)
    return one


def state_of(database: Engine, message_id: str) -> Inbox:
    with reading(database) as conn:
        return inbox.get(conn, "customs.uz", message_id).state


def test_a_movement_is_begun_once_and_its_retention_never_becomes_shorter(database: Engine) -> None:
    with transaction(database) as conn:
        first = views.begin(conn, NEW)
        views.begin(conn, replace(NEW, delete_after=AT + timedelta(days=20)))
        views.begin(conn, replace(NEW, delete_after=AT + timedelta(days=5)))
        (kept,) = views.by_number(conn, NEW.official_number, test=True)

    assert kept == replace(NEW, number=first.number, delete_after=AT + timedelta(days=20))


def test_test_and_production_and_two_departures_are_movements_of_their_own(
    database: Engine,
) -> None:
    foreign = replace(NEW, route=Route(departure="customs.tj", destination="customs.uz"))
    with transaction(database) as conn:
        for one in (NEW, replace(NEW, test=False), foreign):
            views.begin(conn, one)
        found = views.named(conn, NEW.official_number, test=True)

    assert [one.route.departure for one in found] == ["customs.kz", "customs.tj"]


def test_a_movement_stands_where_it_was_moved(database: Engine) -> None:
    with transaction(database) as conn:
        number = views.begin(conn, NEW).number
        views.move(conn, number, State.RELEASED, AT + HOUR)
        (kept,) = views.named(conn, NEW.official_number, test=True)

    assert (kept.state, kept.changed_at) == (State.RELEASED, AT + HOUR)


def test_an_event_is_recorded_once_and_read_back(database: Engine) -> None:
    with transaction(database) as conn:
        number = views.begin(conn, NEW).number
        event = replace(EVENT, movement=number)
        assert events.add(conn, event)
        assert not events.add(conn, replace(event, office="UZ270102"))
        (kept,) = events.of_movement(conn, number)
        found = events.find(conn, number, "customs.uz", "n1")
        other = events.find(conn, number, "customs.kz", "n1")

    assert replace(kept, number=0, told=dict(kept.told)) == event
    assert found == kept
    assert other is None


def test_an_event_is_never_changed(database: Engine) -> None:
    with transaction(database) as conn:
        number = views.begin(conn, NEW).number
        events.add(conn, replace(EVENT, movement=number))

    with pytest.raises(DatabaseError, match="never changed"), database.begin() as conn:
        conn.execute(update(movement_event).values(office="UZ270102"))


def test_what_waits_for_a_movement_is_woken_with_it(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        put_aside(conn, "m1", vault)
        put_aside(conn, "m2", vault)

        woken = parked.wake(conn, NEW.official_number, test=True)
        of_another = parked.wake(conn, NEW.official_number, test=False)

    assert (woken, of_another) == (2, 0)
    assert state_of(database, "m1") is Inbox.KEPT


def test_what_is_parked_again_waits_no_longer_than_it_was_let(
    database: Engine, vault: Vault
) -> None:
    with transaction(database) as conn:
        one = put_aside(conn, "m1", vault)
        parked.park(conn, replace(one, since=AT + HOUR, until=AT + 2 * HOUR), AT + HOUR)

        assert parked.find(conn, one.sender, one.message_id) == one
        assert parked.of_movement(conn, NEW.official_number, test=True) == [one]


def test_what_has_waited_long_enough_is_due(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        put_aside(conn, "m1", vault)

        assert parked.wake_due(conn, AT + HOUR - timedelta(seconds=1), 10) == 0
        assert parked.wake_due(conn, AT + HOUR, 10) == 1
        assert parked.wake_due(conn, AT + HOUR, 10) == 0

    assert state_of(database, "m1") is Inbox.KEPT


def test_what_its_movement_went_past_unseen_is_due_at_once(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        number = views.begin(conn, NEW).number
        put_aside(conn, "m1", vault)
        assert parked.wake_due(conn, AT, 10) == 0

        views.move(conn, number, State.RELEASED, AT + timedelta(seconds=1))

        assert parked.wake_due(conn, AT + timedelta(seconds=1), 10) == 1


def test_what_left_the_park_is_forgotten(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        one = put_aside(conn, "m1", vault)

        parked.leave(conn, one.sender, one.message_id)

        assert parked.find(conn, one.sender, one.message_id) is None
        assert parked.wake(conn, NEW.official_number, test=True) == 0
