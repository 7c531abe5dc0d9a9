from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange_node.domain.alert import NOMINAL
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import alerts
from exchange_node.wco.alert_codec.criteria import CRITERIA, SUBJECT
from tests.world import LIAISON, Pair, replaced

PLATE, NAME = "01A777BC", "Orzu Savdo"


def drafted(pair: Pair) -> str:
    plain = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "text": f"The papers of {NAME} are false.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": PLATE}, {"party_name": NAME, "commodity_prefix": "2402"}],
    }
    return str(pair.uz.alerting.draft(LIAISON, plain)["alert_id"])


def without_names(text: str) -> str:
    """Return the agreement whose grants let out alerts, and not who is meant by them."""
    masks = "".join(
        f'\n[[grants.mask]]\npath = "{SUBJECT}/ext:{tag}"\nmethod = "drop"\n'
        for name, tag in CRITERIA.items()
        if name in NOMINAL
    )
    head, tail = text.split('id = "alerts-uz-kz"')
    return (
        head
        + 'id = "alerts-uz-kz"'
        + replaced(tail, "\n[grants.retention]", f"{masks}\n[grants.retention]")
    )


def test_who_may_not_know_the_names_gets_a_summary_and_takes_it(pair: Pair) -> None:
    pair.agree_anew(without_names)
    alert_id = drafted(pair)

    partners: Any = pair.uz.previewing.preview(
        LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS"
    )["partners"]
    sent: Any = pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    there = pair.kz.enquiry.alert(LIAISON, alert_id)

    shown = partners["customs.kz"]
    assert (shown["permitted"], shown["summary_only"], shown["findings"]) == (True, True, [])
    assert not any(PLATE in one["value"] or NAME in one["value"] for one in shown["reads"])
    assert [one["code"] for one in sent["findings"]] == ["CAREC-A005"]
    assert (there["state"], there["alert"]["summary_only"]) == ("received", True)
    (left,) = there["alert"]["subjects"]
    assert (left["commodity_prefix"], left["party_name"], there["alert"]["text"]) == (
        "2402",
        "",
        "",
    )
    with reading(pair.kz.engine) as conn:
        held = alerts.get(conn, "customs.uz", alert_id)
        sealed = payloads.fetch(conn, held.document_id, pair.kz.dispatch.packing.vault)
    assert b"Signature" in sealed
    assert PLATE.encode() not in sealed
    assert NAME.encode() not in sealed


def test_a_summary_can_be_acknowledged_and_withdrawn(pair: Pair) -> None:
    pair.agree_anew(without_names)
    alert_id = drafted(pair)
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()

    pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why="It was a mistake.")
    pair.run()

    there = pair.kz.enquiry.alert(LIAISON, alert_id)
    assert there["state"] == "withdrawn"
    assert there["alert"]["subjects"] == []
