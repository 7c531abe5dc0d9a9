"""A movement from KZ to UZ, told by both sides, in order and out of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from exchange_node.domain.errors import (
    IllegalEventError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.domain.movement import (
    Control,
    Event,
    MovementNotice,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenSeal,
)
from exchange_node.domain.releasing.release import BY_NODE
from exchange_node.policy.gates import permit_sending
from exchange_node.services.filing import LEASE, MOST_ATTEMPTS
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import State
from exchange_node.store.movements import events, parked
from exchange_node.store.outgoing import Answer
from exchange_node.store.tables import movement_parked
from exchange_node.wco.movement_codec import encode_notice
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair, pair_of_nodes, without_message

MRN = "26KZ55010100041703"
MEANS = SeenMeans(id="017 ABC 02", nationality="KZ", mode="3")
EQUIPMENT = (SeenEquipment(id="ALTU2045171", seals=(SeenSeal(id="KZS0041701", condition="1"),)),)
OFFICES = {"kz": "KZ550302", "uz": "UZ270101"}


@dataclass
class Way:
    """The sample's movement between the two nodes."""

    pair: Pair

    def tell(self, name: str, event: Event, **more: Any) -> dict[str, object]:  # noqa: ANN401 - whatever a Report takes
        """Tell an event at one node."""
        if event in (Event.CONFORM, Event.DISCREPANT, Event.SOLVED):
            result = {Event.CONFORM: "A1", Event.DISCREPANT: "B1", Event.SOLVED: "B3"}[event]
            more.setdefault("controls", (Control(result=result, type_code="20"),))
        report = Report(movement=MRN, event=event, office=OFFICES[name], **more)
        node = getattr(self.pair, name)
        return dict(node.movements.telling.tell(NATIONAL, report))

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        node = getattr(self.pair, name)
        (one,) = node.movements.timeline.show(POST, MRN)["movements"]
        return dict(one)

    def states(self) -> tuple[str, str]:
        """Return where it stands at both."""
        return self.show("kz")["state"], self.show("uz")["state"]

    def events(self, name: str) -> list[str]:
        """Return what happened in the view of one node."""
        return [one["event"] for one in self.show(name)["events"]]

    def parked(self, name: str) -> list[str]:
        """Return the messages that wait at one node."""
        node = getattr(self.pair, name)
        with reading(node.engine) as conn:
            found = inbox.search(conn, state=State.PARKED, limit=50)
            rows = conn.execute(select(movement_parked)).all()
        assert len(rows) == len(found)
        return [one.message_id for one in found]

    def message(self, told: dict[str, object]) -> str:
        """Return the message that took what was told to the other node."""
        messages = told["messages"]
        assert isinstance(messages, dict)
        (one,) = messages.values()
        return str(one)

    def hold_back(self, name: str, *messages: str) -> None:
        """Keep messages of one node from leaving."""
        for one in messages:
            getattr(self.pair, name).operating.hold(OPERATOR, one, why="it comes later")

    def let_go(self, name: str, message: str) -> None:
        """Let one of them leave, and both nodes do what there is to do."""
        getattr(self.pair, name).operating.release(OPERATOR, message)
        self.pair.run()

    def answer(self, name: str, message: str) -> Answer | None:
        """Return what the other side said of a message of one node; None before it did."""
        with reading(getattr(self.pair, name).engine) as conn:
            return outbox.get(conn, message).answer


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        pair.run()
        yield Way(pair)


def test_a_movement_goes_from_release_to_discharge_at_both_nodes(way: Way) -> None:
    assert way.states() == ("released", "released")

    for name, event, state in (
        ("kz", Event.EXIT, "in transit"),
        ("uz", Event.ENTRY, "in transit"),
        ("uz", Event.ARRIVAL, "arrived"),
        ("uz", Event.CONFORM, "controlled"),
        ("kz", Event.DISCHARGE, "discharged"),
    ):
        told = way.tell(name, event, means=MEANS, equipment=EQUIPMENT)
        assert told["state"] == state
        assert told["not_told"] == []
        way.pair.run()
        assert way.states() == (state, state)

    wanted = ["release", "exit", "entry", "arrival", "conform", "discharge"]
    assert way.events("kz") == wanted
    assert way.events("uz") == wanted


