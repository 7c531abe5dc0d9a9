"""A movement from KZ to UZ that does not keep to the regular course, at both nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import IllegalEventError, RoleError
from exchange_node.domain.movement import (
    Control,
    Event,
    Paper,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
)
from exchange_node.store import outbox
from exchange_node.store.database import reading
from tests.world import NATIONAL, OPERATOR, POST, Pair, pair_of_nodes

MRN = "26KZ55010100041703"
OFFICES = {"kz": "KZ550302", "uz": "UZ270101"}


class Way:
    """The sample's movement between the two nodes; an hour passes with every event."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair

    def tell(self, name: str, event: Event, **more: Any) -> str:  # noqa: ANN401 - whatever a Report takes
        """Tell an event at one node; return the message that takes it to the other."""
        self.pair.clock.forward(minutes=60)
        report = Report(movement=MRN, event=event, office=OFFICES[name], **more)
        told = getattr(self.pair, name).movements.telling.tell(NATIONAL, report)
        assert told["not_told"] == []
        (message,) = told["messages"].values()
        return str(message)

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        (one,) = getattr(self.pair, name).movements.timeline.show(POST, MRN)["movements"]
        return dict(one)

    def states(self) -> tuple[str, str]:
        """Return where it stands at both."""
        return self.show("kz")["state"], self.show("uz")["state"]

    def is_accepted(self, name: str, message: str) -> bool | None:
        """Return what the other side said of a message of one node; None before it did."""
        with reading(getattr(self.pair, name).engine) as conn:
            answer = outbox.get(conn, message).answer
        return answer.accepted if answer else None


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        pair.run()
        yield Way(pair)


def test_a_movement_is_cancelled_at_both_nodes_before_the_border(way: Way) -> None:
    message = way.tell("kz", Event.CANCELLATION, ground="2", remark="issued anew")
    way.pair.run()

    assert way.states() == ("cancelled", "cancelled")
    assert way.is_accepted("kz", message) is True
    assert way.show("uz")["waits_for"] == []
    with pytest.raises(IllegalEventError):
        way.tell("uz", Event.ENTRY)


def test_a_crossing_and_a_cancellation_that_meet_end_in_transit_at_both(way: Way) -> None:
    cancelled = way.tell("kz", Event.CANCELLATION, ground="1")
    entered = way.tell("uz", Event.ENTRY)
    way.pair.run()

    assert way.states() == ("in transit", "in transit")
    assert way.is_accepted("kz", cancelled) is False
    assert way.is_accepted("uz", entered) is True


def test_nothing_is_cancelled_after_a_border(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    way.pair.run()

    with pytest.raises(IllegalEventError, match="in transit"):
        way.tell("kz", Event.CANCELLATION, ground="1")


def test_a_refused_movement_comes_in_later_at_another_office(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    way.tell("uz", Event.REFUSAL, ground="2", place=SeenPlace(name="before the gate"))
    way.pair.run()
    assert way.states() == ("refused", "refused")
    assert way.show("kz")["waits_for"] == ["customs.kz", "customs.uz"]

    way.tell("uz", Event.ENTRY)
    way.pair.run()

    assert way.states() == ("in transit", "in transit")


def test_a_refusal_that_arrives_after_the_entry_changes_nothing(way: Way) -> None:
    refused = way.tell("uz", Event.REFUSAL, ground="3")
    way.pair.uz.operating.hold(OPERATOR, refused, why="it comes later")
    way.tell("uz", Event.ENTRY)
    way.pair.run()
    way.pair.uz.operating.release(OPERATOR, refused)
    way.pair.run()

    assert way.states() == ("in transit", "in transit")
    assert way.is_accepted("uz", refused) is True
    assert [one["event"] for one in way.show("kz")["events"]] == ["release", "entry", "refusal"]


def test_goods_that_came_back_are_discharged_where_they_left(way: Way) -> None:
    way.tell("uz", Event.REFUSAL, ground="5")
    way.pair.run()
    way.tell("kz", Event.DISCHARGE)
    way.pair.run()

    assert way.states() == ("discharged", "discharged")


def test_an_incident_with_transhipment_and_new_seals_is_known_to_both(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    message = way.tell(
        "uz",
        Event.INCIDENT,
        ground="3",
        place=SeenPlace(name="M39, km 12; 41.4512 N, 69.1234 E", id="UZTAS"),
        means=SeenMeans(id="01 A 777 AA", nationality="UZ", mode="3"),
        equipment=(
            SeenEquipment(
                id="ALTU2045171",
                seals=(SeenSeal(id="UZS0000912", condition="1", replaces="KZS0041701"),),
            ),
        ),
        papers=(Paper(type_code="310", id="e3b0c442" * 8),),
    )
    way.pair.run()
    assert way.states() == ("incident", "incident")
    assert way.is_accepted("uz", message) is True

    way.tell("uz", Event.CONTINUATION)
    way.pair.run()

    assert way.states() == ("in transit", "in transit")


def test_an_enquiry_is_answered_with_other_proof_and_the_movement_discharged(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    way.pair.run()
    way.tell("kz", Event.ENQUIRY, remark="nothing was heard after the border")
    way.pair.run()
    assert way.states() == ("enquiry", "enquiry")
    assert way.show("kz")["waits_for"] == ["customs.uz"]

    reply = way.tell("uz", Event.REPLY, ground="3", papers=(Paper(type_code="730", id="0012345"),))
    way.pair.run()
    assert way.is_accepted("uz", reply) is True
    way.tell("kz", Event.DISCHARGE)
    way.pair.run()

    assert way.states() == ("discharged", "discharged")


def test_an_enquiry_that_crosses_the_arrival_ends_arrived_at_both(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.pair.run()
    way.tell("uz", Event.ARRIVAL)
    way.tell("kz", Event.ENQUIRY)
    way.pair.run()

    assert way.states() == ("arrived", "arrived")


def test_what_is_told_after_a_discharge_by_other_proof_is_recorded(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.pair.run()
    arrived = way.tell("uz", Event.ARRIVAL)
    way.pair.uz.operating.hold(OPERATOR, arrived, why="it comes later")
    way.tell("kz", Event.ENQUIRY)
    way.tell("kz", Event.DISCHARGE)
    way.pair.run()
    way.pair.uz.operating.release(OPERATOR, arrived)
    way.pair.run()

    assert way.show("kz")["state"] == "discharged"
    assert way.is_accepted("uz", arrived) is True


@pytest.mark.parametrize("ground", ["", "77"])
@pytest.mark.parametrize("event", [Event.REFUSAL, Event.INCIDENT])
def test_why_is_said_in_a_code(way: Way, event: Event, ground: str) -> None:
    way.tell("uz", Event.ENTRY)

    with pytest.raises(IllegalEventError, match="its ground is one of: 1 "):
        way.tell("uz", event, ground=ground)


def test_a_control_names_no_ground(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.tell("uz", Event.ARRIVAL)

    with pytest.raises(IllegalEventError, match="its ground is one of: none"):
        way.tell("uz", Event.CONFORM, ground="1", controls=(Control(result="A1"),))


def test_a_border_post_cancels_nothing(way: Way) -> None:
    report = Report(movement=MRN, event=Event.CANCELLATION, office="KZ550302", ground="1")

    with pytest.raises(RoleError):
        way.pair.kz.movements.telling.tell(POST, report)
