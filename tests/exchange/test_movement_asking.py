"""What is missing of a movement is asked for; where it stands is told; enquiries begin in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import OfficeError, UnknownRecordError
from exchange_node.domain.movement import Event, Report, Route, State
from exchange_node.services.movements.minding import LONGEST_PAUSE, MOST_TRIES, TRY_AGAIN
from exchange_node.services.stations.movement.errands import ENQUIRE, Asked, leave_answer
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.movements import events, views
from tests.world import NATIONAL, OPERATOR, POST, Pair, pair_of_nodes

MRN = "26KZ55010100041703"
OFFICES = {"kz": "KZ550302", "uz": "UZ270101"}


class Way:
    """The sample's movement between the two nodes; an hour passes with every event."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair

    def tell(self, name: str, event: Event) -> str:
        """Tell an event at one node; return the message that takes it to the other."""
        self.pair.clock.forward(minutes=60)
        report = Report(movement=MRN, event=event, office=OFFICES[name])
        told: dict[str, Any] = getattr(self.pair, name).movements.telling.tell(NATIONAL, report)
        (message,) = told["messages"].values()
        return str(message)

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        (one,) = getattr(self.pair, name).movements.timeline.show(POST, MRN)["movements"]
        return dict(one)

    def events(self, name: str) -> list[str]:
        """Return what happened in the view of one node."""
        return [one["event"] for one in self.show(name)["events"]]

    def notices(self, name: str) -> list[str]:
        """Return the codes of the notices that wait to be handed over at a node."""
        with reading(getattr(self.pair, name).engine) as conn:
            return [one.ref for one in duties.waiting(conn, "tell") if "movement." in one.ref]

    def mind(self, name: str) -> int:
        """Let one node do what is due."""
        return int(getattr(self.pair, name).movements.minding.run())


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        pair.run()
        yield Way(pair)


def test_what_a_message_waits_for_is_asked_for_and_told(way: Way) -> None:
    entry = way.tell("uz", Event.ENTRY)
    way.pair.uz.operating.hold(OPERATOR, entry, why="it comes later")
    way.tell("uz", Event.ARRIVAL)
    way.pair.run()
    way.mind("kz")
    way.pair.run()
    way.mind("uz")
    way.pair.run()

    assert way.events("kz") == ["release", "question", "standing"]
    said = [one["said"] for one in way.show("kz")["events"]]
    assert said == ["", "REL", "ARR"]
    way.pair.uz.operating.release(OPERATOR, entry)
    way.pair.run()
    assert way.show("kz")["state"] == "arrived"


def test_what_waits_is_asked_for_once(way: Way) -> None:
    entry = way.tell("uz", Event.ENTRY)
    way.pair.uz.operating.hold(OPERATOR, entry, why="it comes later")
    way.tell("uz", Event.ARRIVAL)
    way.pair.run()

    for _ in range(3):
        way.mind("kz")
        way.pair.clock.forward(minutes=5)
        way.pair.run()

    assert way.events("kz").count("question") == 1


