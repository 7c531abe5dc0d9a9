from __future__ import annotations

import gzip
from typing import Any

import pytest

from exchange_node.domain.access import Role
from exchange_node.node import printing
from exchange_node.policy.text.reading import read_agreement
from exchange_node.rehearsal.traffic import Movement, Traffic, offices_in
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.held import Direction
from tests.web.conftest import Api
from tests.world import OFFICES, POST, Pair

HERE = "UZ260101"
PAGE = {"office": HERE, "begin": "2026-03-01T00:00:00Z", "end": "2026-03-09T00:00:00Z"}
SLOW_LINE = 64_000 / 8
"""Bytes that a line of 64 kbit/s carries in a second."""

HANDSHAKE = 4_500
"""Bytes of TCP and TLS 1.3 to a proxy with one certificate and one above it, at the most."""


@pytest.fixture(name="busy")
def _busy(pair: Pair) -> Pair:
    """Uzbekistan has received forty manifests."""
    with reading(pair.uz.engine) as conn:
        row = conn.exec_driver_sql("SELECT text FROM agreement").scalar_one()
    agreement = read_agreement(row, "agreement")
    grant = next(one for one in agreement.grants if one.sender == "customs.kz")
    exchange = exchange_under(
        agreement,
        grant,
        own=pair.kz.settings.administration,
        recipient="customs.uz",
        code="TM-010",
        purpose="TRANSIT_CONTROL",
    )
    with transaction(pair.uz.engine) as conn:
        for one in drawn(pair, 40):
            pair.uz.enquiry.holding.file_manifest(
                conn,
                one.manifest,
                b"sealed",
                direction=Direction.RECEIVED,
                exchange=exchange,
                grant=grant,
                message_id=f"m{one.number}",
                at=pair.clock(),
            )
    return pair


def drawn(pair: Pair, count: int) -> list[Movement]:
    listed = offices_in(OFFICES.read_text(encoding="utf-8"))
    midnight = pair.clock().replace(hour=0)
    traffic = Traffic(seed=4, sender="KZ", recipient="UZ", offices=listed, begin=midnight)
    return list(traffic.movements(count))


def test_a_page_of_twenty_is_on_the_screen_within_a_second_at_64_kbit(busy: Pair, uz: Api) -> None:
    request = {"Accept-Encoding": "gzip", **uz.headers(Role.BORDER_POST)}
    with uz.client.stream("GET", "/api/v1/expected", params=PAGE, headers=request) as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed).count(b'"due_at"') == 20
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) + 17
    asked = sum(len(name) + len(value) + 4 for name, value in answer.request.headers.items())
    assert len(packed) + head + asked + len(str(answer.request.url)) < SLOW_LINE - HANDSHAKE


def test_what_is_known_is_answered_without_a_body_and_logged(busy: Pair, uz: Api) -> None:
    headers = uz.headers(Role.BORDER_POST)
    first = uz.client.get("/api/v1/expected", params=PAGE, headers=headers)

    known = {"If-None-Match": f'"old", {first.headers["etag"]}', **headers}
    again = uz.client.get("/api/v1/expected", params=PAGE, headers=known)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert first.headers["cache-control"] == "private, no-cache"
    with reading(busy.uz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=99) if one.action == "look.expected"]
    assert [one.facts.get("unchanged") for one in looks if not one.subject_key] == ["yes", None]
    assert len(looks) == 2 * 21


def test_a_look_up_that_finds_the_same_is_answered_without_a_body(pair: Pair, uz: Api) -> None:
    pair.submit()
    pair.run()
    headers = uz.headers(Role.BORDER_POST)
    (one,) = uz.client.get("/api/v1/prearrival", headers=headers).json()["arrivals"]
    mrn = one["movement"].rpartition("/")[2]
    for path in (
        f"/api/v1/prearrival?mrn={mrn}",
        f"/api/v1/scan?mrn={mrn}&digest={'0' * 64}",
        f"/api/v1/manifests/{one['number']}",
    ):
        first = uz.client.get(path, headers=headers)
        pair.clock.forward(minutes=1)
        known = {"If-None-Match": first.headers["etag"], **headers}
        again = uz.client.get(path, headers=known)
        assert (first.status_code, again.status_code, again.content) == (200, 304, b""), path
        other = uz.client.get(path, headers={"If-None-Match": 'W/"0"', **headers})
        assert (other.status_code, other.content) == (200, first.content)


def test_another_page_is_not_what_is_known(busy: Pair, uz: Api) -> None:
    headers = uz.headers(Role.BORDER_POST)
    first = uz.client.get("/api/v1/expected", params=PAGE, headers=headers)

    query = {**PAGE, "after": first.json()["next"]}
    known = {"If-None-Match": first.headers["etag"], **headers}
    second = uz.client.get("/api/v1/expected", params=query, headers=known)

    assert second.status_code == 200
    numbers = [one["number"] for one in (*first.json()["expected"], *second.json()["expected"])]
    assert len(set(numbers)) == len(numbers) > 20


@pytest.mark.parametrize(
    "query",
    [{}, {"office": HERE, "limit": "51"}, {"office": HERE, "ofice": "x"}, {"office": ""}],
)
def test_a_question_that_is_none_is_refused(uz: Api, query: dict[str, str]) -> None:
    refused = uz.client.get("/api/v1/expected", params=query, headers=uz.headers(Role.BORDER_POST))

    assert refused.status_code == 422


def test_a_paper_is_scanned(busy: Pair, uz: Api) -> None:
    query = {"mrn": drawn(busy, 1)[0].mrn, "digest": "0" * 64}

    scanned = uz.client.get("/api/v1/scan", params=query, headers=uz.headers(Role.BORDER_POST))

    assert scanned.status_code == 200
    assert scanned.json()["paper"] == "other"
    query["digest"] = "0"
    refused = uz.client.get("/api/v1/scan", params=query, headers=uz.headers(Role.BORDER_POST))
    assert refused.status_code == 422


def test_a_scan_takes_number_and_digest_or_a_code_alone(pair: Pair, uz: Api) -> None:
    pair.submit()
    pair.run()
    one = "26KZ55010100041703"
    code = printing(pair.kz).print(POST, one).code
    headers = uz.headers(Role.BORDER_POST)

    def asked(**query: str) -> Any:  # noqa: ANN401 - httpx's
        return uz.client.get("/api/v1/scan", params=query, headers=headers)

    scanned = asked(code=code)
    assert scanned.status_code == 200
    assert (scanned.json()["paper"], scanned.json()["code"]["relied_upon"]) == ("current", True)
    assert asked(code=code, mrn=one).status_code == 422
    assert asked(mrn=one).status_code == 422
    assert asked(code="CX1AAAA").status_code == 422


def test_a_seal_is_looked_up(busy: Pair, uz: Api) -> None:
    one = drawn(busy, 1)[0]

    found = uz.client.get(
        "/api/v1/prearrival", params={"seal": one.seals[0]}, headers=uz.headers(Role.BORDER_POST)
    )

    assert [line["movement"] for line in found.json()["arrivals"]] == [f"KZ/mrn/{one.mrn}"]


@pytest.mark.parametrize("way", [f"expected?office={HERE}", f"scan?mrn=1&digest={'0' * 64}"])
def test_only_a_post_may_ask(uz: Api, way: str) -> None:
    refused = uz.client.get(f"/api/v1/{way}", headers=uz.headers(Role.SUBMITTER))

    assert refused.status_code == 403
