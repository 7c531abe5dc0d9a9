from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from exchange_node.store.channels import lines
from exchange_node.store.database import transaction
from exchange_node.store.leases import end_leases

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

LEASE = timedelta(minutes=3)
KZ = ("customs.kz", "urn:carec:mpc:customs.uz")
TJ = ("customs.tj", "urn:carec:mpc:customs.uz")


def test_a_channel_never_asked_is_due_at_once_and_claimed_once(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        first = lines.claim(conn, {KZ, TJ}, now, LEASE)
        second = lines.claim(conn, {KZ, TJ}, now, LEASE)

        assert lines.claim(conn, {KZ, TJ}, now, LEASE) is None
    assert first is not None
    assert second is not None
    assert {(one.partner, one.mpc) for one in (first, second)} == {KZ, TJ}


def test_a_channel_no_longer_agreed_on_is_not_claimed(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        line = lines.claim(conn, {KZ}, now, LEASE)
        assert line is not None
        lines.settle(conn, line)

        assert lines.claim(conn, {TJ}, now, LEASE) is not None
        assert lines.claim(conn, set(), now, LEASE) is None


def test_a_settled_channel_is_claimed_when_it_is_due(database: Engine, now: datetime) -> None:
    later = now + timedelta(seconds=30)
    with transaction(database) as conn:
        line = lines.claim(conn, {KZ}, now, LEASE)
        assert line is not None
        settled = replace(
            line, due_at=later, failures=2, last_error="transport.unreachable", emptied_at=now
        )
        lines.settle(conn, settled)

        assert lines.claim(conn, {KZ}, now, LEASE) is None
        assert lines.claim(conn, {KZ}, later, LEASE) == settled
        assert lines.known(conn) == [settled]


def test_the_lease_of_a_worker_that_died_runs_out_or_is_ended(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        lines.claim(conn, {KZ}, now, LEASE)

        assert lines.claim(conn, {KZ}, now + LEASE, LEASE) is not None
        assert end_leases(conn) == 1
        assert lines.claim(conn, {KZ}, now + LEASE, LEASE) is not None


def test_two_workers_never_ask_one_channel_at_one_time(
    database: Engine,
    now: datetime,
    together: Callable[[int, Callable[[int], object]], list[object]],
) -> None:
    def claim(_: int) -> object:
        with transaction(database) as conn:
            return lines.claim(conn, {KZ}, now, LEASE)

    claimed = together(6, claim)

    assert len([one for one in claimed if one is not None]) == 1
