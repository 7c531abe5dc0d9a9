from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.web.test_api import body


def test_a_system_tries_before_it_sends(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)

    answer = kz.client.post("/api/v1/dry-run", json=body(preview=True), headers=headers)
    bare = kz.client.post("/api/v1/dry-run", json=body(), headers=headers).json()

    assert answer.status_code == 200
    told = answer.json()
    assert told["verdict"] == "accepted"
    assert told["preview"].startswith("<?xml")
    assert "preview" not in bare
    assert told["withheld"] == bare["withheld"]
    assert [one["passed"] for one in told["steps"]] == [True] * 9


def test_why_and_who_has_to_act_is_said_in_the_readers_language(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER) | {"Accept-Language": "ru"}

    told = kz.client.post("/api/v1/dry-run", json=body(on="2026-02-01"), headers=headers).json()

    (one,) = told["to_do"]
    assert told["verdict"] == "refused-here"
    assert (one["code"], one["who"], one["until"]) == (
        "DENY-NOT-IN-FORCE",
        "nobody",
        "2026-03-02",
    )
    assert "подождать до 2026-03-02" in one["who_text"]


@pytest.mark.parametrize("role", [Role.BORDER_POST, Role.LIAISON, Role.OPERATOR])
def test_who_may_not_submit_may_not_try(kz: Api, role: Role) -> None:
    answer = kz.client.post("/api/v1/dry-run", json=body(), headers=kz.headers(role))

    assert answer.status_code == 403


def test_a_key_is_nothing_that_a_trial_has(kz: Api) -> None:
    answer = kz.client.post(
        "/api/v1/dry-run", json=body(key="k"), headers=kz.headers(Role.SUBMITTER)
    )

    assert answer.status_code == 422


def test_the_agreement_is_asked_about_the_files_that_would_go_along(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)

    told = kz.client.post("/api/v1/dry-run", json=body(attachments=2), headers=headers).json()
    many = kz.client.post("/api/v1/dry-run", json=body(attachments=9999), headers=headers)

    assert [one["code"] for one in told["to_do"]] == ["DENY-ATTACHMENTS"]
    assert many.status_code == 400