def test_discrepancies_are_solved_before_the_discharge(way: Way) -> None:
    for name, event in (("uz", Event.ENTRY), ("uz", Event.ARRIVAL), ("uz", Event.DISCREPANT)):
        way.tell(name, event)
        way.pair.run()
    assert way.states() == ("discrepancy", "discrepancy")
    with pytest.raises(IllegalEventError):
        way.tell("kz", Event.DISCHARGE)

    way.tell("uz", Event.SOLVED)
    way.pair.run()
    way.tell("kz", Event.DISCHARGE)
    way.pair.run()

    assert way.states() == ("discharged", "discharged")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_overtakes_waits_and_is_taken_in_its_order(way: Way, order: tuple[int, ...]) -> None:
    told = [way.tell("uz", one) for one in (Event.ENTRY, Event.ARRIVAL, Event.CONFORM)]
    messages = [way.message(one) for one in told]
    way.hold_back("uz", *messages)

    for place in order:
        way.let_go("uz", messages[place])

    assert way.show("kz")["state"] == "controlled"
    asked = {"question", "standing"}  # what is missing is asked for meanwhile
    happened = [one for one in way.events("kz") if one not in asked]
    assert happened == ["release", "entry", "arrival", "conform"]
    assert way.parked("kz") == []
    answers = [way.answer("uz", one) for one in messages]
    assert [one is not None and one.accepted for one in answers] == [True, True, True]


