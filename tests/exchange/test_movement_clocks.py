"""How long the steps of a movement from KZ to UZ may take, and who sees until when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.movement import Control, Event
from tests.exchange.releasing import ONE
from tests.exchange.several import MRN, Several, several
from tests.exchange.test_movement_recovery import agreed, later, noticed
from tests.world import DECLARATION, FACTS, NATIONAL, POST, Clock, replaced


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


UNANSWERED = "movement.manifest-unanswered"
GIVING, ASKING = 'mode = "advance"\n', 'id = "events-tm-kz"\n'


@pytest.fixture(name="asking")
def _asking(tmp_path: Path) -> Iterator[Several]:
    with of_three(tmp_path) as world:
        yield world


@contextmanager
def of_three(folder: Path, old: str = "", new: str = "") -> Iterator[Several]:
    """Goods from KZ to UZ that turn up in TM, whose office asks for their manifest."""
    text = nodes.pair_agreement("KZ", "TM", on=Clock()().date())
    text = replaced(text, old, new) if old else text
    with several(folder, agreed() | {("kz", "tm"): text}) as world:
        world.submit()
        world.run()
        world.tell("kz", Event.EXIT)
        world.run()
        yield world


def asked(world: Several, name: str, movement: str = MRN) -> list[dict[str, Any]]:
    """Return the requests for the manifest as one node shows them."""
    shown: dict[str, Any] = world.nodes[name].movements.timeline.show(POST, movement)
    return list(shown["asked"])


def outcomes(world: Several, name: str) -> list[tuple[str, str]]:
    return [(one["outcome"], one["why"]) for one in asked(world, name)]


def test_who_asks_for_a_manifest_that_does_not_come_is_told_so_once(asking: Several) -> None:
    door = asking.exchange.doors.pop("customs.tm")
    message = asking.tell("tm", Event.REQUEST, ground="2")["messages"]["customs.kz"]
    at = asking.clock()
    asking.run()
    (one,) = asked(asking, "tm")
    until = (at + timedelta(hours=1)).isoformat()
    assert one == {
        "by": "customs.tm",
        "of": "customs.kz",
        "message": message,
        "at": at.isoformat(),
        "until": until,
        "outcome": "open",
        "why": "",
    }
    later(asking, minutes=59)
    assert noticed(asking, "tm", UNANSWERED) == []

    asking.build("tm")  # what is due outlasts a restart
    asking.exchange.doors.pop("customs.tm")
    later(asking, minutes=1)
    later(asking, days=1)

    (facts,) = noticed(asking, "tm", UNANSWERED)
    assert (facts["movement"], facts["partner"]) == (f"KZ/mrn/{MRN}", "customs.kz")
    assert (facts["message"], facts["asked_at"]) == (message, at.isoformat())
    assert noticed(asking, "kz", UNANSWERED) == []
    asking.exchange.doors["customs.tm"] = door


def test_a_manifest_that_comes_in_time_answers_the_request_at_both_ends(asking: Several) -> None:
    asking.tell("tm", Event.REQUEST, ground="2")
    asking.run()

    for name in ("kz", "tm"):
        assert outcomes(asking, name) == [("given", "")]
        assert asked(asking, name)[0]["until"]
    later(asking, days=1)
    assert noticed(asking, "tm", UNANSWERED) == []


def test_a_manifest_that_is_held_already_answers_no_new_request(asking: Several) -> None:
    asking.tell("tm", Event.REQUEST, ground="2")
    asking.run()
    asking.exchange.doors.pop("customs.tm")
    asking.tell("tm", Event.REQUEST, ground="2")

    later(asking, hours=2)

    assert outcomes(asking, "tm") == [("given", ""), ("open", "")]
    assert len(noticed(asking, "tm", UNANSWERED)) == 1


def test_a_request_that_the_agreement_refuses_is_seen_at_both_ends(tmp_path: Path) -> None:
    with of_three(tmp_path, '  "TM-014",\n', "") as world:
        world.tell("tm", Event.REQUEST, ground="2")
        world.run()

        for name in ("kz", "tm"):
            ((outcome, why),) = outcomes(world, name)
            assert outcome == "refused"
            assert why
        later(world, days=1)
        assert noticed(world, "tm", UNANSWERED) == []
        assert len(noticed(world, "tm", "message.rejected")) == 1


def test_a_manifest_that_waits_for_officers_is_seen_to_wait(tmp_path: Path) -> None:
    with of_three(tmp_path, GIVING, f'{GIVING}approval = "one"\n') as world:
        world.tell("tm", Event.REQUEST, ground="2")
        world.run()
        assert outcomes(world, "kz") == [("waiting", "")]
        later(world, hours=1)
        assert len(noticed(world, "tm", UNANSWERED)) == 1
        (waits,) = world.nodes["kz"].releasing.list(ONE)["releases"]

        world.nodes["kz"].releasing.refuse(ONE, waits["message_id"], why="not theirs")

        assert outcomes(world, "kz") == [("refused", "")]


def test_a_request_that_waits_for_our_own_officers_counts_from_when_it_goes(
    tmp_path: Path,
) -> None:
    own = 'mode = "spontaneous"\napproval = "one"\n'
    text = nodes.pair_agreement("KZ", "TM", on=Clock()().date())
    begun = text.index(ASKING)
    mode = 'mode = "automatic"\n'
    grant = text[begun : text.index(mode, begun) + len(mode)]
    with of_three(tmp_path, grant, replaced(grant, mode, own)) as world:
        world.tell("tm", Event.REQUEST, ground="2")
        later(world, minutes=60)
        later(world, minutes=30)
        (waits,) = world.nodes["tm"].releasing.list(ONE)["releases"]
        shown = world.nodes["tm"].releasing.show(ONE, waits["message_id"])
        world.exchange.doors.pop("customs.tm")
        world.nodes["tm"].releasing.approve(ONE, waits["message_id"], digest=shown["digest"])

        later(world, minutes=59)
        assert noticed(world, "tm", UNANSWERED) == []
        later(world, minutes=1)

        assert len(noticed(world, "tm", UNANSWERED)) == 1


def test_an_agreement_that_gives_the_manifest_no_time_sets_no_clock(tmp_path: Path) -> None:
    with of_three(tmp_path, "manifest_answer_hours = 1\n", "") as world:
        world.exchange.doors.pop("customs.tm")
        world.tell("tm", Event.REQUEST, ground="2")
        later(world, days=1)

        assert asked(world, "tm")[0]["until"] is None
        assert noticed(world, "tm", UNANSWERED) == []


def test_a_movement_that_nobody_asked_for_stays_unknown(asking: Several) -> None:
    with pytest.raises(UnknownRecordError):
        asked(asking, "tm")


def due(world: Several, name: str) -> dict[str, str]:
    return dict(world.show(name)["due"])


def in_days(world: Several, days: int) -> str:
    return str((world.clock() + timedelta(days=days)).isoformat())


def test_who_is_asked_by_an_enquiry_sees_until_when_it_is_to_answer(two: Several) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    until = in_days(two, 28)
    assert due(two, "uz") == {"reply": until}

    later(two, days=3)
    two.tell("uz", Event.REPLY, ground="9")  # an answer follows
    two.run()
    assert due(two, "uz") == {"reply": until}
    two.tell("uz", Event.REPLY, ground="1")
    two.run()

    assert due(two, "uz") == {}
    assert due(two, "kz")["reply"] == until


def test_an_enquiry_that_is_withdrawn_is_to_be_answered_no_more(two: Several) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.tell("kz", Event.WITHDRAWAL, ground="2")
    two.run()
    assert due(two, "uz") == {}

    later(two, days=2)
    two.tell("kz", Event.ENQUIRY)
    two.run()

    assert due(two, "uz") == {"reply": in_days(two, 28)}


def test_an_enquiry_before_the_arrival_asks_for_no_results_and_one_after_it_does(
    two: Several,
) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    arrived(two)
    assert set(due(two, "uz")) == {"results"}

    later(two, days=6)

    assert two.events("uz")[-1] == "enquiry"
    assert due(two, "uz") == {"reply": in_days(two, 28)}
    two.tell("kz", Event.WITHDRAWAL, ground="2")
    two.run()
    assert due(two, "uz") == {}


def test_who_is_asked_at_the_stage_of_recovery_sees_the_time_of_that_stage(
    tmp_path: Path,
) -> None:
    with several(tmp_path, agreed("enquiry_start_days = 7\n")) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()

        later(two, days=230)

        assert due(two, "uz") == {"reply": in_days(two, 40)}


def test_who_is_asked_to_recover_sees_until_when_it_is_to_answer(two: Several) -> None:
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("kz", Event.RECOVERY, ground="9")
    two.run()
    assert due(two, "uz") == {"competence": in_days(two, 7)}
    assert due(two, "kz")["competence"] == due(two, "uz")["competence"]

    two.tell("uz", Event.COMPETENCE, ground="1")
    two.run()

    assert due(two, "uz") == {}


def test_each_who_is_asked_has_the_time_of_its_own_agreement(tmp_path: Path) -> None:
    lines = agreed()
    for (name, other), days in ((("kz", "tm"), 14), (("uz", "tm"), 60)):
        text = nodes.pair_agreement(name.upper(), other.upper(), on=Clock()().date())
        lines[name, other] = replaced(
            text, "enquiry_answer_days = 28", f"enquiry_answer_days = {days}"
        )
    with several(tmp_path, lines) as world:
        facts = replaced(FACTS.read_text("utf-8"), '["KZ", "UZ"]', '["KZ", "TM", "UZ"]')
        for partner in ("uz", "tm"):
            world.nodes["kz"].dispatch.submit(
                NATIONAL, DECLARATION.read_bytes(), partner=f"customs.{partner}", facts=facts
            )
        world.tell("kz", Event.ENQUIRY)
        world.run()

        assert due(world, "tm") == {"reply": in_days(world, 14)}
        assert due(world, "uz") == {"reply": in_days(world, 28)}
