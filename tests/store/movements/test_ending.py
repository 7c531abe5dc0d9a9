from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, text

from exchange_node.domain.errors import StoreError
from exchange_node.domain.movement import State
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.movements import ending, events, views
from exchange_node.store.tables import movement_event
from tests.store.movements.test_movements import AT, EVENT, NEW

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

CLOCK = "movement-enquire"
DAY = NEW.delete_after


def begun(database: Engine, *, state: State = State.DISCHARGED) -> int:
    """Keep a movement of which its departure and a partner told an event each."""
    with transaction(database) as conn:
        number = views.begin(conn, NEW).number
        events.add(conn, replace(EVENT, movement=number))
        events.add(conn, replace(EVENT, movement=number, party="customs.kz", notice_id="n2"))
        views.move(conn, number, state, AT)
    return number


def due(database: Engine, at: datetime) -> list[int]:
    with reading(database) as conn:
        return ending.ended(conn, at, clocks=(CLOCK,), limit=9)


def erased(database: Engine, number: int, own: str = "customs.uz") -> ending.Erased | None:
    with transaction(database) as conn:
        return ending.erase(conn, number, own, DAY, clocks=(CLOCK,))


def test_what_happened_goes_on_the_day_and_the_number_stays(database: Engine) -> None:
    number = begun(database)
    assert due(database, DAY - timedelta(seconds=1)) == []
    assert due(database, DAY) == [number]

    gone = erased(database, number)

    assert gone is not None
    assert (gone.movement, gone.events, gone.due_at) == (NEW.movement, 2, DAY)
    assert len(gone.digest) == 64
    with reading(database) as conn:
        (kept,) = views.named(conn, NEW.official_number, test=True)
        assert events.of_movement(conn, number) == []
    assert (kept.disposed_at, kept.events_gone, kept.state) == (DAY, 2, State.DISCHARGED)
    assert due(database, DAY) == []
    assert erased(database, number) is None


def test_of_our_own_movement_our_own_word_stays(database: Engine) -> None:
    number = begun(database)

    erased(database, number, own="customs.kz")

    with reading(database) as conn:
        assert [one.party for one in events.of_movement(conn, number)] == ["customs.kz"]


@pytest.mark.parametrize("state", [State.ENQUIRY, State.RECOVERY])
def test_who_is_enquired_after_or_recovered_from_stays(state: State, database: Engine) -> None:
    number = begun(database, state=state)

    assert due(database, DAY) == []
    assert erased(database, number) is None


def test_a_movement_whose_end_nobody_told_stays_another_year(database: Engine) -> None:
    number = begun(database, state=State.IN_TRANSIT)

    assert due(database, DAY) == []
    assert erased(database, number) is None
    assert due(database, DAY + ending.UNENDED) == [number]


def test_a_clock_that_runs_keeps_a_movement_that_is_not_over(database: Engine) -> None:
    number = begun(database, state=State.IN_TRANSIT)
    with transaction(database) as conn:
        duties.leave(conn, CLOCK, str(number), DAY + timedelta(days=9))
    assert due(database, DAY + ending.UNENDED) == []

    with transaction(database) as conn:
        duties.drop(conn, CLOCK, str(number))

    assert due(database, DAY + ending.UNENDED) == [number]


def test_what_is_told_after_the_end_begins_to_be_erased_anew(database: Engine) -> None:
    number = begun(database)
    erased(database, number)
    with transaction(database) as conn:
        events.add(conn, replace(EVENT, movement=number, notice_id="late"))
        views.move(conn, number, State.DISCHARGED, DAY)
    assert due(database, DAY) == [number]

    erased(database, number)

    with reading(database) as conn:
        (kept,) = views.named(conn, NEW.official_number, test=True)
    assert kept.events_gone == 3


def test_another_manifest_of_its_number_keeps_it_as_long_as_that_says(database: Engine) -> None:
    number = begun(database)
    erased(database, number)
    longer = replace(NEW, delete_after=DAY + timedelta(days=9))

    with transaction(database) as conn:
        views.begin(conn, longer)
        (kept,) = views.named(conn, NEW.official_number, test=True)

    assert (kept.disposed_at, kept.delete_after) == (None, longer.delete_after)
    assert due(database, DAY) == []


def test_no_line_goes_before_its_movement(database: Engine) -> None:
    begun(database)

    with pytest.raises(StoreError, match=r"stay until|P0001"), transaction(database) as conn:
        conn.execute(delete(movement_event))


def test_what_is_due_is_found_by_its_index(sqlite_database: Engine) -> None:
    asked = "SELECT number FROM movement WHERE delete_after <= '2026' AND disposed_at IS NULL"
    with reading(sqlite_database) as conn:
        plan = conn.execute(text(f"EXPLAIN QUERY PLAN {asked} ORDER BY delete_after")).all()
    assert "ix_movement_delete_after" in str(plan)
