"""One alert, two partners, of whom one may know the names: from its issue until it is withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.alert import Stage
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import alerts
from tests.exchange.alarming import (
    DESKS,
    HEADING,
    ISSUER,
    NAMED,
    PLATE,
    THREE,
    UNNAMED,
    cross,
    differing,
    issue,
    report,
    shown,
)
from tests.exchange.corridor import Corridor, corridor
from tests.world import LIAISON

WHY = "The goods were found in order."


def test_an_alert_finds_its_truck_at_two_partners_and_comes_back_with_a_result(
    tmp_path: Path,
) -> None:
    with corridor(tmp_path, THREE, agree=differing, over_sockets=True) as world:
        cross(world)
        alert_id = issue(world)
        world.run()

        # Who may know the vehicle finds it by its plate; the other by what it is laden with.
        assert criteria(world, NAMED, alert_id) == {"means_id": PLATE, "commodity_prefix": HEADING}
        assert criteria(world, UNNAMED, alert_id) == {"commodity_prefix": HEADING}
        assert not shown(world, NAMED, alert_id)["alert"]["summary_only"]
        assert shown(world, UNNAMED, alert_id)["alert"]["summary_only"]
        assert PLATE.encode() in sealed(world, NAMED, alert_id)
        assert PLATE.encode() not in sealed(world, UNNAMED, alert_id)
        assert channels(world, NAMED, alert_id) == {"red"}
        assert channels(world, UNNAMED, alert_id) == {"orange"}
        assert matrix(world, alert_id) == {NAMED: "new", UNNAMED: "new"}
        assert here(world, alert_id) == dict.fromkeys(DESKS, "in treatment")  # it has hit

        world.clock.forward(minutes=10)
        world.nodes[NAMED].alerting.acknowledge(LIAISON, alert_id, office=DESKS[NAMED])
        world.nodes[UNNAMED].alerting.answering.say(
            LIAISON, alert_id, Stage.TREATMENT, office=DESKS[UNNAMED]
        )
        world.run()
        assert matrix(world, alert_id) == {NAMED: "acknowledged", UNNAMED: "in treatment"}

        world.clock.forward(hours=2)
        hit = shown(world, NAMED, alert_id)["hits"][0]
        report(
            world, NAMED, alert_id, result="HIT", hit=hit["hit"], measures=["30"], usefulness=3,
            seized=[{"category": "NAR", "quantity": "12.5", "unit": "KGM"}], last=True,
        )  # fmt: skip
        report(world, UNNAMED, alert_id, result="NIL", measures=["10"], usefulness=1)
        world.run()
        assert matrix(world, alert_id) == {NAMED: "closed", UNNAMED: "feedback given"}
        gained = shown(world, ISSUER, alert_id)["yield"]
        assert gained == {
            "recipients": 2, "answered": 2, "hits": 1, "nil": 1, "not_checked": 0,
            "sightings": 0, "seizures": 1,
            "useful": {"1": 1, "3": 1},
        }  # fmt: skip

        controlled = world.clock().isoformat()
        world.clock.forward(hours=1)
        world.nodes[ISSUER].alerting.withdrawing.withdraw(LIAISON, alert_id, why=WHY)
        world.run()
        assert matrix(world, alert_id) == here(world, alert_id) == dict.fromkeys(DESKS, "withdrawn")
        for name in DESKS:
            alert = shown(world, name, alert_id)
            assert alert["hits"] != []
            assert all(one["is_withdrawn"] for one in alert["hits"])
            assert (alert["alert"]["subjects"], alert["alert"]["text"]) == ([], WHY)
            assert PLATE not in str(alert)
            assert channels(world, name, alert_id) == {"green"}

        # What was done before stays done; of what is done since nothing is told.
        world.clock.forward(hours=1)
        with pytest.raises(InvalidAlertError, match="done before"):
            report(world, UNNAMED, alert_id, result="NIL")
        report(world, UNNAMED, alert_id, result="HIT", controlled_at=controlled)
        world.run()
        assert shown(world, ISSUER, alert_id)["yield"] == gained | {"hits": 2}
        assert matrix(world, alert_id) == dict.fromkeys(DESKS, "withdrawn")


def criteria(world: Corridor, name: str, alert_id: str) -> dict[str, Any]:
    """Return what an alert looks for as one node reads it, whatever subject it stands in."""
    subjects = shown(world, name, alert_id)["alert"]["subjects"]
    return {
        key: one[key] for one in subjects for key in ("means_id", "commodity_prefix") if one[key]
    }


def matrix(world: Corridor, alert_id: str) -> dict[str, str]:
    """Return where the alert stands at each recipient, as its issuer sees it."""
    life = shown(world, ISSUER, alert_id)["life"]
    return {party.removeprefix("customs."): state for party, state in life.items()}


def here(world: Corridor, alert_id: str) -> dict[str, str]:
    """Return where the alert stands at each recipient, as it sees it itself."""
    return {name: shown(world, name, alert_id)["life"]["here"] for name in DESKS}


def channels(world: Corridor, name: str, alert_id: str) -> set[str]:
    return {one["channel"] for one in shown(world, name, alert_id)["hits"]}


def sealed(world: Corridor, name: str, alert_id: str) -> bytes:
    """Return the very document that a node was sent."""
    node = world.nodes[name]
    with reading(node.engine) as conn:
        held = alerts.get(conn, f"customs.{ISSUER}", alert_id)
        return payloads.fetch(conn, held.document_id, node.keyring.vault)
