from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from exchange_node.domain.errors import (
    InvalidAlertError,
    NotPermittedError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.domain.transmission import ErrorArrived, Failed, Retry
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair

AGREEMENT = "urn:carec:maa:KZ-UZ:rehearsal"
PLATE = "01A777BC"
WHY = "The information has turned out to be wrong."


def alerted(
    pair: Pair, *, to: str = "customs.kz", severity: int = 1, asks: bool = False, **subject: object
) -> str:
    drafted = pair.uz.alerting.draft(
        LIAISON,
        {
            "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": severity,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": "UZ270101",
            "feedback_requested": asks,
            "subjects": [subject or {"means_id": PLATE}],
        },
    )
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=[to], purpose="RISK_ANALYSIS")
    return alert_id


def withdraw(pair: Pair, alert_id: str) -> dict[str, Any]:
    return pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why=WHY)


def shown(pair: Pair, node: str, alert_id: str) -> dict[str, Any]:
    return dict(getattr(pair, node).enquiry.alert(LIAISON, alert_id))


def crossing(pair: Pair) -> str:
    """Return the plate of a manifest that Kazakhstan sends to Uzbekistan."""
    pair.submit()
    pair.run()
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return str(arrival["means"])


def channel(pair: Pair) -> str:
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return str(arrival["channel"])


def channel_sent(pair: Pair) -> str:
    """Return the channel of the manifest at the node that sent it."""
    with reading(pair.kz.engine) as conn:
        (held,) = manifests.current(conn, after=0, limit=9)
    assert held.decision is not None
    return held.decision.channel


