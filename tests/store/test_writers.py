from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from exchange_node.domain.errors import StoreBusyError
from exchange_node.store.database import add_once, open_database, reading, transaction, transactions
from exchange_node.store.database.writers import Writers
from exchange_node.store.tables import outbox_line

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture(name="writers")
def _writers() -> Writers:
    return Writers()


def queue_up(writers: Writers, count: int, served: list[int]) -> list[threading.Thread]:
    """Have so many wait, one behind the other, each of whom writes down its place."""

    def wait(place: int) -> None:
        with writers.turn(10):
            served.append(place)

    threads = []
    for place in range(count):
        threads.append(threading.Thread(target=wait, args=(place,)))
        threads[-1].start()
        while writers.waiting() <= place:
            threading.Event().wait(0.001)
    return threads


def test_who_came_first_is_served_first(writers: Writers) -> None:
    served: list[int] = []
    with writers.turn(10):
        threads = queue_up(writers, 20, served)
    for one in threads:
        one.join()

    assert served == list(range(20))


def test_who_waits_too_long_is_turned_away_and_the_turn_goes_to_the_next(writers: Writers) -> None:
    served: list[int] = []
    with writers.turn(10):
        with pytest.raises(StoreBusyError) as refused, writers.turn(0.01):
            served.append(-1)
        threads = queue_up(writers, 3, served)
    for one in threads:
        one.join()

    assert "0.01 s" in str(refused.value)
    assert served == [0, 1, 2]


def test_a_turn_that_ends_in_an_error_is_passed_on(writers: Writers) -> None:
    with pytest.raises(ZeroDivisionError), writers.turn(10):
        raise ZeroDivisionError

    with writers.turn(0):
        assert writers.waiting() == 0


def test_whoever_waits_to_write_takes_no_connection_from_a_reader(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'node.db'}")
    outbox_line.create(engine)
    written: list[int] = []

    def write(place: int) -> None:
        with transaction(engine) as conn:
            add_once(conn, outbox_line, {"partner": f"customs.{place}"})
            written.append(place)

    with transaction(engine):
        threads = [threading.Thread(target=write, args=(place,)) for place in range(30)]
        for one in threads:
            one.start()
        with ExitStack() as stack:  # twice as many writers as connections, and room for all readers
            for _ in range(14):
                stack.enter_context(reading(engine))
    for one in threads:
        one.join()

    with reading(engine) as conn:
        assert len(conn.execute(select(outbox_line)).all()) == len(written) == 30
    engine.dispose()


def test_a_writer_of_the_same_process_is_told_that_others_took_too_long(
    sqlite_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "WAIT_SECONDS", 0.01)

    with (
        transaction(sqlite_database),
        pytest.raises(StoreBusyError, match="other writers of this process"),
        transaction(sqlite_database),
    ):
        pass
