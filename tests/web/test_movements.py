from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.world import Pair

MRN = "26KZ55010100041703"
EXIT = {
    "event": "exit",
    "office": "KZ550302",
    "at": "2026-03-02T12:30:00+05:00",
    "means": {"id": "017 ABC 02", "nationality": "KZ", "mode": "3"},
    "equipment": [{"id": "ALTU2045171", "seals": [{"id": "KZS0041701", "condition": "1"}]}],
    "packages": 24,
    "remark": "nothing to say",
}


def test_what_an_office_saw_is_told_and_stands_in_the_timeline(kz: Api, pair: Pair) -> None:
    pair.submit()
    path = f"/api/v1/movements/{MRN}"

    told = kz.client.post(f"{path}/events", json=EXIT, headers=kz.headers(Role.BORDER_POST))
    pair.run()

    assert told.status_code == 202
    assert told.json()["state"] == "in transit"
    (seen,) = kz.client.get(path, headers=kz.headers(Role.BORDER_POST)).json()["movements"]
    event = seen["events"][-1]
    assert (event["event"], event["occurred_at"]) == ("exit", "2026-03-02T07:30:00+00:00")
    assert event["told"]["customs.uz"]["accepted"] is True


def test_one_result_that_is_not_satisfactory_makes_a_discrepancy(kz: Api, pair: Pair) -> None:
    pair.submit()
    body = {"event": "control", "office": "KZ550302", "controls": [{"result": "B1", "type": "20"}]}

    told = kz.client.post(
        f"/api/v1/movements/{MRN}/events", json=body, headers=kz.headers(Role.BORDER_POST)
    )

    assert told.status_code == 422
    assert told.json()["code"] == "movement.illegal-event"
    assert "discrepant" in told.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"event": "release"}, 422),
        ({"at": "2026-03-02T12:30:00"}, 422),
        ({"equipment": [{"id": "X" * 40}]}, 422),
        ({"more": 1}, 422),
        ({"papers": [{"type": "310"}]}, 422),
        ({"place": {"name": ""}}, 422),
    ],
)
def test_what_cannot_be_read_is_refused(kz: Api, change: dict[str, object], status: int) -> None:
    told = kz.client.post(
        f"/api/v1/movements/{MRN}/events",
        json={**EXIT, **change},
        headers=kz.headers(Role.BORDER_POST),
    )

    assert told.status_code == status


def test_a_movement_that_is_not_held_is_not_found(kz: Api) -> None:
    path = "/api/v1/movements/nothing"

    assert kz.client.get(path, headers=kz.headers(Role.BORDER_POST)).status_code == 404
    assert kz.client.get(path, headers=kz.headers(Role.OPERATOR)).status_code == 403
