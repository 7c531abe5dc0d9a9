"""A movement from KZ to UZ of which nothing is heard: enquired after, recovered, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import IllegalEventError
from exchange_node.domain.movement import Claim, Control, Event, Paper
from tests.exchange.several import Several, several
from tests.world import DECLARATION, FACTS, NATIONAL, OPERATOR, Clock, replaced

CLAIM = Claim(guarantee="25KZ00000000001X7", amount=Decimal("1250000.50"), currency="KZT")


def agreed(old: str = "", new: str = "") -> dict[tuple[str, str], str]:
    text = nodes.pair_agreement("KZ", "UZ", on=Clock()().date())
    far = replaced(text, "expires_on = 2026-04-01", "expires_on = 2028-04-01")
    return {("kz", "uz"): replaced(far, old, new) if old else far}


def without_recovery(text: str) -> str:
    """Return an agreement that keeps recovery out, and counts no time for it."""
    for clock in ("start_months = 7", "acknowledge_days = 7", "answer_days = 40"):
        text = replaced(text, f"recovery_{clock}\n", "")
    return replaced(text, '  "arrest",\n', '  "arrest",\n  "recovery",\n')


@pytest.fixture(name="three")
def _three(tmp_path: Path) -> Iterator[Several]:
    text = nodes.pair_agreement("KZ", "TM", on=Clock()().date())
    far = replaced(text, "expires_on = 2026-04-01", "expires_on = 2028-04-01")
    with several(tmp_path, agreed() | {("kz", "tm"): without_recovery(far)}) as world:
        facts = replaced(FACTS.read_text("utf-8"), '["KZ", "UZ"]', '["KZ", "TM", "UZ"]')
        for partner in ("uz", "tm"):
            world.nodes["kz"].dispatch.submit(
                NATIONAL, DECLARATION.read_bytes(), partner=f"customs.{partner}", facts=facts
            )
        world.run()
        yield world


def noticed(world: Several, name: str, code: str) -> list[dict[str, str]]:
    """Return the facts of the notices of one code that a desk was told."""
    return [dict(one.facts) for one in world.told[name].told.values() if one.code == code]


@pytest.fixture(name="two")
def _two(tmp_path: Path) -> Iterator[Several]:
    with several(tmp_path, agreed()) as world:
        world.submit()
        world.run()
        yield world


def later(two: Several, **time: int) -> None:
    """Let time go by and all do what is due."""
    two.clock.forward(**time)
    two.run()


def test_what_nobody_answers_is_recovered_by_itself_and_closed(two: Several) -> None:
    two.tell("kz", Event.EXIT)
    two.run()
    assert set(two.show("kz")["due"]) == {"enquiry", "recovery"}
    later(two, days=60)
    assert two.states() == {"kz": "enquiry", "uz": "enquiry"}

    later(two, days=170)

    assert two.states() == {"kz": "recovery", "uz": "recovery"}
    (begun,) = [one for one in two.show("uz")["events"] if one["event"] == "recovery"]
    assert (begun["said"], begun["code"], begun["party"]) == ("1", "TM-060", "customs.kz")
    assert set(two.show("kz")["due"]) == {"competence"}
    later(two, days=8)
    later(two, days=8)
    told = [one for one in two.told["kz"].told.values() if one.facts.get("desk")]
    assert [one.code for one in told] == [
        "movement.enquiry",
        "movement.overdue",
        "movement.recovery",
        "movement.unanswered",
    ]
    two.tell("uz", Event.COMPETENCE, ground="2", claims=(CLAIM,), competent="UZ260103")
    two.run()
    answered = two.show("kz")["events"][-1]
    assert (answered["said"], answered["details"]) == (
        "2",
        {"amount": "1250000.50 KZT", "competent": "UZ260103"},
    )
    two.tell("kz", Event.RECOVERED, claims=(CLAIM,))
    two.run()
    assert two.states() == {"kz": "closed, recovered", "uz": "closed, recovered"}
    assert two.show("kz")["waits_for"] == []
    with pytest.raises(IllegalEventError, match="closed, recovered"):
        two.tell("kz", Event.DISCHARGE)


def test_a_proof_that_comes_during_the_recovery_discharges_the_movement(two: Several) -> None:
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("kz", Event.RECOVERY, ground="9")
    two.run()
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL)
    two.run()
    assert two.states() == {"kz": "recovery", "uz": "recovery"}

    two.tell("kz", Event.DISCHARGE)
    two.run()

    assert two.states() == {"kz": "discharged", "uz": "discharged"}


@pytest.mark.parametrize("found", [(), ((Event.DISCREPANT, "B1"),)])
def test_an_arrival_and_a_discharge_by_other_proof_that_meet_end_alike_at_both(
    found: tuple[tuple[Event, str], ...], two: Several
) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("uz", Event.ARRIVAL)
    for event, result in found:
        two.tell("uz", event, controls=(Control(result=result),))
    two.tell("kz", Event.DISCHARGE)

    two.run()

    assert two.states() == {"kz": "discharged", "uz": "discharged"}
    assert sorted(two.events("kz")) == sorted(two.events("uz"))


def test_an_arrival_and_a_recovery_that_meet_end_alike_at_both(two: Several) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("uz", Event.ARRIVAL)
    two.tell("kz", Event.RECOVERY, ground="1")

    two.run()

    assert two.states() == {"kz": "recovery", "uz": "recovery"}


@pytest.mark.parametrize(
    ("ground", "state", "code"),
    [("1", "recovery", "movement.recovery"), ("9", "enquiry", "movement.undecided")],
)
def test_a_reply_without_proof_leads_on_and_a_promise_is_for_a_person(
    ground: str, state: str, code: str, two: Several
) -> None:
    two.tell("kz", Event.EXIT)
    two.run()
    later(two, days=60)
    two.tell("uz", Event.REPLY, ground=ground)
    two.run()

    later(two, days=170)

    assert two.states() == {"kz": state, "uz": state}
    assert [one.code for one in two.told["kz"].told.values()].count(code) == 1


def test_what_arrived_is_asked_for_its_results_before_it_is_recovered(tmp_path: Path) -> None:
    with several(tmp_path, agreed("results_enquiry_days = 6\n")) as two:
        two.submit()
        two.run()
        two.tell("uz", Event.ENTRY)
        two.run()
        later(two, days=60)
        two.tell("uz", Event.ARRIVAL)
        two.run()
        assert two.states() == {"kz": "arrived", "uz": "arrived"}

        later(two, days=170)

        assert two.states() == {"kz": "arrived", "uz": "arrived"}
        assert two.events("kz").count("enquiry") == 2
        later(two, days=41)
        assert two.states() == {"kz": "recovery", "uz": "recovery"}


@pytest.mark.parametrize(("found", "enquiries", "overdue"), [("", 1, 1), ("A1", 0, 0)])
def test_results_that_nobody_told_are_enquired_after_by_the_departure_alone(
    found: str, enquiries: int, overdue: int, two: Several
) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL)
    two.run()
    later(two, days=4)
    if found:
        two.tell("uz", Event.CONFORM, controls=(Control(result=found),))
        two.run()
    two.build("kz")  # what is due outlasts a restart
    assert two.events("kz").count("enquiry") == 0

    later(two, days=2)
    later(two, days=1)

    assert two.events("kz").count("enquiry") == two.events("uz").count("enquiry") == enquiries
    assert two.states()["kz"] == ("controlled" if found else "arrived")
    later(two, days=28)
    assert len(noticed(two, "kz", "movement.overdue")) == overdue
    assert noticed(two, "uz", "movement.overdue") == []


def test_two_enquiries_that_begin_on_one_day_are_both_told_to_the_desk(two: Several) -> None:
    two.tell("uz", Event.ENTRY)
    two.run()
    two.clock.now = datetime(2026, 3, 15, 1, tzinfo=UTC)
    two.run()
    assert two.states() == {"kz": "enquiry", "uz": "enquiry"}
    # The goods were there all the time, and nobody told; their results are late already.
    two.tell("uz", Event.ARRIVAL, occurred_at=two.clock() - timedelta(days=7))
    two.run()

    assert two.events("kz").count("enquiry") == 2
    told = noticed(two, "kz", "movement.enquiry")
    assert [one["state"] for one in told] == ["in transit", "arrived"]


def test_results_of_an_authorised_consignee_have_a_time_of_their_own(two: Several) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL, ground="1")
    two.run()
    assert two.show("kz")["events"][-1]["said"] == "1"

    later(two, days=4)
    for name in ("kz", "uz"):
        assert noticed(two, name, "movement.results-due") == []
    later(two, days=3)

    for name in ("kz", "uz"):
        assert len(noticed(two, name, "movement.results-due")) == 1


def test_a_new_enquiry_has_its_own_time(two: Several) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    later(two, days=20)
    two.tell("kz", Event.WITHDRAWAL, ground="2")
    two.run()
    two.tell("kz", Event.ENQUIRY)
    two.run()

    later(two, days=10)
    assert "movement.overdue" not in [one.code for one in two.told["kz"].told.values()]
    later(two, days=19)

    assert "movement.overdue" in [one.code for one in two.told["kz"].told.values()]


def test_what_is_discharged_is_not_recovered(two: Several) -> None:
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("kz", Event.DISCHARGE)
    two.run()

    with pytest.raises(IllegalEventError):
        two.tell("kz", Event.RECOVERY, ground="9")


def test_what_was_never_enquired_after_is_not_recovered_yet(tmp_path: Path) -> None:
    with several(tmp_path, agreed("enquiry_start_days = 7\n")) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()
        later(two, days=230)
        assert two.states() == {"kz": "enquiry", "uz": "enquiry"}
        later(two, days=30)
        assert two.states()["kz"] == "enquiry"

        later(two, days=11)

        assert two.states() == {"kz": "recovery", "uz": "recovery"}


@pytest.mark.parametrize(("found", "notices"), [("A1", 0), ("", 1)])
def test_results_that_do_not_come_are_told_to_both_desks_once(
    found: str, notices: int, two: Several
) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL)
    two.run()
    assert "results" in two.show("kz")["due"]
    assert "results" in two.show("uz")["due"]
    if found:
        two.tell("uz", Event.CONFORM, controls=(Control(result=found),))
        two.run()

    later(two, days=4)
    later(two, days=4)

    for name in ("kz", "uz"):
        codes = [one.code for one in two.told[name].told.values()]
        assert codes.count("movement.results-due") == notices


def test_an_enquiry_has_its_own_time_although_recovery_would_give_less(tmp_path: Path) -> None:
    shorter = agreed("recovery_answer_days = 40", "recovery_answer_days = 5")
    with several(tmp_path, shorter) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()
        later(two, days=219)  # four days before the stage of recovery begins
        two.tell("kz", Event.WITHDRAWAL, ground="2")
        two.tell("kz", Event.ENQUIRY)
        two.run()

        later(two, days=20)
        assert two.states() == {"kz": "enquiry", "uz": "enquiry"}
        later(two, days=9)

        assert two.states() == {"kz": "recovery", "uz": "recovery"}


def test_who_is_asked_at_the_stage_of_recovery_is_overdue_when_that_time_is_over(
    tmp_path: Path,
) -> None:
    with several(tmp_path, agreed("enquiry_start_days = 7\n")) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()
        later(two, days=230)
        due = two.show("kz")["due"]
        assert due["reply"] == due["recovery"]
        later(two, days=39)
        assert noticed(two, "kz", "movement.overdue") == []

        later(two, days=2)

        assert two.states()["kz"] == "recovery"


def test_an_enquiry_that_no_clock_ends_is_told_to_the_desk(tmp_path: Path) -> None:
    text = replaced(
        agreed("enquiry_answer_days = 28\n")["kz", "uz"], "recovery_answer_days = 40\n", ""
    )
    with several(tmp_path, {("kz", "uz"): text}) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()

        later(two, days=230)

        assert two.states()["kz"] == "enquiry"
        (facts,) = noticed(two, "kz", "movement.undecided")
        assert facts["why"] == "no-clock"


def test_one_of_two_that_promises_an_answer_leaves_the_decision_to_a_person(
    three: Several,
) -> None:
    three.tell("kz", Event.EXIT)
    three.run()
    later(three, days=60)
    three.tell("tm", Event.REPLY, ground="1")
    three.tell("uz", Event.REPLY, ground="9")
    three.run()

    later(three, days=170)

    assert three.states()["kz"] == "enquiry"
    (facts,) = noticed(three, "kz", "movement.undecided")
    assert (facts["why"], facts["replies"]) == ("replies", "customs.tm 1, customs.uz 9")


def test_what_two_know_nothing_of_is_recovered_and_the_desk_hears_who_was_not_told(
    three: Several,
) -> None:
    three.tell("kz", Event.EXIT)
    three.run()
    later(three, days=60)
    three.tell("uz", Event.REPLY, ground="9")
    three.tell("uz", Event.REPLY, ground="1")
    three.tell("tm", Event.REPLY, ground="1")
    three.run()

    later(three, days=170)

    assert three.states() == {"kz": "recovery", "uz": "recovery", "tm": "enquiry"}
    (facts,) = noticed(three, "kz", "movement.recovery")
    assert facts["untold"] == "customs.tm (DENY-MATTER)"


def test_a_recovery_that_nobody_can_be_told_of_is_left_to_a_person(tmp_path: Path) -> None:
    text = agreed()["kz", "uz"].replace('  "TM-060",\n', "")
    with several(tmp_path, {("kz", "uz"): text}) as two:
        two.submit()
        two.tell("kz", Event.EXIT)
        two.run()

        later(two, days=60)
        later(two, days=170)

        assert two.states() == {"kz": "enquiry", "uz": "enquiry"}
        (facts,) = noticed(two, "kz", "movement.undecided")
        assert facts["why"] == "nobody-told"
        assert facts["untold"].startswith("customs.uz (DENY-")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ((), "released"),
        ((("kz", Event.EXIT),), "in transit"),
        ((("kz", Event.EXIT), ("uz", Event.REFUSAL)), "refused"),
    ],
)
def test_a_withdrawn_enquiry_leaves_the_movement_where_its_way_stands(
    told: tuple[tuple[str, Event], ...], state: str, two: Several
) -> None:
    for name, event in told:
        two.tell(name, event, **({"ground": "2"} if event is Event.REFUSAL else {}))
        two.run()
    two.tell("kz", Event.ENQUIRY)
    two.run()

    two.tell("kz", Event.WITHDRAWAL, ground="2")
    two.run()

    assert two.states() == {"kz": state, "uz": state}


def test_an_arrival_meets_the_withdrawal_of_its_enquiry_and_counts_at_both(two: Several) -> None:
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("uz", Event.ARRIVAL)
    two.tell("kz", Event.WITHDRAWAL, ground="1")

    two.run()

    assert two.states() == {"kz": "arrived", "uz": "arrived"}


def test_an_enquiry_is_added_to_by_both_and_withdrawn(two: Several) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.tell("uz", Event.INFORMATION, remark="the driver was seen at Keles")
    two.tell("kz", Event.INFORMATION, papers=(Paper(type_code="730", id="0012345"),))
    two.run()
    assert two.states() == {"kz": "enquiry", "uz": "enquiry"}

    two.tell("kz", Event.WITHDRAWAL, ground="2")
    two.tell("uz", Event.REPLY, ground="1")
    two.run()

    assert two.states() == {"kz": "in transit", "uz": "in transit"}
    told = ["release", "exit", "enquiry", "information", "information", "withdrawal", "reply"]
    assert sorted(two.events("kz")) == sorted(two.events("uz")) == sorted(told)


def test_another_enquiry_outlasts_the_withdrawal_of_the_first_that_comes_late(
    two: Several,
) -> None:
    two.tell("kz", Event.EXIT)
    two.tell("kz", Event.ENQUIRY)
    two.run()
    withdrawn = two.tell("kz", Event.WITHDRAWAL, ground="2")["messages"]["customs.uz"]
    two.nodes["kz"].operating.hold(OPERATOR, withdrawn, why="it comes later")
    two.tell("kz", Event.ENQUIRY)
    two.run()
    two.nodes["kz"].operating.release(OPERATOR, withdrawn)

    two.run()

    assert two.states() == {"kz": "enquiry", "uz": "enquiry"}
    assert two.events("uz")[-2:] == ["enquiry", "withdrawal"]


def test_a_discrepancy_that_nobody_settles_is_recovered(two: Several) -> None:
    two.tell("uz", Event.ENTRY)
    two.tell("uz", Event.ARRIVAL)
    two.tell("uz", Event.DISCREPANT, controls=(Control(result="B1"),))
    two.run()

    later(two, days=230)

    assert two.states() == {"kz": "recovery", "uz": "recovery"}
    assert two.show("uz")["events"][-1]["said"] == "3"


def test_what_was_discharged_is_not_recovered(two: Several) -> None:
    two.tell("kz", Event.ENQUIRY)
    two.tell("kz", Event.DISCHARGE)
    two.run()

    later(two, days=230)

    assert two.states() == {"kz": "discharged", "uz": "discharged"}


def test_whoever_keeps_recovery_out_is_not_asked_for_it(tmp_path: Path) -> None:
    with several(tmp_path, {("kz", "uz"): without_recovery(agreed()["kz", "uz"])}) as two:
        two.submit()
        two.tell("kz", Event.ENQUIRY)
        two.run()

        told = two.tell("kz", Event.RECOVERY, ground="1")

        assert told["messages"] == {}
        assert [one["denial"] for one in told["not_told"]] == ["DENY-MATTER"]
