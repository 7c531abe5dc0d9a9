from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange_node.domain.errors import StoreError
from exchange_node.services.stations.traffic.strangers import MOST_A_MINUTE, Strangers
from exchange_node.store import audit
from exchange_node.store.audit import AuditRecord
from exchange_node.store.database import open_database, reading
from tests.world import Pair, tls_certificate_of

FLOOD = 3 * MOST_A_MINUTE


def refused(pair: Pair) -> list[AuditRecord]:
    with reading(pair.uz.engine) as conn:
        found = audit.search(conn, limit=999)
    return [one for one in found if one.action.startswith("message.refused")]


def knock(pair: Pair, times: int, certificate: bytes = b"") -> None:
    for _ in range(times):
        pair.uz.reception.receive(certificate, "application/soap+xml", b"<x/>")


def test_a_flood_of_strangers_is_recorded_up_to_a_bound_and_counted(pair: Pair) -> None:
    knock(pair, FLOOD)
    assert len(refused(pair)) == MOST_A_MINUTE

    pair.clock.forward(minutes=1)
    knock(pair, 1)

    assert len(refused(pair)) == MOST_A_MINUTE + 2
    (line,) = [one for one in refused(pair) if "count" in one.facts]
    assert line.facts["count"] == str(FLOOD - MOST_A_MINUTE)
    assert line.facts["codes"] == f"ebms.failed-authentication {FLOOD - MOST_A_MINUTE}"


def test_what_was_counted_is_written_when_the_minute_ends_though_nobody_comes(pair: Pair) -> None:
    knock(pair, MOST_A_MINUTE + 2)
    walk = pair.uz.timetable()["counting"]
    assert walk() == 0

    pair.clock.forward(minutes=1)

    assert (walk(), walk()) == (1, 0)
    assert [one.facts["count"] for one in refused(pair) if "count" in one.facts] == ["2"]


def test_what_was_counted_is_written_when_the_node_stops(pair: Pair) -> None:
    knock(pair, MOST_A_MINUTE + 2)

    pair.restart("uz")

    assert [one.facts["count"] for one in refused(pair) if "count" in one.facts] == ["2"]


def test_a_known_partner_is_recorded_each_time(pair: Pair) -> None:
    certificate = tls_certificate_of(pair.kz.settings.folder.parent, "customs.kz")

    knock(pair, MOST_A_MINUTE + 5, certificate)

    assert len(refused(pair)) == MOST_A_MINUTE + 5


def test_a_count_that_could_not_be_written_is_not_lost(pair: Pair, tmp_path: Path) -> None:
    replies = pair.uz.reception.taking.replies
    knock(pair, MOST_A_MINUTE + 2)
    pair.clock.forward(minutes=1)
    engine = open_database(f"sqlite:///{tmp_path}/no/such/folder/node.db")
    with pytest.raises(StoreError):
        replace(replies, engine=engine).count_strangers(pair.clock())

    assert replies.count_strangers(pair.clock()) == 1


def test_who_looked_at_the_clock_before_counts_to_the_same_minute() -> None:
    strangers, now = Strangers(), datetime(2026, 3, 2, 8, tzinfo=UTC)
    recorded = [
        strangers.is_recorded("code", now - timedelta(microseconds=number % 2))
        for number in range(FLOOD)
    ]

    assert sum(recorded) == MOST_A_MINUTE
    assert strangers.take(now - timedelta(microseconds=1)) is None
