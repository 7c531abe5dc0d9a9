from __future__ import annotations

from exchange_node.domain.access import Role
from tests.web.conftest import Api


def test_indicators_are_asked_for_by_days(kz: Api) -> None:
    path = "/api/v1/alert-statistics?begin=2026-03-01&end=2026-04-01&test=true"

    shown = kz.client.get(path, headers=kz.headers(Role.LIAISON))

    assert (shown.status_code, shown.json()["least"]) == (200, 10)
    assert shown.json()["all"]["acknowledged"] == {"n": 0, "silent": "too few: 0"}
    assert kz.client.get(path, headers=kz.headers(Role.SUBMITTER)).status_code == 403
