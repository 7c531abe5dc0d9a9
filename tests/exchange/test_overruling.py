from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange_node.config.shipped import rule_set, shipped
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Decision
from exchange_node.domain.errors import DecisionStandsError, RoleError
from exchange_node.node import ruling
from exchange_node.services.ruling import Rulings
from exchange_node.services.ruling.overruling import ASK_PATIENCE
from exchange_node.services.stations.deciding.standing import standing
from exchange_node.store.database import reading, transaction
from exchange_node.store.deciding import acts
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.records import manifests
from exchange_node.store.records.held import HeldManifest
from tests.exchange.test_decisions import MOVEMENT, SECOND, draw_all, received, ruling_of
from tests.exchange.test_hiding import received_beside_an_alert
from tests.world import LIAISON, OPERATOR, POST, Pair, replaced

THIRD = Actor(name="a third officer", roles=frozenset({Role.LIAISON}))
RULES = rule_set()
IN, OUT = "received/customs.kz", "sent/customs.tj"


def decision_of(held: HeldManifest) -> Decision:
    assert held.decision is not None
    return held.decision


def change_rules(pair: Pair) -> None:
    plain = shipped("config", "rules.toml").read_text("utf-8")
    rules = replaced(plain, 'name = "shipped"', 'name = "our own"')
    (pair.uz.settings.folder / "rules.toml").write_text(rules, "utf-8")
    pair.restart("uz")


@pytest.fixture(name="drawn")
def _drawn(pair: Pair) -> Rulings:
    """Uzbekistan with a movement that was drawn."""
    draw_all(pair)
    pair.submit()
    pair.run()
    return ruling(pair.uz)


def test_after_a_change_of_rules_the_refusal_names_the_decision_that_can_be_overruled(
    pair: Pair,
) -> None:
    pair.submit()
    pair.run()
    number = ruling_of(received(pair))
    change_rules(pair)
    rulings = ruling(pair.uz)

    with pytest.raises(DecisionStandsError) as caught:
        rulings.overrule(POST, number, channel="red", reason="SUSPICION")
    later = ruling_of(received(pair))
    done = rulings.overrule(POST, later, channel="red", reason="SUSPICION")

    assert later > number
    assert caught.value.facts["why"] == f"now it is decision {later}"
    assert done["channel"] == decision_of(received(pair)).channel == "red"
    assert rulings.show(LIAISON, number)["acts"] == []
    assert rulings.replay(LIAISON, number)["same"] is True


def test_what_was_decided_before_decisions_were_kept_is_decided_anew_and_overruled(
    pair: Pair,
) -> None:
    pair.submit()
    pair.run()
    held = received(pair)
    with transaction(pair.uz.engine) as conn:
        old = replace(decision_of(held), ruling=0)
        manifests.set_decision(conn, held.number, old, pair.clock())
    rulings = ruling(pair.uz)

    with pytest.raises(RoleError):
        rulings.anew(OPERATOR, held.number)
    first = rulings.anew(POST, held.number)
    again = rulings.anew(POST, held.number)
    done = rulings.overrule(POST, int(str(first["decision"])), channel="red", reason="SUSPICION")

    assert (first["changed"], again["changed"]) == (True, False)
    assert first["decision"] == again["decision"] == ruling_of(received(pair)) > 0
    assert done["channel"] == "red"


def test_a_document_that_was_replaced_is_not_decided_anew(pair: Pair) -> None:
    pair.submit()
    pair.run()
    first = received(pair)
    pair.submit()
    pair.run()
    rulings = ruling(pair.uz)

    with pytest.raises(DecisionStandsError):
        rulings.anew(POST, first.number)
    with pytest.raises(DecisionStandsError):
        rulings.overrule(POST, ruling_of(first), channel="red", reason="SUSPICION")


def test_a_draw_that_was_lifted_and_raised_back_is_not_lowered_by_one(
    pair: Pair, drawn: Rulings
) -> None:
    number = ruling_of(received(pair))
    drawn.overrule(POST, number, channel="green", reason="CAPACITY")
    drawn.overrule(SECOND, number, channel="green", reason="CAPACITY")
    drawn.overrule(THIRD, number, channel="orange", reason="SUSPICION")

    alone = drawn.overrule(SECOND, number, channel="green", reason="CAPACITY")
    between = decision_of(received(pair)).channel
    agreed = drawn.overrule(THIRD, number, channel="green", reason="CAPACITY")

    assert (alone["in_force"], between) == (False, "orange")
    assert (agreed["in_force"], agreed["channel"]) == (True, "green")


