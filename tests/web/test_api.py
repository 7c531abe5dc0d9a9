from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from exchange_node.config.shipped import shipped
from exchange_node.domain.access import Role
from exchange_node.mapping import findings
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.web.conftest import Api
from tests.world import DECLARATION, FACTS, Pair

NATIONAL = shipped("config", "national", "examples")


def body(**changes: object) -> dict[str, object]:
    return {
        "to": "customs.uz",
        "declaration": DECLARATION.read_text(encoding="utf-8"),
        "facts_text": FACTS.read_text(encoding="utf-8"),
        **changes,
    }


def test_a_submission_is_taken_and_can_be_followed(kz: Api, pair: Pair) -> None:
    taken = kz.client.post("/api/v1/submissions", json=body(), headers=kz.headers(Role.SUBMITTER))
    pair.run()

    assert taken.status_code == 202
    path = f"/api/v1/submissions/{taken.json()['submission_id']}"
    seen = kz.client.get(path, headers=kz.headers(Role.SUBMITTER)).json()
    assert seen["state"] == "accepted"
    assert seen["permission"]["code"] == "ALLOW"


def test_the_answer_tells_of_the_report_what_matters_and_where_the_rest_is(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)

    taken = kz.client.post("/api/v1/submissions", json=body(), headers=headers).json()
    whole = kz.client.get(taken["report"]["href"], headers=headers).json()

    essentials = taken["report"]
    assert set(essentials) == {"profile", "coverage", "leaves", "counts", "href"}
    assert essentials["coverage"] == whole["coverage"] > 0.9
    assert essentials["counts"] == {name: len(whole[name]) for name in essentials["counts"]}
    assert {one["path"] for one in whole["withheld"]} == set(taken["withheld"])
    assert len(whole["trace"]) > 100


def test_a_value_that_was_sent_is_explained_and_the_look_is_kept(kz: Api, pair: Pair) -> None:
    headers = kz.headers(Role.SUBMITTER)
    taken = kz.client.post("/api/v1/submissions", json=body(), headers=headers).json()
    way = f"/api/v1/submissions/{taken['submission_id']}/explain"

    told = kz.client.get(way, params={"pointer": "42A/28A/18A/R011"}, headers=headers).json()
    wrong = kz.client.get(way, params={"pointer": "Declaration/Carier"}, headers=headers)

    long = kz.client.get(way, params={"pointer": "D" * 513}, headers=headers)

    (one,) = told["values"]
    assert (long.status_code, long.json()["code"]) != (422, "enquiry.unusable-query")
    assert long.is_client_error
    assert (one["rule"], one["sources"][0]["source_line"]) == ("carrier.name", 56)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "enquiry.unusable-query")
    with reading(pair.kz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=50) if one.action == "look.explanation"]
    assert {one.facts["asked"] for one in looks} == {"42A/28A/18A/R011", "Declaration/Carier"}


def test_a_report_is_for_who_submitted_it_and_operators(kz: Api, pair: Pair) -> None:
    taken = kz.client.post("/api/v1/submissions", json=body(), headers=kz.headers(Role.SUBMITTER))
    way = taken.json()["report"]["href"]

    others = kz.client.get(way, headers=kz.headers(Role.BORDER_POST))
    operators = kz.client.get(way, headers=kz.headers(Role.OPERATOR))
    with reading(pair.kz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=50) if one.action == "look.report"]

    assert (others.status_code, operators.status_code) == (403, 200)
    assert [one.subject_key for one in looks] == [taken.json()["submission_id"]]


def test_the_same_key_is_the_same_submission(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)

    first = kz.client.post("/api/v1/submissions", json=body(key="k1"), headers=headers).json()
    again = kz.client.post("/api/v1/submissions", json=body(key="k1"), headers=headers).json()

    assert first["submission_id"] == again["submission_id"]


def test_a_key_for_another_declaration_is_refused(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)
    kz.client.post("/api/v1/submissions", json=body(key="k1"), headers=headers)
    other = DECLARATION.read_text(encoding="utf-8").replace("</", " </", 1)

    refused = kz.client.post(
        "/api/v1/submissions", json=body(key="k1", declaration=other), headers=headers
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "dispatch.conflicting-key")


def test_a_key_for_another_partner_is_refused(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)
    kz.client.post("/api/v1/submissions", json=body(key="k1"), headers=headers)

    refused = kz.client.post(
        "/api/v1/submissions", json=body(key="k1", to="customs.kg"), headers=headers
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "dispatch.conflicting-key")


