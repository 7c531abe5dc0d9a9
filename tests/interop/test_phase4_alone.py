"""The peer against itself: that phase4 is set up as each suite asks, before it judges us."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop.identities import KZ, UZ, identity
from tests.interop.peer import Peer, running
from tests.interop.suites import SUITES

XML = b"<?xml version='1.0'?>\n<one>\xd0\xba</one>"


@pytest.fixture(name="peers", params=SUITES, scope="module")
def _peers(
    request: pytest.FixtureRequest, classes: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Peer, Peer]]:
    suite = request.param
    folder = tmp_path_factory.mktemp("peers")
    kz, uz = identity(KZ, suite), identity(UZ, suite)
    mpcs = {"own": "urn:carec:mpc:customs.uz", "partner": ""}
    back = {"partner": "urn:carec:mpc:customs.uz", "own": ""}
    with (
        running(folder / "kz", classes, own=kz, partner=uz, suite=suite, mpcs=mpcs) as sender,
        running(folder / "uz", classes, own=uz, partner=kz, suite=suite, mpcs=back) as recipient,
    ):
        yield sender, recipient


def message(peer: Peer, **changes: object) -> dict[str, object]:
    plain = {
        "service": "urn:carec:service:transit",
        "action": "TM-010",
        "conversation": "KZ/1",
        "payloads": [peer.payload("one.xml", XML, charset="UTF-8")],
    }
    return {**plain, **changes}


def test_a_pushed_message_is_receipted(peers: tuple[Peer, Peer]) -> None:
    sender, recipient = peers

    report = sender.send(recipient.url, message(sender))

    assert report["outcome"] == "receipt", (report, recipient.log())
    assert (report["signed"], report["nrr"]) == (True, "equal")
    assert [one.payloads for one in recipient.delivered(report["message_id"])] == [(XML,)]


def test_a_pulled_message_is_receipted_by_itself(peers: tuple[Peer, Peer]) -> None:
    sender, recipient = peers
    mpc = "urn:carec:mpc:customs.uz"
    sender.queue("0001", message(sender, id="pulled-1@kz", mpc=mpc))

    report = recipient.ask("pull", url=sender.url, mpc=mpc)
    after = recipient.ask("pull", url=sender.url, mpc=mpc)

    assert report["outcome"] == "message", (report, sender.log())
    assert report["receipt_status"] == 202
    assert [one.payloads for one in recipient.delivered("pulled-1@kz")] == [(XML,)]
    assert [(one["ref_to"], one["signed"], one["nrr"]) for one in sender.signals()] == [
        ("pulled-1@kz", True, "equal")
    ]
    assert [one["code"] for one in after["errors"]] == ["EBMS:0006"]


def test_the_bench_counts_verified_receipts(peers: tuple[Peer, Peer]) -> None:
    sender, recipient = peers

    report = sender.ask(
        "bench", url=recipient.url, count=8, concurrency=2, warm_up=1, message=message(sender)
    )

    assert report["count"] == 8, report
    assert report["messages_per_second"] > 0
    assert 0 < report["p50_ms"] <= report["p95_ms"] <= report["p99_ms"]
    assert len(recipient.inbox()) >= 9
