from __future__ import annotations

from exchange_node.domain.access import Role
from tests.exchange.ordering import arrived, permitting_orders
from tests.web.conftest import Api
from tests.world import Pair


def test_an_order_is_given_and_looked_up_over_the_api(pair: Pair, kz: Api) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    body = {"order": "deletion", "kind": "manifest", "subject": movement, "ground": "PERSON"}

    given = kz.client.post("/api/v1/orders", json=body, headers=kz.headers(Role.LIAISON))
    pair.run(rounds=12)

    assert given.status_code == 202
    way = f"/api/v1/orders/{given.json()['order_id']}"
    shown = kz.client.get(way, headers=kz.headers(Role.OPERATOR)).json()
    assert shown["orders"][0]["records"][0]["outcome"] == "done"
    listed = kz.client.get("/api/v1/orders", headers=kz.headers(Role.OPERATOR)).json()
    assert [one["order_id"] for one in listed["orders"]] == [shown["order_id"]]


def test_a_notice_of_misuse_is_told_and_looked_up_over_the_api(
    pair: Pair, kz: Api, uz: Api
) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    body = {
        "to": "customs.kz",
        "misuse": "ACCESS",
        "discovered_at": pair.clock().isoformat(),
        "what": "a clerk looked at it",
        "measures": "his right was taken away",
        "said": {"what was used": "x", "by whom": "y", "what was done to stop it": "z"},
        "records": [{"kind": "manifest", "subject": movement}],
    }

    told = uz.client.post("/api/v1/breaches", json=body, headers=uz.headers(Role.LIAISON))
    pair.run()

    assert told.status_code == 202
    way = f"/api/v1/breaches/{told.json()['breach_id']}"
    seen = kz.client.get(way, headers=kz.headers(Role.LIAISON)).json()
    assert seen["what"] == "a clerk looked at it"
    listed = kz.client.get("/api/v1/breaches", headers=kz.headers(Role.OPERATOR)).json()
    assert len(listed["breaches"]) == 1


def test_who_is_at_the_border_orders_nothing(kz: Api) -> None:
    body = {"order": "deletion", "kind": "manifest", "subject": "x", "ground": "PERSON"}

    refused = kz.client.post("/api/v1/orders", json=body, headers=kz.headers(Role.BORDER_POST))

    assert refused.status_code == 403
