from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import (
    KeptWay,
    Notification,
    NotificationState,
    WayState,
)
from exchange_node.store.database import reading, transaction


def happening(now: datetime, **changes: object) -> Notification:
    start = Notification(
        notice="channel.red.1", desk="office", code="channel.red", severity=1, at=now,
        opened_at=now, facts={"movement": "KZ/mrn/1"},
    )  # fmt: skip
    return replace(start, **changes)  # type: ignore[arg-type]


def test_a_happening_is_at_a_desk_once_with_its_ways(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        number = notifications.add(conn, happening(now), ["mail", "hook"])
        assert number is not None
        assert notifications.add(conn, happening(now), ["mail"]) is None
        other = notifications.add(conn, happening(now, desk="duty"), ["mail"])
    with reading(database) as conn:
        assert notifications.get(conn, number) == happening(now, number=number)
        assert [one.way for one in notifications.ways_of(conn, number)] == ["hook", "mail"]
        found = notifications.of_notice(conn, "channel.red.1")
        assert [one.number for one in found] == [number, other]
        assert [one.number for one in notifications.newest(conn, "open", limit=1)] == [other]
        with pytest.raises(UnknownRecordError):
            notifications.get(conn, 99)


def test_several_machines_open_it_once(
    database: Engine,
    now: datetime,
    together: Callable[[int, Callable[[int], object]], list[object]],
) -> None:
    def act(_: int) -> object:
        with transaction(database) as conn:
            return notifications.add(conn, happening(now), ["mail"])

    assert len([one for one in together(4, act) if one is not None]) == 1


def test_facts_stay_until_nobody_has_to_be_told(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        number = notifications.add(conn, happening(now), ["mail"]) or 0
        notifications.forget(conn, number)
        assert notifications.get(conn, number).facts
        notifications.settle(conn, number, NotificationState.ACKNOWLEDGED, now, "officer")
        notifications.forget(conn, number)
        assert notifications.get(conn, number).facts
        told = KeptWay(notification=number, way="mail", state=WayState.TOLD, settled_at=now)
        notifications.tried(conn, told)
        notifications.forget(conn, number)
        assert notifications.get(conn, number).facts == {}
        assert notifications.way(conn, number, "mail") == told
        assert notifications.way(conn, number, "hook") is None


def test_only_what_was_settled_long_ago_goes(database: Engine, now: datetime) -> None:
    later = now + timedelta(days=2)
    with transaction(database) as conn:
        numbers = [
            notifications.add(conn, happening(now, notice=f"n{one}"), ["mail"]) or 0
            for one in range(3)
        ]
        notifications.settle(conn, numbers[0], NotificationState.TOLD, now, "node")
        notifications.settle(conn, numbers[1], NotificationState.TOLD, later, "node")
        assert notifications.counted(conn) == {"open": 1, "told": 2}
        assert notifications.clear(conn, now + timedelta(days=1), 10) == 1
        left = [one.number for one in notifications.newest(conn, "", limit=9)]
        assert left == [numbers[2], numbers[1]]
        assert notifications.ways_of(conn, numbers[0]) == []


def test_what_is_open_at_another_desk_keeps_what_was_told_before(
    database: Engine, now: datetime
) -> None:
    later = now + timedelta(days=9)
    with transaction(database) as conn:
        first = notifications.add(conn, happening(now), ["mail"]) or 0
        second = notifications.add(conn, replace(happening(now), desk="duty"), ["mail"]) or 0
        notifications.settle(conn, first, NotificationState.PASSED_ON, now, "duty")
        assert notifications.clear(conn, later, 10) == 0

        notifications.settle(conn, second, NotificationState.ACKNOWLEDGED, now, "officer")
        assert notifications.clear(conn, later, 10) == 2
