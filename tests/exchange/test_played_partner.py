"""Every script that is shipped, played over sockets against a node that knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import RehearsalError
from exchange_node.domain.movement import Event
from exchange_node.rehearsal.partner import (
    Player,
    Script,
    read_script,
    script_text,
    shipped_scripts,
)
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from exchange_node.store.outgoing import Answer
from tests.exchange.corridor import Corridor, corridor
from tests.world import LIAISON

Said = Mapping[str, object]


class Playing:
    """A member, and the partner that a script plays for it."""

    def __init__(self, world: Corridor, said: list[Said]) -> None:
        self.world = world
        self.said = said

    def did(self, what: str) -> list[Said]:
        return [one for one in self.said if what in one]

    def answer(self, message_id: str) -> Answer | None:
        with reading(self.world.nodes["kz"].engine) as conn:
            return outbox.get(conn, message_id).answer

    def manifest(self) -> str:
        """Send the sample's manifest; return its message."""
        self.world.submit("kz", "uz")
        with reading(self.world.nodes["kz"].engine) as conn:
            sent = outbox.search(conn, limit=9)
        self.world.run()
        (message,) = [one for one in sent if one.exchange.code == "TM-010"]
        return message.transmission.message_id


@contextmanager
def playing(folder: Path, script: Script) -> Iterator[Playing]:
    said: list[Said] = []

    def around(name: str, node: nodes.Node) -> None:
        if name == "uz":
            Player(script=script, node=node, folder=folder, say=said.append)

    with corridor(folder, ("kz", "uz"), over_sockets=True, around=around) as world:
        yield Playing(world, said)


@pytest.fixture(name="played")
def _played(tmp_path: Path) -> Callable[[str], Any]:
    return lambda name: playing(tmp_path, read_script(script_text(name)))


ALERT = {
    "valid_until": "2026-03-20T00:00:00+00:00",
    "marking": "AMBER",
    "permitted_action": "documents",
    "urgency": "flash",
    "category": "TRD",
    "severity": 1,
    "summary": "goods may leave the corridor",
    "contact_office": "KZ550101",
    "subjects": [{"means_id": "017 ABC 02"}],
}


def test_a_clean_transit_goes_by_itself_and_its_alert_is_acknowledged(
    played: Callable[[str], Any],
) -> None:
    with played("clean-transit") as one:
        alerting = one.world.nodes["kz"].alerting
        alert = str(alerting.draft(LIAISON, ALERT)["alert_id"])
        alerting.send(LIAISON, alert, to=["customs.uz"], purpose="RISK_ANALYSIS")
        one.manifest()
        one.world.submit("kz", "uz")
        one.world.run()
        (amended,) = [line for line in one.did("arrived") if line["arrived"] == "TM-011"]
        assert "changed before the border" in str(amended["step"])
        one.world.pass_by(90)
        one.world.tell("kz", Event.DISCHARGE, "KZ550101")
        one.world.run()

        assert one.world.states() == {"kz": "discharged", "uz": "discharged"}
        wanted = ["release", "amendment", "entry", "arrival", "conform", "discharge"]
        assert one.world.events("kz") == wanted
        assert [line["did"] for line in one.did("did")] == ["acknowledge", "tell", "tell", "tell"]
        assert one.world.nodes["kz"].enquiry.alert(LIAISON, alert)["recipients"][0]["state"] == (
            "acknowledged"
        )


def test_a_refusal_at_the_border_and_a_rejection_with_its_code(
    played: Callable[[str], Any],
) -> None:
    with played("refusal-at-border") as one:
        one.manifest()
        one.world.pass_by(30)
        assert one.world.states() == {"kz": "refused", "uz": "refused"}

        told = one.world.tell("kz", Event.DISCHARGE, "KZ550101")
        one.world.run()

        answer = one.answer(told["messages"]["customs.uz"])
        assert answer is not None
        assert not answer.accepted
        assert [found.code for found in answer.findings] == ["UZ-417"]
        assert "the office is closed today" in answer.findings[0].text
        assert one.world.states() == {"kz": "discharged", "uz": "refused"}


def test_an_incident_told_late_and_twice_is_one_with_its_new_seals(
    played: Callable[[str], Any],
) -> None:
    with played("incident") as one:
        one.manifest()
        one.world.pass_by(75)
        assert one.world.states() == {"kz": "incident", "uz": "incident"}

        one.world.pass_by(60)

        assert one.world.states() == {"kz": "arrived", "uz": "arrived"}
        wanted = ["release", "entry", "incident", "continuation", "arrival"]
        assert one.world.events("kz") == wanted
        assert len(one.did("did")) == 5  # four events, one of them doubled
        with reading(one.world.nodes["kz"].engine) as conn:
            repeats = [row.repeats for row in inbox.search(conn, sender="customs.uz", limit=50)]
        assert sum(repeats) == 1


