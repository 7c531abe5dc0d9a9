from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from exchange_node.domain.decision import Channel, Decision
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, Kind
from exchange_node.store.tables import manifest_key, payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldManifest
    from tests.store.conftest import Makers

KEYS = [("office", "UZ000123"), ("office", "UZ000456"), ("means", "01A123BC"), ("seal", "")]


def _refs(found: list[HeldManifest]) -> list[str]:
    return [one.functional_reference for one in found]


@pytest.fixture(name="file")
def _file(make: Makers, vault: Vault) -> Callable[..., HeldManifest]:
    def file(
        conn: Connection, name: str, *keys: tuple[str, str], **changes: object
    ) -> HeldManifest:
        held = make.manifest(movement=f"KZ/mrn/{name}", functional_reference=name)
        return manifests.file(
            conn,
            replace(held, **changes),  # type: ignore[arg-type]
            keys,
            b"sealed",
            vault,
        )

    return file


def test_a_manifest_comes_back_as_it_was_filed(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    held = make.manifest(expected_arrival=now + timedelta(hours=5))
    with transaction(database) as conn:
        filed = manifests.file(conn, held, KEYS, b"sealed", vault)

    with reading(database) as conn:
        assert manifests.get(conn, filed.number) == filed
        assert payloads.fetch(conn, filed.document_id, vault) == b"sealed"
    assert filed.version == 1
    assert replace(filed, number=0, version=0, document_id="") == held


def test_empty_keys_are_not_filed(database: Engine, make: Makers, vault: Vault) -> None:
    with transaction(database) as conn:
        manifests.file(conn, make.manifest(), [*KEYS, *KEYS], b"sealed", vault)

        kinds = conn.execute(select(manifest_key.c.kind)).scalars().all()
    assert sorted(kinds) == ["means", "office", "office"]


def test_filing_the_same_message_again_changes_nothing(
    database: Engine, make: Makers, vault: Vault
) -> None:
    held = make.manifest()
    with transaction(database) as conn:
        first = manifests.file(conn, held, KEYS, b"sealed", vault)
        again = manifests.file(conn, held, [("seal", "9")], b"sealed", vault)

        assert again == first
        assert len(manifests.versions(conn, held.movement)) == 1
        assert manifests.find(conn, keys={Kind.SEAL: "9"}, limit=9) == []


def test_a_later_document_supersedes_the_earlier_one_which_stays(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        first = manifests.file(conn, make.manifest(), KEYS, b"first", vault)
        second = manifests.file(conn, make.manifest(), KEYS, b"second", vault)

        assert [one.version for one in manifests.versions(conn, first.movement)] == [2, 1]
        assert manifests.get(conn, first.number).superseded_by == second.number
        assert manifests.find(conn, keys={Kind.MEANS: "01A123BC"}, limit=9) == [second]
        assert manifests.numbered(conn, [first.number, second.number]) == {second.number: second}
        assert payloads.fetch(conn, first.document_id, vault) == b"first"


def test_a_document_that_was_overtaken_takes_the_place_of_none_and_is_found_as_earlier(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        first = manifests.file(conn, make.manifest(), KEYS, b"first", vault)
        late = replace(make.manifest(), superseded_by=first.number)
        second = manifests.file(conn, late, KEYS, b"second", vault)

        assert (second.version, second.superseded_by) == (2, first.number)
        assert manifests.get(conn, first.number).superseded_by is None
        asked = {Kind.MEANS: "01A123BC"}
        assert manifests.find(conn, keys=asked, limit=9) == [first]
        assert manifests.find(conn, keys=asked, earlier=True, limit=9) == [second, first]


def test_an_earlier_document_takes_its_place_back(
    database: Engine, file: Callable[..., HeldManifest], make: Makers
) -> None:
    exchange = make.manifest().exchange
    with transaction(database) as conn:
        first, second = (file(conn, "1", message_id=one) for one in ("m1", "m2"))
        others = (
            file(conn, "1", message_id="m3", partner="customs.kg"),
            file(conn, "1", message_id="m4", exchange=replace(exchange, test=not exchange.test)),
            file(conn, "2", message_id="m5"),
        )

        manifests.let_hold(conn, first)

        assert manifests.get(conn, first.number).superseded_by is None
        assert manifests.get(conn, second.number).superseded_by == first.number
        assert [manifests.get(conn, one.number) for one in others] == list(others)


def test_a_test_document_does_not_supersede_a_real_one(
    database: Engine, file: Callable[..., HeldManifest], make: Makers
) -> None:
    exchange = make.manifest().exchange
    with transaction(database) as conn:
        real = file(conn, "1", message_id="m1", exchange=replace(exchange, test=False))
        test = file(conn, "1", message_id="m2", exchange=replace(exchange, test=True))

        found = manifests.find(conn, limit=9)

    assert [one.number for one in found] == [test.number, real.number]


def test_what_was_sent_does_not_supersede_what_was_received(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        for direction, partner in (
            (Direction.RECEIVED, "customs.kz"),
            (Direction.RECEIVED, "customs.kg"),
            (Direction.SENT, "customs.kz"),
        ):
            held = replace(make.manifest(), direction=direction, partner=partner)
            filed = manifests.file(conn, held, KEYS, b"sealed", vault)
            assert filed.version == 1

        assert [one.superseded_by for one in manifests.versions(conn, "KZ/mrn/1")] == [None] * 3
        assert len(manifests.find(conn, limit=9)) == 2
        assert len(manifests.find(conn, direction=Direction.SENT, limit=9)) == 1


def test_documents_on_one_movement_filed_at_once_are_counted_through(
    database: Engine,
    make: Makers,
    vault: Vault,
    together: Callable[[int, Callable[[int], int]], list[int]],
) -> None:
    documents = [make.manifest() for _ in range(4)]

    def file(which: int) -> int:
        with transaction(database) as conn:
            return manifests.file(conn, documents[which], KEYS, b"sealed", vault).version

    assert sorted(together(4, file)) == [1, 2, 3, 4]
    with reading(database) as conn:
        open_ = [one for one in manifests.versions(conn, "KZ/mrn/1") if one.superseded_by is None]
        assert [one.version for one in open_] == [4]


def test_one_message_filed_at_once_is_filed_once(
    database: Engine,
    make: Makers,
    vault: Vault,
    together: Callable[[int, Callable[[int], int]], list[int]],
) -> None:
    held = make.manifest()

    def file(_which: int) -> int:
        with transaction(database) as conn:
            return manifests.file(conn, held, KEYS, b"sealed", vault).number

    assert len(set(together(4, file))) == 1
    with reading(database) as conn:
        assert len(manifests.versions(conn, held.movement)) == 1
        assert conn.execute(select(func.count()).select_from(payload)).scalar() == 1


def test_what_is_not_held_is_unknown(database: Engine, now: datetime) -> None:
    decision = Decision(channel=Channel.GREEN, rule="none")
    with transaction(database) as conn:
        with pytest.raises(UnknownRecordError):
            manifests.get(conn, 7)
        with pytest.raises(UnknownRecordError):
            manifests.get_by_message(conn, Direction.SENT, "customs.uz", "m")
        with pytest.raises(UnknownRecordError):
            manifests.set_decision(conn, 7, decision, now)


def test_every_key_has_to_fit(database: Engine, file: Callable[..., HeldManifest]) -> None:
    with transaction(database) as conn:
        file(conn, "a", ("office", "UZ1"), ("means", "AAA"))
        file(conn, "b", ("office", "UZ1"), ("means", "BBB"), ("equipment", "C1"))
        file(conn, "c", ("office", "UZ2"), ("means", "AAA"))

        def found(**keys: str) -> list[str]:
            wanted = {Kind(kind): value for kind, value in keys.items()}
            return _refs(manifests.find(conn, keys=wanted, limit=9))

        assert found(office="UZ1") == ["b", "a"]
        assert found(means="AAA") == ["c", "a"]
        assert found(office="UZ1", means="AAA") == ["a"]
        assert found(office="UZ1", means="BBB", equipment="C1") == ["b"]
        assert found(office="UZ2", equipment="C1") == []
        assert found(means="UZ1") == []
        assert found() == ["c", "b", "a"]


@pytest.mark.parametrize("keys", [{}, {Kind.OFFICE: "UZ1"}])
def test_pages_follow_on_each_other(
    database: Engine, file: Callable[..., HeldManifest], keys: dict[Kind, str]
) -> None:
    with transaction(database) as conn:
        for name in "abcde":
            file(conn, name, ("office", "UZ1"))

        pages, after = [], 0
        while page := manifests.find(conn, keys=keys, after=after, limit=2):
            pages.append(_refs(page))
            after = page[-1].number
    assert pages == [["e", "d"], ["c", "b"], ["a"]]


def test_a_window_is_open_to_what_does_not_tell_when_it_arrives(
    database: Engine, file: Callable[..., HeldManifest], now: datetime
) -> None:
    hour = timedelta(hours=1)
    with transaction(database) as conn:
        file(conn, "before", expected_arrival=now - timedelta(microseconds=1))
        file(conn, "at its beginning", expected_arrival=now)
        file(conn, "at its end", expected_arrival=now + hour)
        file(conn, "unknown")

        found = manifests.find(conn, window=(now, now + hour), limit=9)
    assert _refs(found) == ["unknown", "at its beginning"]


def test_what_is_held_more_closely_is_left_out(
    database: Engine, file: Callable[..., HeldManifest], make: Makers
) -> None:
    with transaction(database) as conn:
        file(conn, "open", exchange=make.exchange(handling="open"))
        file(conn, "secret", exchange=make.exchange(handling="secret"))

        assert _refs(manifests.find(conn, handling=("open", "restricted"), limit=9)) == ["open"]
        assert manifests.find(conn, handling=(), limit=9) == []


def test_all_that_is_not_superseded_comes_page_by_page(
    database: Engine, file: Callable[..., HeldManifest]
) -> None:
    with transaction(database) as conn:
        for name in ("a", "b", "a", "c"):
            file(conn, name, direction=Direction.SENT if name == "b" else Direction.RECEIVED)

        first = manifests.current(conn, limit=2)
        assert _refs(first) == ["b", "a"]
        assert _refs(manifests.current(conn, after=first[-1].number, limit=2)) == ["c"]


def test_the_last_decision_holds(
    database: Engine, file: Callable[..., HeldManifest], make: Makers, now: datetime
) -> None:
    red = Decision(channel=Channel.RED, rule="severity 2", hits=(make.hit(),))
    with transaction(database) as conn:
        number = file(conn, "a").number
        manifests.set_decision(conn, number, Decision(channel=Channel.GREEN, rule="none"), now)
        manifests.set_decision(conn, number, red, now + timedelta(hours=1))

        held = manifests.get(conn, number)
    assert (held.decision, held.decided_at) == (red, now + timedelta(hours=1))


def test_a_decision_can_be_filed_with_the_manifest(
    database: Engine, file: Callable[..., HeldManifest], make: Makers, now: datetime
) -> None:
    red = Decision(channel=Channel.RED, rule="severity 2", hits=(make.hit(),))
    with transaction(database) as conn:
        filed = file(conn, "a", decision=red, decided_at=now)

        assert manifests.get(conn, filed.number).decision == red


def test_look_up_reads_the_index_of_keys(sqlite_database: Engine) -> None:
    seen: list[str] = []
    with reading(sqlite_database) as conn:
        raw = conn.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(seen.append)
        manifests.find(conn, keys={Kind.OFFICE: "UZ1"}, limit=9)
        raw.set_trace_callback(None)
        plan = str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}").all())

    assert "sqlite_autoindex_manifest_key_1 (kind=? AND value=?)" in plan
    assert "TEMP B-TREE" not in plan
