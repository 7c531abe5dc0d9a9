from __future__ import annotations

from datetime import timedelta

from exchange_node.node import Node
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import LIAISON, Pair


def drafted(
    node: Node, pair: Pair, *subjects: dict[str, str], office: str = "UZ270101", names: str = ""
) -> str:
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
        "related_alert": names,
    }
    return str(node.alerting.draft(LIAISON, plain)["alert_id"])


def sent(
    node: Node, pair: Pair, to: str, *subjects: dict[str, str], office: str, names: str = ""
) -> str:
    alert_id = drafted(node, pair, *subjects, office=office, names=names)
    node.alerting.send(LIAISON, alert_id, to=[to], purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def related(node: Node, alert_id: str) -> list[tuple[str, list[dict[str, int]]]]:
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


def links(node: Node, alert_id: str, **asked: str) -> list[tuple[str, str, str]]:
    shown = node.enquiry.alert(LIAISON, alert_id, **asked)
    return [(one["issuer"], one["alert_id"], one["state"]) for one in shown["related_alerts"]]


def test_the_alert_that_another_names_is_linked_as_it_stands(pair: Pair) -> None:
    truck, goods = {"means_id": "01A777BC"}, {"commodity_prefix": "2402"}
    theirs = sent(pair.uz, pair, "customs.kz", truck, office="UZ270101")
    ours = sent(pair.kz, pair, "customs.uz", goods, office="KZ550302", names=theirs)

    assert links(pair.kz, ours) == [("customs.uz", theirs, "received")]
    assert links(pair.uz, ours) == [("customs.uz", theirs, "sent")]
    assert links(pair.uz, theirs) == []
    with reading(pair.kz.engine) as conn:
        told = [one.facts for one in audit.search(conn, limit=99) if "related" in one.facts]
    assert {"related": f"customs.uz {theirs}", "to": ours} in told

    pair.uz.alerting.withdrawing.withdraw(LIAISON, theirs, why="It was another lorry.")
    pair.run()

    assert links(pair.kz, ours) == links(pair.uz, ours) == [("customs.uz", theirs, "withdrawn")]


def test_of_an_alert_that_is_named_and_is_not_for_this_officer_there_is_no_link(
    pair: Pair,
) -> None:
    theirs = sent(pair.uz, pair, "customs.kz", {"means_id": "01A777BC"}, office="UZ270101")
    goods = {"commodity_prefix": "2402"}
    ours = drafted(pair.kz, pair, goods, office="KZ550302", names=theirs)
    other = drafted(pair.kz, pair, goods, office="KZ550302", names="customs.tm-2026-7")

    for alert_id, name in ((ours, theirs), (other, "customs.tm-2026-7")):
        shown = pair.kz.enquiry.alert(LIAISON, alert_id, purpose="TRANSIT_CONTROL")
        assert shown["alert"]["related_alert"] == name
        assert shown["related_alerts"] == []
    assert links(pair.kz, ours) == [("customs.uz", theirs, "received")]