def test_lost_receipts_and_a_late_answer_make_no_double(played: Callable[[str], Any]) -> None:
    with played("lossy-answers") as one:
        manifest = one.manifest()
        assert one.answer(manifest) is None
        one.world.pass_by(250)
        assert one.answer(manifest) is None
        one.world.pass_by(120)

        answer = one.answer(manifest)
        assert answer is not None
        assert answer.accepted
        assert len(one.did("lost")) == 2
        assert one.world.events("uz") == ["release", "entry"]
        with reading(one.world.nodes["uz"].engine) as conn:
            (kept,) = inbox.search(conn, state=State.FILED, message_id=manifest, limit=9)
        assert kept.repeats == 2

        told = one.world.tell("kz", Event.EXIT, "KZ550302")
        one.world.pass_by(120)
        assert one.answer(told["messages"]["customs.uz"]) is None
        assert one.world.events("uz") == ["release", "entry", "exit"]


def alert_of(world: Corridor, alert_id: str) -> dict[str, Any]:
    return dict(world.nodes["kz"].enquiry.alert(LIAISON, alert_id))


def test_an_alert_of_ours_is_seen_controlled_and_its_correction_found(
    played: Callable[[str], Any],
) -> None:
    with played("alerts-both-ways") as one:
        alerting = one.world.nodes["kz"].alerting
        alert = str(alerting.draft(LIAISON, ALERT)["alert_id"])
        alerting.send(LIAISON, alert, to=["customs.uz"], purpose="RISK_ANALYSIS")
        one.world.run()
        one.world.pass_by(90)
        shown = alert_of(one.world, alert)
        assert shown["life"] == {"customs.uz": "feedback given"}
        assert [line["result"] for line in shown["feedback"]] == ["SGT", "NIL"]
        assert len(one.did("did")) == 5  # its own alert, three words on ours, one of them twice

        corrected = {**ALERT, "subjects": [{"means_id": "017 ABD 02"}]}
        alerting.correcting.correct(LIAISON, alert, corrected, why="A letter was read wrong.")
        alerting.send(LIAISON, alert)
        one.world.run()
        one.world.pass_by(60)

        shown = alert_of(one.world, alert)
        assert [line["life"] for line in shown["versions"]] == [
            {"customs.uz": "closed"},
            {"customs.uz": "superseded"},
        ]
        (last,) = [line for line in shown["feedback"] if line["version"] == 2]
        assert (last["result"], last["is_last"]) == ("HIT", True)
        assert last["told"]["new_facts"] == "Cigarettes in the spare wheel."
        assert [line for line in one.said if "failed" in line] == []


def test_an_alert_of_the_partner_comes_is_corrected_and_taken_back(
    played: Callable[[str], Any],
) -> None:
    with played("alerts-both-ways") as one:
        one.world.pass_by(10)
        member = one.world.nodes["kz"]
        (line,) = member.enquiry.alerts(LIAISON, direction="received")["alerts"]
        alert = str(line["alert_id"])
        assert alert_of(one.world, alert)["alert"]["subjects"][0]["means_id"] == "017ABC02"

        member.alerting.acknowledge(LIAISON, alert, office="KZ550302")
        one.world.run()
        one.world.pass_by(30)
        shown = alert_of(one.world, alert)
        assert (shown["version"], shown["state"]) == (2, "received")
        assert shown["alert"]["subjects"][0]["means_id"] == "017ABO02"
        assert shown["alert"]["correction"] == "A letter was read wrong."

        told = {"result": "NCK", "contact_office": "KZ550302"}
        member.alerting.reporting.report(LIAISON, alert, told)
        one.world.run()
        one.world.pass_by(30)

        shown = alert_of(one.world, alert)
        assert shown["state"] == "withdrawn"
        assert {line["state"] for line in shown["versions"]} == {"withdrawn"}
        assert [line["did"] for line in one.did("did")] == ["issue", "correct", "withdraw"]
        assert [line for line in one.said if "failed" in line] == []


def test_every_shipped_script_is_played_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in shipped_scripts() if f'played("{name}")' not in here] == []


def test_a_node_in_production_is_never_played(tmp_path: Path) -> None:
    with corridor(tmp_path, ("kz",)) as world:
        text = (tmp_path / "kz" / "node.toml").read_text("utf-8")
        assert "test = true" in text
        (tmp_path / "kz" / "node.toml").write_text(text.replace("test = true", "test = false"))
        world.restart("kz")

        with pytest.raises(RehearsalError, match="in production"):
            Player(script=read_script(script_text("incident")), node=world.nodes["kz"])
