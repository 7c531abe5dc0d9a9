from __future__ import annotations

from starlette.testclient import TestClient

from exchange_node.web.as4 import as4_application
from tests.world import Pair


def test_whoever_shows_no_certificate_learns_the_code_alone(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post("/as4", content=b"<x/>", headers={"Content-Type": "application/soap+xml"})

    assert answer.status_code == 200
    assert "EBMS:0101" in answer.text
    assert "<eb:Description" not in answer.text


def test_a_message_beyond_the_bound_is_turned_away_unread(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post("/as4", content=b"", headers={"Content-Length": "70000000"})

    assert answer.status_code == 413


def test_only_posts_are_answered(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    assert client.get("/as4").status_code == 405
    assert client.post("/other").status_code == 404
