"""The whole node with phase4 as its neighbour: manifests, answers, repeats, refusals."""

from __future__ import annotations

import json
import random
from typing import cast

import pytest

from exchange_node.domain.access import Role
from exchange_node.domain.message import AttachedFile
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from tests.interop.identities import UZ
from tests.interop.nodes_and_peer import Neighbours
from tests.interop.ours import answered_to
from tests.interop.peer import Delivered, Json, Peer, wait_for


def answers(peer: Peer, message_id: str) -> list[Delivered]:
    """The business answers to a message that reached the peer."""
    return [
        one
        for one in peer.inbox()
        if one.header["action"] == "SY-002" and one.header["ref_to"] == message_id
    ]


def log_of(world: Neighbours) -> str:
    return (world.node.folder / "node.log").read_text(encoding="utf-8")[-4000:]


def test_a_manifest_reaches_phase4_and_its_receipt_is_verified(world: Neighbours) -> None:
    submitted = world.submit()

    settled = world.settled(submitted, "receipted", "failed")

    assert settled["state"] == "receipted", (settled, world.peer.log(), log_of(world))
    assert settled["transmission"]["receipt_verified"] is True
    (delivered,) = world.peer.delivered(str(submitted["message_id"]))
    assert delivered.header["action"] == "TM-010"
    assert b"Declaration" in delivered.payloads[0]


def test_a_manifest_of_phase4s_is_filed_and_answered(world: Neighbours) -> None:
    report = world.peer.send(world.url, world.manifest())

    assert report["outcome"] == "receipt", (answered_to(report), log_of(world))
    assert (report["signed"], report["nrr"]) == (True, "equal")
    (answer,) = wait_for(
        lambda: answers(world.peer, report["message_id"]), "the business answer at phase4"
    )
    assert answer.header["from"] == "customs.kz"
    assert b"Response" in answer.payloads[0]


SCAN = random.Random(20260302).randbytes(300_000)


def test_files_go_with_a_manifest_to_phase4(world: Neighbours) -> None:
    submitted = world.submit_with(
        ("scan.png", SCAN, "image/png"), ("note.txt", b"a note", "text/plain")
    )

    settled = world.settled(submitted, "receipted", "failed")

    assert settled["state"] == "receipted", (settled, world.peer.log(), log_of(world))
    (delivered,) = world.peer.delivered(str(submitted["message_id"]))
    assert b"Declaration" in delivered.payloads[0]
    assert delivered.payloads[1:] == (SCAN, b"a note")
    assert [one["mime_type"] for one in delivered.header["payloads"]][1:] == [
        "image/png",
        "text/plain",
    ]


def test_files_of_phase4s_are_kept_with_the_manifest(world: Neighbours) -> None:
    scan = AttachedFile(name="scan.png", mime_type="image/png", content=SCAN)

    report = world.peer.send(world.url, world.manifest(scan))

    assert (report["outcome"], report["nrr"]) == ("receipt", "equal"), answered_to(report)
    (answer,) = wait_for(
        lambda: answers(world.peer, report["message_id"]), "the business answer at phase4"
    )
    with world.client(Role.BORDER_POST) as post:
        arrivals = cast("list[Json]", post.get("/prearrival")["arrivals"])
        numbers = [
            one["number"]
            for one in arrivals
            if post.get(f"/manifests/{one['number']}")["attachments"]
        ]
    assert len(numbers) == 1, (answer.payloads, arrivals, log_of(world))
    (number,) = numbers
    assert world.attachment(number, 1) == SCAN


def test_a_ping_of_ours_is_receipted_and_proves_the_way(world: Neighbours) -> None:
    pinged = world.run("ping", UZ, "--tries", "1", "--json")

    seen = json.loads(pinged.stdout)
    assert (pinged.returncode, seen["ok"]) == (0, True), (pinged, world.peer.log())
    (tried,) = seen["tries"]
    assert (tried["http_status"], tried["verdict"]) == (200, "receipt verified")
    assert seen["tls"]["version"].startswith("TLSv1.")


def test_phase4_gets_its_receipt_again_and_one_answer(world: Neighbours) -> None:
    first = world.peer.send(world.url, world.manifest())

    second = world.peer.ask("repeat", url=world.url, message_id=first["message_id"])

    assert [first["outcome"], second["outcome"]] == ["receipt", "receipt"]
    assert (second["receipt_id"], second["nrr"]) == (first["receipt_id"], "equal")
    wait_for(lambda: answers(world.peer, first["message_id"]), "the business answer at phase4")
    assert len(answers(world.peer, first["message_id"])) == 1


def test_a_receipt_that_got_lost_is_asked_for_again(world: Neighbours) -> None:
    world.peer.ask("fault", lose={"TM-010": 1})
    submitted = world.submit()

    settled = world.settled(submitted, "receipted", "failed")

    assert settled["state"] == "receipted", (settled, log_of(world))
    assert settled["transmission"]["tries"] == 2
    assert len(world.peer.delivered(str(submitted["message_id"]))) == 1


def test_a_refusal_of_phase4s_ends_the_transmission(world: Neighbours) -> None:
    world.peer.ask("fault", refuse={"TM-010": "EBMS:0004"})
    submitted = world.submit()

    settled = world.settled(submitted, "receipted", "failed")

    assert (settled["state"], settled["transmission"]["state"]) == ("failed", "refused")
    assert "EBMS:0004" in str(settled["transmission"])
    assert world.peer.delivered(str(submitted["message_id"])) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"action": "TM-999"}, "EBMS:0001"),
        ({"service": "urn:carec:service:risk"}, "EBMS:0010"),
        ({"agreement": "urn:carec:maa:none"}, "EBMS:0010"),
        ({"agreement_type": "urn:other"}, "EBMS:0010"),
        ({"properties": []}, "EBMS:0003"),
    ],
)
def test_our_refusal_is_an_error_that_phase4_reads(
    world: Neighbours, change: dict[str, object], code: str
) -> None:
    report = world.peer.send(world.url, world.manifest(**change))

    assert (report["outcome"], report["signed"]) == ("error", True), answered_to(report)
    assert [(one["code"], one["ref"]) for one in report["errors"]] == [(code, report["message_id"])]


def test_a_ping_of_phase4s_is_receipted_and_filed_nowhere(world: Neighbours) -> None:
    ping = world.manifest(service=TEST_SERVICE, action=TEST_ACTION)

    report = world.peer.send(world.url, ping)

    assert (report["outcome"], report["nrr"]) == ("receipt", "equal"), answered_to(report)
    assert answers(world.peer, report["message_id"]) == []
