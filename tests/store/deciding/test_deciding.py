from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import AlteredRecordError, StoreError, UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.deciding import acts, draws, rulings
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.deciding.draws import KeptDraw
from exchange_node.store.deciding.rulings import KeptRuling

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault

DAY = date(2026, 3, 2)
KEY = bytes(range(32))
MOVEMENT = "KZ/mrn/26KZ55010100041703"


@pytest.fixture(name="kept")
def _kept(database: Engine, now: datetime) -> KeptRuling:
    one = KeptRuling(
        manifest=7,
        movement=MOVEMENT,
        test=False,
        direction="received",
        office="UZ270101",
        rules="d" * 64,
        channel="orange",
        drawn=True,
        inputs='{"of":"Ташкент 塔什干"}'.encode(),
        outcome=b'{"channel":"orange"}',
        digest="e" * 64,
        at=now,
    )
    with transaction(database) as conn:
        return rulings.add(conn, one, None)


def drawn(number: int) -> KeptDraw:
    return KeptDraw(day=DAY, rules="d" * 64, number=number, per_million=1, is_verifiable=True)


def act(kept: KeptRuling, at: datetime, **values: object) -> KeptAct:
    plain = KeptAct(
        ruling=kept.number,
        movement=kept.movement,
        test=kept.test,
        was="orange",
        becomes="green",
        reason="OTHER",
        lifts_draw=True,
        is_in_force=False,
        by="one",
        at=at,
    )
    return replace(plain, **values)  # type: ignore[arg-type]  # whatever an act has


def test_a_day_has_one_key_whoever_commits_to_it_first(
    database: Engine, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        first = draws.commit(conn, DAY, KEY, "c" * 64, now, vault)
        second = draws.commit(conn, DAY, b"x" * 32, "f" * 64, now, vault)

    with reading(database) as conn:
        assert (first, second) == (True, False)
        assert draws.key_of(conn, DAY, vault) == KEY
        assert draws.day(conn, DAY).commitment == "c" * 64
        assert draws.committed(conn, [DAY, DAY + timedelta(days=1)]) == {DAY}


def test_the_key_of_a_day_lies_locked_and_opens_for_that_day_alone(
    database: Engine, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        draws.commit(conn, DAY, KEY, "c" * 64, now, vault)
        row = conn.execute(text("SELECT locked FROM draw_day")).scalar_one()

    assert KEY not in bytes(row)
    with pytest.raises(AlteredRecordError):
        vault.unlock(bytes(row), "draw key/2026-03-03")


def test_of_a_day_without_a_key_nothing_is_known(database: Engine, vault: Vault) -> None:
    with reading(database) as conn:
        with pytest.raises(UnknownRecordError):
            draws.day(conn, DAY)
        with pytest.raises(UnknownRecordError):
            draws.key_of(conn, DAY, vault)
        assert draws.days(conn, limit=9) == []


@pytest.mark.parametrize("number", [0, 2**63, 2**64 - 1])
def test_a_movement_keeps_its_first_draw(database: Engine, now: datetime, number: int) -> None:
    with transaction(database) as conn:
        first = draws.keep(conn, MOVEMENT, drawn(number), now, test=False)
        later = draws.keep(conn, MOVEMENT, drawn(17), now, test=False)
        other = draws.keep(conn, MOVEMENT, drawn(18), now, test=True)

    assert first == later == drawn(number)
    assert other == drawn(18)


def test_a_decision_comes_back_byte_for_byte(database: Engine, kept: KeptRuling) -> None:
    with reading(database) as conn:
        assert rulings.get(conn, kept.number) == kept
        assert rulings.of_manifest(conn, 7) == [kept]
        with pytest.raises(UnknownRecordError):
            rulings.get(conn, kept.number + 1)


def test_the_same_decision_once_more_makes_no_second_row(
    database: Engine, kept: KeptRuling, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    with transaction(database) as conn:
        again = rulings.add(conn, replace(kept, at=later), kept)
        other = rulings.add(conn, replace(kept, inputs=b"{}", at=later), kept)
        back = rulings.add(conn, replace(kept, at=later), other)

    assert again == kept
    assert len({kept.number, other.number, back.number}) == 3


def test_rules_are_kept_once_and_come_back_byte_for_byte(database: Engine, now: datetime) -> None:
    octets = '{"name":"規則"}'.encode()
    with transaction(database) as conn:
        rulings.keep_rules(conn, "a" * 64, octets, now)
        rulings.keep_rules(conn, "a" * 64, octets, now)

    with reading(database) as conn:
        assert rulings.rules(conn, "a" * 64) == octets
        with pytest.raises(UnknownRecordError):
            rulings.rules(conn, "b" * 64)


def test_nothing_that_was_decided_is_ever_changed(
    database: Engine, kept: KeptRuling, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        rulings.keep_rules(conn, "a" * 64, b"{}", now)
        draws.commit(conn, DAY, KEY, "c" * 64, now, vault)
        draws.keep(conn, MOVEMENT, drawn(1), now, test=False)
        acts.add(conn, act(kept, now), "", vault)

    def change(statement: str) -> None:
        with transaction(database) as conn:
            conn.execute(text(statement))

    for table, column in (
        ("rule_set", "text"),
        ("draw_day", "commitment"),
        ("draw", "drawn"),
        ("ruling", "outcome"),
        ("ruling_act", "reason"),
    ):
        with pytest.raises(StoreError):
            change(f"UPDATE {table} SET {column} = ''")  # noqa: S608 - our own
        with pytest.raises(StoreError):
            change(f"DELETE FROM {table}")  # noqa: S608 - our own


def test_what_two_persons_lowered_counts_once(
    database: Engine, kept: KeptRuling, vault: Vault, now: datetime
) -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(database) as conn:
        acts.add(conn, act(kept, now), "the first", vault)
        acts.add(conn, act(kept, now, by="two", is_in_force=True), "the second", vault)

        assert acts.counted(conn, begin, end, test=False) == [
            ("UZ270101", "received", "orange", "green", True, 1)
        ]
        assert rulings.counted(conn, begin, end, test=False) == [
            ("UZ270101", "received", "orange", True, 1)
        ]
        assert acts.counted(conn, begin, end, test=True) == []
        assert rulings.counted(conn, end, end, test=False) == []


def test_words_go_with_the_manifest_and_the_act_stays(
    database: Engine, kept: KeptRuling, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        done = acts.add(conn, act(kept, now), "the driver is known to me", vault)
        assert done.words_id is not None
        held = payloads.fetch(conn, done.words_id, vault)

        assert acts.forget_words(conn, 8, now) == 0
        assert acts.forget_words(conn, 7, now) == 1

        assert held == b"the driver is known to me"
        assert payloads.about(conn, done.words_id).disposed_at == now
        assert acts.of_ruling(conn, kept.number) == [done]
        assert acts.of_movement(conn, MOVEMENT, test=False) == [done]
