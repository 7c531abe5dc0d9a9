from __future__ import annotations

from typing import Any

import pytest

from exchange_node.domain.access import Role
from tests.exchange.assisting import DRAFT, Desks
from tests.web.conftest import Api
from tests.world import Pair

ROOT = "/api/v1/assistance"
ASKED = {"to": "customs.uz", "says": DRAFT}


@pytest.fixture(name="desks")
def _desks(pair: Pair) -> Desks:
    desks = Desks(pair)
    desks.agree()
    return desks


def got(api: Api, way: str, **query: str) -> dict[str, Any]:
    answer = api.client.get(ROOT + way, params=query, headers=api.headers(Role.LIAISON))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def posted(api: Api, way: str, body: object, role: Role = Role.LIAISON) -> tuple[int, Any]:
    answer = api.client.post(ROOT + way, json=body, headers=api.headers(role))
    return answer.status_code, answer.json()


def test_a_request_is_asked_answered_and_looked_up_over_the_api(
    desks: Desks, kz: Api, uz: Api
) -> None:
    status, asked = posted(kz, "/requests", ASKED)
    desks.pair.run()
    reference = asked["reference"]

    for act, says in (
        ("acknowledged", {}),
        ("interim", {"until": "2026-04-01T00:00:00+00:00"}),
        ("postponed", {"ground": "proceedings", "until": "2026-03-20T00:00:00+00:00"}),
        ("partial", {"text": "the first of them"}),
        ("complete", {"text": "all of them"}),
    ):
        told, said = posted(
            uz, f"/requests/{reference}/replies", {"act": act, "says": {"language": "ru", **says}}
        )
        assert (told, said["said"]) == (202, act), said
        desks.pair.run()

    assert status == 202
    shown = got(kz, f"/matters/{reference}")
    assert (shown["stage"], shown["papers"][-1]["says"]["text"]) == ("answered", "all of them")
    assert [one["code"] for one in shown["papers"]] == [
        "MA-010", "MA-011", "MA-013", "MA-012", "MA-014", "MA-014",
    ]  # fmt: skip
    (line,) = got(uz, "/matters", direction="theirs", kind="request")["matters"]
    assert line["reference"] == reference
    assert got(uz, "/matters", stage="open")["matters"] == []


def test_it_is_refused_on_a_ground_and_reported(desks: Desks, kz: Api, uz: Api) -> None:
    reference = desks.ask()

    posted(
        uz,
        f"/requests/{reference}/replies?requester=customs.kz",
        {"act": "refused", "says": {"language": "ru", "ground": "burden"}},
    )
    desks.pair.run()

    day = str(desks.pair.clock().date())
    ours, theirs = got(kz, "/report", partner="customs.uz", since=day, until=day)["rows"]
    assert (ours["direction"], ours["asked"], ours["refused_by"]) == ("ours", 1, {"burden": 1})
    assert (theirs["direction"], theirs["asked"]) == ("theirs", 0)


def test_information_is_given_over_the_api(desks: Desks, kz: Api, uz: Api) -> None:
    says = {"language": "en", "matter": "drugs", "facts": "A lorry left."}

    status, told = posted(uz, "/information", {"to": "customs.kz", "says": says})
    desks.pair.run()

    assert status == 202
    papers = got(kz, f"/matters/{told['reference']}", opener="customs.uz")["papers"]
    assert papers[0]["says"]["facts"] == "A lorry left."


def test_an_oral_request_with_a_slash_in_its_number_is_written_down_and_shown(
    desks: Desks, uz: Api
) -> None:
    says = {
        "given_by": "a",
        "taken_by": "b",
        "at": desks.pair.clock().isoformat(),
        "summary": "c",
        "reference": "12/2026",
    }

    status, _ = posted(uz, "/oral", {"partner": "customs.kz", "taken": True, "says": says})

    assert status == 201
    assert got(uz, "/matters/12/2026")["stage"] == "oral"


