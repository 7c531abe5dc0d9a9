"""A manifest that is asked for is given, or refused with a reason; goods are diverted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import IllegalEventError, UnknownRecordError
from exchange_node.domain.movement import Event, Report
from exchange_node.services.stations.arrival import requests
from exchange_node.store import outbox
from exchange_node.store.database import reading
from exchange_node.store.outgoing import Answer
from tests.exchange.releasing import ONE, asking_for, third_version
from tests.exchange.several import MRN, Several, several
from tests.world import NATIONAL, OPERATOR, POST, Clock, Pair, pair_of_nodes, replaced

OTHER = "26KZ55010100041720"


@pytest.fixture(name="three")
def _three(tmp_path: Path) -> Iterator[Several]:
    day = Clock()().date()
    texts = {
        ("kz", "uz"): nodes.pair_agreement("KZ", "UZ", on=day),
        ("kz", "tm"): nodes.pair_agreement("KZ", "TM", on=day),
    }
    with several(tmp_path, texts) as three:
        three.submit()
        three.run()
        three.tell("kz", Event.EXIT)
        three.run()
        yield three


def test_an_office_that_nobody_told_pulls_the_manifest_and_the_movement_goes_on(
    three: Several,
) -> None:
    told = three.tell("tm", Event.REQUEST, ground="2")
    assert list(told["messages"]) == ["customs.kz"]
    three.run()

    assert three.states() == {"kz": "diverted", "uz": "diverted", "tm": "diverted"}
    assert three.show("tm")["part"] == "transit"
    assert three.show("uz")["route"]["transit"] == ["customs.tm"]
    diverted = three.show("uz")["events"][-1]
    assert diverted["event"] == "diversion"
    assert (diverted["said"], diverted["details"]) == ("2", {"towards": "TM001001"})
    assert three.show("tm")["events"][0]["code"] == "TM-014"
    assert "TM-014" in [one["code"] for one in three.show("kz")["events"]]

    three.tell("tm", Event.ENTRY)
    three.run()
    assert three.states()["kz"] == three.states()["tm"] == "in transit"


def test_a_third_country_that_cannot_be_told_keeps_nobody_from_the_manifest(
    three: Several,
) -> None:
    three.forget("kz", "uz")

    three.tell("tm", Event.REQUEST, ground="2")
    three.run()

    assert three.states() == {"kz": "diverted", "uz": "in transit", "tm": "diverted"}
    diverted = three.show("kz")["events"][-1]
    assert (diverted["event"], list(diverted["told"])) == ("diversion", ["customs.tm"])


def test_a_new_destination_ends_the_movement_there(three: Several) -> None:
    three.tell("tm", Event.REQUEST, ground="3")
    three.run()
    assert three.show("kz")["route"] == {
        "departure": "customs.kz",
        "transit": ["customs.uz"],
        "destination": "customs.tm",
    }

    three.tell("tm", Event.ARRIVAL)
    three.run()

    assert three.states()["kz"] == three.states()["tm"] == "arrived"


def test_the_manifest_that_is_given_holds_what_the_agreement_lets_out(three: Several) -> None:
    three.tell("tm", Event.REQUEST, ground="1")
    three.run()

    (arrival,) = three.nodes["tm"].enquiry.prearrival(POST)["arrivals"]
    assert MRN in str(arrival["movement"])
    (given,) = [one for one in three.show("kz")["events"] if one["code"] == "TM-014"]
    assert given["told"]["customs.tm"]["accepted"] is True


def answer_of(three: Several | Pair, name: str, message: str) -> Answer:
    node = three.nodes[name] if isinstance(three, Several) else getattr(three, name)
    with reading(node.engine) as conn:
        answer = outbox.get(conn, message).answer
    assert answer is not None
    return answer


def test_an_unknown_movement_is_answered_with_the_code_of_ncts(three: Several) -> None:
    told = three.tell("tm", Event.REQUEST, ground="1", movement=OTHER)
    three.run()

    answer = answer_of(three, "tm", told["messages"]["customs.kz"])
    assert not answer.accepted
    assert [one.code for one in answer.findings] == ["CAREC-F055"]
    assert "NCTS 90" in answer.findings[0].text


def test_what_is_over_is_given_to_nobody(three: Several) -> None:
    three.tell("uz", Event.REFUSAL, ground="5")
    three.run()
    three.tell("kz", Event.DISCHARGE)
    told = three.tell("tm", Event.REQUEST, ground="1")
    three.run()

    answer = answer_of(three, "tm", told["messages"]["customs.kz"])
    assert [one.code for one in answer.findings] == ["CAREC-F050"]


def shown(pair: Pair, name: str) -> dict[str, Any]:
    seen: dict[str, Any] = getattr(pair, name).movements.timeline.show(POST, MRN)
    (one,) = seen["movements"]
    return dict(one)


def test_a_manifest_that_was_lost_is_pulled_and_nothing_is_diverted(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        manifest = pair.kz.enquiry.submission(NATIONAL, pair.submit())["message_id"]
        pair.kz.operating.hold(OPERATOR, str(manifest), why="it comes later")
        pair.run()

        report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
        pair.uz.movements.telling.tell(POST, report)
        pair.run()

        assert shown(pair, "uz")["state"] == "released"
        happened = [one["event"] for one in shown(pair, "kz")["events"]]
        assert happened == ["release", "request", "release"]


def test_who_may_have_no_manifest_is_told_so(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        pair.agree_anew(lambda text: replaced(text, '  "TM-014",\n', ""))

        report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
        told = pair.uz.movements.telling.tell(POST, report)
        pair.run()

        messages = told["messages"]
        assert isinstance(messages, dict)
        answer = answer_of(pair, "uz", messages["customs.kz"])
        assert not answer.accepted
        assert "TM-014" in answer.findings[0].text


def test_nobody_asks_for_a_manifest_of_its_own_or_of_nobody(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        report = Report(movement=MRN, event=Event.REQUEST, office="KZ550302", ground="1")
        with pytest.raises(IllegalEventError, match="departure"):
            pair.kz.movements.telling.tell(POST, report)
        nameless = Report(movement="TD 17", event=Event.REQUEST, office="UZ270101", ground="1")
        with pytest.raises(UnknownRecordError):
            pair.uz.movements.telling.tell(POST, nameless)


@pytest.mark.parametrize("ended", ["waiting", "refused", "cancelled"])
def test_what_was_not_let_out_is_given_to_nobody(tmp_path: Path, ended: str) -> None:
    with pair_of_nodes(tmp_path) as pair:
        if ended != "cancelled":
            pair.agree_anew(asking_for("one"))
        message = str(pair.kz.enquiry.submission(NATIONAL, pair.submit())["message_id"])
        if ended == "refused":
            pair.kz.releasing.refuse(ONE, message, why="the wrong goods")
        if ended == "cancelled":
            pair.kz.operating.cancel(OPERATOR, message, why="the wrong goods")
        pair.run()
        third_version(pair)

        report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
        told = pair.uz.movements.telling.tell(POST, report)
        pair.run()

        messages = told["messages"]
        assert isinstance(messages, dict)
        answer = answer_of(pair, "uz", messages["customs.kz"])
        assert [one.code for one in answer.findings] == ["CAREC-F056"]
        assert "not let out" in answer.findings[0].text


def test_one_partner_is_given_one_manifest_so_often_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MOST_ASKED", 1)
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
        pair.uz.movements.telling.tell(POST, report)
        pair.run()
        pair.clock.forward(minutes=1)
        told = pair.uz.movements.telling.tell(POST, report)
        pair.run()

        messages = told["messages"]
        assert isinstance(messages, dict)
        answer = answer_of(pair, "uz", messages["customs.kz"])
        assert [one.code for one in answer.findings] == ["CAREC-F056"]
