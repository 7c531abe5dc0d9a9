from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from exchange_node.ebms.packaging.mime import MimeLimits
from exchange_node.node import Node
from exchange_node.store import audit
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from exchange_node.web.as4 import PEER_CERTIFICATE, as4_application
from tests.pieces import Pieces
from tests.world import Pair, tls_certificate_of


def partner_of(node: Node, certificate: bytes) -> TestClient:
    """Return a caller who has shown a certificate."""
    application = as4_application(node)

    async def shown(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, PEER_CERTIFICATE: certificate}, receive, send)

    return TestClient(shown)


def test_whoever_shows_no_certificate_learns_the_code_alone(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post("/as4", content=b"<x/>", headers={"Content-Type": "application/soap+xml"})

    assert answer.status_code == 200
    assert "EBMS:0101" in answer.text
    assert "<eb:Description" not in answer.text


def test_a_message_beyond_the_bound_is_turned_away_unread(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post("/as4", content=b"", headers={"Content-Length": "700000000"})

    assert answer.status_code == 413


def test_whoever_is_no_partner_fills_no_disk(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post("/as4", content=(bytes(1_000_000) for _ in range(3)))

    assert answer.status_code == 413


def test_a_message_that_grows_beyond_the_bound_is_turned_away(pair: Pair, tmp_path: Path) -> None:
    taking = pair.uz.reception.taking
    limits = replace(taking.limits, mime=MimeLimits(max_bytes=2_500_000))
    reception = replace(pair.uz.reception, taking=replace(taking, limits=limits))
    small = replace(pair.uz, reception=reception)
    client = partner_of(small, tls_certificate_of(tmp_path, "customs.kz"))

    answer = client.post("/as4", content=(bytes(1_000_000) for _ in range(3)))

    assert answer.status_code == 413


@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_large_message_is_read_whether_its_length_was_declared_or_not(
    pair: Pair, tmp_path: Path, *, is_chunked: bool
) -> None:
    client = partner_of(pair.uz, tls_certificate_of(tmp_path, "customs.kz"))
    body = b"x" * 3_000_000
    sent = (body[at : at + 70_000] for at in range(0, len(body), 70_000)) if is_chunked else body

    answer = client.post("/as4", content=sent, headers={"Content-Type": "application/soap+xml"})

    assert answer.status_code == 200
    assert "EBMS:0009" in answer.text
    assert (pair.uz.settings.spool_folder.stat().st_mode & 0o777) == 0o700
    assert list(pair.uz.settings.spool_folder.iterdir()) == []


def test_a_message_for_which_there_is_no_room_is_sent_again_later(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    client = partner_of(pair.uz, tls_certificate_of(tmp_path, "customs.kz"))

    answer = client.post("/as4", content=bytes(3_000_000))

    assert (answer.status_code, answer.text) == (503, "store.full\n")


def test_a_large_answer_is_given_in_pieces(pair: Pair) -> None:
    class Pulled:
        def most_bytes(self, _certificate: bytes) -> int:
            return 1

        def receive(self, *_: object) -> Answer:
            return Answer(status=200, content_type="text/plain", body=Pieces(b"pulled"))

    client = TestClient(as4_application(replace(pair.uz, reception=Pulled())))  # type: ignore[arg-type]

    answer = client.post("/as4", content=b"")

    assert (answer.content, answer.headers["content-length"]) == (b"pulled", "6")


def test_only_posts_are_answered(pair: Pair) -> None:
    client = TestClient(as4_application(pair.uz))

    assert client.get("/as4").status_code == 405
    assert client.post("/other").status_code == 404


def test_who_breaks_off_in_the_midst_is_not_taken_for_a_message(pair: Pair) -> None:
    certificate = tls_certificate_of(pair.kz.settings.folder.parent, "customs.kz")
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/as4",
        "query_string": b"",
        "headers": [(b"content-type", b"application/soap+xml")],
        PEER_CERTIFICATE: certificate,
    }
    coming: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": b"<half", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answered: list[object] = []

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        answered.append(message.get("status"))

    anyio.run(as4_application(pair.uz), scope, receive, send)

    assert answered[0] == 400
    with reading(pair.uz.engine) as conn:
        assert "message.refused" not in [one.action for one in audit.search(conn, limit=9)]