def test_an_office_asks_where_a_movement_stands(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    way.pair.run()
    report = Report(movement=MRN, event=Event.QUESTION, office="")

    way.pair.uz.movements.telling.tell(POST, report)
    way.pair.run()
    way.mind("kz")
    way.pair.run()

    assert way.events("uz") == ["release", "exit", "question", "standing"]
    assert way.show("uz")["events"][-1]["said"] == "TRN"
    assert way.show("kz")["state"] == way.show("uz")["state"] == "in transit"


def test_nobody_asks_for_a_movement_that_is_not_held(way: Way) -> None:
    report = Report(movement="26KZ00000000000000", event=Event.QUESTION, office="")

    with pytest.raises(UnknownRecordError):
        way.pair.uz.movements.telling.tell(POST, report)


def test_an_enquiry_begins_by_itself_and_the_desk_is_told(way: Way) -> None:
    due = way.show("kz")["due"]
    assert list(due) == ["enquiry", "recovery"]
    assert way.show("uz")["due"] == {}
    way.tell("kz", Event.EXIT)
    way.pair.run()

    way.pair.clock.forward(days=60)
    way.mind("kz")
    way.mind("kz")

    assert way.events("kz") == ["release", "exit", "enquiry"]
    assert list(way.show("kz")["due"]) == ["reply", "recovery"]
    (notice,) = way.notices("kz")
    assert "movement.enquiry" in notice
    assert "Duty desk" in notice
    way.pair.clock.forward(days=40)
    way.mind("kz")
    assert any("movement.overdue" in one for one in way.notices("kz"))
    assert list(way.show("kz")["due"]) == ["recovery"]


def test_what_has_arrived_is_not_enquired_about(way: Way) -> None:
    way.pair.clock.forward(days=11)
    way.tell("uz", Event.ENTRY)
    way.pair.run()
    way.tell("uz", Event.ARRIVAL)
    way.pair.run()
    assert list(way.show("kz")["due"]) == ["recovery", "results", "results enquiry"]

    way.pair.clock.forward(days=3)  # results are not enquired after yet
    way.mind("kz")

    assert "enquiry" not in way.show("kz")["due"]
    assert "enquiry" not in way.events("kz")


def let_the_manifest_be_due(way: Way) -> None:
    """Let the node find what was there in time, so that nothing of it is due."""
    way.pair.clock.forward(days=2)
    assert way.mind("kz") > 0


def test_two_workers_begin_one_enquiry(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    let_the_manifest_be_due(way)
    way.pair.clock.forward(days=60)

    assert [way.mind("kz"), way.mind("kz")] == [1, 0]

    assert way.events("kz").count("enquiry") == 1
    assert way.show("kz")["events"][-1]["recorded_by"] == "node"


def test_an_errand_that_breaks_the_program_is_put_off_and_starves_none_behind_it(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.tell("kz", Event.EXIT)
    let_the_manifest_be_due(way)
    with transaction(way.pair.kz.engine) as conn:
        duties.leave(conn, ENQUIRE, "no number", way.pair.clock())
    way.pair.clock.forward(days=60)
    now = way.pair.clock()

    assert way.mind("kz") == 1

    assert way.events("kz").count("enquiry") == 1
    with reading(way.pair.kz.engine) as conn:
        (left,) = [one for one in duties.waiting(conn, ENQUIRE) if one.ref == "no number"]
    assert (left.attempts, left.last_error, left.due_at) == (1, "node.broken", now + TRY_AGAIN)
    for _ in range(MOST_TRIES):
        way.pair.clock.forward(days=1)
        way.mind("kz")
    (told,) = [one for one in way.notices("kz") if "movement.given-up" in one]
    assert "ValueError at exchange_node." in told
    assert "invalid literal" not in told + caplog.text


def test_what_never_succeeds_is_tried_ever_more_rarely_and_the_desk_is_told(way: Way) -> None:
    let_the_manifest_be_due(way)
    with transaction(way.pair.kz.engine) as conn:
        duties.leave(conn, ENQUIRE, "999", way.pair.clock())
    pauses, due = [], None
    for _ in range(MOST_TRIES):
        assert way.mind("kz") == 0
        with reading(way.pair.kz.engine) as conn:
            due = duties.due_at(conn, ENQUIRE, "999")
        if due is not None:
            pauses.append(due - way.pair.clock())
            way.pair.clock.now = due

    assert due is None
    assert len(pauses) == MOST_TRIES - 1
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (TRY_AGAIN, LONGEST_PAUSE)
    (notice,) = way.notices("kz")
    assert "movement.given-up" in notice
    assert "Duty desk" in notice


def test_whoever_sits_at_an_office_tells_for_no_other(way: Way) -> None:
    elsewhere = replace(POST, offices=frozenset({"UZ260103"}))
    report = Report(movement=MRN, event=Event.ENTRY, office="UZ270101")

    with pytest.raises(OfficeError):
        way.pair.uz.movements.telling.tell(elsewhere, report)

    assert way.events("uz") == ["release"]


def of_another(way: Way) -> tuple[int, int]:
    """Let Uzbekistan begin a movement under Kazakhstan's number; return the rows of both."""
    with transaction(way.pair.kz.engine) as conn:
        (own,) = views.named(conn, MRN, test=way.pair.kz.movements.telling.own.test)
        route = Route(departure="customs.uz", destination="customs.kz")
        new = replace(own, number=0, route=route, state=State.RELEASED)
        return own.number, views.begin(conn, new).number


def happened(way: Way, number: int) -> list[tuple[str, str]]:
    with reading(way.pair.kz.engine) as conn:
        return [(one.event.value, one.said) for one in events.of_movement(conn, number)]


def test_another_manifest_under_our_number_takes_nothing_from_our_movement(way: Way) -> None:
    own, other = of_another(way)

    way.tell("kz", Event.EXIT)
    way.tell("uz", Event.ENTRY)
    way.pair.run()
    way.pair.clock.forward(days=60)
    way.mind("kz")

    told = [one for one, _ in happened(way, own) if one != "comparison"]
    assert told == ["release", "exit", "entry", "enquiry"]
    assert happened(way, other) == []


def test_who_asks_is_told_of_the_movement_that_was_asked_about(way: Way) -> None:
    way.tell("kz", Event.EXIT)
    own, other = of_another(way)
    with transaction(way.pair.kz.engine) as conn:
        for number in (own, other):
            asked = Asked(movement=number, partner="customs.uz", message_id="asking@customs.uz")
            leave_answer(conn, asked, way.pair.clock())

    way.mind("kz")

    assert happened(way, other) == [("standing", "REL")]
    assert happened(way, own)[-1] == ("standing", "TRN")
