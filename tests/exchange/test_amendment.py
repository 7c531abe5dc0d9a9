"""A manifest that is told is amended, by the sender's next text of it, until the first border."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.movement import Event, Report
from exchange_node.domain.transmission.content import Content
from exchange_node.node import reasoning, trying
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from exchange_node.store.outgoing import Answer
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest
from exchange_node.transport.line import Answer as Reply
from tests.exchange.releasing import ONE, asking_for
from tests.world import (
    DECLARATION,
    FACTS,
    NATIONAL,
    OPERATOR,
    POST,
    Pair,
    pair_of_nodes,
    replaced,
    without_message,
)

MRN = "26KZ55010100041703"
MOVEMENT = f"KZ/mrn/{MRN}"
SEALS = 'CustomsSeal = ["KZS0041701", "KZS0041702"]'
OFFICES = {"kz": "KZ550302", "uz": "UZ270101"}
NEW_SEAL, NEW_LIMIT = "KZS0041799", "2026-03-20"


def amended(seal: str = NEW_SEAL) -> str:
    """Return the sample's facts with another seal, and more time to arrive."""
    text = replaced(FACTS.read_text("utf-8"), SEALS, f'CustomsSeal = ["{seal}"]')
    return replaced(text, "2026-03-07", NEW_LIMIT)


@dataclass
class Way:
    """The sample's movement between the two nodes."""

    pair: Pair

    def tell(self, name: str, event: Event, **more: Any) -> None:  # noqa: ANN401 - whatever a Report takes
        """Tell an event at one node, an hour after the last."""
        self.pair.clock.forward(minutes=60)
        report = Report(movement=MRN, event=event, office=OFFICES[name], **more)
        getattr(self.pair, name).movements.telling.tell(NATIONAL, report)

    def amend(self, seal: str = NEW_SEAL) -> dict[str, Any]:
        """Hand the next text of the manifest in; return what is told of it."""
        done = self.pair.submit(facts=amended(seal))
        return dict(self.pair.kz.enquiry.submission(NATIONAL, done))

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        (one,) = getattr(self.pair, name).movements.timeline.show(POST, MRN)["movements"]
        return dict(one)

    def events(self, name: str) -> list[str]:
        """Return what happened in the view of one node."""
        return [one["event"] for one in self.show(name)["events"]]

    def held(self) -> list[HeldManifest]:
        """Return what Uzbekistan holds of the movement, the newest first."""
        with reading(self.pair.uz.engine) as conn:
            found = manifests.versions(conn, MOVEMENT)
        return [one for one in found if one.direction is Direction.RECEIVED]

    def answer(self, message: str) -> Answer:
        """Return what the other side said of a message of Kazakhstan."""
        with reading(self.pair.kz.engine) as conn:
            answer = outbox.get(conn, message).answer
        assert answer is not None
        return answer

    def parked(self) -> list[str]:
        """Return what waits in Uzbekistan for something to come before it."""
        with reading(self.pair.uz.engine) as conn:
            return [one.message_id for one in inbox.search(conn, state=State.PARKED, limit=9)]


@contextmanager
def unheard(pair: Pair) -> Iterator[None]:
    """Let Uzbekistan get everything meanwhile, and Kazakhstan hear nothing of it."""
    doors = dict(pair.exchange.doors)

    def takes(party: str, content_type: str, body: Content) -> Reply:
        doors["customs.uz"](party, content_type, body)
        raise PartnerUnreachableError(partner=party, url="memory:", why="nothing came back")

    def is_shut(party: str, content_type: str, body: Content) -> Reply:
        raise PartnerUnreachableError(partner=party, url="memory:", why="it is shut")

    pair.exchange.doors |= {"customs.uz": takes, "customs.kz": is_shut}
    yield
    pair.exchange.doors |= doors


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        yield Way(pair)


@pytest.fixture(name="told")
def _told(way: Way) -> Way:
    way.pair.submit()
    way.pair.run()
    return way


def test_the_next_text_of_a_manifest_travels_as_its_amendment(told: Way) -> None:
    done = told.amend()
    told.pair.run()

    assert done["transmission"]["code"] == "TM-011"
    assert told.pair.state_of(done["submission_id"]) == "accepted"
    new, old = told.held()
    assert (new.exchange.code, old.exchange.code) == ("TM-011", "TM-010")
    assert (new.seals, new.version, old.superseded_by) == ((NEW_SEAL,), 2, new.number)
    for name in ("kz", "uz"):
        assert told.events(name) == ["release", "amendment"]
        assert told.show(name)["state"] == "released"


