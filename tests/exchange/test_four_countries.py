"""KZ to AF by way of UZ, over sockets: each is told what its agreement allows, and all agree.

Turkmenistan is not on the planned way. What goes wrong goes wrong here: an incident with new seals,
goods at an office that nobody planned, a refusal at a border, an arrival that is never told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.movement import Event, Paper, SeenEquipment, SeenMeans, SeenSeal
from exchange_node.store import inbox, payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.wco.document import read
from tests.exchange.corridor import Corridor, corridor
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.world import NATIONAL, Clock, replaced, without_message

HOLDER = "Declaration/Declarant/ID"
MEANS = SeenMeans(id="017 ABC 02", nationality="KZ", mode="3")
UNIT = "ALTU2045171"
NEW_SEAL = SeenSeal(id="UZS0000912", condition="1", replaces="KZS0041701")
PROOF = Paper(type_code="730", id="AF-0012345")
APART = {"release", "question", "standing", "request"}
"""What is between two nodes alone."""


def agreed(first: str, second: str, clock: Clock) -> Sequence[str]:
    """Return what two of them agree on; Afghanistan is told less than the others."""
    text = nodes.pair_agreement(first.upper(), second.upper(), on=clock().date())
    if (first, second) == ("kz", "af"):
        text = replaced(text, f'  "{HOLDER}",\n', "")
    if (first, second) == ("uz", "af"):
        head, mark, tail = text.partition('id = "events-uz-af"')
        text = head + mark + without_message(tail, "TM-030")
    return (text,)


@pytest.fixture(name="four")
def _four(tmp_path: Path) -> Iterator[Corridor]:
    with corridor(tmp_path, FOUR, agree=agreed, over_sockets=True) as world:
        for partner in ("uz", "af"):
            world.nodes["kz"].dispatch.submit(
                NATIONAL,
                four_country_declaration(),
                partner=f"customs.{partner}",
                facts=four_country_facts("UZ"),
            )
        world.run()
        yield world


def tell(four: Corridor, name: str, event: Event, office: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a Report takes
    """Tell an event an hour after the last, and let it arrive everywhere."""
    four.clock.forward(hours=1)
    told = four.tell(name, event, office, **more)
    four.run()
    return told


def untold(told: dict[str, Any]) -> list[str]:
    return [one["partner"] for one in told["not_told"]]


def manifest_at(four: Corridor, name: str) -> bytes:
    """Return the manifest that a node holds, as it was sealed for it."""
    node = four.nodes[name]
    with reading(node.engine) as conn:
        held = manifests.current(conn, limit=9)
        return payloads.fetch(conn, held[-1].document_id, node.keyring.vault)


def heard(four: Corridor, name: str, sender: str, told: dict[str, Any]) -> bytes:
    """Return the notice that took what was told to a node."""
    node = four.nodes[name]
    message = told["messages"][f"customs.{name}"]
    with reading(node.engine) as conn:
        kept = inbox.get(conn, f"customs.{sender}", message)
        assert kept.payload_id
        return payloads.fetch(conn, kept.payload_id, node.keyring.vault)


def happened(four: Corridor, name: str) -> list[str]:
    return [one for one in four.events(name) if one not in APART]


def everywhere(four: Corridor, state: str) -> bool:
    return four.states() == dict.fromkeys(FOUR, state)


def test_goods_go_a_way_that_nobody_planned_and_all_four_agree_in_the_end(four: Corridor) -> None:
    assert read(manifest_at(four, "uz")).value(HOLDER)
    assert read(manifest_at(four, "af")).value(HOLDER) == ""

    tell(four, "kz", Event.EXIT, "KZ550302", means=MEANS)
    tell(four, "uz", Event.ENTRY, "UZ270101")
    incident = tell(
        four, "uz", Event.INCIDENT, "UZ270101", ground="3",
        means=SeenMeans(id="01 A 777 AA"), equipment=(SeenEquipment(id=UNIT, seals=(NEW_SEAL,)),),
    )  # fmt: skip
    assert untold(incident) == ["customs.af"]
    assert NEW_SEAL.id.encode() in heard(four, "kz", "uz", incident)
    states = {name: four.show(name)["state"] for name in ("kz", "uz", "af")}
    assert states == {"kz": "incident", "uz": "incident", "af": "in transit"}
    tell(four, "uz", Event.CONTINUATION, "UZ270101")
    tell(four, "uz", Event.EXIT, "UZ060101")

    tell(four, "tm", Event.REQUEST, "TM010101", ground="2")
    assert everywhere(four, "diverted")
    assert read(manifest_at(four, "tm")).value(HOLDER)
    assert "customs.tm" in four.show("af")["route"]["transit"]
    tell(four, "tm", Event.ENTRY, "TM010101")
    tell(four, "tm", Event.EXIT, "TM010102")

    tell(four, "af", Event.REFUSAL, "AF010101", ground="2")
    assert everywhere(four, "refused")
    tell(four, "af", Event.ENTRY, "AF010102")
    assert everywhere(four, "in transit")

    tell(four, "kz", Event.ENQUIRY, "KZ550101")
    proof = tell(four, "af", Event.REPLY, "AF010102", ground="3", papers=(PROOF,))
    assert everywhere(four, "enquiry")
    assert PROOF.id.encode() in heard(four, "kz", "af", proof)
    tell(four, "kz", Event.DISCHARGE, "KZ550101")

    assert everywhere(four, "discharged")
    last = [four.show(name)["events"][-1] for name in FOUR]
    assert {(one["event"], one["office"], one["occurred_at"]) for one in last} == {
        ("discharge", "KZ550101", four.clock().isoformat())
    }
    planned, astray = ["exit", "entry"], ["incident", "continuation"]
    after = ["diversion", "entry", "exit", "refusal", "entry", "enquiry", "reply", "discharge"]
    assert happened(four, "kz") == [*planned, *astray, "exit", *after]
    assert happened(four, "uz") == [*planned, *astray, "exit", *after]
    assert happened(four, "af") == [*planned, "exit", *after]
    assert happened(four, "tm") == after
