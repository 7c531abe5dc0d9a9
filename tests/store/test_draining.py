from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission import Failed, Held, Retry, Sent, State
from exchange_node.domain.transmission.turns import FRESH_BETWEEN, OUTAGE, backlog_places
from exchange_node.store import outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.outbox.claiming import BACKLOG
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import outbox as table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

LEASE = timedelta(minutes=16)
RETRY = Retry()
UZ = "customs.uz"
HOUR = timedelta(hours=1)


@pytest.fixture(name="queue")
def _queue(database: Engine, vault: Vault) -> Callable[..., list[str]]:
    def queue(*messages: Outgoing) -> list[str]:
        with transaction(database) as conn:
            for one in messages:
                outbox.add(conn, one, b"packed", vault)
        return [one.transmission.message_id for one in messages]

    return queue


def fail(conn: Connection, message_id: str, at: datetime) -> None:
    outbox.advance(conn, message_id, Failed(at, "out of reach"), RETRY)
    outbox.failing(conn, UZ, at)


def claimed(conn: Connection, at: datetime, *, concurrency: int = 4) -> Outgoing | None:
    found = outbox.claim_next(conn, UZ, at, LEASE, concurrency=concurrency)
    return found[0] if found else None


def in_order(conn: Connection, at: datetime) -> list[str]:
    """Send whatever is due, one at a time; return the ids in the order in which they went."""
    went = []
    while (one := claimed(conn, at)) is not None:
        outbox.advance(conn, one.transmission.message_id, Sent(at), RETRY)
        went.append(one.transmission.message_id)
    return went


def test_after_an_outage_what_is_expected_soonest_goes_first(
    database: Engine, make: Makers, vault: Vault, queue: Callable[..., list[str]], now: datetime
) -> None:
    late, soon, unknown, alert = queue(
        make.outgoing(conversation="KZ/mrn/LATE"),
        make.outgoing(conversation="KZ/mrn/SOON"),
        make.outgoing(conversation="KZ/mrn/UNKNOWN"),
        make.outgoing(lane=Lane.ALERT),
    )
    with transaction(database) as conn:
        for name, hours in (("LATE", 9), ("SOON", -2)):
            held = make.manifest(movement=f"KZ/mrn/{name}", direction=Direction.SENT)
            held = replace(held, expected_arrival=now + hours * HOUR)
            manifests.file(conn, held, [], b"document", vault)
        for one in (late, soon, unknown, alert):
            fail(conn, one, now)
    back = now + timedelta(seconds=65)  # every one of them waits for 30 s, and none for this
    with transaction(database) as conn:
        conn.execute(text("UPDATE outbox SET due_at = :at"), {"at": "2999-01-01 00:00:00.000000"})
    (fresh,) = queue(replace(make.outgoing(due=70), queued_at=back + timedelta(seconds=1)))

    with transaction(database) as conn:
        assert in_order(conn, back) == []
        assert outbox.got_through(conn, UZ, back) == 4
        went = in_order(conn, back + timedelta(seconds=5))

    assert went == [alert, fresh, soon, unknown, late]


def test_one_that_fails_among_others_that_do_not_keeps_to_its_own_waits(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())

    with transaction(database) as conn:
        for hours in range(5):
            fail(conn, one, now + hours * HOUR)
            assert outbox.got_through(conn, UZ, now + hours * HOUR + 2 * OUTAGE) == 0
        assert outbox.get(conn, one).lane is Lane.MANIFEST