def test_a_declaration_may_come_in_base64_and_facts_as_keys(kz: Api) -> None:
    changes = {
        "declaration": "",
        "declaration_base64": base64.b64encode(DECLARATION.read_bytes()).decode(),
        "facts_text": "",
        "facts": {"Facts/TransitLimitDate": "2026-03-07"},
    }

    refused = kz.client.post(
        "/api/v1/submissions", json=body(**changes), headers=kz.headers(Role.SUBMITTER)
    )

    assert refused.status_code == 422
    assert any(one["pointer"] == "Declaration/ID" for one in refused.json()["findings"])


@pytest.mark.parametrize(
    "name",
    [
        "generic-json/road-with-container.json",
        "generic-csv/road-with-container.csv",
        "edifact-cuscar/road-with-container.edi",
    ],
)
def test_a_declaration_may_come_in_any_notation(kz: Api, pair: Pair, name: str) -> None:
    example = NATIONAL / name
    facts = example.with_suffix(".facts.toml")
    changes = {
        "declaration": "",
        "declaration_base64": base64.b64encode(example.read_bytes()).decode(),
        "facts_text": facts.read_text(encoding="utf-8") if facts.exists() else "",
    }

    taken = kz.client.post(
        "/api/v1/submissions", json=body(**changes), headers=kz.headers(Role.SUBMITTER)
    )
    pair.run()

    assert (taken.status_code, taken.json()["findings"]) == (202, [])
    path = f"/api/v1/submissions/{taken.json()['submission_id']}"
    seen = kz.client.get(path, headers=kz.headers(Role.SUBMITTER)).json()
    assert (seen["state"], seen["format"]) == ("accepted", example.parent.name)


def test_a_file_that_breaks_off_is_refused_with_the_place_and_all_that_is_missing(kz: Api) -> None:
    whole = (NATIONAL / "generic-json" / "road-with-container.json").read_text(encoding="utf-8")
    cut = whole[: whole.index('"items"')]

    refused = kz.client.post(
        "/api/v1/submissions", json=body(declaration=cut, facts_text=""),
        headers=kz.headers(Role.SUBMITTER),
    )  # fmt: skip

    assert refused.status_code == 422
    found = {one["code"]: one for one in refused.json()["findings"]}
    assert found[findings.BROKEN.code]["facts"]["line"] == str(cut.count("\n") + 1)
    assert findings.MISSING.code in found


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"declaration": "no declaration"}, 422, "mapping.unknown-format"),
        ({"declaration": "<ASYCUDA><a>"}, 422, "input.malformed-xml"),
        ({"declaration": " "}, 422, "mapping.unreadable-declaration"),
        ({"declaration": ""}, 400, "input.unreadable"),
        ({"declaration": "", "declaration_base64": "???"}, 400, "input.unreadable"),
        ({"declaration": "<letter/>"}, 422, "mapping.unknown-format"),
        ({"format": "no-such"}, 422, "mapping.unknown-format"),
        ({"facts_text": "= ="}, 422, "mapping.invalid-facts"),
        ({"facts": {"a": 1}}, 422, "mapping.invalid-facts"),
        ({"to": "uz"}, 422, "api.unusable-request"),
        ({"extra": 1}, 422, "api.unusable-request"),
        ({"to": "customs.tj"}, 422, None),
    ],
)
def test_what_cannot_be_taken_is_a_problem_with_a_code(
    kz: Api, changes: dict[str, object], status: int, code: str | None
) -> None:
    refused = kz.client.post(
        "/api/v1/submissions", json=body(**changes), headers=kz.headers(Role.SUBMITTER)
    )

    assert refused.status_code == status
    assert refused.json().get("code") == code


def test_without_a_token_nothing_is_answered(kz: Api) -> None:
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic x"}):
        refused = kz.client.get("/api/v1/prearrival", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"


def test_a_token_past_its_end_or_revoked_opens_nothing(kz: Api, pair: Pair) -> None:
    headers = kz.headers(Role.BORDER_POST)
    pair.kz.access.revoke(f"kz {Role.BORDER_POST}", actor="test")
    assert kz.client.get("/api/v1/prearrival", headers=headers).status_code == 401

    headers = kz.headers(Role.OPERATOR)
    assert kz.client.get("/api/v1/messages", headers=headers).status_code == 200
    pair.clock.forward(days=2)
    assert kz.client.get("/api/v1/messages", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SUBMITTER, "/api/v1/prearrival"),
        (Role.BORDER_POST, "/api/v1/alerts"),
        (Role.LIAISON, "/api/v1/messages"),
        (Role.OPERATOR, "/api/v1/alerts"),
    ],
)
def test_a_role_reaches_no_further_than_its_own(kz: Api, role: Role, path: str) -> None:
    refused = kz.client.get(path, headers=kz.headers(role))

    assert (refused.status_code, refused.json()["code"]) == (403, "access.role")


