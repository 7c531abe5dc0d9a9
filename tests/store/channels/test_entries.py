from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from exchange_node.domain.retention import Kept, LegalHold
from exchange_node.store import payloads
from exchange_node.store.channels import entries
from exchange_node.store.channels.entries import Pulled
from exchange_node.store.database import reading, transaction
from exchange_node.store.retention import holds
from exchange_node.store.tables import payload, pulled_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

OFFICE, PLATE, SEAL = "office", "plate", "seal"


@pytest.fixture(name="one")
def _one(make: Makers, now: datetime) -> Pulled:
    return Pulled(
        partner="customs.uz",
        manifest=7,
        movement="KZ/mrn/1",
        message_id="m7",
        tag="first",
        digest="d" * 64,
        exchange=make.exchange(code="SY-060"),
        stated_at=now,
        received_at=now,
        expected_arrival=now + timedelta(hours=5),
        due_at=now + timedelta(hours=5),
        delete_after=now + timedelta(days=9),
    )


@pytest.fixture(name="keep")
def _keep(database: Engine, vault: Vault, one: Pulled) -> Callable[..., Pulled]:
    """Keep an entry with its words, in place of what was told of its manifest."""

    def keep(*keys: str, words: bytes = b"words", **changes: Any) -> Pulled:  # noqa: ANN401 - fields
        new = replace(one, **changes)
        with transaction(database) as conn:
            before = entries.locked(conn, new.partner, new.manifest)
            if before is not None:
                return entries.replace(conn, before, new, words, keys, vault)
            kept = entries.add(conn, new, words, keys, vault)
        assert kept is not None
        return kept

    return keep


def test_what_is_kept_comes_back_and_its_words_are_encrypted(
    database: Engine, vault: Vault, one: Pulled, keep: Callable[..., Pulled]
) -> None:
    kept = keep(OFFICE, words=b"017 ABC 02")

    with reading(database) as conn:
        (found,) = entries.find(conn, keys=[OFFICE], limit=5)
        assert found == kept
        assert entries.numbered(conn, 7) == kept
        assert kept.document_id is not None
        assert payloads.fetch(conn, kept.document_id, vault) == b"017 ABC 02"
    assert replace(kept, number=0, document_id=None) == one


def test_it_is_added_once_however_many_tell_it(
    database: Engine, vault: Vault, one: Pulled, keep: Callable[..., Pulled]
) -> None:
    kept = keep(OFFICE)

    with transaction(database) as conn:
        assert entries.add(conn, one, b"other", [PLATE], vault) is None
        assert entries.find(conn, keys=[PLATE], limit=5) == []
        assert entries.find(conn, limit=5) == [kept]


def test_of_several_that_tell_it_at_one_moment_one_adds_it_and_the_others_wait_for_the_row(
    database: Engine,
    vault: Vault,
    one: Pulled,
    together: Callable[[int, Callable[[int], object]], list[object]],
) -> None:
    def tell(which: int) -> bool:
        new = replace(
            one, message_id=f"m{which}", stated_at=one.stated_at + timedelta(minutes=which)
        )
        with transaction(database) as conn:
            if entries.add(conn, new, b"first", [OFFICE], vault) is not None:
                return True
            kept = entries.locked(conn, one.partner, one.manifest)
            assert kept is not None
            if kept.stated_at < new.stated_at:
                entries.replace(conn, kept, new, b"newer", [OFFICE], vault)
        return False

    assert sorted(map(bool, together(4, tell))) == [False, False, False, True]

    with reading(database) as conn:
        (kept,) = entries.find(conn, keys=[OFFICE], limit=5)
        ids = conn.execute(select(payload.c.payload_id)).scalars().all()
    assert kept.message_id == "m3"
    assert ids == [kept.document_id]


def test_what_takes_its_place_leaves_no_word_and_no_key_of_it(
    database: Engine, keep: Callable[..., Pulled]
) -> None:
    before = keep(OFFICE, SEAL)
    after = keep(OFFICE, PLATE, words=b"newer", message_id="m8", tag="second")

    with reading(database) as conn:
        assert (before.number, after.tag) == (after.number, "second")
        assert entries.find(conn, keys=[SEAL], limit=5) == []
        assert entries.find(conn, keys=[OFFICE, PLATE], limit=5) == [after]
        ids = conn.execute(select(payload.c.payload_id)).scalars().all()
        assert ids == [after.document_id]
        assert entries.is_carried_by(conn, "customs.uz", "m8")
        assert not entries.is_carried_by(conn, "customs.uz", "m7")


