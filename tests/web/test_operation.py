from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.web.conftest import Api, api_of
from tests.world import Pair


@pytest.fixture(name="watched")
def _watched(pair: Pair) -> Api:
    """The API of a node that keeps what passes between it and its partner."""
    folder = pair.kz.settings.pmodes_folder
    folder.mkdir(exist_ok=True)
    mode = 'partner = "customs.uz"\ncaptures = true\n'
    (folder / "customs.uz.toml").write_text(mode, "utf-8")
    pair.restart("kz")
    return api_of(pair, "kz")


def audited(pair: Pair) -> list[tuple[str, str]]:
    with reading(pair.kz.engine) as conn:
        return [(one.action, one.actor) for one in audit.search(conn, limit=50)]


def test_what_passed_on_the_wire_is_listed_and_given_out(watched: Api, pair: Pair) -> None:
    pair.submit()
    pair.kz.sending.run()
    client, who = watched.client, watched.headers(Role.OPERATOR)

    listed = client.get("/api/v1/captures?partner=customs.uz", headers=who).json()["captures"]
    sent = next(one for one in listed if one["direction"] == "sent")
    file = client.get(f"/api/v1/captures/{sent['number']}/export", headers=who)

    assert {one["message_id"] for one in listed} == {sent["message_id"]}
    head, _, octets = file.content.partition(b"\r\n\r\n")
    assert head.startswith(b"Content-Type: multipart/related")
    assert octets.lstrip().startswith(b"--")
    assert file.headers["Content-Disposition"] == "attachment"
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert ("look.capture", f"kz {Role.OPERATOR}") in audited(pair)


def test_a_capture_that_is_not_there_is_not_found(kz: Api) -> None:
    answer = kz.client.get("/api/v1/captures/9/export", headers=kz.headers(Role.OPERATOR))

    assert (answer.status_code, answer.json()["code"]) == (404, "store.unknown-record")


def test_a_partner_is_pinged(kz: Api, pair: Pair) -> None:
    url = "/api/v1/partners/customs.uz/ping?tries=1"

    seen = kz.client.post(url, headers=kz.headers(Role.OPERATOR)).json()

    assert (seen["partner"], len(seen["tries"])) == ("customs.uz", 1)
    assert seen["tries"][0]["verdict"] == "receipt verified"
    assert ("partner.pinged", f"kz {Role.OPERATOR}") in audited(pair)


def test_a_partner_that_nobody_knows_is_not_pinged_nor_one_too_often(kz: Api) -> None:
    who = kz.headers(Role.OPERATOR)

    unknown = kz.client.post("/api/v1/partners/customs.xx/ping", headers=who)
    often = kz.client.post("/api/v1/partners/customs.uz/ping?tries=21", headers=who)

    assert (unknown.status_code, often.status_code) == (404, 422)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.OPERATOR])
def test_an_operator_alone_asks(kz: Api, role: Role) -> None:
    who, client = kz.headers(role), kz.client

    answers = [
        client.get("/api/v1/captures", headers=who),
        client.get("/api/v1/captures/1/export", headers=who),
        client.post("/api/v1/partners/customs.uz/ping", headers=who),
    ]

    assert {one.status_code for one in answers} == {403}


def test_the_description_says_what_an_export_is(kz: Api) -> None:
    paths = kz.client.get("/api/v1/openapi.json").json()["paths"]

    answer = paths["/api/v1/captures/{number}/export"]["get"]["responses"]["200"]
    assert list(answer["content"]) == ["application/octet-stream"]


def test_quality_is_told_to_operators_and_liaison_officers_alone(kz: Api, pair: Pair) -> None:
    pair.submit(facts="")
    path = "/api/v1/quality?by=partner&direction=out"

    codes = {
        role: kz.client.get(path, headers=kz.headers(role)).status_code
        for role in (Role.OPERATOR, Role.LIAISON, Role.SUBMITTER, Role.BORDER_POST)
    }
    told = kz.client.get(path, headers=kz.headers(Role.LIAISON)).json()

    assert list(codes.values()) == [200, 200, 403, 403]
    (row,) = told["parts"][0]["rows"]
    assert (row["partner"], row["documents"], row["refused"]) == ("customs.uz", 1, 1)
    assert row["worst"] == ["Declaration/ID"]
    assert ("look.quality", f"kz {Role.LIAISON}") in audited(pair)


@pytest.mark.parametrize(
    "query",
    [
        "by=nonsense",
        "direction=sideways",
        "field=Nonsense",
        "since=2026-03-02&until=2026-03-01",
        "until=0001-01-10",
        "since=yesterday",
        "offices=KZ550101",
    ],
)
def test_a_question_of_quality_that_makes_no_sense_is_refused(kz: Api, query: str) -> None:
    answer = kz.client.get(f"/api/v1/quality?{query}", headers=kz.headers(Role.OPERATOR))

    assert answer.status_code in {400, 422}
