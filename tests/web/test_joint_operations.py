from __future__ import annotations

from datetime import timedelta

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.world import Pair

OPERATIONS = "/api/v1/operations"


def test_an_operation_is_opened_listed_shown_counted_and_closed(pair: Pair, uz: Api) -> None:
    headers = uz.headers(Role.LIAISON)
    ends = (pair.clock() + timedelta(days=30)).isoformat()
    body = {"name": "Silk Lock", "partners": ["customs.kz"], "ends": ends}

    opened = uz.client.post(OPERATIONS, json=body, headers=headers)
    path = f"{OPERATIONS}/{opened.json()['reference']}"
    wrong = uz.client.post(OPERATIONS, json={**body, "ends": None}, headers=headers)
    listed = uz.client.get(OPERATIONS, headers=headers)
    shown = uz.client.get(path, headers=headers)
    days = "begin=2026-03-01&end=2026-03-10"
    stats = uz.client.get(
        f"/api/v1/alert-statistics?{days}&operation=JO-UZ-2026-0001", headers=headers
    )
    closed = uz.client.post(f"{path}/close", json={"why": "It is done."}, headers=headers)
    again = uz.client.post(f"{path}/close", json={"why": "It is done."}, headers=headers)
    unknown = uz.client.get(f"{OPERATIONS}/JO-KZ-2026-0001", headers=headers)

    assert (opened.status_code, opened.json()["reference"]) == (201, "JO-UZ-2026-0001")
    assert wrong.status_code == 422
    assert [one["alerts"] for one in listed.json()["operations"]] == [0]
    assert (shown.json()["state"], shown.json()["alerts"]) == ("open", [])
    assert stats.json()["operation"] == "JO-UZ-2026-0001"
    assert (closed.json()["state"], closed.json()["lives_on"]) == ("closed", [])
    assert (again.status_code, unknown.status_code) == (422, 404)


def test_operations_are_the_liaison_officers(uz: Api) -> None:
    headers = uz.headers(Role.BORDER_POST)

    answers = [
        uz.client.post(OPERATIONS, json={}, headers=headers),
        uz.client.get(OPERATIONS, headers=headers),
        uz.client.get(f"{OPERATIONS}/JO-UZ-2026-0001", headers=headers),
        uz.client.post(f"{OPERATIONS}/JO-UZ-2026-0001/close", json={"why": "x"}, headers=headers),
    ]

    assert [one.status_code for one in answers] == [403] * 4