def test_an_ask_to_lift_a_draw_lapses_after_a_day(pair: Pair, drawn: Rulings) -> None:
    number = ruling_of(received(pair))
    drawn.overrule(POST, number, channel="green", reason="CAPACITY")

    pair.clock.forward(seconds=ASK_PATIENCE.total_seconds())
    late = drawn.overrule(SECOND, number, channel="green", reason="CAPACITY")
    pair.clock.forward(seconds=ASK_PATIENCE.total_seconds() - 1)
    agreed = drawn.overrule(POST, number, channel="green", reason="CAPACITY")

    assert (late["in_force"], agreed["in_force"]) == (False, True)


def test_whatever_was_drawn_keeps_the_measures_of_the_share_until_two_lift_it(
    pair: Pair, drawn: Rulings
) -> None:
    number = ruling_of(received(pair))

    drawn.overrule(POST, number, channel="red", reason="SUSPICION")
    raised = decision_of(received(pair)).measures
    drawn.overrule(POST, number, channel="green", reason="CAPACITY")
    drawn.overrule(SECOND, number, channel="green", reason="CAPACITY")

    assert raised == (*RULES.channel("red").measures, *RULES.share.measures)
    assert "FULL_CHECK_LIST" in raised
    assert decision_of(received(pair)).measures == ()


def test_what_is_left_to_an_officer_is_told_though_it_was_drawn(pair: Pair) -> None:
    draw_all(pair)

    arrival = received_beside_an_alert(pair, AutomatedDecision.FORBID)

    assert (arrival["channel"], arrival["rule"]) == ("orange", "CH-80")
    told = {one.code for one in pair.told["uz"].told.values()}
    assert {"channel.left", "channel.orange"} <= told


def act(ruling: int, was: str, becomes: str, leg: str = IN) -> KeptAct:
    return KeptAct(
        ruling=ruling, movement=MOVEMENT, test=True, was=was, becomes=becomes, reason="SUSPICION",
        lifts_draw=False, is_in_force=True, by="one", at=datetime(2026, 3, 2, tzinfo=UTC), leg=leg,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("done", "channel"),
    [
        ([act(1, "green", "red"), act(2, "orange", "blue", OUT)], "red"),
        ([act(1, "green", "red"), act(2, "green", "orange", OUT)], "red"),
        ([act(2, "green", "red", OUT), act(1, "green", "blue")], "red"),
        ([act(1, "green", "red"), act(2, "red", "green", OUT)], "red"),
        ([act(2, "green", "red", OUT), act(1, "red", "green")], "green"),
        ([act(1, "green", "red"), act(1, "red", "green")], "green"),
        ([act(1, "green", "orange"), act(1, "orange", "red"), act(1, "red", "orange")], "orange"),
        ([act(1, "green", "red"), act(3, "red", "blue")], "blue"),
        ([act(3, "green", "blue"), act(2, "green", "red", OUT)], "blue"),
        ([act(1, "orange", "green")], "green"),
    ],
)
def test_a_raise_is_hidden_by_no_act_on_another_manifest(done: list[KeptAct], channel: str) -> None:
    decision = Decision(channel="green", rule="CH-00", ruling=3)

    assert standing(decision, done, RULES, leg=IN).channel == channel


def test_an_act_names_the_leg_of_its_manifest_in_every_version(pair: Pair) -> None:
    pair.submit()
    pair.run()
    rulings = ruling(pair.uz)
    rulings.overrule(POST, ruling_of(received(pair)), channel="red", reason="SUSPICION")
    pair.submit()
    pair.run()
    second = received(pair)
    rulings.overrule(SECOND, ruling_of(second), channel="green", reason="RESULT_OF_CHECK")
    pair.clock.forward(minutes=1)
    pair.submit()
    pair.run()

    third = received(pair)
    with reading(pair.uz.engine) as conn:
        done = acts.of_movement(conn, MOVEMENT, test=True)

    assert [one.leg for one in done] == [IN, IN]
    assert decision_of(second).channel == "red"
    assert (third.version, decision_of(third).channel) == (3, "green")