def test_a_manifest_is_brought_forward_once(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    two = queue(make.outgoing(), make.outgoing())

    with transaction(database) as conn:
        back = backlog_of(conn, two, now)
        for one in two:
            fail(conn, one, back)
        assert outbox.got_through(conn, UZ, back + 2 * OUTAGE) == 0


def test_an_outage_lasts_from_the_first_failure_to_the_next_success(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    first, second = queue(make.outgoing(), make.outgoing())

    with transaction(database) as conn:
        fail(conn, first, now)
        fail(conn, second, now + OUTAGE - timedelta(seconds=1))
        assert outbox.got_through(conn, UZ, now + OUTAGE) == 2
        assert outbox.got_through(conn, UZ, now + HOUR) == 0


def test_what_is_held_leased_pulled_or_anothers_stays_as_it_is(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    failed, held, leased, pulled, other, later = queue(
        make.outgoing(),
        make.outgoing(due=900),
        make.outgoing(due=-1),
        replace(make.outgoing(due=900), binding="pull", mpc="urn:x"),
        make.outgoing(partner="customs.kg", due=900),
        replace(make.outgoing(due=900), queued_at=now + HOUR),
    )

    with transaction(database) as conn:
        fail(conn, failed, now)
        outbox.advance(conn, held, Held(now, "asked", by="operator"), RETRY)
        assert (one := claimed(conn, now)) is not None
        assert one.transmission.message_id == leased
        assert outbox.got_through(conn, UZ, now + 2 * OUTAGE, had_failed=True) == 1

    with reading(database) as conn:
        lanes = dict(conn.execute(select(table.c.message_id, table.c.lane)).all())
    assert lanes.pop(failed) == Lane.BACKLOG
    assert set(lanes) == {held, leased, pulled, other, later}
    assert set(lanes.values()) == {Lane.MANIFEST}


def backlog_of(conn: Connection, messages: list[str], now: datetime) -> datetime:
    for one in messages:
        fail(conn, one, now)
    back = now + 2 * OUTAGE
    assert outbox.got_through(conn, UZ, back, had_failed=True) == len(messages)
    return back


def test_fresh_traffic_and_a_backlog_take_turns(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    old = queue(*(make.outgoing() for _ in range(3)))
    with transaction(database) as conn:
        back = backlog_of(conn, old, now)
    fresh = queue(*(replace(make.outgoing(), queued_at=back) for _ in range(7)))

    with transaction(database) as conn:
        went = in_order(conn, back)

    assert set(went) == {*old, *fresh}
    assert [at for at, one in enumerate(went) if one in old] == [
        FRESH_BETWEEN,
        2 * FRESH_BETWEEN + 1,
        2 * FRESH_BETWEEN + 3,  # nothing fresh is left behind it
    ]


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_a_backlog_has_half_of_the_places(
    database: Engine,
    make: Makers,
    queue: Callable[..., list[str]],
    now: datetime,
    concurrency: int,
) -> None:
    old = queue(*(make.outgoing() for _ in range(6)))
    with transaction(database) as conn:
        back = backlog_of(conn, old, now)
        taken = 0
        while claimed(conn, back, concurrency=concurrency) is not None:
            taken += 1
        assert taken == backlog_places(concurrency)
        assert not outbox.may_claim(conn, UZ, back, concurrency=concurrency)
    queue(replace(make.outgoing(), queued_at=back))
    with transaction(database) as conn:
        may = outbox.may_claim(conn, UZ, back, concurrency=concurrency)
        assert may == (concurrency > 1)
        assert (claimed(conn, back, concurrency=concurrency) is not None) == may


def test_an_alert_passes_a_backlog_and_takes_no_turn(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    old = queue(*(make.outgoing() for _ in range(2)))
    with transaction(database) as conn:
        back = backlog_of(conn, old, now)
    alerts = queue(*(make.outgoing(lane=Lane.ALERT) for _ in range(FRESH_BETWEEN + 2)))

    with transaction(database) as conn:
        assert in_order(conn, back) == [*alerts, *old]


def test_what_fails_again_waits_in_the_backlog(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        back = backlog_of(conn, [one], now)
        fail(conn, one, back)
        again = outbox.get(conn, one)

        assert (again.lane, again.transmission.state) == (Lane.BACKLOG, State.QUEUED)
        assert claimed(conn, back) is None
        assert claimed(conn, back + HOUR) is not None


def test_the_look_for_a_backlog_is_ordered_by_its_index(sqlite_database: Engine) -> None:
    look = str(BACKLOG.compile(sqlite_database, compile_kwargs={"render_postcompile": True}))
    asked = ["x"] * look.count("?")
    with reading(sqlite_database) as conn:
        plan = str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {look}", tuple(asked)).all())

    assert "ix_outbox_backlog (partner=?" in plan
    assert "TEMP B-TREE" not in plan
