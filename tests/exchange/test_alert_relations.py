from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import LIAISON, Pair


def drafted(node: Any, pair: Pair, *subjects: dict[str, str], office: str = "UZ270101") -> str:  # noqa: ANN401 - a node of the pair
    plain = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": office,
        "subjects": list(subjects),
    }
    return str(node.alerting.draft(LIAISON, plain)["alert_id"])


def sent(node: Any, pair: Pair, to: str, *subjects: dict[str, str], office: str) -> str:  # noqa: ANN401 - as above
    alert_id = drafted(node, pair, *subjects, office=office)
    node.alerting.send(LIAISON, alert_id, to=[to], purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def related(node: Any, alert_id: str) -> list[tuple[str, list[dict[str, int]]]]:  # noqa: ANN401 - as above
    found = node.enquiry.alert(LIAISON, alert_id)["also_alerted_by"]
    return [(one["alert_id"], one["subjects"]) for one in found]


def test_what_two_partners_alert_is_linked_from_both_sides_until_one_takes_it_back(
    pair: Pair,
) -> None:
    truck, goods = {"means_id": "01A777BC"}, {"commodity_prefix": "2402"}
    firm = {"party_name": "Orzu Savdo"}
    theirs = sent(pair.uz, pair, "customs.kz", goods, truck, firm, office="UZ270101")
    assert related(pair.kz, theirs) == []
    draft = drafted(pair.kz, pair, {"means_id": "01 а 777 вс"}, office="KZ550302")
    assert related(pair.kz, theirs) == []

    ours = sent(
        pair.kz, pair, "customs.uz", {"means_id": "01-A-777-BC", "commodity_prefix": "64"},
        {"commodity_prefix": "2402", "origin": "CN"}, {"party_name": "ORZU savdo"},
        office="KZ550302",
    )  # fmt: skip

    for node in (pair.kz, pair.uz):
        assert related(node, theirs) == [(ours, [{"here": 2, "there": 1}, {"here": 3, "there": 3}])]
        assert related(node, ours) == [(theirs, [{"here": 1, "there": 2}, {"here": 3, "there": 3}])]
    assert related(pair.kz, draft) == []
    with reading(pair.kz.engine) as conn:
        told = [one.facts for one in audit.search(conn, limit=99) if "related" in one.facts]
    assert {"related": f"customs.uz {theirs}", "to": ours} in told

    pair.uz.alerting.withdrawing.withdraw(LIAISON, theirs, why="It was another lorry.")
    pair.run()

    assert related(pair.kz, ours) == related(pair.uz, ours) == []


def test_a_name_that_is_written_alike_links_by_itself(pair: Pair) -> None:
    theirs = sent(pair.uz, pair, "customs.kz", {"party_name": "Orzu Savdo"}, office="UZ270101")

    firm = {"party_name": "ORZU  savdo", "commodity_prefix": "24"}
    ours = sent(pair.kz, pair, "customs.uz", firm, office="KZ550302")

    assert related(pair.uz, theirs) == [(ours, [{"here": 1, "there": 1}])]


def test_who_may_not_see_the_other_alert_is_not_told_of_it(pair: Pair) -> None:
    truck = {"means_id": "01A777BC"}
    theirs = sent(pair.uz, pair, "customs.kz", truck, office="UZ270101")
    ours = sent(pair.kz, pair, "customs.uz", truck, office="KZ550302")
    assert [one for one, _ in related(pair.kz, ours)] == [theirs]

    shown = pair.kz.enquiry.alert(LIAISON, ours, purpose="TRANSIT_CONTROL")

    assert shown["also_alerted_by"] == []