@pytest.mark.parametrize(
    ("way", "body", "status", "code"),
    [
        ("/requests", {**ASKED, "says": {"language": "ru"}}, 422, "CAREC-H001"),
        ("/requests", {**ASKED, "says": {**DRAFT, "weather": "fine"}}, 422, "weather"),
        ("/requests", {**ASKED, "to": "customs.tj"}, 403, "policy.not-permitted"),
        ("/requests", {**ASKED, "weather": "fine"}, 422, "weather"),
        ("/requests/q1/replies", {"act": "complete", "says": {}}, 404, "store.unknown-record"),
        ("/requests/q1/replies", {"act": "lapsed", "says": {}}, 422, "act"),
        ("/information", {"to": "customs.uz", "says": {}}, 422, "facts"),
        ("/oral", {"partner": "customs.uz", "taken": False, "says": {}}, 422, "given_by"),
    ],
)
@pytest.mark.usefixtures("desks")
def test_what_cannot_be_said_is_a_problem_that_says_why(
    kz: Api, way: str, body: object, status: int, code: str
) -> None:
    refused, problem = posted(kz, way, body)

    assert refused == status, problem
    assert code in str(problem)


def test_what_was_answered_is_not_refused_afterwards(desks: Desks, uz: Api) -> None:
    way = f"/requests/{desks.ask()}/replies"
    posted(uz, way, {"act": "nothing_found", "says": {"language": "ru"}})

    status, problem = posted(
        uz, way, {"act": "refused", "says": {"language": "ru", "ground": "burden"}}
    )

    assert status == 422
    assert "answered" in problem["detail"]


@pytest.mark.parametrize("role", [Role.BORDER_POST, Role.OPERATOR, Role.SUBMITTER])
@pytest.mark.usefixtures("desks")
def test_nobody_but_a_liaison_officer_asks_or_looks(kz: Api, role: Role) -> None:
    headers = kz.headers(role)

    assert posted(kz, "/requests", ASKED, role)[0] == 403
    for way in ("/matters", "/matters/q1", "/report"):
        assert kz.client.get(ROOT + way, headers=headers).status_code == 403


@pytest.mark.usefixtures("desks")
@pytest.mark.parametrize(
    "query", ["stage=soon", "since=2026-02-30", "partner=tajikistan", "day=today"]
)
def test_a_query_that_means_nothing_is_refused(kz: Api, query: str) -> None:
    way = "/matters" if query.startswith("stage") else "/report"

    refused = kz.client.get(f"{ROOT}{way}?{query}", headers=kz.headers(Role.LIAISON))

    assert 400 <= refused.status_code < 500
    assert refused.headers["content-type"] == "application/problem+json"


def test_what_was_kept_back_is_said_anew_over_the_api(desks: Desks, kz: Api, uz: Api) -> None:
    desks.pair.exchange.cut.add("customs.uz")
    _, asked = posted(kz, "/requests", ASKED)
    way = f"/api/v1/messages/{asked['message_id']}"
    early = kz.client.post(f"{way}/anew", headers=kz.headers(Role.LIAISON))
    kz.client.post(f"{way}/cancel", json={"why": "no line"}, headers=kz.headers(Role.OPERATOR))
    desks.pair.exchange.cut.clear()
    shown = got(kz, f"/matters/{asked['reference']}")

    others = kz.client.post(f"{way}/anew", headers=kz.headers(Role.OPERATOR))
    done = kz.client.post(f"{way}/anew", headers=kz.headers(Role.LIAISON))
    again = kz.client.post(f"{way}/anew", headers=kz.headers(Role.LIAISON))
    desks.pair.run()

    assert (early.status_code, early.json()["code"]) == (409, "operating.not-now")
    assert (shown["stage"], shown["papers"][0]["letter"]["fate"]) == ("undelivered", "cancelled")
    assert (others.status_code, done.status_code) == (403, 202)
    assert done.json()["replaces"] == asked["message_id"]
    assert again.status_code in {404, 409}
    assert got(uz, "/matters")["matters"][0]["reference"] == asked["reference"]
