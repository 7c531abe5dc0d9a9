from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Table

from benchmarks.lookup import loading
from benchmarks.lookup.asking import Arriving, ask
from benchmarks.lookup.loading import Drawing, load
from benchmarks.lookup.rows import Under, document_of
from exchange_node import node as nodes
from exchange_node.domain.errors import StoreBusyError
from exchange_node.policy.text.reading import read_agreement
from exchange_node.rehearsal.traffic import Traffic, offices_in
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import (
    manifest,
    manifest_key,
    movement,
    movement_event,
    payload,
    payload_chunk,
)
from tests.world import OFFICES, Pair

if TYPE_CHECKING:
    from sqlalchemy import Engine


def rows(engine: Engine, table: Table, *but: str) -> list[dict[str, Any]]:
    with reading(engine) as conn:
        found = conn.execute(table.select().order_by(*table.primary_key.columns)).mappings()
        return [{name: row[name] for name in row if name not in but} for row in found]


def test_loading_writes_what_filing_one_by_one_writes(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 4)
    midnight = pair.clock().replace(hour=0)
    listed = offices_in(OFFICES.read_text(encoding="utf-8"))
    traffic = Traffic(seed=3, sender="KZ", recipient="UZ", offices=listed, begin=midnight)
    agreement = read_agreement(nodes.pair_agreement("KZ", "UZ", on=midnight.date()), "agreement")
    grant = next(one for one in agreement.grants if one.sender == "customs.kz")
    exchange = exchange_under(
        agreement,
        grant,
        own=pair.kz.settings.administration,
        recipient="customs.uz",
        code="TM-010",
        purpose="TRANSIT_CONTROL",
    )
    assert agreement.requests
    under = Under(
        exchange=exchange,
        grant=grant,
        at=pair.clock(),
        recovery_start_months=agreement.requests.clocks.recovery_start_months,
    )
    # Two stores of the same node, as far as its manifests go: the other one's is empty.
    filed, loaded = pair.uz, pair.kz
    for one in traffic.movements(10):
        with transaction(filed.engine) as conn:
            filed.enquiry.holding.file_manifest(
                conn,
                one.manifest,
                document_of(one),
                direction=Direction.RECEIVED,
                exchange=exchange,
                grant=grant,
                message_id=f"{one.stamp}@simulated",
                at=pair.clock(),
            )

    drawing = Drawing(traffic=traffic, under=under, count=10)
    assert load(loaded.engine, loaded.enquiry.vault, drawing) == 10

    for table in (manifest, manifest_key, payload, movement, movement_event):
        wanted = rows(filed.engine, table)
        assert wanted
        assert rows(loaded.engine, table) == wanted, table.name
    # Each store encrypts with a key of its own.
    assert rows(loaded.engine, payload_chunk, "locked") == rows(
        filed.engine, payload_chunk, "locked"
    )
    with reading(loaded.engine) as conn:
        (held,) = manifests.versions(conn, f"KZ/mrn/{traffic.movement(7).mrn}")
        kept = payloads.fetch(conn, held.document_id, loaded.enquiry.vault)
    assert kept == document_of(traffic.movement(7))
    assert held.exchange == under.exchange


def test_a_question_that_waits_for_another_is_late() -> None:
    def slow() -> int:
        threading.Event().wait(0.2)
        return 1

    taken = ask([slow] * 24, per_second=1000)

    assert taken.found == 24
    assert taken.quantile(95) > 0.5  # eight threads: the last wave waits for two others


def test_what_goes_wrong_while_manifests_arrive_is_told() -> None:
    def fails(at: int) -> None:
        raise ZeroDivisionError(at)

    with pytest.raises(ZeroDivisionError), Arriving(act=fails, per_second=100):
        ask([lambda: 1] * 40, per_second=200)


def test_what_a_busy_store_turns_away_is_counted_and_arrivals_come_again() -> None:
    tried: list[int] = []

    def busy_once(at: int) -> None:
        tried.append(at)
        if len(tried) == 1:
            raise StoreBusyError(why="locked")

    def busy() -> int:
        raise StoreBusyError(why="locked")

    with Arriving(act=busy_once, per_second=50) as arriving:
        taken = ask([busy, *[lambda: 1] * 19], per_second=100)

    assert (taken.turned_away, taken.found) == (1, 19)
    assert arriving.turned_away == 1
    assert tried[:2] == [0, 0]
