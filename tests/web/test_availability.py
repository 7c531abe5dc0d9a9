from __future__ import annotations

from datetime import timedelta

import pytest

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.world import Pair

ROUTE = "/api/v1/availability"


def body(pair: Pair, **changes: object) -> dict[str, object]:
    ends = pair.clock() + timedelta(hours=1)
    return {"functions": ["transit"], "ends": ends.isoformat(), "reason": "x", **changes}


def test_an_outage_is_announced_shown_listed_and_withdrawn(kz: Api, pair: Pair) -> None:
    headers = kz.headers(Role.OPERATOR)

    done = kz.client.post(ROUTE, json=body(pair, paper=True), headers=headers)
    shown = kz.client.get(ROUTE, headers=kz.headers(Role.BORDER_POST)).json()
    listed = kz.client.post(f"{ROUTE}/schedule", headers=headers).json()
    number = done.json()["number"]
    ended = kz.client.post(f"{ROUTE}/{number}/withdraw", headers=headers)
    again = kz.client.post(f"{ROUTE}/{number}/withdraw", headers=headers)

    assert done.json()["told"] == ["customs.uz"]
    assert [one["number"] for one in shown["ours"]] == [number]
    assert [one["paper"] for one in listed["outages"]] == [True]
    assert (ended.status_code, again.status_code) == (200, 404)
    assert kz.client.get(ROUTE, headers=headers).json()["ours"] == []


def test_what_is_no_outage_is_refused_with_its_reason(kz: Api, pair: Pair) -> None:
    past = (pair.clock() - timedelta(hours=1)).isoformat()

    answer = kz.client.post(ROUTE, json=body(pair, ends=past), headers=kz.headers(Role.OPERATOR))

    assert (answer.status_code, answer.json()["code"]) == (422, "availability.invalid-outage")


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SUBMITTER, Role.BORDER_POST, Role.RELEASER])
def test_operators_alone_announce(kz: Api, pair: Pair, role: Role) -> None:
    headers = kz.headers(role)

    answers = [
        kz.client.post(ROUTE, json=body(pair), headers=headers),
        kz.client.post(f"{ROUTE}/schedule", headers=headers),
        kz.client.post(f"{ROUTE}/x/withdraw", headers=headers),
    ]

    assert [one.status_code for one in answers] == [403] * 3