def test_a_notice_waits_for_its_manifest_and_is_answered_when_it_came(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        way = Way(pair)
        manifest = pair.kz.enquiry.submission(NATIONAL, pair.submit())["message_id"]
        way.hold_back("kz", str(manifest))
        exit_told = way.message(way.tell("kz", Event.EXIT))
        pair.run()
        assert exit_told in way.parked("uz")
        assert way.answer("kz", exit_told) is None
        waiting = pair.uz.movements.timeline.show(POST, MRN)
        assert waiting["movements"] == []
        parked = [one["message"] for one in waiting["parked"]]  # type: ignore[attr-defined]  # a plain view of anything
        # Behind it where the movement stands, which was asked: that waits for the manifest too.
        assert parked == [exit_told, *(one for one in way.parked("uz") if one != exit_told)]

        way.let_go("kz", str(manifest))

        assert way.states() == ("in transit", "in transit")
        answer = way.answer("kz", exit_told)
        assert answer is not None
        assert answer.accepted
        assert way.parked("uz") == []


def test_what_brought_filing_down_is_woken_by_nothing_but_a_person(way: Way) -> None:
    entry = way.message(way.tell("uz", Event.ENTRY))
    arrival = way.message(way.tell("uz", Event.ARRIVAL))
    way.hold_back("uz", entry)
    way.pair.run()
    kz, clock = way.pair.kz, way.pair.clock
    with transaction(kz.engine) as conn:
        assert parked.wake(conn, MRN, test=True) == 1
    for _ in range(MOST_ATTEMPTS):  # as often as a worker takes it and dies
        with transaction(kz.engine) as conn:
            assert inbox.claim_kept(conn, clock(), LEASE, 1)
        clock.forward(minutes=3)
    way.pair.run()

    clock.forward(minutes=120)
    way.pair.run()

    with reading(kz.engine) as conn:
        (waits,) = inbox.search(conn, state=State.PARKED, limit=9)
    assert waits.message_id == arrival
    assert waits.verdict["code"] == "filing.parked"
    assert kz.movements.waking.run() == 0


def test_what_has_waited_long_enough_is_out_of_sequence(way: Way) -> None:
    entry = way.message(way.tell("uz", Event.ENTRY))
    arrival = way.message(way.tell("uz", Event.ARRIVAL))
    way.hold_back("uz", entry)
    way.pair.run()
    way.pair.clock.forward(minutes=59)
    way.pair.run()
    assert way.parked("kz") == [arrival]
    assert way.answer("uz", arrival) is None

    way.pair.clock.forward(minutes=2)
    way.pair.run()

    assert way.parked("kz") == []
    answer = way.answer("uz", arrival)
    assert answer is not None
    assert not answer.accepted
    assert [one.code for one in answer.findings] == ["CAREC-F050"]
    assert "NCTS 92" in answer.findings[0].text
    assert way.states() == ("released", "arrived")


def test_a_movement_without_a_manifest_is_unknown_in_the_end(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        way = Way(pair)
        manifest = pair.kz.enquiry.submission(NATIONAL, pair.submit())["message_id"]
        way.hold_back("kz", str(manifest))
        exit_told = way.message(way.tell("kz", Event.EXIT))
        pair.run()

        pair.clock.forward(minutes=61)
        pair.run()

        answer = way.answer("kz", exit_told)
        assert answer is not None
        assert [one.code for one in answer.findings] == ["CAREC-F051"]


def test_a_notice_told_once_more_changes_nothing_and_is_accepted(way: Way) -> None:
    entry = way.message(way.tell("uz", Event.ENTRY))
    way.pair.run()
    again = sent_again(way.pair, entry)

    way.pair.run()

    answer = way.answer("uz", again)
    assert answer is not None
    assert answer.accepted
    assert way.events("kz") == ["release", "entry"]


def test_a_lost_receipt_brings_no_second_event(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.pair.exchange.lose_answers = True
    way.pair.run(2)
    way.pair.exchange.lose_answers = False
    way.pair.clock.forward(minutes=5)
    way.pair.run()

    assert way.events("kz") == ["release", "entry"]
    (entry,) = [one for one in way.show("uz")["events"] if one["event"] == "entry"]
    assert entry["told"]["customs.kz"]["accepted"] is True


def test_nobody_tells_what_another_saw(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.pair.run()

    with pytest.raises(IllegalEventError, match="departure"):
        way.tell("kz", Event.ARRIVAL)
    with pytest.raises(IllegalEventError, match="none of UZ"):
        way.pair.uz.movements.telling.tell(
            POST, Report(movement=MRN, event=Event.ARRIVAL, office="KZ550302")
        )
    with pytest.raises(IllegalEventError, match="arrival has to come first"):
        way.tell("uz", Event.CONFORM)
    way.tell("uz", Event.ARRIVAL)
    with pytest.raises(IllegalEventError, match="no result"):
        way.tell("uz", Event.CONFORM, controls=())
    with pytest.raises(UnknownRecordError):
        way.pair.uz.movements.telling.tell(
            POST, Report(movement="no such", event=Event.ARRIVAL, office="UZ270101")
        )
    with pytest.raises(RoleError):
        way.pair.uz.movements.telling.tell(
            OPERATOR, Report(movement=MRN, event=Event.ARRIVAL, office="UZ270101")
        )


def test_what_has_not_come_yet_is_not_told(way: Way) -> None:
    with pytest.raises(IllegalEventError, match="has not come yet"):
        way.tell("uz", Event.ENTRY, occurred_at=way.pair.clock() + timedelta(minutes=1))


def test_a_partner_that_no_grant_lets_know_is_not_told(way: Way) -> None:
    def silent(text: str) -> str:
        head, _, tail = text.partition('id = "events-uz-kz"')
        return f'{head}id = "events-uz-kz"' + without_message(tail, "TM-020")

    way.pair.agree_anew(silent)

    told = way.tell("uz", Event.ENTRY)

    assert told["messages"] == {}
    assert isinstance(told["not_told"], list)
    assert [one["partner"] for one in told["not_told"]] == ["customs.kz"]
    assert way.show("uz")["state"] == "in transit"


def test_the_timeline_says_who_is_waited_for_and_what_may_be_done(way: Way) -> None:
    way.tell("uz", Event.ENTRY)
    way.pair.run()

    shown = way.show("kz")

    assert shown["route"] == {
        "departure": "customs.kz",
        "transit": [],
        "destination": "customs.uz",
    }
    assert shown["part"] == "departure"
    assert shown["waits_for"] == ["customs.uz"]
    possible = {one["event"]: one["by"] for one in shown["possible"]}
    assert possible == {
        "exit": ["customs.kz"],
        "entry": ["customs.uz"],
        "diversion": ["customs.kz"],
        "refusal": ["customs.uz"],
        "incident": ["customs.kz", "customs.uz"],
        "enquiry": ["customs.kz"],
        "arrival": ["customs.uz"],
    }


def test_a_movement_is_seen_by_whom_its_handling_lets_see_it(way: Way) -> None:
    with pytest.raises(RoleError):
        way.pair.uz.movements.timeline.show(OPERATOR, MRN)
    with pytest.raises(UnknownRecordError):
        way.pair.uz.movements.timeline.show(POST, "26KZ55010100041799")

    assert way.pair.uz.movements.timeline.show(LIAISON, MRN)["movements"]


def test_a_restart_between_any_two_walks_loses_nothing_that_waits(way: Way) -> None:
    entry = way.message(way.tell("uz", Event.ENTRY))
    way.tell("uz", Event.ARRIVAL)
    way.hold_back("uz", entry)
    way.pair.run()
    way.pair.restart("kz")

    way.let_go("uz", entry)

    assert way.show("kz")["state"] == "arrived"


def sent_again(pair: Pair, message: str) -> str:
    """Send what a message of UZ said once more, in a new one; return its id."""
    with reading(pair.uz.engine) as conn:
        sent = outbox.get(conn, message)
        (told,) = [one for one in events.of_movement(conn, 1) if message in one.told.values()]
        agreements = held_agreements(conn)
    notice = MovementNotice(
        notice_id=told.notice_id,
        issuer=told.party,
        issued_at=pair.clock(),
        event=told.event,
        movement=MRN,
        office=told.office,
        occurred_at=told.occurred_at,
    )
    corresponding = pair.uz.movements.telling.corresponding
    prepared = corresponding.prepare(
        encode_notice(
            notice, metadata=corresponding.metadata, registry=corresponding.library.registry
        ),
        permit_sending(
            agreements,
            sender="customs.uz",
            recipient="customs.kz",
            code=sent.exchange.code,
            purpose="TRANSIT_CONTROL",
            test=True,
            on=pair.clock().date(),
        ),
        recipient="customs.kz",
        code=sent.exchange.code,
        purpose="TRANSIT_CONTROL",
        conversation_id="",
        made=BY_NODE,
        at=pair.clock(),
    )
    with transaction(pair.uz.engine) as conn:
        corresponding.packing.queue(conn, prepared)
    return prepared.message_id
