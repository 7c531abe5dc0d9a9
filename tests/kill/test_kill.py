from __future__ import annotations

from collections import Counter

import pytest

from tests.kill.killing import POINTS, SEED, Killing
from tests.kill.outcome import audited, counted, totals, unowned_payloads

pytestmark = pytest.mark.kill


def test_an_undisturbed_exchange_ends_as_it_should(killing: Killing) -> None:
    sender, recipient = (killing.undisturbed[side] for side in ("sender", "recipient"))

    assert sender["submissions"] == [("accepted",)]
    assert sender["manifests"] == [("sent", 1, "red")]
    assert recipient["manifests"] == [("received", 1, "red")]
    assert sender["alerts"] == [("received", 1, "acknowledged")]
    assert recipient["alerts"] == [("sent", 1, "sent")]
    assert sender["hits"] == [("sent", "red")]
    assert recipient["recipients"] == [("customs.kz", True, True, True)]
    answer = ("SY-002", "filed")
    assert sender["inbox"] == [("RA-010", "filed"), answer, answer]
    assert recipient["inbox"] == [("RA-020", "filed"), answer, ("TM-010", "filed")]


@pytest.mark.parametrize("kill_point", range(1, POINTS + 1), ids=lambda number: f"point-{number}")
def test_a_killed_node_ends_where_an_undisturbed_one_does(
    killing: Killing, kill_point: int
) -> None:
    ended = killing.ended[kill_point].result()

    assert ended == killing.undisturbed, (
        f"EXCHANGE_NODE_KILL_SEED={SEED}, {killing.point(kill_point)}"
    )


def test_after_all_kills_nothing_is_lost_or_doubled_and_the_audit_is_whole(
    killing: Killing,
) -> None:
    for future in killing.ended.values():
        future.exception()

    for lane in killing.lanes:
        exchanges = lane.exchanges
        for node in lane.nodes.values():
            held = totals(node.folder)
            assert held == Counter(
                submission=exchanges * (node is lane.sender),
                outbox=3 * exchanges,
                inbox=3 * exchanges,
                manifest=exchanges,
                alert=exchanges,
                hit=exchanges,
                acknowledgement=exchanges,
            )
            assert counted(node.folder) == Counter(
                {
                    ("sent", "all"): exchanges * (node is lane.sender),
                    ("sent", "accepted"): exchanges * (node is lane.sender),
                    # The alert at the one; manifest and acknowledgement at the other.
                    ("received", "all"): exchanges * (1 if node is lane.sender else 2),
                    ("received", "accepted"): exchanges * (1 if node is lane.sender else 2),
                }
            )
            assert unowned_payloads(node.folder) == []
            assert audited(node.folder) > 0
            assert node.stop() == 0