def test_a_withdrawal_reaches_the_copy_and_leaves_a_tombstone_without_names(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    pair.run()
    assert [one["is_withdrawn"] for one in shown(pair, "kz", alert_id)["hits"]] == [False]
    assert channel(pair) == channel_sent(pair) == "red"

    told = withdraw(pair, alert_id)
    pair.run()

    assert told["state"] == "withdrawn"
    for name in ("kz", "uz"):
        alert = shown(pair, name, alert_id)
        assert (alert["version"], alert["state"]) == (2, "withdrawn")
        assert [one["state"] for one in alert["versions"]] == ["withdrawn", "withdrawn"]
        assert alert["alert"]["subjects"] == []
        assert alert["alert"]["text"] == WHY
    assert channel(pair) == channel_sent(pair) == "green"
    there = shown(pair, "kz", alert_id)
    (hit,) = there["hits"]
    assert hit["is_withdrawn"]
    assert plate not in str({**there, "hits": hit["matches"]})  # what it says of the alert
    (recipient,) = shown(pair, "uz", alert_id)["recipients"]
    assert (recipient["party"], recipient["state"]) == ("customs.kz", "accepted")


def test_what_comes_after_its_withdrawal_hits_nothing(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    (alert,) = sent(pair)
    pair.exchange.cut.add("customs.kz")
    pair.uz.sending.run_for("customs.kz")  # fails, and is tried again much later
    pair.exchange.cut.clear()
    withdraw(pair, alert_id)
    pair.run()
    first = shown(pair, "kz", alert_id)
    assert [one["version"] for one in first["versions"]] == [2]

    pair.clock.forward(hours=1)
    pair.run()

    assert state_of(pair, alert) == "receipted"
    last = shown(pair, "kz", alert_id)
    assert [one["state"] for one in last["versions"]] == ["withdrawn", "withdrawn"]
    assert last["hits"] == []
    assert channel_sent(pair) == "green"
    notices = {one.code for one in pair.told["kz"].told.values()}
    assert "alert.withdrawn" in notices
    assert "alert.received" not in notices


def sent(pair: Pair) -> list[str]:
    found = pair.uz.enquiry.messages(OPERATOR)["messages"]
    return [one["message_id"] for one in found if one["code"].startswith("RA-")]


def state_of(pair: Pair, message_id: str) -> str:
    found = pair.uz.enquiry.messages(OPERATOR)["messages"]
    return str(next(one["state"] for one in found if one["message_id"] == message_id))


def test_nothing_is_acknowledged_after_a_withdrawal_and_nothing_withdrawn_twice(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    withdraw(pair, alert_id)
    pair.run()

    with pytest.raises(InvalidAlertError, match="withdrawn"):
        pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    with pytest.raises(InvalidAlertError, match="withdrawn"):
        withdraw(pair, alert_id)


def test_only_a_liaison_officer_withdraws_and_only_what_is_ours(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()

    with pytest.raises(RoleError):
        pair.uz.alerting.withdrawing.withdraw(NATIONAL, alert_id, why=WHY)
    with pytest.raises(UnknownRecordError):
        pair.kz.alerting.withdrawing.withdraw(LIAISON, alert_id, why=WHY)
    with pytest.raises(RoleError):
        pair.uz.alerting.withdrawing.withdraw(POST, alert_id, why=WHY)
    assert shown(pair, "kz", alert_id)["state"] == "received"


def test_officers_are_told_of_the_channel_that_a_withdrawal_leads_to(pair: Pair) -> None:
    plate = crossing(pair)
    grave = alerted(pair, means_id=plate)
    alerted(pair, severity=3, means_id=plate)
    pair.run()
    before = [code for name in ("kz", "uz") for code in calls(pair, name)]

    withdraw(pair, grave)
    pair.run()

    assert channel(pair) == channel_sent(pair) == "orange"
    assert set(before) == {"channel.red"}
    for name in ("kz", "uz"):
        assert calls(pair, name)[-1] == "channel.orange"


def calls(pair: Pair, name: str) -> list[str]:
    told = pair.told[name].told.values()
    return [one.code for one in told if one.code.startswith("channel.")]


# ---------------------------------------------------------------- what stands in the way


def unnamed(text: str) -> str:
    return text.replace('  "RA-012",\n', "")


def on_request(text: str) -> str:
    return text.replace('mode = "spontaneous"', 'mode = "on_request"')


def conditional(text: str) -> str:
    before, grant = text.split('id = "alerts-uz-kz"')
    after = "[grants.retention]"
    return f'{before}id = "alerts-uz-kz"' + grant.replace(
        after, f'[grants.conditions]\nrisk_levels = ["4"]\n{after}', 1
    )


def test_an_alert_is_taken_back_at_home_though_a_partner_cannot_be_told(pair: Pair) -> None:
    alert_id = alerted(pair, means_id=crossing(pair))
    pair.run()
    pair.agree_anew(unnamed)

    told = withdraw(pair, alert_id)
    pair.run()

    assert (told["state"], told["messages"]) == ("withdrawn", {})
    assert list(told["untold"]) == ["customs.kz"]
    assert "RA-012" in str(told["untold"])
    assert shown(pair, "uz", alert_id)["state"] == "withdrawn"
    assert shown(pair, "kz", alert_id)["state"] == "received"
    assert channel(pair) == "green"
    [word] = [one for one in pair.told["uz"].told.values() if one.code == "alert.untold"]
    assert (word.facts["alert"], word.facts["partner"]) == (alert_id, "customs.kz")
    assert "RA-012" in word.facts["why"]


@pytest.mark.parametrize("act", ["suspend", "terminate"])
def test_a_withdrawal_goes_though_the_agreement_is_suspended_or_has_ended(
    act: str, pair: Pair
) -> None:
    alert_id = alerted(pair)
    pair.run()
    for node in (pair.kz, pair.uz):
        getattr(node.agreeing, act)(OPERATOR, AGREEMENT, 1, why="talks")

    told = withdraw(pair, alert_id)
    pair.run()

    assert told["untold"] == {}
    assert shown(pair, "kz", alert_id)["state"] == "withdrawn"


@pytest.mark.parametrize("change", [on_request, conditional])
def test_a_withdrawal_is_asked_for_no_request_and_no_condition(
    change: Callable[[str], str], pair: Pair
) -> None:
    alert_id = alerted(pair)
    pair.run()
    pair.agree_anew(change)

    with pytest.raises(NotPermittedError):
        alerted(pair)
    told = withdraw(pair, alert_id)
    pair.run()

    assert told["untold"] == {}
    assert shown(pair, "kz", alert_id)["state"] == "withdrawn"


# ---------------------------------------------------------------- what has not left yet


def test_a_withdrawal_cancels_what_was_never_tried_and_sends_nothing(pair: Pair) -> None:
    alert_id = alerted(pair)
    (alert,) = sent(pair)

    told = withdraw(pair, alert_id)
    pair.run()

    assert (told["stopped"], told["messages"]) == (["customs.kz"], {})
    assert sent(pair) == [alert]
    assert state_of(pair, alert) == "cancelled"
    with pytest.raises(UnknownRecordError):
        shown(pair, "kz", alert_id)


def test_what_was_resent_counts_as_tried_and_is_withdrawn_there_too(pair: Pair) -> None:
    alert_id = alerted(pair)
    (alert,) = sent(pair)
    now, retry = pair.clock(), Retry()
    for event in (Failed(now, "no way there"), ErrorArrived(now, "EBMS:0004")):
        with transaction(pair.uz.engine) as conn:
            settle(conn, outbox.get(conn, alert), event, retry, now, actor="node")
    pair.uz.operating.resend(OPERATOR, alert)

    told = withdraw(pair, alert_id)

    assert (told["stopped"], list(told["messages"])) == ([], ["customs.kz"])


@pytest.mark.parametrize("why", [f"The lorry {PLATE} is clean.", "Lorry 01 a777-bc is clean."])
def test_the_reason_of_a_withdrawal_names_nothing_that_the_alert_names(
    why: str, pair: Pair
) -> None:
    alert_id = alerted(pair)

    with pytest.raises(InvalidAlertError, match="CAREC-R513"):
        pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why=why)

    assert shown(pair, "uz", alert_id)["state"] == "sent"
