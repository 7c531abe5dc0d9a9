"""What was recorded without the line: marked at both ends, reconciled, cleared, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import IllegalEventError, RoleError, UnknownRecordError
from exchange_node.domain.movement import Event
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.node import merging, pair_agreement
from exchange_node.services.stations.posts.records import Offline
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.exchange.several import MRN, Several, several
from tests.world import LIAISON, OPERATOR, POST, Clock

OFFICE = "UZ270101"
GATE = replace(POST, offices=frozenset({OFFICE}))


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Several]:
    text = pair_agreement("KZ", "UZ", on=Clock()().date())
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        yield world


def merged(world: Several, record: str, packages: int | None = None) -> None:
    """Hand over what a post recorded half an hour ago."""
    now = world.clock()
    one = Offline(
        record_id=f"{OFFICE}-{record}",
        sequence=7,
        kind="crossing",
        movement=MRN,
        operator="anna",
        reason="line down",
        occurred_at=now - timedelta(minutes=30),
        direction="entry",
        packages=packages,
    )
    merging(world.nodes["uz"]).merge(GATE, OFFICE, [one], sent_at=now)
    world.run()


def marks(world: Several, name: str) -> list[tuple[str, bool, str]]:
    """Return of every marked event whose it is, whether it is open, and what came of it."""
    return [(one["party"], one["open"], one["outcome"]) for one in world.show(name)["fallback"]]


def test_what_a_post_recorded_offline_is_marked_at_both_ends_and_cleared_by_the_node(
    world: Several,
) -> None:
    world.tell("kz", Event.EXIT)
    world.run()
    merged(world, "a" * 32, packages=24)

    assert marks(world, "uz") == [("customs.uz", False, "agrees")]
    assert marks(world, "kz") == [("customs.uz", False, "")]
    for name in ("kz", "uz"):
        (entry,) = [one for one in world.show(name)["events"] if one["event"] == "entry"]
        assert entry["fallback"] == "FALLBACK"
    with reading(world.nodes["uz"].engine) as conn:
        subject = ("movement-fallback", f"customs.uz/customs.uz-{OFFICE}-{'a' * 32}")
        (record,) = audit.search(conn, subject=subject, limit=9)
        (told, *_) = audit.search(
            conn, subject=("movement", f"customs.uz-{OFFICE}-{'a' * 32}"), limit=9
        )
    assert record.facts["proof"] == f"post-record {OFFICE}-{'a' * 32}"
    assert (told.facts["fallback"], told.facts["operator"]) == ("line down", "anna")


def test_an_offline_record_that_contradicts_what_was_told_stays_open_until_an_officer_clears_it(
    world: Several,
) -> None:
    world.tell("uz", Event.ENTRY, packages=24)
    merged(world, "b" * 32, packages=20)

    assert marks(world, "uz") == [("customs.uz", True, "")]
    assert [one.code for one in world.told["uz"].told.values()].count("movement.fallback-open") == 1

    clearing = world.nodes["uz"].movements.clearing
    notice = f"customs.uz-{OFFICE}-{'b' * 32}"
    with pytest.raises(RoleError):
        clearing.clear(OPERATOR, MRN, notice, outcome="differs", paper="17")
    done = clearing.clear(GATE, MRN, notice, outcome="differs", paper="17")
    again = clearing.clear(LIAISON, MRN, notice, outcome="agrees", paper="18")
    assert again == done
    assert marks(world, "uz") == [("customs.uz", False, "differs")]


def test_what_is_told_after_an_outage_by_hand_is_open_until_the_paper_was_looked_at(
    world: Several,
) -> None:
    at = world.clock() - timedelta(hours=2)
    told = world.tell(
        "kz", Event.EXIT, occurred_at=at, fallback=Fallback(reason="no power", recorded_at=at)
    )
    world.run()
    assert marks(world, "kz") == [("customs.kz", True, "")]
    assert marks(world, "uz") == [("customs.kz", False, "")]

    clearing = world.nodes["kz"].movements.clearing
    with pytest.raises(UnknownRecordError):
        clearing.clear(LIAISON, MRN, "customs.kz-0", outcome="agrees", paper="17")
    clearing.clear(LIAISON, MRN, told["notice"], outcome="agrees", paper="17")
    assert marks(world, "kz") == [("customs.kz", False, "agrees")]

    online = world.tell("kz", Event.EXIT)
    with pytest.raises(IllegalEventError):
        clearing.clear(LIAISON, MRN, online["notice"], outcome="agrees", paper="17")


def test_the_share_of_fallback_is_counted_per_office_and_partner_over_some_days(
    world: Several,
) -> None:
    world.tell("kz", Event.EXIT)
    world.run()
    merged(world, "c" * 32)
    world.tell("uz", Event.ARRIVAL)
    world.run()

    for name in ("kz", "uz"):
        shares: Any = world.nodes[name].movements.clearing.shares(LIAISON)
        assert shares["parties"] == [
            {"party": "customs.kz", "events": 1, "fallback": 0, "percent": "0.0"},
            {"party": "customs.uz", "events": 2, "fallback": 1, "percent": "50.0"},
        ]
        assert shares["offices"][1]["office"] == OFFICE
    clearing = world.nodes["uz"].movements.clearing
    before = clearing.shares(OPERATOR, until=world.clock().date() - timedelta(days=9))
    assert before["parties"] == before["offices"] == []
    with pytest.raises(RoleError):
        clearing.shares(POST)
