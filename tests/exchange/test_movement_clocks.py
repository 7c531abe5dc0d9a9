"""How long the steps of a movement from KZ to UZ may take, and who sees until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node.domain.movement import Control, Event
from tests.exchange.several import Several, several
from tests.exchange.test_movement_recovery import agreed, later, noticed


@pytest.fixture(name="two")
def _two(tmp_path: Path) -> Iterator[Several]:
    with several(tmp_path, agreed()) as world:
        world.submit()
        world.run()
        yield world


def arrived(two: Several, *found: tuple[Event, str]) -> None:
    """Let the goods arrive and the control find something."""
    for event, result in ((Event.ENTRY, ""), (Event.ARRIVAL, ""), *found):
        controls = (Control(result=result),) if result else ()
        two.tell("uz", event, controls=controls)
        two.run()


@pytest.mark.parametrize(
    "found",
    [
        ((Event.CONFORM, "A1"),),
        ((Event.DISCREPANT, "B1"), (Event.SOLVED, "A1")),
    ],
)
def test_the_desk_of_the_departure_hears_once_of_what_it_did_not_discharge_in_time(
    found: tuple[tuple[Event, str], ...], two: Several
) -> None:
    arrived(two, *found)
    due = (two.clock() + timedelta(days=1)).isoformat()
    assert two.show("kz")["due"]["discharge"] == due
    assert "discharge" not in two.show("uz")["due"]
    later(two, hours=23)
    assert noticed(two, "kz", "movement.discharge-due") == []

    two.build("kz")  # what is due outlasts a restart
    later(two, hours=1)
    later(two, days=3)

    (facts,) = noticed(two, "kz", "movement.discharge-due")
    assert (facts["state"], facts["waits_for"]) == ("controlled", "customs.kz")
    assert noticed(two, "uz", "movement.discharge-due") == []
    assert two.states() == {"kz": "controlled", "uz": "controlled"}
    assert "discharge" not in two.show("kz")["due"]


def test_what_is_discharged_in_time_is_due_no_more(two: Several) -> None:
    arrived(two, (Event.CONFORM, "A1"))
    two.tell("kz", Event.DISCHARGE)
    two.run()

    assert "discharge" not in two.show("kz")["due"]
    later(two, days=3)
    assert noticed(two, "kz", "movement.discharge-due") == []


def test_a_discrepancy_that_is_open_lets_nothing_be_discharged(two: Several) -> None:
    arrived(two, (Event.DISCREPANT, "B1"))

    assert "discharge" not in two.show("kz")["due"]


def test_an_agreement_that_gives_the_discharge_no_time_sets_no_clock(tmp_path: Path) -> None:
    with several(tmp_path, agreed("discharge_days = 1\n")) as two:
        two.submit()
        two.run()
        arrived(two, (Event.CONFORM, "A1"))

        assert "discharge" not in two.show("kz")["due"]
