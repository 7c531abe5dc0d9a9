"""A message that comes again gets its first answer, whatever happened to its movement since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.movement import Event
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from tests.exchange.several import Several, several
from tests.world import Clock


@pytest.fixture(name="two")
def _two(tmp_path: Path) -> Iterator[Several]:
    text = nodes.pair_agreement("KZ", "UZ", on=Clock()().date())
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        yield world


def recorded(two: Several) -> list[tuple[tuple[str, str, bytes], bytes]]:
    """Write down from now on what is posted to Uzbekistan, and what it says."""
    door = two.exchange.doors["customs.uz"]
    posted = list[tuple[tuple[str, str, bytes], bytes]]()

    def post(party: str, content_type: str, body: Content) -> Answer:
        octets = whole(body)
        answer = door(party, content_type, octets)
        posted.append(((party, content_type, octets), answer.octets))
        return answer

    two.exchange.doors["customs.uz"] = post
    return posted


@pytest.mark.parametrize("days", [0, 40])
def test_a_notice_that_comes_again_is_answered_as_the_first_time(days: int, two: Several) -> None:
    posted = recorded(two)
    told = two.tell("kz", Event.EXIT)["messages"]["customs.uz"]
    two.run()
    first, reply = posted[0]
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL)
    two.run()
    with reading(two.nodes["kz"].engine) as conn:
        answer = outbox.get(conn, told).answer
    assert answer is not None
    happened, stands = two.events("uz"), two.states()
    two.clock.forward(days=days)

    again = [two.exchange.doors["customs.uz"](*first) for _ in range(2)]
    two.run()

    assert {one.octets for one in again} == {reply}
    assert (two.events("uz"), two.states()) == (happened, stands)
    with reading(two.nodes["kz"].engine) as conn:
        assert outbox.get(conn, told).answer == answer
    with reading(two.nodes["uz"].engine) as conn:
        kept = [one for one in inbox.search(conn, limit=50) if one.message_id == told]
    assert len(kept) == 1
