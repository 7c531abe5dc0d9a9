from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import StoreError
from exchange_node.services.stations.looking import access_log
from exchange_node.services.stations.looking.access_log import line_of, looked, write_looks
from exchange_node.store import audit
from exchange_node.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ACTOR = Actor(name="post", roles=frozenset({Role.BORDER_POST}))


def keys(database: Engine) -> list[str]:
    """What was looked at, the first first, in a chain that holds."""
    with reading(database) as conn:
        audit.verify_chain(conn)
        return [one.subject_key for one in audit.search(conn, limit=999)][::-1]


def commits(database: Engine) -> list[None]:
    counted: list[None] = []
    event.listen(database, "commit", lambda _: counted.append(None))
    return counted


def test_lines_of_one_look_are_written_in_their_order(database: Engine) -> None:
    write_looks(
        database, [line_of(ACTOR, NOW, "look.x", "manifest", str(one), {}) for one in range(9)]
    )

    assert keys(database) == [str(one) for one in range(9)]


def test_looks_at_the_same_time_are_all_kept_each_before_it_goes_on(
    database: Engine, together: Callable[[int, Callable[[int], object]], list[object]]
) -> None:
    def act(which: int) -> bool:
        looked(database, ACTOR, NOW, "look.x", "manifest", str(which))
        return str(which) in keys(database)

    assert together(8, act) == [True] * 8
    assert sorted(keys(database)) == [str(one) for one in range(8)]


def test_looks_that_wait_are_written_in_one_transaction(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, may_go, has_begun = access_log._write, threading.Event(), threading.Event()

    def slow(*given: object) -> None:
        has_begun.set()
        assert may_go.wait(20)
        write(*given)  # type: ignore[arg-type]  # any of its fields

    monkeypatch.setattr(access_log, "_write", slow)
    threads = [_looking(database, "0")]
    assert has_begun.wait(20)
    threads += [_looking(database, str(one)) for one in range(1, 6)]
    queue = access_log._queues[database]
    while len(queue.waiting) < 5:
        pass
    counted = commits(database)
    may_go.set()
    for one in threads:
        one.join(20)

    assert len(counted) == 2
    assert sorted(keys(database)) == [str(one) for one in range(6)]


def test_a_look_that_the_database_does_not_take_fails_alone(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, may_go, has_begun = access_log._write, threading.Event(), threading.Event()

    def slow(*given: object) -> None:
        has_begun.set()
        assert may_go.wait(20)
        write(*given)  # type: ignore[arg-type]  # any of its fields

    monkeypatch.setattr(access_log, "_write", slow)
    failed: list[str] = []
    threads = [_looking(database, "first")]
    assert has_begun.wait(20)
    queue = access_log._queues[database]
    for at, key in enumerate(("good", "no Unicode \ud800", "good as well"), start=1):
        threads.append(_looking(database, key, failed))
        while len(queue.waiting) < at:
            pass
    may_go.set()
    for one in threads:
        one.join(20)

    assert keys(database)[0] == "first"
    assert sorted(keys(database)) == ["first", "good", "good as well"]
    assert failed == ["no Unicode \ud800"]
    assert not queue.waiting


def test_a_store_that_fails_lets_nobody_look(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object) -> None:
        raise StoreError(detail="no")

    monkeypatch.setattr(access_log, "_write", fails)

    with pytest.raises(StoreError):
        looked(database, ACTOR, NOW, "look.x", "manifest", "1")

    monkeypatch.undo()
    looked(database, ACTOR, NOW, "look.x", "manifest", "2")
    assert keys(database) == ["2"]


def _looking(database: Engine, key: str, failed: list[str] | None = None) -> threading.Thread:
    def act() -> None:
        try:
            looked(database, ACTOR, NOW, "look.x", "manifest", key)
        except StoreError:
            assert failed is not None
            failed.append(key)

    thread = threading.Thread(target=act)
    thread.start()
    return thread