def test_pages_come_by_number_and_what_is_gone_is_on_none(
    database: Engine, now: datetime, keep: Callable[..., Pulled]
) -> None:
    for number in (3, 9, 5, 4):
        keep(OFFICE, manifest=number)
    keep(OFFICE, manifest=4, words=b"", gone_at=now)

    with reading(database) as conn:
        found = [one.manifest for one in entries.find(conn, keys=[OFFICE], limit=2)]
        behind = [one.manifest for one in entries.find(conn, keys=[OFFICE], after=5, limit=2)]
        every = [one.manifest for one in entries.find(conn, earlier=True, limit=9)]
        assert entries.numbered(conn, 4) is None

    assert (found, behind, every) == ([9, 5], [3], [9, 5, 4, 3])


def test_who_comes_first_is_expected_first_and_who_has_passed_is_not(
    database: Engine, now: datetime, keep: Callable[..., Pulled]
) -> None:
    for number, hours in ((1, 3), (2, 1), (3, 3), (4, 2), (5, 90)):
        keep(OFFICE, manifest=number, due_at=now + timedelta(hours=hours), passed=number == 4)
    window = (now, now + timedelta(days=2))

    with reading(database) as conn:
        first = entries.expected(conn, OFFICE, window=window, limit=2)
        behind = (first[-1].due_at, first[-1].manifest)
        second = entries.expected(conn, OFFICE, window=window, after=behind, limit=2)
        assert entries.expected(conn, SEAL, window=window, limit=2) == []

    assert [one.manifest for one in (*first, *second)] == [2, 1, 3]


def test_one_that_tells_no_arrival_is_found_in_every_window(
    database: Engine, now: datetime, keep: Callable[..., Pulled]
) -> None:
    keep(OFFICE, manifest=1)
    keep(OFFICE, manifest=2, expected_arrival=None)

    with reading(database) as conn:
        window = (now + timedelta(days=3), now + timedelta(days=4))
        assert [one.manifest for one in entries.find(conn, window=window, limit=5)] == [2]


def test_what_is_over_ends_unless_a_hold_stands_on_its_movement(
    database: Engine, now: datetime, keep: Callable[..., Pulled]
) -> None:
    over, held = keep(OFFICE, manifest=1), keep(OFFICE, manifest=2, movement="KZ/mrn/2")
    hold = LegalHold(
        kind=Kept.MANIFEST, subject="KZ/mrn/2", why="an order", placed_at=now, placed_by="liaison"
    )
    with transaction(database) as conn:
        number = holds.place(conn, hold)
        entries.hide(conn, held, now, now)
        assert entries.ended(conn, now, limit=5) == []
        assert entries.ended(conn, over.delete_after, limit=5) == [over]
        holds.lift(conn, number, by="liaison", at=now)
        (left,) = entries.ended(conn, now, limit=5)
        entries.erase(conn, left)

    with reading(database) as conn:
        assert left.manifest == held.manifest
        assert entries.of_movement(conn, "KZ/mrn/2") == []
        assert conn.execute(select(pulled_key.c.entry)).scalars().all() == [over.number]
        assert len(conn.execute(select(payload)).all()) == 1


@pytest.mark.parametrize("asked", ["find", "expected"])
def test_what_is_looked_for_is_found_by_its_keys(
    sqlite_database: Engine, now: datetime, asked: str
) -> None:
    seen: list[tuple[str, Any]] = []

    @event.listens_for(sqlite_database, "before_cursor_execute")
    def _note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        seen.append((statement, parameters))

    with reading(sqlite_database) as conn:
        if asked == "find":
            entries.find(conn, keys=[PLATE, SEAL], limit=5)
        else:
            entries.expected(conn, OFFICE, window=(now, now), limit=5)
        statement, parameters = seen[-1]
        plan = str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())

    assert "SCAN" not in plan
