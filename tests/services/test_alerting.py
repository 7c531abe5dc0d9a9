from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.held import AlertState, Direction
from tests.world import LIAISON, OPERATOR, Pair


@pytest.fixture(name="received")
def _received(pair: Pair) -> str:
    return sent_alert(pair, purpose="RISK_ANALYSIS")


def sent_alert(pair: Pair, purpose: str) -> str:
    """Return the id of an alert of Uzbekistan that Kazakhstan has received."""
    drafted = pair.uz.alerting.draft(
        LIAISON,
        {
            "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": 1,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": "UZ270101",
            "subjects": [{"means_id": "017ABC02"}],
        },
    )
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose=purpose)
    pair.run()
    return alert_id


def recipient_of(pair: Pair, alert_id: str) -> dict[str, str]:
    (recipient,) = pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"]
    return dict(recipient)


def withdraw(pair: Pair, alert_id: str) -> None:
    with transaction(pair.kz.engine) as conn:
        held = alerts.by_id(conn, alert_id, direction=Direction.RECEIVED)
        alerts.advance(conn, held.number, AlertState.WITHDRAWN, by="test", at=pair.clock())


def acknowledgements_sent(pair: Pair) -> int:
    sent = pair.kz.enquiry.messages(OPERATOR)["messages"]
    return sum(one["code"] == "RA-020" for one in sent)


@pytest.mark.parametrize(("act", "state"), [("cancel", "cancelled"), ("give up", "failed")])
def test_an_alert_whose_message_ended_on_the_way_says_so(pair: Pair, act: str, state: str) -> None:
    pair.exchange.cut.add("customs.kz")
    alert_id = sent_alert(pair, purpose="RISK_ANALYSIS")
    message_id = recipient_of(pair, alert_id)["message_id"]
    assert recipient_of(pair, alert_id)["state"] == "queued"

    if act == "cancel":
        pair.uz.operating.cancel(OPERATOR, message_id, why="sent by mistake")
    else:
        once = PartnerMode(party="customs.kz", retry=Retry(max_retries=0))
        pair.clock.forward(hours=1)
        replace(pair.uz.sending, modes={"customs.kz": once}).run()

    assert recipient_of(pair, alert_id)["state"] == state


def test_acknowledging_again_says_the_same_and_sends_nothing(pair: Pair, received: str) -> None:
    first = pair.kz.alerting.acknowledge(LIAISON, received, office="KZ550302")
    again = pair.kz.alerting.acknowledge(LIAISON, received, office="KZ550101")

    assert first == again == {"alert_id": received, "state": "acknowledged"}
    assert acknowledgements_sent(pair) == 1


def test_an_alert_that_is_out_of_force_is_not_said_to_be_acknowledged(
    pair: Pair, received: str
) -> None:
    withdraw(pair, received)

    with pytest.raises(InvalidAlertError, match="withdrawn"):
        pair.kz.alerting.acknowledge(LIAISON, received, office="KZ550302")

    with reading(pair.kz.engine) as conn:
        held = alerts.by_id(conn, received)
    assert held.state is AlertState.WITHDRAWN
    assert acknowledgements_sent(pair) == 0


def test_a_draft_is_sent_once(pair: Pair, received: str) -> None:
    with pytest.raises(InvalidAlertError, match="not a draft"):
        pair.uz.alerting.send(LIAISON, received, to=["customs.kz"], purpose="RISK_ANALYSIS")

    assert len(pair.uz.enquiry.messages(OPERATOR)["messages"]) == 1


def test_an_acknowledgement_goes_back_for_the_purpose_that_the_alert_came_for(pair: Pair) -> None:
    text = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date()).replace(
        "version = 1", "version = 2"
    )
    other = text.replace(
        'purposes = [\n  "RISK_ANALYSIS",\n]', 'purposes = [\n  "TRANSIT_CONTROL",\n]'
    )
    assert other != text
    for node in (pair.kz, pair.uz):
        node.commissioning.add_agreement(other, actor="test")
    alert_id = sent_alert(pair, purpose="TRANSIT_CONTROL")

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()

    (recipient,) = pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"]
    assert recipient["state"] == "acknowledged"