@pytest.mark.parametrize(
    "query",
    [
        {"plate": "841 abc-02"},
        {"mrn": "26KZ55010100041703"},
        {"office": "UZ270101"},
        {"begin": "2026-03-01T00:00:00+05:00", "end": "2026-03-30T00:00:00+05:00"},
    ],
)
def test_the_post_finds_a_manifest_by_what_it_knows(
    kz: Api, uz: Api, pair: Pair, query: dict[str, str]
) -> None:
    taken = kz.client.post("/api/v1/submissions", json=body(), headers=kz.headers(Role.SUBMITTER))
    if "plate" in query:
        query = {"plate": taken.json()["manifest"]["means"]}
    pair.run()

    found = uz.client.get("/api/v1/prearrival", params=query, headers=uz.headers(Role.BORDER_POST))

    (arrival,) = found.json()["arrivals"]
    path = f"/api/v1/manifests/{arrival['number']}"
    whole = uz.client.get(path, headers=uz.headers(Role.BORDER_POST)).json()
    assert whole["manifest"]["consignments"]


@pytest.mark.parametrize(
    "query", [{"plate": "none"}, {"office": "UZ999999"}, {"end": "2020-01-01T00:00:00+00:00"}]
)
def test_what_does_not_fit_is_not_found(
    kz: Api, uz: Api, pair: Pair, query: dict[str, str]
) -> None:
    kz.client.post("/api/v1/submissions", json=body(), headers=kz.headers(Role.SUBMITTER))
    pair.run()

    found = uz.client.get("/api/v1/prearrival", params=query, headers=uz.headers(Role.BORDER_POST))

    assert [one for one in found.json()["arrivals"] if one["expected_arrival"]] == []


@pytest.mark.parametrize("query", [{"plat": "x"}, {"plate": ""}, {"plate": " "}])
def test_a_misspelt_or_empty_key_does_not_find_everything(uz: Api, query: dict[str, str]) -> None:
    refused = uz.client.get(
        "/api/v1/prearrival", params=query, headers=uz.headers(Role.BORDER_POST)
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "enquiry.unusable-query")


def test_a_path_or_a_method_that_is_not_there_is_a_problem_too(kz: Api) -> None:
    for refused in (kz.client.get("/api/v1/nothing"), kz.client.delete("/api/v1/alerts")):
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "api.no-such-route"


@pytest.mark.parametrize("query", [{"begin": "2026-03-01T00:00:00"}, {"after": "x"}, {"limit": 0}])
def test_a_question_that_cannot_be_used_is_told_as_such(uz: Api, query: dict[str, str]) -> None:
    refused = uz.client.get(
        "/api/v1/prearrival", params=query, headers=uz.headers(Role.BORDER_POST)
    )

    assert refused.status_code == 422


def draft(pair: Pair, **changes: object) -> dict[str, object]:
    return {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": "841ABC02"}],
        **changes,
    }


def test_an_alert_is_drafted_sent_and_seen(uz: Api, kz: Api, pair: Pair) -> None:
    headers = uz.headers(Role.LIAISON)
    drafted = uz.client.post("/api/v1/alerts", json=draft(pair), headers=headers).json()
    path = f"/api/v1/alerts/{drafted['alert_id']}"
    sent = uz.client.post(f"{path}/send", json={"to": ["customs.kz"]}, headers=headers)
    pair.run()

    assert sent.status_code == 202
    received = kz.client.get(
        "/api/v1/alerts", params={"direction": "received"}, headers=kz.headers(Role.LIAISON)
    ).json()
    assert [one["alert_id"] for one in received["alerts"]] == [drafted["alert_id"]]
    seen = kz.client.post(
        f"{path}/acknowledge", json={"office": "KZ550302"}, headers=kz.headers(Role.LIAISON)
    )
    pair.run()
    assert seen.status_code == 202
    (recipient,) = uz.client.get(path, headers=headers).json()["recipients"]
    assert recipient["state"] == "acknowledged"


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": "2020-01-01T00:00:00+00:00"},
        {"subjects": []},
        {"subjects": [{"routing": ["KZ"]}]},
        {"severity": 9},
        {"marking": "PURPLE"},
        {"summary": ""},
        {"category": "???"},
        {"nonsense": 1},
    ],
)
def test_an_alert_that_lacks_something_is_refused(
    uz: Api, pair: Pair, changes: dict[str, object]
) -> None:
    refused = uz.client.post(
        "/api/v1/alerts", json=draft(pair, **changes), headers=uz.headers(Role.LIAISON)
    )

    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_an_alert_is_sent_once(uz: Api, pair: Pair) -> None:
    headers = uz.headers(Role.LIAISON)
    drafted = uz.client.post("/api/v1/alerts", json=draft(pair), headers=headers).json()
    path = f"/api/v1/alerts/{drafted['alert_id']}/send"
    uz.client.post(path, json={"to": ["customs.kz"]}, headers=headers)

    again = uz.client.post(path, json={"to": ["customs.kz"]}, headers=headers)

    assert again.status_code == 422