def test_of_two_amendments_that_overtake_each_other_the_later_text_holds(told: Way) -> None:
    first = told.amend("KZS0000001")
    told.pair.kz.operating.hold(OPERATOR, first["message_id"], why="the line is slow")
    second = told.amend("KZS0000002")
    told.pair.run()
    told.pair.kz.operating.release(OPERATOR, first["message_id"])
    told.pair.run()

    late, current, original = told.held()
    assert (late.message_id, late.superseded_by) == (first["message_id"], current.number)
    assert (current.message_id, current.superseded_by) == (second["message_id"], None)
    assert (late.decision, original.superseded_by) == (None, current.number)
    answer = told.answer(first["message_id"])
    assert answer.accepted
    assert [one.code for one in answer.findings if one.code == "CAREC-F069"] == ["CAREC-F069"]
    assert second["message_id"] in answer.findings[-1].text
    assert told.events("uz") == told.events("kz") == ["release", "amendment", "amendment"]


def test_a_clock_that_was_set_back_leaves_the_later_text_the_later_one(told: Way) -> None:
    told.amend("KZS0000001")
    told.pair.clock.forward(seconds=-120)
    told.amend("KZS0000002")
    told.pair.run()

    (current,) = [one for one in told.held() if one.superseded_by is None]
    assert current.seals == ("KZS0000002",)


def test_the_time_limit_of_the_amendment_counts(told: Way) -> None:
    before = told.show("kz")["due"]

    told.amend()

    after = told.show("kz")["due"]
    assert set(after) == set(before) == {"enquiry", "recovery"}
    assert all(after[one] > before[one] for one in before)


def test_what_would_be_done_is_said_before_it_is_done(told: Way) -> None:
    handed = DECLARATION.read_bytes()
    trial = trying(told.pair.kz).look(NATIONAL, handed, partner="customs.uz", facts=amended())
    reasons = reasoning(told.pair.kz).explain(
        NATIONAL, handed, partner="customs.uz", facts=amended(), purpose="TRANSIT_CONTROL"
    )

    assert trial.facts["code"] == reasons.code == "TM-011"
    assert trial.fate.value == "accepted"
    assert b"FunctionCode>4<" in trial.preview


@pytest.mark.parametrize("is_told_here", [True, False])
def test_after_the_first_border_it_is_refused_and_says_what_to_do(
    *, is_told_here: bool, told: Way
) -> None:
    told.tell("uz", Event.ENTRY)
    if is_told_here:
        told.pair.run()

    done = told.amend()
    told.pair.run()

    state = told.pair.state_of(done["submission_id"])
    assert state == ("refused" if is_told_here else "rejected")
    found = done["findings"] if is_told_here else ()
    if not is_told_here:
        answer = told.answer(done["message_id"])
        assert not answer.accepted
        found = [one.as_dict() | {"text": one.text} for one in answer.findings]
    (one,) = [one for one in found if one["severity"] == "error"]
    assert one["code"] == "CAREC-F058"
    assert "issue it anew" in one["text"]
    assert [one.exchange.code for one in told.held()] == ["TM-010"]
    assert told.events("uz") == ["release", "entry"]


def test_an_incident_at_home_ends_no_time_to_amend(told: Way) -> None:
    told.tell("kz", Event.INCIDENT, ground="5")
    told.amend()
    told.tell("kz", Event.CONTINUATION)
    told.amend("KZS0041800")
    told.pair.run()

    wanted = ["release", "incident", "amendment", "continuation", "amendment"]
    assert told.events("uz") == told.events("kz") == wanted
    assert told.held()[0].seals == ("KZS0041800",)
    possible = {one["event"] for one in told.show("kz")["possible"]}
    assert "amendment" in possible
    told.tell("kz", Event.EXIT)
    assert "amendment" not in {one["event"] for one in told.show("kz")["possible"]}


def test_a_movement_that_is_cancelled_is_not_amended(told: Way) -> None:
    told.tell("kz", Event.CANCELLATION, ground="2")
    told.pair.run()

    done = told.amend()

    assert done["state"] == "refused"
    assert "CAREC-F058" in {one["code"] for one in done["findings"]}


def test_an_amendment_that_overtakes_its_manifest_waits_and_asks_for_it(way: Way) -> None:
    first = way.pair.submit()
    message = way.pair.kz.enquiry.submission(NATIONAL, first)["message_id"]
    way.pair.kz.operating.hold(OPERATOR, message, why="it comes later")
    amendment = way.amend()
    way.pair.run()

    assert amendment["transmission"]["code"] == "TM-011"
    assert amendment["message_id"] in way.parked()
    assert way.held() == []

    way.pair.kz.operating.release(OPERATOR, message)
    way.pair.run()

    assert way.parked() == []
    assert [one.exchange.code for one in way.held()] == ["TM-011", "TM-010"]
    assert way.events("uz")[:2] == ["release", "amendment"]
    assert way.pair.state_of(amendment["submission_id"]) == "accepted"


