from __future__ import annotations

import operator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from exchange_node.domain.alert import Subject
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.held import (
    ALERT_MOVES,
    IN_FORCE,
    LIVE,
    AlertState,
    Direction,
    alert_of,
)
from exchange_node.store.records.search.alert_counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldAlert
    from tests.store.conftest import Makers

MEANS = ("means", "01A123BC")
BOTH = [(*MEANS, 1), ("document", "CMR1", 2)]


def _names(found: list[HeldAlert]) -> list[tuple[str, int]]:
    return [(one.alert_id, one.version) for one in found]


@pytest.fixture(name="file")
def _file(make: Makers, vault: Vault) -> Callable[..., HeldAlert]:
    def file(
        conn: Connection,
        alert_id: str,
        *keys: tuple[str, str, int],
        version: int = 1,
        state: AlertState = AlertState.RECEIVED,
        subjects: int = 2,
        issuer: str = "customs.uz",
    ) -> HeldAlert:
        alert = make.alert(
            alert_id=alert_id,
            issuer=issuer,
            version=version,
            subjects=tuple(Subject(description="x") for _ in range(subjects)),
        )
        return alerts.file(conn, alert, make.origin(state=state), keys, b"document", vault)

    return file


def test_an_alert_comes_back_as_it_was_filed(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    alert = make.alert()
    with transaction(database) as conn:
        filed = alerts.file(conn, alert, make.origin(), BOTH, b"document", vault)

    with reading(database) as conn:
        assert alerts.get(conn, "customs.uz", alert.alert_id, 1) == filed
        assert alerts.by_number(conn, filed.number) == filed
        assert payloads.fetch(conn, filed.document_id, vault) == b"document"
    same = operator.attrgetter(
        "alert_id", "issuer", "version", "category", "severity", "urgency", "marking", "function"
    )
    assert same(filed) == same(alert)
    same = operator.attrgetter(
        "permitted_action", "summary", "unverified", "issued_at", "valid_until"
    )
    assert same(filed) == same(alert)
    origin = make.origin()
    same = operator.attrgetter("direction", "partner", "message_id", "state", "handling", "test")
    assert same(filed) == same(origin)
    assert filed.valid_from == alert.issued_at
    assert (filed.stored_at, filed.stored_by) == (now, "node")


def test_an_alert_may_begin_later_than_it_is_issued(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    begin = now + timedelta(days=1)
    with transaction(database) as conn:
        alerts.file(conn, make.alert(valid_from=begin), make.origin(), BOTH, b"d", vault)

        assert alerts.live(conn, now) == []
        assert len(alerts.live(conn, begin)) == 1


def test_filing_the_same_version_again_changes_nothing(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        first = alerts.file(conn, make.alert(), make.origin(), BOTH, b"document", vault)
        again = alerts.file(
            conn, make.alert(summary="changed"), make.origin(message_id="m2"), [], b"other", vault
        )

        assert again == first
        assert payloads.fetch(conn, first.document_id, vault) == b"document"


def test_one_version_filed_at_once_is_filed_once(
    database: Engine,
    make: Makers,
    vault: Vault,
    together: Callable[[int, Callable[[int], int]], list[int]],
) -> None:
    def file(_which: int) -> int:
        with transaction(database) as conn:
            return alerts.file(conn, make.alert(), make.origin(), BOTH, b"document", vault).number

    assert len(set(together(4, file))) == 1


def test_what_is_not_held_is_unknown(database: Engine) -> None:
    with reading(database) as conn:
        assert alerts.find(conn, "customs.uz", "UZ-1", 1) is None
        with pytest.raises(UnknownRecordError):
            alerts.get(conn, "customs.uz", "UZ-1")
        with pytest.raises(UnknownRecordError):
            alerts.by_number(conn, 7)


def test_without_a_version_the_last_is_meant(
    database: Engine, file: Callable[..., HeldAlert]
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", version=2)
        file(conn, "UZ-1", version=1)

        assert alerts.get(conn, "customs.uz", "UZ-1").version == 2
        assert alerts.get(conn, "customs.uz", "UZ-1", 1).version == 1


def test_an_alert_is_found_by_its_id_whoever_issued_it(
    database: Engine, file: Callable[..., HeldAlert]
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", version=1)
        last = file(conn, "UZ-1", version=2)

        assert alerts.by_id(conn, "UZ-1") == last
        assert alerts.by_id(conn, "UZ-1", direction=Direction.RECEIVED) == last
        with pytest.raises(UnknownRecordError):
            alerts.by_id(conn, "UZ-1", direction=Direction.SENT)
        with pytest.raises(UnknownRecordError):
            alerts.by_id(conn, "UZ-2")


def test_of_two_issuers_that_gave_the_same_id_one_has_to_be_named(
    database: Engine, file: Callable[..., HeldAlert]
) -> None:
    with transaction(database) as conn:
        first = file(conn, "A-1", issuer="customs.uz")
        file(conn, "A-1", issuer="customs.kg")

        assert alerts.by_id(conn, "A-1", issuer="customs.uz") == first
        with pytest.raises(UnusableQueryError, match=r"customs\.kg, customs\.uz"):
            alerts.by_id(conn, "A-1")


def test_alerts_that_are_held_more_closely_are_left_out(
    database: Engine, file: Callable[..., HeldAlert]
) -> None:
    with transaction(database) as conn:
        held = file(conn, "A-1")

        for handling, found in ((frozenset({held.handling}), [held]), (frozenset(), [])):
            assert alerts.search(conn, handling=handling, limit=9) == found


@pytest.mark.parametrize(("before", "after"), list(product(AlertState, AlertState)))
def test_an_alert_moves_as_the_table_says(
    sqlite_database: Engine,
    file: Callable[..., HeldAlert],
    now: datetime,
    before: AlertState,
    after: AlertState,
) -> None:
    later = now + timedelta(hours=1)
    with transaction(sqlite_database) as conn:
        filed = file(conn, "UZ-1", state=before)

        moved = alerts.advance(conn, filed.number, after, by="anna", at=later)
        held = alerts.by_number(conn, filed.number)
    assert moved is (before in ALERT_MOVES[after])
    assert held.state is (after if moved else before)
    assert (held.changed_by, held.changed_at) == (("anna", later) if moved else ("node", now))


@pytest.mark.parametrize("state", AlertState)
def test_only_what_is_in_force_is_live(
    database: Engine, file: Callable[..., HeldAlert], now: datetime, state: AlertState
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", (*MEANS, 1), state=state)

        assert bool(alerts.live(conn, now)) is (state in LIVE)
        assert bool(alerts.by_keys(conn, [MEANS], now)) is (state in LIVE)


def test_an_alert_is_live_from_its_beginning_to_its_end(
    database: Engine, file: Callable[..., HeldAlert], now: datetime
) -> None:
    moment = timedelta(microseconds=1)
    with transaction(database) as conn:
        end = file(conn, "UZ-1", (*MEANS, 1)).valid_until

        for at, live in ((now - moment, False), (now, True), (end - moment, True), (end, False)):
            assert bool(alerts.live(conn, at)) is live
            # What begins later is a candidate already.
            assert bool(alerts.by_keys(conn, [MEANS], at)) is (live or at < now)


@pytest.mark.parametrize("state", AlertState)
def test_a_later_version_puts_the_earlier_out_of_force_once_it_is_in_force(
    database: Engine, file: Callable[..., HeldAlert], now: datetime, state: AlertState
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", (*MEANS, 1), version=1)
        file(conn, "UZ-1", (*MEANS, 1), version=3, state=state)
        file(conn, "UZ-2", (*MEANS, 1), version=1)

        first = [] if state in IN_FORCE else [("UZ-1", 1)]
        third = [("UZ-1", 3)] if state in LIVE else []
        assert _names(alerts.live(conn, now)) == [*first, *third, ("UZ-2", 1)]
        assert _names(alerts.by_keys(conn, [MEANS], now)) == [*first, *third, ("UZ-2", 1)]


def test_an_alert_is_found_by_any_key_of_any_subject(
    database: Engine, file: Callable[..., HeldAlert], now: datetime
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", *BOTH)
        file(conn, "UZ-2", ("means", "BBB", 1), ("means", "CCC", 2))

        def found(*keys: tuple[str, str]) -> list[str]:
            return [one.alert_id for one in alerts.by_keys(conn, keys, now)]

        assert found(MEANS) == ["UZ-1"]
        assert found(("document", "CMR1")) == ["UZ-1"]
        assert found(("document", "01A123BC")) == []
        assert found(("means", "CCC"), MEANS, ("document", "CMR1")) == ["UZ-1", "UZ-2"]
        assert found(*(("means", f"{n:04}") for n in range(1000)), ("means", "BBB")) == ["UZ-2"]
        assert found() == []


def test_a_subject_without_a_key_is_always_a_candidate(
    database: Engine, file: Callable[..., HeldAlert], now: datetime
) -> None:
    with transaction(database) as conn:
        file(conn, "UZ-1", ("means", "AAA", 1), subjects=1)
        file(conn, "UZ-2", ("means", "AAA", 1), ("seal", "", 2), subjects=2)
        file(conn, "UZ-3", subjects=1)

        found = alerts.by_keys(conn, [("means", "ZZZ")], now)
    assert [one.alert_id for one in found] == ["UZ-2", "UZ-3"]


def test_who_needs_the_newest_alone_reads_no_more_of_them(
    database: Engine, file: Callable[..., HeldAlert], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_PAGE", 2)
    with transaction(database) as conn:
        for number in range(1, 6):
            file(conn, f"UZ-{number}", (*MEANS, 1))
        file(conn, "UZ-6", subjects=1)
        read: list[object] = []

        def seen(row: Row[Any]) -> HeldAlert:
            read.append(row)
            return alert_of(row)

        monkeypatch.setattr(alerts, "alert_of", seen)

        found = alerts.newest_by_keys(conn, [MEANS], now)
        assert [next(found).alert_id for _ in "ab"] == ["UZ-5", "UZ-4"]
        assert len(read) == 2
        assert [one.alert_id for one in found] == ["UZ-3", "UZ-2", "UZ-1"]


def test_statistics_read_the_alerts_of_a_time_by_their_index(
    database: Engine, now: datetime
) -> None:
    asked: list[tuple[str, object]] = []

    def keep(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    with reading(database) as conn:
        event.listen(conn, "before_cursor_execute", keep)
        counted(conn, Direction.SENT, now - timedelta(days=30), now, test=False, limit=9)
        event.remove(conn, "before_cursor_execute", keep)
        ((statement, parameters),) = asked
        is_sqlite = conn.dialect.name == "sqlite"
        if not is_sqlite:  # of an empty table any way is as good
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plan = str(conn.exec_driver_sql(f"{explain} {statement}", parameters).all())  # type: ignore[arg-type]

    assert "ix_alert_direction_issued_at" in plan


def test_alerts_are_searched_the_newest_first_page_by_page(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    sent = make.origin(direction=Direction.SENT, state=AlertState.DRAFTED, partner="")
    with transaction(database) as conn:
        for number, origin in enumerate((make.origin(), sent, make.origin()), start=1):
            alerts.file(conn, make.alert(alert_id=f"UZ-{number}"), origin, BOTH, b"d", vault)

        def found(**wanted: object) -> list[str]:
            return [one.alert_id for one in alerts.search(conn, **wanted)]  # type: ignore[arg-type]

        page = alerts.search(conn, limit=2)
        assert _names(page) == [("UZ-3", 1), ("UZ-2", 1)]
        assert found(after=page[-1].number, limit=2) == ["UZ-1"]
        assert found(direction=Direction.SENT, limit=9) == ["UZ-2"]
        assert found(state=AlertState.RECEIVED, limit=9) == ["UZ-3", "UZ-1"]
        assert _names(alerts.live(conn, now, direction=Direction.SENT)) == []
        assert len(alerts.live(conn, now, direction=Direction.RECEIVED)) == 2
    assert replace(page[0], number=0) != replace(page[1], number=0)
