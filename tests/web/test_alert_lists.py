from __future__ import annotations

from exchange_node.domain.access import Role
from tests.web.conftest import Api

ALERT = {
    "source_reference": "A1",
    "valid_until": "2026-04-01T00:00:00+05:00",
    "marking": "AMBER",
    "permitted_action": "documents",
    "urgency": "routine",
    "category": "TRD",
    "severity": 2,
    "summary": "Goods in transit may leave the corridor.",
    "contact_office": "KZ550302",
    "subjects": [{"means_id": "01A777BC"}],
}


def test_a_list_is_tried_and_imported_over_the_api(kz: Api) -> None:
    path, liaison = "/api/v1/alert-lists", kz.headers(Role.LIAISON)
    body = {"alerts": [ALERT], "source": "national"}

    tried = kz.client.post(path, headers=liaison, json=body | {"dry_run": True})
    kept = kz.client.post(path, headers=liaison, json=body)
    again = kz.client.post(path, headers=liaison, json=body)

    assert [one.json()["counted"] for one in (tried, kept, again)] == [
        {"good": 1},
        {"kept": 1},
        {"known": 1},
    ]
    wrong = {"alerts": [ALERT | {"source_reference": "A2", "severity": 9}]}
    said = kz.client.post(path, headers=liaison, json=wrong).json()["alerts"][0]
    assert said["findings"][0]["field"] == "severity"
    submitter = kz.headers(Role.SUBMITTER)
    assert kz.client.post(path, headers=submitter, json=body).status_code == 403


def test_a_list_is_exported_over_the_api(kz: Api) -> None:
    path, liaison = "/api/v1/alert-lists", kz.headers(Role.LIAISON)
    kz.client.post(path, headers=liaison, json={"alerts": [ALERT]})

    shown = {
        form: kz.client.get(f"{path}?form={form}", headers=liaison).json()
        for form in ("csv", "json", "misp")
    }

    assert {one["count"] for one in shown.values()} == {1}
    assert "01A777BC" in shown["csv"]["list"]
    assert shown["json"]["list"]["alerts"][0]["subjects"] == ALERT["subjects"]
    assert shown["misp"]["list"]["response"][0]["Event"]["info"] == ALERT["summary"]
    assert kz.client.get(path, headers=kz.headers(Role.SUBMITTER)).status_code == 403
