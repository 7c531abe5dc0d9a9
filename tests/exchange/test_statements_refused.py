"""What an office's own node pulled and does not show: not filed yet, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import OfficeNodeError
from exchange_node.domain.message import EXPECTED
from exchange_node.domain.movement import Event
from exchange_node.node import expecting, merging
from exchange_node.services.stations.posts.taking import OfficeStatements
from tests.exchange.corridor import Corridor
from tests.exchange.test_offices_that_pull import ENTRY, MOVEMENT, MRN, files, posts
from tests.world import POST

OFFICE = "UZ270101"


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Corridor]:
    """Uzbekistan's node has told its office of a manifest, which it has pulled and not filed."""
    with posts(tmp_path) as world:
        world.run()
        files(world)
        world.clock.forward(minutes=1)
        world.nodes[ENTRY].pulling.run()
        yield world


def page(world: Corridor) -> Any:  # noqa: ANN401 - keys of a page
    found = world.nodes[ENTRY].enquiry.expected(POST, office=OFFICE)
    assert found.view is not None
    return found.view


def refuse(world: Corridor) -> None:
    """File what was pulled at a node that takes itself for that of another office."""
    node = world.nodes[ENTRY]
    taker = node.filing.takers[EXPECTED]
    assert isinstance(taker, OfficeStatements)
    other = replace(taker, trust=replace(taker.trust, partners=()))
    assert replace(node.filing, takers={**node.filing.takers, EXPECTED: other}).run()


def test_what_came_and_is_not_filed_yet_holds_the_age_back(world: Corridor) -> None:
    came = world.clock().isoformat()
    assert page(world)["expected"] == []
    world.clock.forward(minutes=2)
    world.nodes[ENTRY].pulling.run()
    assert page(world)["as_of"] == came

    world.nodes[ENTRY].filing.run()

    assert page(world)["as_of"] == world.clock().isoformat()
    assert len(page(world)["expected"]) == 1
    assert "refused" not in page(world)


def test_what_was_refused_is_said_until_a_later_statement_makes_it_good(world: Corridor) -> None:
    came = world.clock().isoformat()
    before = world.nodes[ENTRY].enquiry.expected(POST, office=OFFICE).tag
    refuse(world)

    node = world.nodes[ENTRY]
    assert page(world)["refused"] == {"count": 1, "since": came}
    assert node.enquiry.expected(POST, office=OFFICE, known={before}).view is not None
    assert node.enquiry.prearrival(POST, mrn=MRN)["refused"]["count"] == 1
    world.run()
    (notice,) = (one for one in world.told[ENTRY].told.values() if one.code == "office.refused")
    assert notice.facts["movement"] == MOVEMENT

    world.tell("uz", Event.ENTRY, OFFICE)
    world.clock.forward(minutes=1)
    world.run()

    assert "refused" not in page(world)
    assert len(node.enquiry.prearrival(POST, mrn=MRN)["arrivals"]) == 1


def test_a_manifest_that_is_gone_makes_nothing_good_and_a_month_ends_it(world: Corridor) -> None:
    refuse(world)
    world.run()
    world.clock.forward(days=20)
    world.run()
    assert page(world)["refused"]["count"] == 1

    world.clock.forward(days=11)

    assert "refused" not in page(world)


def test_a_post_is_stated_nothing_by_the_node_of_an_office(world: Corridor) -> None:
    node = world.nodes[ENTRY]
    at_office = replace(POST, offices=frozenset({OFFICE}))

    doors: tuple[Callable[[], bytes], ...] = (
        lambda: expecting(node).index(at_office, OFFICE),
        lambda: expecting(node).entries(at_office, OFFICE, [1]),
        lambda: expecting(node).trust(at_office),
        lambda: merging(node).merge(at_office, OFFICE, [], sent_at=world.clock()),
    )
    for asked in doors:
        with pytest.raises(OfficeNodeError, match="own node of office UZ270101"):
            asked()
    assert expecting(world.nodes["uz"]).index(at_office, OFFICE)
