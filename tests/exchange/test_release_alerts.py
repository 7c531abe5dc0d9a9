from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import OwnWorkError, ReleaseNotNowError
from tests.exchange.releasing import EVERYTHING, ONE, TWO, of_alerts
from tests.world import LIAISON, OPERATOR, Pair, pair_of_nodes

CHIEF = Actor(name="chief liaison officer", roles=LIAISON.roles)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as made:
        made.agree_anew(of_alerts("two"))
        yield made


def drafted(pair: Pair, *, urgency: str = "routine", hours: int = 720) -> str:
    alert = pair.uz.alerting.draft(
        LIAISON,
        {
            "valid_until": (pair.clock() + timedelta(hours=hours)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": urgency,
            "category": "TRD",
            "severity": 1,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": "UZ270101",
            "subjects": [{"means_id": "017ABC02"}],
        },
    )
    return str(alert["alert_id"])


def send(pair: Pair, alert_id: str, actor: Actor = LIAISON) -> dict[str, Any]:
    return pair.uz.alerting.send(actor, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")


def view(pair: Pair, alert_id: str) -> tuple[str, str]:
    alert = pair.uz.enquiry.alert(LIAISON, alert_id)
    [recipient] = alert["recipients"]
    return alert["state"], recipient["state"]


def approve(pair: Pair, message_id: str, *officers: Actor) -> None:
    shown = pair.uz.releasing.show(ONE, message_id)
    for officer in officers:
        pair.uz.releasing.approve(officer, message_id, digest=shown["digest"])


def test_an_alert_is_sent_when_two_officers_have_let_it_go(pair: Pair) -> None:
    alert_id = drafted(pair)
    said = send(pair, alert_id)
    pair.run()
    before = view(pair, alert_id)

    approve(pair, said["messages"]["customs.kz"], ONE, TWO)
    pair.run()

    assert (said["state"], said["waiting"]) == ("approved", ["customs.kz"])
    assert before == ("approved", "waiting")
    assert view(pair, alert_id) == ("sent", "accepted")
    assert pair.kz.enquiry.alerts(LIAISON)["alerts"][0]["alert_id"] == alert_id


@pytest.mark.parametrize("maker", [LIAISON.name, CHIEF.name])
def test_neither_who_drafted_nor_who_pressed_send_lets_an_alert_go(pair: Pair, maker: str) -> None:
    said = send(pair, drafted(pair), CHIEF)

    with pytest.raises(OwnWorkError):
        approve(pair, said["messages"]["customs.kz"], Actor(name=maker, roles=EVERYTHING))


def test_a_flash_alert_stands_first(pair: Pair) -> None:
    for urgency in ("routine", "priority", "flash"):
        send(pair, drafted(pair, urgency=urgency))
        pair.clock.forward(minutes=1)

    listed = pair.uz.releasing.list(OPERATOR)["releases"]

    assert [one["urgency"] for one in listed] == ["flash", "priority", "routine"]


def test_an_alert_lapses_when_it_ends_before_anybody_lets_it_go(pair: Pair) -> None:
    alert_id = drafted(pair, hours=3)
    send(pair, alert_id)

    pair.clock.forward(hours=4)
    pair.run()

    assert view(pair, alert_id)[1] == "lapsed"
    assert "release.lapsed" in {one.code for one in pair.told["uz"].told.values()}


def test_a_refused_alert_says_so_beside_its_recipient(pair: Pair) -> None:
    alert_id = drafted(pair)
    message_id = send(pair, alert_id)["messages"]["customs.kz"]

    pair.uz.releasing.refuse(ONE, message_id, why="the source is not safe")

    [recipient] = pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"]
    assert (recipient["state"], recipient["why"]) == ("refused", "the source is not safe")


def test_an_acknowledgement_waits_where_its_grant_asks_for_officers(pair: Pair) -> None:
    alert_id = drafted(pair)
    approve(pair, send(pair, alert_id)["messages"]["customs.kz"], ONE, TWO)
    pair.run()

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()
    [line] = pair.kz.releasing.list(OPERATOR)["releases"]
    before = view(pair, alert_id)[1]
    for officer in (ONE, TWO):
        shown = pair.kz.releasing.show(officer, line["message_id"])
        pair.kz.releasing.approve(officer, line["message_id"], digest=shown["digest"])
    pair.run()

    assert (line["code"], before) == ("RA-020", "accepted")
    assert view(pair, alert_id)[1] == "acknowledged"


def test_a_withdrawal_stops_what_still_waits_for_officers(pair: Pair) -> None:
    alert_id = drafted(pair)
    message_id = send(pair, alert_id)["messages"]["customs.kz"]

    told = pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why="It was wrong.")

    assert (told["stopped"], told["messages"]) == (["customs.kz"], {})
    assert pair.uz.releasing.list(OPERATOR)["releases"] == []
    with pytest.raises(ReleaseNotNowError):
        pair.uz.releasing.approve(ONE, message_id, digest="0" * 64)
    [refused] = pair.uz.releasing.list(OPERATOR, state="refused")["releases"]
    assert refused["why"] == "the alert is withdrawn: It was wrong."
    assert pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"] == []
    pair.run()
    assert pair.kz.enquiry.alerts(LIAISON)["alerts"] == []
