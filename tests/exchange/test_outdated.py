"""Who has an older text of a manifest than others is shown to whoever looks at the movement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.movement import Event
from exchange_node.store import outbox
from exchange_node.store.database import reading
from tests.exchange.corridor import Corridor, corridor
from tests.world import FACTS, OPERATOR, replaced


def other_seal(number: str) -> str:
    return replaced(FACTS.read_text("utf-8"), "KZS0041702", number)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Corridor]:
    with corridor(tmp_path, ("kz", "uz", "tm"), pairs=(("kz", "uz"), ("kz", "tm"))) as made:
        made.submit("kz", "uz", "tm")
        made.run()
        yield made


def amend(world: Corridor, seal: str, *partners: str) -> None:
    for partner in partners:
        world.clock.forward(seconds=60)
        world.submit("kz", partner, facts=other_seal(seal))


def test_who_was_told_one_amendment_less_has_an_older_text(world: Corridor) -> None:
    first = world.show("kz")["events"][1]["occurred_at"]
    amend(world, "KZS0000001", "uz")
    world.run()

    (missed,) = world.show("kz")["outdated"].items()
    assert missed[0] == "customs.tm"
    assert missed[1] <= first
    assert world.show("uz")["outdated"] == {}


def test_once_all_are_told_nobody_has(world: Corridor) -> None:
    amend(world, "KZS0000001", "uz", "tm")
    world.run()

    assert world.show("kz")["outdated"] == {}


def test_an_amendment_that_was_stopped_is_nobodys_text(world: Corridor) -> None:
    amend(world, "KZS0000001", "uz")
    with reading(world.nodes["kz"].engine) as conn:
        (queued,) = outbox.search(conn, limit=1)
    world.nodes["kz"].operating.cancel(OPERATOR, queued.transmission.message_id, why="wrong seal")
    world.run()

    assert world.show("kz")["outdated"] == {}


def test_who_asked_for_the_manifest_later_has_the_newest(tmp_path: Path) -> None:
    with corridor(tmp_path, ("kz", "uz", "tm"), pairs=(("kz", "uz"), ("kz", "tm"))) as world:
        world.submit("kz", "uz")
        world.run()
        amend(world, "KZS0000001", "uz")
        world.run()
        world.clock.forward(seconds=60)
        world.tell("tm", Event.REQUEST, "TM010101", ground="2")
        world.run()

        assert "release" in world.events("tm")
        assert world.show("kz")["outdated"] == {}
