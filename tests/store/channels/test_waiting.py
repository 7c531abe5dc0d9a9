from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission import Held, ReceiptArrived, Retry, Sent
from exchange_node.store import outbox
from exchange_node.store.channels import waiting
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import PULL
from exchange_node.store.tables import outbox as table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

MPC = "urn:carec:mpc:customs.uz"
RETRY = Retry(first=timedelta(seconds=60), factor=1, max_retries=2)


@pytest.fixture(name="queue")
def _queue(database: Engine, vault: Vault, make: Makers, now: datetime) -> Callable[..., str]:
    def queue(age: int = 0, lane: Lane = Lane.MANIFEST, mpc: str = MPC) -> str:
        made_at = now - timedelta(seconds=age)
        plain = make.outgoing(lane=lane, due=-age)
        one = replace(plain, binding=PULL, mpc=mpc, queued_at=made_at)
        with transaction(database) as conn:
            outbox.add(conn, one, b"packed", vault)
        return one.transmission.message_id

    return queue


def next_in(conn: Connection, now: datetime, mpc: str = MPC) -> str | None:
    found = waiting.next_in(
        conn, mpc, now, max_retries=RETRY.max_retries, due_after=now - timedelta(days=1)
    )
    return found.transmission.message_id if found else None


def pull(database: Engine, now: datetime) -> str | None:
    """Take the next message, as the walk does: chosen and moved in one transaction."""
    with transaction(database) as conn:
        found = next_in(conn, now)
        if found is not None:
            outbox.advance(conn, found, Sent(now), RETRY)
    return found


def ids(found: list[Outgoing]) -> list[str]:
    return [one.transmission.message_id for one in found]


def forgotten(conn: Connection, now: datetime) -> list[str]:
    return ids(
        waiting.forgotten(
            conn,
            "customs.uz",
            now,
            max_retries=RETRY.max_retries,
            due_after=now - timedelta(hours=1),
            limit=9,
        )
    )


def test_alerts_are_pulled_first_and_then_the_oldest(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    young, old, alert = queue(age=1), queue(age=9), queue(age=0, lane=Lane.ALERT)

    assert [pull(database, now) for _ in range(4)] == [alert, old, young, None]


def test_what_is_to_be_pulled_is_not_claimed_to_be_posted(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    queue()

    with transaction(database) as conn:
        assert outbox.claim_next(conn, "customs.uz", now, timedelta(60), concurrency=4) is None


def test_a_channel_gives_its_own_messages_alone(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    queue(mpc="urn:carec:mpc:customs.tj")

    assert pull(database, now) is None


def test_what_is_to_be_posted_is_in_no_channel(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        outbox.add(conn, make.outgoing(), b"packed", vault)

        assert next_in(conn, now, "") is None
        assert waiting.partners(conn) == []


def test_a_pulled_message_comes_again_when_its_interval_is_over(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    one = queue()
    pull(database, now)

    assert pull(database, now + timedelta(seconds=59)) is None
    assert pull(database, now + timedelta(seconds=60)) == one


def test_a_message_that_was_pulled_too_often_comes_no_more_and_is_forgotten(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    one = queue()
    for _ in range(RETRY.max_retries + 1):
        assert pull(database, now) == one
        now += timedelta(seconds=60)

    assert pull(database, now) is None
    with transaction(database) as conn:
        assert forgotten(conn, now) == [one]


def test_a_message_with_its_receipt_comes_no_more(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    one = queue()
    pull(database, now)
    with transaction(database) as conn:
        outbox.advance(conn, one, ReceiptArrived(now, by_itself=True), RETRY)

    assert pull(database, now + timedelta(seconds=60)) is None
    with reading(database) as conn:
        assert outbox.get(conn, one).transmission.tries == 1
        assert waiting.partners(conn) == []


def test_what_is_older_than_allowed_is_forgotten_and_not_pulled(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    old, young = queue(age=90_000), queue(age=60)

    assert pull(database, now) == young
    with transaction(database) as conn:
        assert forgotten(conn, now) == [old]


def test_a_held_message_is_not_pulled_and_is_looked_at_when_it_is_due(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    one = queue()
    with transaction(database) as conn:
        outbox.advance(conn, one, Held(now, "suspended"), RETRY)

        assert forgotten(conn, now) == []

    later = now + timedelta(minutes=5)
    assert pull(database, later) is None
    with transaction(database) as conn:
        assert forgotten(conn, later) == [one]


def test_what_an_operator_keeps_back_is_neither_pulled_nor_forgotten(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    queue(age=90_000)
    queue()
    with transaction(database) as conn:
        conn.execute(update(table).values(held_by="operator"))

    assert pull(database, now) is None
    with transaction(database) as conn:
        assert forgotten(conn, now) == []


def test_of_pulls_at_one_time_each_gets_another_message(
    database: Engine,
    queue: Callable[..., str],
    now: datetime,
    together: Callable[[int, Callable[[int], object]], list[object]],
) -> None:
    waiting_ids = {queue(age=number) for number in range(6)}

    pulled = together(8, lambda _: [pull(database, now) for _ in range(2)])

    got = Counter(one for pair in pulled for one in pair if one is not None)  # type: ignore[attr-defined]
    assert set(got.values()) <= {1}
    rest = {pull(database, now) for _ in range(7)} - {None}
    assert got.keys() | rest == waiting_ids


def test_a_pull_passes_over_what_another_is_just_handing_out(
    database: Engine, queue: Callable[..., str], now: datetime
) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    first, second = queue(age=2), queue(age=1)

    with transaction(database) as one, transaction(database) as other:
        assert next_in(one, now) == first
        assert next_in(other, now) == second
