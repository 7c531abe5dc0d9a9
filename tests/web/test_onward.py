from __future__ import annotations

import base64
import json

import pytest

from exchange_node.domain.access import Role
from tests.exchange.furthering import PHYTO, Further
from tests.web.conftest import Api
from tests.world import Pair

REQUESTS = "/api/v1/onward/requests"
EXPORTS = "/api/v1/onward/exports"


@pytest.fixture(name="further")
def _further(pair: Pair) -> Further:
    further = Further(pair)
    further.agree()
    return further


def use(further: Further, **more: object) -> dict[str, object]:
    return {
        "kind": "manifest", "subject": further.subject, "recipient": PHYTO,
        "purpose": "TRANSIT_CONTROL", **more,
    }  # fmt: skip


def test_consent_is_asked_answered_and_used(further: Further, kz: Api, uz: Api) -> None:
    desk, supplier = uz.headers(Role.LIAISON), kz.headers(Role.LIAISON)
    asked = uz.client.post(REQUESTS, headers=desk, json=use(further, why="plant health"))
    further.pair.run()
    number = asked.json()["request_id"]
    shown = kz.client.get(f"{REQUESTS}/{number}", headers=supplier).json()
    preview = uz.client.post(EXPORTS, headers=desk, json=use(further, preview=True))
    answered = kz.client.post(
        f"{REQUESTS}/{number}/answers", headers=supplier, json={"outcome": "granted"}
    )
    further.pair.run()

    exported = uz.client.post(EXPORTS, headers=desk, json=use(further))

    assert (asked.status_code, answered.status_code, exported.status_code) == (202, 202, 201)
    assert (shown["why"], shown["state"]) == ("plant health", "asked")
    assert (preview.status_code, preview.json()["code"]) == (200, "DENY-EXPORT-ONWARD-CONSENT")
    record = exported.json()["record"]
    assert json.loads(base64.b64decode(record["base64"]))["fields"]
    (line,) = uz.client.get(EXPORTS, headers=desk).json()["exports"]
    assert (line["consent"], line["by"]) == (number, "uz liaison")
    (listed,) = uz.client.get(f"{REQUESTS}?direction=asked", headers=desk).json()["requests"]
    assert listed["state"] == "granted"


def test_without_consent_it_is_said_why_and_what_would_help(further: Further, uz: Api) -> None:
    refused = uz.client.post(EXPORTS, headers=uz.headers(Role.LIAISON), json=use(further))

    assert refused.status_code == 403
    assert "silence is no" in refused.text
    assert "article 7" in refused.text


def test_the_border_post_exports_nothing(further: Further, uz: Api) -> None:
    refused = uz.client.post(EXPORTS, headers=uz.headers(Role.BORDER_POST), json=use(further))

    assert refused.status_code == 403
