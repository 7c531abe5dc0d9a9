from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair

PLATE = "123ABC02"


def draft_of(pair: Pair, plate: str) -> dict[str, object]:
    return {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": plate}],
    }


def plate_in(pair: Pair, submission_id: str) -> str:
    manifest = pair.kz.enquiry.submission(NATIONAL, submission_id)["manifest"]
    assert isinstance(manifest, dict)
    return str(manifest["means"])


def test_a_declaration_crosses_and_is_answered(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "accepted"
    assert seen["transmission"]["receipt_verified"] is True
    assert seen["answer"]["accepted"] is True


def test_the_border_post_finds_the_manifest_by_plate(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()

    found = pair.uz.enquiry.prearrival(POST, plate=plate_in(pair, submission).lower())

    (arrival,) = found["arrivals"]
    assert arrival["channel"] == "green"
    assert arrival["partner"] == "customs.kz"


def test_what_the_grant_withholds_does_not_reach_the_partner(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()

    withheld = pair.kz.enquiry.submission(NATIONAL, submission)["withheld"]
    assert any("ext:Driver" in pointer for pointer in withheld)
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    shown = str(pair.uz.enquiry.manifest(POST, arrival["number"]))
    assert "Driver" not in shown


def test_an_alert_finds_its_truck_and_its_acknowledgement_comes_back(pair: Pair) -> None:
    plate = plate_in(pair, pair.submit())
    pair.run()

    drafted = pair.uz.alerting.draft(LIAISON, draft_of(pair, plate))
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    at_kz = pair.kz.enquiry.alert(LIAISON, alert_id)
    (hit,) = at_kz["hits"]
    assert hit["channel"] == "red"
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()

    (recipient,) = pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"]
    assert recipient["state"] == "acknowledged"
    assert any(notice.code == "channel.red" for notice in pair.told["kz"].told.values())


def test_a_manifest_meets_an_alert_that_came_before_it(pair: Pair) -> None:
    first = plate_in(pair, pair.submit())
    drafted = pair.uz.alerting.draft(LIAISON, draft_of(pair, first))
    pair.uz.alerting.send(
        LIAISON, str(drafted["alert_id"]), to=["customs.kz"], purpose="RISK_ANALYSIS"
    )
    pair.run()

    (arrival,) = pair.uz.enquiry.prearrival(POST, plate=first)["arrivals"]
    assert arrival["channel"] == "red"


def test_a_lost_receipt_brings_no_second_copy(pair: Pair) -> None:
    pair.exchange.lose_answers = True
    submission = pair.submit()
    pair.kz.sending.run()

    pair.exchange.lose_answers = False
    pair.clock.forward(minutes=1)
    pair.run()

    assert pair.state_of(submission) == "accepted"
    assert len(pair.uz.enquiry.prearrival(POST)["arrivals"]) == 1


def test_a_partner_that_is_down_gets_the_message_when_it_is_back(pair: Pair) -> None:
    pair.exchange.cut.add("customs.uz")
    submission = pair.submit()
    pair.run()
    assert pair.state_of(submission) == "queued"

    pair.exchange.cut.clear()
    pair.clock.forward(minutes=2)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_a_message_that_nobody_receipts_is_given_up_and_told(pair: Pair) -> None:
    pair.exchange.cut.add("customs.uz")
    submission = pair.submit()
    for _ in range(40):
        pair.clock.forward(hours=1)
        pair.kz.sending.run()
    pair.run()

    assert pair.state_of(submission) == "failed"
    (notice,) = [
        one for one in pair.told["kz"].told.values() if one.code == "transmission.missing-receipt"
    ]
    assert "EBMS:0301" in notice.facts["why"]


def test_a_tampered_payload_is_refused_and_not_kept(pair: Pair) -> None:
    def meddler(body: bytes) -> bytes:
        return body[:-200] + bytes([body[-200] ^ 1]) + body[-199:]

    pair.exchange.meddler = meddler
    submission = pair.submit()
    pair.run()

    assert pair.state_of(submission) == "failed"
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []


def test_a_suspended_agreement_holds_what_waits_and_lets_it_go_when_it_is_active(
    pair: Pair,
) -> None:
    submission = pair.submit()
    (held,) = pair.kz.standings.all()
    agreement, version = str(held["agreement"]), int(str(held["version"]))
    pair.kz.agreeing.suspend(OPERATOR, agreement, version, why="a test")
    pair.run()
    assert pair.state_of(submission) == "held"

    text = pair_agreement_text(pair)
    pair.kz.commissioning.add_agreement(text, actor="test")
    pair.clock.forward(minutes=10)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def pair_agreement_text(pair: Pair) -> str:
    from exchange_node import node as nodes

    return nodes.pair_agreement("KZ", "UZ", on=pair.clock().date())


def test_two_sides_with_different_agreements_refuse_each_other(pair: Pair) -> None:
    from exchange_node import node as nodes

    other = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date()).replace(
        "version = 1", "version = 2"
    )
    pair.kz.commissioning.add_agreement(other, actor="test")
    submission = pair.submit()
    pair.run()

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "failed"
    assert "DENY-" in seen["transmission"]["last_error"]


def test_everything_that_was_done_stands_in_a_whole_audit(pair: Pair) -> None:
    pair.submit()
    pair.run()
    pair.uz.enquiry.prearrival(POST)

    kept = pair.uz.enquiry.audit(OPERATOR)

    actions = {one["action"] for one in kept["audit"]}
    assert {"message.kept", "message.filed", "look.prearrival"} <= actions


@pytest.mark.parametrize("name", ["kz", "uz"])
def test_a_restart_between_any_two_walks_changes_nothing(pair: Pair, name: str) -> None:
    submission = pair.submit()
    for walk in ("sending", "filing", "telling", "sending", "filing", "telling", "sending"):
        pair.restart(name)
        for node in (pair.kz, pair.uz):
            getattr(node, walk).run()
        pair.clock.forward(minutes=3)
    pair.run()

    assert pair.state_of(submission) == "accepted"
    assert len(pair.uz.enquiry.prearrival(POST)["arrivals"]) == 1
