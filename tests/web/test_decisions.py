from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from tests.web.conftest import Api
from tests.world import Pair


@pytest.fixture(name="manifest")
def _manifest(uz: Api, pair: Pair) -> int:
    """The number of a manifest that came."""
    pair.submit()
    pair.run()
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
    return held.number


def test_a_decision_is_shown_made_again_and_overruled(uz: Api, manifest: int) -> None:
    liaison, post = uz.headers(Role.LIAISON), uz.headers(Role.BORDER_POST)
    path = f"/api/v1/manifests/{manifest}/decisions"
    (listed,) = uz.client.get(path, headers=liaison).json()["decisions"]
    path = f"/api/v1/decisions/{listed['decision']}"

    body = {"channel": "red", "reason": "SUSPICION"}
    done = uz.client.post(f"{path}/override", json=body, headers=post)

    assert (done.status_code, done.json()["channel"]) == (200, "red")
    shown = uz.client.get(path, headers=liaison).json()
    assert [one["becomes"] for one in shown["acts"]] == ["red"]
    assert uz.client.get(f"{path}/replay", headers=liaison).json()["same"] is True
    anew = uz.client.post(f"/api/v1/manifests/{manifest}/decisions", headers=post).json()
    assert (anew["decision"], anew["changed"]) == (listed["decision"], False)
    again = uz.client.post(f"{path}/override", json=body, headers=post)
    assert (again.status_code, again.json()["code"]) == (409, "decision.stands")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"channel": "violet", "reason": "SUSPICION"}, 422),
        ({"channel": "red", "reason": "BECAUSE"}, 422),
        ({"channel": "red", "reason": "OTHER"}, 422),
        ({"channel": "red"}, 422),
    ],
)
def test_an_override_that_cannot_be_read_is_refused(
    uz: Api, manifest: int, body: dict[str, object], status: int
) -> None:
    listed = uz.client.get(
        f"/api/v1/manifests/{manifest}/decisions", headers=uz.headers(Role.LIAISON)
    ).json()["decisions"]

    done = uz.client.post(
        f"/api/v1/decisions/{listed[0]['decision']}/override",
        json=body,
        headers=uz.headers(Role.BORDER_POST),
    )

    assert done.status_code == status


def test_what_is_not_there_and_who_may_not_ask_are_told_so(uz: Api, manifest: int) -> None:
    liaison, submitter = uz.headers(Role.LIAISON), uz.headers(Role.SUBMITTER)
    path = f"/api/v1/manifests/{manifest}/decisions"

    assert uz.client.get("/api/v1/decisions/999", headers=liaison).status_code == 404
    assert uz.client.get("/api/v1/draws/2020-01-01", headers=liaison).status_code in (403, 404)
    assert uz.client.get(path, headers=submitter).status_code == 403
    assert uz.client.get("/api/v1/draws", headers=submitter).status_code == 403


def test_decisions_are_counted_by_office(uz: Api, manifest: int, pair: Pair) -> None:
    today = pair.clock().date()
    asked = {"begin": today.isoformat(), "end": f"{today.year + 1}-01-01", "test": "true"}

    counted = uz.client.get(
        "/api/v1/decision-statistics", params=asked, headers=uz.headers(Role.OPERATOR)
    ).json()

    assert manifest
    assert [one["decisions"] for one in counted["offices"]] == [1]