def test_an_amendment_that_the_exit_overtakes_was_told_in_time(told: Way) -> None:
    late = told.amend()["message_id"]
    told.pair.kz.operating.hold(OPERATOR, late, why="a slow line")
    told.tell("kz", Event.EXIT)
    told.pair.run()
    assert told.events("uz") == ["release", "exit"]

    told.pair.kz.operating.release(OPERATOR, late)
    told.pair.run()

    assert told.answer(late).accepted
    assert told.held()[0].seals == (NEW_SEAL,)
    assert told.show("uz")["state"] == told.show("kz")["state"] == "in transit"


def test_an_amendment_that_the_arrival_overtakes_is_of_no_use(told: Way) -> None:
    late = told.amend()["message_id"]
    told.pair.kz.operating.hold(OPERATOR, late, why="a slow line")
    told.tell("kz", Event.EXIT)
    told.tell("uz", Event.ENTRY)
    told.tell("uz", Event.ARRIVAL)
    told.pair.run()
    told.pair.kz.operating.release(OPERATOR, late)
    told.pair.run()

    assert [one.code for one in told.answer(late).findings] == ["CAREC-F058"]


def test_an_amendment_whose_manifest_never_comes_is_of_no_movement_and_then_told_anew(
    way: Way,
) -> None:
    first = way.pair.kz.enquiry.submission(NATIONAL, way.pair.submit())["message_id"]
    way.pair.kz.operating.hold(OPERATOR, first, why="wrong goods")
    lost = way.amend()
    way.pair.run()
    way.pair.kz.operating.cancel(OPERATOR, first, why="wrong goods")
    way.pair.later(minutes=61)
    way.pair.run()

    assert [one.code for one in way.answer(lost["message_id"]).findings] == ["CAREC-F051"]

    done = way.amend()
    way.pair.run()

    assert done["transmission"]["code"] == "TM-010"
    assert way.pair.state_of(done["submission_id"]) == "accepted"


def test_a_second_first_manifest_is_refused_and_names_the_amendment(way: Way) -> None:
    with unheard(way.pair):
        first = way.pair.kz.enquiry.submission(NATIONAL, way.pair.submit())["message_id"]
        way.pair.run()
        assert [one.message_id for one in way.held()] == [first]
        way.pair.kz.operating.cancel(OPERATOR, first, why="no receipt came")
        second = way.amend()
    assert second["transmission"]["code"] == "TM-010"
    way.pair.run()

    (found,) = way.answer(second["message_id"]).findings
    assert found.code == "CAREC-F059"
    assert "NCTS 26" in found.text
    assert "TM-011" in found.text
    assert [one.exchange.code for one in way.held()] == ["TM-010"]

    mended = way.amend()
    way.pair.run()
    assert mended["transmission"]["code"] == "TM-011"
    assert way.pair.state_of(mended["submission_id"]) == "accepted"


def test_what_is_handed_in_while_another_text_is_sealed_goes_as_its_amendment(way: Way) -> None:
    kz = way.pair.kz
    others = iter(["KZS0000001"])

    def meanwhile() -> str:
        for seal in others:
            way.amend(seal)
        return kz.dispatch.packing.new_message_id()

    packing = replace(kz.dispatch.packing, new_message_id=meanwhile)
    done = replace(kz.dispatch, packing=packing).submit(
        NATIONAL, DECLARATION.read_bytes(), facts=amended(), partner="customs.uz"
    )
    way.pair.run()

    assert way.pair.state_of(done.submission_id) == "accepted"
    new, old = way.held()
    assert (new.exchange.code, old.exchange.code) == ("TM-011", "TM-010")
    assert (new.seals, old.seals) == ((NEW_SEAL,), ("KZS0000001",))
    assert way.events("kz") == way.events("uz") == ["release", "amendment"]


def test_of_two_first_texts_that_wait_for_officers_one_leaves(way: Way) -> None:
    way.pair.agree_anew(asking_for("one"))
    first, second = way.amend("KZS0000001"), way.amend()
    kz = way.pair.kz.releasing
    shown = kz.show(ONE, first["message_id"])
    kz.approve(ONE, first["message_id"], digest=shown["digest"])

    over = kz.show(ONE, second["message_id"])
    after = kz.approve(ONE, second["message_id"], digest=over["digest"])
    way.pair.run()

    assert (after["state"], after["why"]) == (
        "lapsed", "customs.uz was told another text of the manifest meanwhile: this one amends it"
    )  # fmt: skip

    assert way.pair.state_of(first["submission_id"]) == "accepted"
    assert way.pair.state_of(second["submission_id"]) == "refused"
    assert [one.seals for one in way.held()] == [("KZS0000001",)]
    assert way.amend()["release"]["state"] == "waiting"


def test_without_a_grant_for_amendments_nothing_leaves(told: Way) -> None:
    told.pair.agree_anew(lambda text: without_message(text, "TM-011"))

    done = told.amend()

    assert done["state"] == "refused"
    assert any("TM-011" in one["text"] for one in done["findings"])
    assert told.events("kz") == ["release"]
