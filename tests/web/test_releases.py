from __future__ import annotations

import pytest

from exchange_node.domain.access import Role
from exchange_node.domain.message import AttachedFile
from tests.exchange.releasing import ONE, asking_for
from tests.web.conftest import Api
from tests.world import Pair, permitting_attachments

SCAN = b"%PDF-1.7 a scan of the invoice"


@pytest.fixture(name="way")
def _way(pair: Pair) -> str:
    """The route of one message that waits at Kazakhstan, with a file."""
    pair.agree_anew(lambda text: permitting_attachments(asking_for("one")(text)))
    file = AttachedFile(name="invoice.pdf", mime_type="application/pdf", content=SCAN)
    pair.submit(files=[file])
    [line] = pair.kz.releasing.list(ONE)["releases"]
    return f"/api/v1/releases/{line['message_id']}"


def test_what_would_leave_is_seen_with_its_file_and_approved(kz: Api, way: str) -> None:
    headers = kz.headers(Role.RELEASER)

    shown = kz.client.get(way, headers=headers).json()
    document = kz.client.get(f"{way}/document", headers=headers)
    file = kz.client.get(f"{way}/files/1", headers=headers)
    stale = kz.client.post(f"{way}/approve", json={"digest": "0" * 64}, headers=headers)
    done = kz.client.post(f"{way}/approve", json={"digest": shown["digest"]}, headers=headers)
    gone = kz.client.get(f"{way}/files/1", headers=headers)

    assert document.text == shown["document"]
    assert file.content == SCAN
    assert file.headers["X-Content-Digest"] == shown["files"][0]["digest"]
    assert shown["files"][0]["digest"] in document.text
    assert (stale.status_code, stale.json()["code"]) == (409, "release.other-document")
    assert (done.status_code, done.json()["state"]) == (200, "released")
    assert gone.status_code == 410


@pytest.mark.parametrize("role", [Role.LIAISON, Role.OPERATOR, Role.SUBMITTER, Role.BORDER_POST])
def test_nobody_but_officers_sees_content_or_decides(kz: Api, way: str, role: Role) -> None:
    headers = kz.headers(role)

    answers = [
        kz.client.get(way, headers=headers),
        kz.client.get(f"{way}/document", headers=headers),
        kz.client.get(f"{way}/files/1", headers=headers),
        kz.client.post(f"{way}/approve", json={"digest": "0" * 64}, headers=headers),
        kz.client.post(f"{way}/refuse", json={"why": "no"}, headers=headers),
    ]

    assert [one.status_code for one in answers] == [403] * 5


def test_what_is_not_there_is_not_found(kz: Api, way: str) -> None:
    headers = kz.headers(Role.RELEASER)
    other = "/api/v1/releases/nobody@customs.kz"

    answers = [
        kz.client.get(other, headers=headers),
        kz.client.get(f"{other}/files/1", headers=headers),
        kz.client.get(f"{way}/files/2", headers=headers),
        kz.client.get(f"{way}/files/0", headers=headers),
        kz.client.post(f"{other}/approve", json={"digest": "0" * 64}, headers=headers),
        kz.client.post(f"{other}/refuse", json={"why": "no"}, headers=headers),
    ]

    assert [one.status_code for one in answers] == [404] * 6


def test_an_officer_refuses_with_a_reason(kz: Api, way: str) -> None:
    headers = kz.headers(Role.RELEASER)

    empty = kz.client.post(f"{way}/refuse", json={"why": ""}, headers=headers)
    done = kz.client.post(f"{way}/refuse", json={"why": "not so"}, headers=headers)
    listed = kz.client.get("/api/v1/releases", params={"state": "refused"}, headers=headers)

    assert empty.status_code == 422
    assert (done.status_code, done.json()["why"]) == (200, "not so")
    assert [one["why"] for one in listed.json()["releases"]] == ["not so"]
