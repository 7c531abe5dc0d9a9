from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.errors import StoreError
from exchange_node.store.database import transaction
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.search import candidates

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

MEANS = ("means", "01A123BC")


@pytest.fixture(name="pair")
def _pair(database: Engine, make: Makers, vault: Vault) -> tuple[int, int]:
    with transaction(database) as conn:
        alert = alerts.file(conn, make.alert(), make.origin(), [], b"d", vault)
        manifest = manifests.file(conn, make.manifest(), [], b"d", vault)
    return alert.number, manifest.number


def test_a_subject_hits_a_manifest_once(
    database: Engine, pair: tuple[int, int], make: Makers, now: datetime
) -> None:
    alert, manifest = pair
    later = now + timedelta(hours=1)
    with transaction(database) as conn:
        assert hits.record(conn, alert=alert, manifest=manifest, hit=make.hit(), at=now)
        assert not hits.record(conn, alert=alert, manifest=manifest, hit=make.hit(), at=later)
        assert hits.record(conn, alert=alert, manifest=manifest, hit=make.hit(subject=2), at=later)

        found = hits.of_manifest(conn, manifest)
        assert hits.of_alert(conn, alert) == found
        assert hits.of_manifest(conn, manifest + 1) == []
    assert [(one.hit, one.at) for one in found] == [
        (make.hit(), now),
        (make.hit(subject=2), later),
    ]
    assert {(one.alert, one.manifest) for one in found} == {pair}


def test_a_hit_needs_both_its_sides(
    database: Engine, pair: tuple[int, int], make: Makers, now: datetime
) -> None:
    with pytest.raises(StoreError), transaction(database) as conn:
        hits.record(conn, alert=pair[0], manifest=99, hit=make.hit(), at=now)


def test_an_alert_and_a_manifest_filed_at_once_never_miss_each_other(
    database: Engine,
    make: Makers,
    vault: Vault,
    now: datetime,
    together: Callable[[int, Callable[[int], bool]], list[bool]],
) -> None:
    def file(which: int, turn: int) -> bool:
        alert_id, key = f"UZ-{turn}", ("means", str(turn))
        with transaction(database) as conn:
            if which:
                held = make.manifest(movement=f"KZ/mrn/{turn}", message_id=f"m{turn}")
                manifests.file(conn, held, [key], b"d", vault)
                return bool([a for a in alerts.by_keys(conn, [key], now) if a.alert_id == alert_id])
            alert = make.alert(alert_id=alert_id)
            alerts.file(conn, alert, make.origin(), [(*key, 1), (*key, 2)], b"d", vault)
            return bool(candidates.newest(conn, [candidates.Sought([frozenset({key})])], limit=9))

    for turn in range(15):

        def one(which: int, turn: int = turn) -> bool:
            return file(which, turn)

        assert any(together(2, one)), "neither saw the other"


def test_manifests_are_filed_beside_each_other(
    database: Engine, make: Makers, vault: Vault
) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    filed = threading.Event()

    def other() -> None:
        with transaction(database) as conn:
            held = make.manifest(movement="KZ/mrn/2", message_id="other")
            manifests.file(conn, held, [], b"d", vault)
        filed.set()

    with transaction(database) as conn:
        manifests.file(conn, make.manifest(), [], b"d", vault)
        thread = threading.Thread(target=other)
        thread.start()
        assert filed.wait(5), "a manifest waited for another"
    thread.join()
