"""Messages that wait in a channel: phase4 pulls ours, our node pulls phase4's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop.nodes_and_peer import FROM_PEER, TO_PEER, Neighbours, mode_of
from tests.interop.peer import Delivered, Json, wait_for

DELIVERY = f"""
[delivery]
to_partner = "pull"
from_partner = "pull"
mpc_to_partner = "{TO_PEER}"
mpc_from_partner = "{FROM_PEER}"
"""
OFTEN = {"interval_seconds = 30.0": "interval_seconds = 0.2"}


@pytest.fixture(name="pulled", scope="module")
def _pulled(running_world: Neighbours) -> Iterator[Neighbours]:
    """The same neighbours, with every message pulled."""
    with running_world.restarted(mode_of(running_world.suite, DELIVERY), OFTEN):
        yield running_world


@pytest.fixture(autouse=True)
def _without_faults(pulled: Neighbours) -> Iterator[None]:
    yield
    pulled.peer.ask("fault")


def pull(world: Neighbours, mpc: str = TO_PEER) -> Json:
    return world.peer.ask("pull", url=world.url, mpc=mpc)


def emptied(world: Neighbours) -> list[Json]:
    """Pull until nothing waits; the last report says so."""
    reports = [pull(world)]
    while reports[-1]["outcome"] == "message":
        reports.append(pull(world))
    return reports


def signals_about(world: Neighbours, message_id: str) -> list[Json]:
    return [one for one in world.peer.signals() if one["ref_to"] == message_id]


def answers(world: Neighbours, message_id: str) -> list[Delivered]:
    emptied(world)
    return [one for one in world.peer.inbox() if one.header["ref_to"] == message_id]


def test_phase4_pulls_a_manifest_and_we_verify_the_receipt_that_follows(
    pulled: Neighbours,
) -> None:
    submitted = pulled.submit()

    reports = emptied(pulled)

    ours = [one for one in reports if one.get("message_id") == submitted["message_id"]]
    assert [(one["outcome"], one["mpc"], one["receipt_status"]) for one in ours] == [
        ("message", TO_PEER, 202)
    ], (reports, pulled.peer.log())
    assert len(pulled.peer.delivered(str(submitted["message_id"]))) == 1
    settled = pulled.settled(submitted, "receipted", "failed")
    assert settled["state"] == "receipted"
    assert settled["transmission"]["receipt_verified"] is True


def test_phase4_learns_that_nothing_waits(pulled: Neighbours) -> None:
    report = emptied(pulled)[-1]

    assert (report["outcome"], report["signed"]) == ("error", True), report
    assert [(one["code"], one["severity"]) for one in report["errors"]] == [
        ("EBMS:0006", "warning")
    ]


def test_phase4_may_not_pull_from_a_channel_that_is_not_its_own(pulled: Neighbours) -> None:
    report = pull(pulled, FROM_PEER)

    assert (report["outcome"], report["signed"]) == ("error", True), report
    assert [one["code"] for one in report["errors"]] == ["EBMS:0001"]


def test_an_error_for_what_was_pulled_ends_the_transmission(pulled: Neighbours) -> None:
    pulled.peer.ask("fault", refuse={"TM-010": "EBMS:0004"})
    submitted = pulled.submit()

    # What is asked about journeys that are long overdue may stand before it.
    report = emptied(pulled)[-1]

    assert report["outcome"] == "refused", report
    settled = pulled.settled(submitted, "receipted", "failed")
    assert (settled["state"], settled["transmission"]["state"]) == ("failed", "refused")


def test_we_pull_from_phase4_and_it_verifies_the_receipt_that_follows(
    pulled: Neighbours,
) -> None:
    message_id = "pulled-once@customs.uz"
    pulled.peer.queue("0001", pulled.manifest(id=message_id, mpc=FROM_PEER))

    (receipt,) = wait_for(lambda: signals_about(pulled, message_id), "the receipt at phase4")

    assert (receipt["signed"], receipt["nrr"], receipt["errors"]) == (True, "equal", [])
    (answer,) = wait_for(lambda: answers(pulled, message_id), "the business answer")
    assert (answer.header["action"], answer.header["mpc"]) == ("SY-002", TO_PEER)


def test_what_we_pull_twice_is_receipted_twice_and_filed_once(pulled: Neighbours) -> None:
    message_id = "pulled-twice@customs.uz"
    pulled.peer.queue("0002", pulled.manifest(id=message_id, mpc=FROM_PEER, times=2))

    receipts = wait_for(
        lambda: found if len(found := signals_about(pulled, message_id)) > 1 else [],
        "two receipts at phase4",
    )

    assert len({one["message_id"] for one in receipts}) == 1
    assert {one["nrr"] for one in receipts} == {"equal"}
    wait_for(lambda: answers(pulled, message_id), "the business answer")
    assert len(answers(pulled, message_id)) == 1


def test_phase4_reads_the_error_for_what_we_pulled(pulled: Neighbours) -> None:
    message_id = "pulled-wrongly@customs.uz"
    wrong = pulled.manifest(id=message_id, mpc=FROM_PEER, action="TM-999")
    pulled.peer.queue("0003", wrong)

    (error,) = wait_for(lambda: signals_about(pulled, message_id), "the error at phase4")

    assert (error["signed"], error["nrr"]) == (True, "absent")
    assert [one["code"] for one in error["errors"]] == ["EBMS:0001"]