def test_an_alert_for_a_partner_without_an_agreement_stays_a_draft(uz: Api, pair: Pair) -> None:
    headers = uz.headers(Role.LIAISON)
    drafted = uz.client.post("/api/v1/alerts", json=draft(pair), headers=headers).json()
    path = f"/api/v1/alerts/{drafted['alert_id']}"

    refused = uz.client.post(f"{path}/send", json={"to": ["customs.tj"]}, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (403, "policy.not-permitted")
    assert uz.client.get(path, headers=headers).json()["state"] == "drafted"


def test_what_is_not_there_is_not_found(uz: Api) -> None:
    liaison = uz.headers(Role.LIAISON)

    assert uz.client.get("/api/v1/alerts/none", headers=liaison).status_code == 404
    assert uz.client.get("/api/v1/manifests/77", headers=liaison).status_code == 404


def test_a_body_beyond_the_bound_or_without_a_length_is_turned_away(kz: Api) -> None:
    headers = kz.headers(Role.SUBMITTER)

    large = kz.client.post(
        "/api/v1/submissions", content=b"x", headers={**headers, "Content-Length": "70000000"}
    )
    endless = kz.client.post("/api/v1/submissions", content=iter([b"{}"]), headers=headers)

    assert (large.status_code, endless.status_code) == (413, 411)


def test_a_problem_is_said_in_the_reader_s_language(kz: Api) -> None:
    refused = kz.client.get("/api/v1/prearrival", headers={"Accept-Language": "ru-RU,ru;q=0.9"})

    assert not refused.json()["detail"].isascii()


def test_the_description_names_every_route(kz: Api) -> None:
    described = kz.client.get("/api/v1/openapi.json").json()["paths"]

    assert {
        "/api/v1/submissions",
        "/api/v1/submissions/{submission_id}",
        "/api/v1/prearrival",
        "/api/v1/alerts/{alert_id}/acknowledge",
    } <= described.keys()


def test_health_says_nothing_of_what_is_held(kz: Api) -> None:
    assert kz.client.get("/api/v1/health").json().keys() == {"party", "test", "schema", "at"}


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775808", "9" * 5000])
def test_a_number_that_no_manifest_can_have_is_refused(kz: Api, number: str) -> None:
    path = f"/api/v1/manifests/{number}"

    refused = kz.client.get(path, headers=kz.headers(Role.BORDER_POST))

    assert (refused.status_code, refused.json()["code"]) == (422, "api.unusable-request")


@pytest.mark.parametrize(
    "query", [{"begin": "0001-01-01T00:00:00+14:00"}, {"end": "9999-12-31T23:59:59-10:00"}]
)
def test_a_moment_that_utc_has_no_name_for_is_refused(kz: Api, query: dict[str, str]) -> None:
    headers = kz.headers(Role.BORDER_POST)

    refused = kz.client.get("/api/v1/prearrival", params=query, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "enquiry.unusable-query")


def test_a_value_that_is_no_unicode_is_quoted_in_the_refusal(kz: Api) -> None:
    facts = json.dumps(body(facts_text="", facts={"\ud800": "x"}))

    refused = kz.client.post(
        "/api/v1/submissions",
        content=facts,
        headers=kz.headers(Role.SUBMITTER) | {"Content-Type": "application/json"},
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "mapping.invalid-facts")
    assert "\ud800" in refused.json()["detail"]


def test_an_operator_holds_shows_releases_and_cancels_a_message(kz: Api, pair: Pair) -> None:
    pair.submit()
    client, who = kz.client, kz.headers(Role.OPERATOR)
    (one,) = client.get("/api/v1/messages", headers=who).json()["messages"]
    url = f"/api/v1/messages/{one['message_id']}"

    held = client.post(f"{url}/hold", headers=who, json={"why": "asked by telephone"})
    again = client.post(f"{url}/hold", headers=who, json={"why": "asked by telephone"})
    shown = client.get(url, headers=who).json()["sent"]
    released = client.post(f"{url}/release", headers=who)
    cancelled = client.post(f"{url}/cancel", headers=who, json={"why": "withdrawn"})

    assert held.json()["state"] == "held"
    assert (again.status_code, again.json()["code"]) == (409, "operating.not-now")
    assert shown["held_by"] == f"kz {Role.OPERATOR}"
    assert released.json()["state"] == "queued"
    assert cancelled.json()["state"] == "cancelled"
    assert client.post(f"{url}/resend", headers=who).status_code == 409
    assert client.post(f"{url}/unpark", headers=who).status_code == 404
    assert client.get(url, headers=kz.headers(Role.SUBMITTER)).status_code == 403
