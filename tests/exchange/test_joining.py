"""What a country tells that a diversion brings in, told before the diversion is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.movement import Event
from exchange_node.domain.transmission.content import Content
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from exchange_node.transport.line import Answer as Reply
from tests.exchange.corridor import Corridor, corridor
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.world import NATIONAL, OPERATOR


@pytest.fixture(name="diverted")
def _diverted(tmp_path: Path) -> Iterator[Corridor]:
    """Goods turn up in Turkmenistan, and Afghanistan does not hear that they are diverted."""
    with corridor(tmp_path, FOUR) as four:
        for partner in ("uz", "af"):
            four.nodes["kz"].dispatch.submit(
                NATIONAL,
                four_country_declaration(),
                partner=f"customs.{partner}",
                facts=four_country_facts("UZ"),
            )
        four.run()
        for name, event, office in (
            ("kz", Event.EXIT, "KZ550302"),
            ("uz", Event.ENTRY, "UZ270101"),
        ):
            four.clock.forward(minutes=60)
            four.tell(name, event, office)
            four.run()
        door = four.exchange.doors["customs.af"]

        def is_shut(party: str, content_type: str, body: Content) -> Reply:
            raise PartnerUnreachableError(partner=party, url="memory:", why="it is shut")

        four.exchange.doors["customs.af"] = is_shut
        four.tell("tm", Event.REQUEST, "TM010101", ground="2")
        four.run()
        four.exchange.doors["customs.af"] = door
        yield four


def entry_told(four: Corridor) -> str:
    """Tell Turkmenistan's entry; return the message that takes it to Afghanistan."""
    four.clock.forward(seconds=5)
    return str(four.tell("tm", Event.ENTRY, "TM010101")["messages"]["customs.af"])


def parked(four: Corridor) -> list[str]:
    with reading(four.nodes["af"].engine) as conn:
        return [one.message_id for one in inbox.search(conn, state=State.PARKED, limit=9)]


def test_an_event_of_who_joins_waits_for_the_diversion_and_the_departure_is_asked(
    diverted: Corridor,
) -> None:
    message = entry_told(diverted)
    diverted.run()
    assert message in parked(diverted)

    diverted.pass_by(300)

    assert parked(diverted) == []
    assert set(diverted.states().values()) == {"in transit"}
    assert diverted.events("af")[-1] == "entry"
    assert "question" in diverted.events("kz")


def test_who_is_brought_in_by_nothing_is_refused_when_the_wait_is_over(
    diverted: Corridor,
) -> None:
    with reading(diverted.nodes["kz"].engine) as conn:
        (lost,) = [
            one.transmission.message_id
            for one in outbox.search(conn, limit=60)
            if one.exchange.code == "TM-030" and one.exchange.recipient == "customs.af"
        ]
    diverted.nodes["kz"].operating.cancel(OPERATOR, lost, why="a test")
    message = entry_told(diverted)
    diverted.run()
    diverted.clock.forward(minutes=61)
    diverted.run()

    with reading(diverted.nodes["tm"].engine) as conn:
        answer = outbox.get(conn, message).answer
    assert answer is not None
    assert [one.code for one in answer.findings] == ["CAREC-F052"]
