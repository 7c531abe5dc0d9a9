from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.domain.errors import StoreFullError
from exchange_node.services.telling import Telling
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.database import reading, transaction
from tests.services.telling.conftest import Line, Room
from tests.world import OPERATOR


@dataclass
class Odd:
    """A channel that does something of its own when it is told."""

    does: Callable[[Notice], str | None]
    told: list[Notice] = field(default_factory=list)

    def tell(self, notice: Notice) -> str | None:
        self.told.append(notice)
        return self.does(notice)


def with_office(room: Room, channel: Odd | Line) -> Telling:
    telling = room.pair.kz.telling
    room.pair.kz.telling = replace(telling, ways={**telling.ways, "office/mail": channel})
    return room.pair.kz.telling


def waiting(room: Room) -> list[tuple[str, int]]:
    with reading(room.pair.kz.engine) as conn:
        return [(one.ref, one.attempts) for one in duties.waiting(conn, "notify")]


def test_a_machine_without_a_way_leaves_it_to_its_neighbour_for_a_day(room: Room) -> None:
    room.happens()
    room.pair.kz.telling.run()
    neighbour = replace(room.pair.kz.telling, ways={})

    room.pair.clock.forward(hours=23)
    assert neighbour.notifying.give_up_orphans() == 0
    room.pair.clock.forward(hours=2)
    assert neighbour.notifying.give_up_orphans() == 1

    assert room.states()[0] == ("office", "passed-on")


def test_what_a_neighbour_is_just_telling_is_not_given_up(room: Room) -> None:
    room.office.is_down = True
    room.happens()
    room.run()
    ours = room.pair.kz.telling
    neighbour = replace(ours, ways={})
    room.pair.clock.forward(days=2)

    def look(_notice: Notice) -> None:
        assert neighbour.notifying.give_up_orphans() == 0

    telling = with_office(room, Odd(look))
    assert telling.notifying.run_for("office/mail") == 1

    assert room.states() == [("office", "open")]  # told, and waits for an answer


def test_a_way_that_breaks_is_a_failed_try_and_stops_nothing_behind_it(room: Room) -> None:
    def broken(notice: Notice) -> None:
        raise AttributeError(notice.code)

    with_office(room, Odd(broken))
    room.happens(key="1")
    room.happens(key="2")
    room.run()

    with reading(room.pair.kz.engine) as conn:
        ways = [notifications.way(conn, number, "mail") for number in (1, 2)]
    assert [(one.tries, one.last_error) for one in ways if one] == [
        (1, "AttributeError: see the log")
    ] * 2


def test_what_breaks_in_the_folder_holds_up_no_other_notice(room: Room) -> None:
    def broken(notice: Notice) -> None:
        if "secret" in notice.notice_id:
            raise RuntimeError(notice.notice_id)

    odd = Odd(broken)
    room.pair.kz.telling = replace(room.pair.kz.telling, channel=odd)
    room.happens(key="secret")
    room.happens(key="2")

    assert room.pair.kz.telling.run() == 1

    assert len(odd.told) == 2
    with reading(room.pair.kz.engine) as conn:
        (left,) = duties.waiting(conn, "tell")
    assert left.last_error.startswith("tell broke off: RuntimeError at exchange_node.services.")
    assert "secret" not in left.last_error
    assert left.due_at > room.pair.clock()


def test_a_clock_of_a_desk_that_breaks_holds_up_no_other(room: Room) -> None:
    room.happens()
    room.run()
    with transaction(room.pair.kz.engine) as conn:
        duties.leave(conn, "notice-answer", "no number", room.pair.clock())
    room.later(minutes=40)

    assert ("office", "passed-on") in room.states()
    with reading(room.pair.kz.engine) as conn:
        left = {one.ref: one for one in duties.waiting(conn, "notice-answer")}
    assert left["no number"].last_error == "node.broken"
    assert left["no number"].due_at > room.pair.clock()


def test_what_was_not_begun_has_lost_no_try(room: Room) -> None:
    odd = Odd(lambda _notice: None)
    telling = with_office(room, odd)
    for key in ("1", "2", "3"):
        room.happens(key=key)
    telling.run()

    def clock() -> datetime:
        if odd.told:  # the first was told, and that cannot be written down
            raise StoreFullError(why="the disk is full")
        return room.pair.clock()

    with pytest.raises(StoreFullError):
        replace(telling, clock=clock).notifying.run_for("office/mail")

    assert len(odd.told) == 1
    assert sorted(tries for _, tries in waiting(room)) == [0, 0, 1]


def test_who_stops_begins_nothing_more(room: Room) -> None:
    odd = Odd(lambda _notice: None)
    telling = with_office(room, odd)
    for key in ("1", "2", "3"):
        room.happens(key=key)
    telling.run()

    halting = replace(telling, is_stopping=lambda: bool(odd.told))
    assert halting.notifying.run_for("office/mail") == 1

    assert len(odd.told) == 1
    assert sorted(tries for _, tries in waiting(room)) == [0, 0]


def test_what_a_way_remarks_stands_beside_it(room: Room) -> None:
    with_office(room, Odd(lambda _notice: "1 of 2 readers refused: 550 nobody here"))
    room.happens()
    room.run()

    (shown,) = room.pair.kz.telling.noticing.list(OPERATOR)["notices"]
    assert shown["ways"] == [
        {
            "way": "mail",
            "state": "told",
            "tries": 1,
            "why": "1 of 2 readers refused: 550 nobody here",
            "settled_at": room.pair.clock().isoformat(),
        }
    ]
