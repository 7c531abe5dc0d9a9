from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from tests.exchange.test_withdrawn_alerts import alerted
from tests.web.conftest import Api
from tests.world import Pair

NIL = {
    "result": "NIL",
    "contact_office": "KZ550302",
    "controlled_at": "2026-03-02T07:00:00Z",
    "last": True,
}

SEEN = {
    "seen_at": "2026-03-02T07:00:00Z",
    "seen_in": "XNG",
    "office": "KZ550302",
    "what": "It passed.",
}


def path(alert_id: str, act: str) -> str:
    return f"/api/v1/alerts/{alert_id}/{act}"


def test_an_alert_is_taken_up_and_its_result_told(pair: Pair, kz: Api, uz: Api) -> None:
    alert_id = alerted(pair)
    pair.run()
    headers = kz.headers(Role.LIAISON)

    taken = kz.client.post(path(alert_id, "take-up"), json={"office": "KZ550302"}, headers=headers)
    told = kz.client.post(path(alert_id, "feedback"), json=NIL, headers=headers)
    pair.run()

    assert (taken.status_code, taken.json()["state"]) == (202, "in treatment")
    assert (told.status_code, told.json()["state"]) == (202, "closed")
    shown = uz.client.get(f"/api/v1/alerts/{alert_id}", headers=uz.headers(Role.LIAISON)).json()
    assert shown["life"] == {"customs.kz": "closed"}
    assert [one["reference"] for one in shown["feedback"]] == [told.json()["reference"]]


def test_an_alert_is_rejected_with_a_reason_of_the_list(pair: Pair, kz: Api) -> None:
    alert_id = alerted(pair)
    pair.run()
    headers = kz.headers(Role.LIAISON)
    body = {"office": "KZ550302", "reason": "NCO", "remark": "Not ours."}

    without = kz.client.post(
        path(alert_id, "reject"), json={**body, "reason": "XXX"}, headers=headers
    )
    rejected = kz.client.post(path(alert_id, "reject"), json=body, headers=headers)

    assert without.status_code == 422
    assert (rejected.status_code, rejected.json()["state"]) == (202, "rejected")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("take-up", {"office": "KZ550302"}),
        ("reject", {"office": "KZ550302", "reason": "NLB"}),
        ("feedback", NIL),
        ("sightings", SEEN),
    ],
)
def test_each_is_the_liaison_officers_and_on_an_alert_that_came(
    pair: Pair, kz: Api, act: str, body: dict[str, object]
) -> None:
    alert_id = alerted(pair)
    pair.run()

    as_post = kz.client.post(path(alert_id, act), json=body, headers=kz.headers(Role.BORDER_POST))
    unknown = kz.client.post(path("nobody-s", act), json=body, headers=kz.headers(Role.LIAISON))

    assert (as_post.status_code, unknown.status_code) == (403, 404)


def test_what_was_seen_is_told_and_counted(pair: Pair, kz: Api, uz: Api) -> None:
    alert_id = alerted(pair)
    pair.run()
    headers = kz.headers(Role.LIAISON)

    told = kz.client.post(path(alert_id, "sightings"), json=SEEN, headers=headers)
    again = kz.client.post(path(alert_id, "sightings"), json=SEEN, headers=headers)
    wrong = kz.client.post(
        path(alert_id, "sightings"), json={**SEEN, "seized": []}, headers=headers
    )
    pair.run()

    assert [one.status_code for one in (told, again)] == [202, 202]
    assert (wrong.status_code, "seized" in wrong.text) == (422, True)
    shown = uz.client.get(f"/api/v1/alerts/{alert_id}", headers=uz.headers(Role.LIAISON)).json()
    assert shown["sightings"]["customs.kz"]["count"] == 2
