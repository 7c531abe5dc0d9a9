from __future__ import annotations

import json
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.domain.transmission.content import SMALL_BYTES
from exchange_node.web.api import api_application
from exchange_node.web.files import WITH_FILES
from tests.web.conftest import Api
from tests.web.test_api import body
from tests.world import Pair

LARGE = bytes(range(256)) * (SMALL_BYTES // 256 + 1)


@pytest.fixture(name="permitted")
def _permitted(pair: Pair) -> Pair:
    pair.permit_attachments()
    return pair


def form(*files: tuple[str, bytes], **changes: object) -> list[tuple[str, tuple[str, bytes, str]]]:
    asked = ("", json.dumps(body(**changes)).encode(), "application/json")
    return [
        ("submission", asked),
        *(("file", (name, content, "application/pdf")) for name, content in files),
    ]


def test_files_are_handed_over_beside_a_declaration_and_taken_out_there(
    kz: Api, uz: Api, permitted: Pair
) -> None:
    taken = kz.client.post(
        WITH_FILES,
        files=form(("C:\\scans\\свидетельство.pdf", b"%PDF"), ("large.pdf", LARGE)),
        headers=kz.headers(Role.SUBMITTER),
    )
    permitted.run()

    assert taken.status_code == 202, taken.text
    post = uz.headers(Role.BORDER_POST)
    seen = uz.client.get("/api/v1/manifests/1", headers=post).json()["attachments"]
    assert [(one["name"], one["size"]) for one in seen] == [
        ("свидетельство.pdf", 4),
        ("large.pdf", len(LARGE)),
    ]
    given = uz.client.get("/api/v1/manifests/1/attachments/2", headers=post)
    assert given.content == LARGE
    assert given.headers["content-length"] == str(len(LARGE))
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"] == "attachment"


def test_files_that_no_agreement_permits_are_refused(kz: Api) -> None:
    refused = kz.client.post(
        WITH_FILES, files=form(("a.pdf", b"%PDF")), headers=kz.headers(Role.SUBMITTER)
    )

    assert refused.status_code == 422
    assert "DENY-ATTACHMENTS" in refused.text


def test_who_may_not_submit_hands_nothing_over(kz: Api) -> None:
    assert kz.client.post(WITH_FILES, files=form()).status_code == 401
    refused = kz.client.post(WITH_FILES, files=form(), headers=kz.headers(Role.BORDER_POST))
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\n{}"),
        ("multipart/form-data; boundary=B", b"--B--\r\n"),
        ("multipart/form-data; boundary=B", b"--B\r\nContent-Type: x\r\n\r\n{}\r\n--B--\r\n"),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\n{}\r\n--B--\r\n"),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\nno json\r\n--B--\r\n"),
        ("multipart/form-data; boundary=B", b'--B\r\n\r\n{"to":"x"}\r\n--B--\r\n'),
    ],
)
def test_what_is_no_such_form_is_told_as_such(kz: Api, content_type: str, content: bytes) -> None:
    refused = kz.client.post(
        WITH_FILES,
        content=content,
        headers={**kz.headers(Role.SUBMITTER), "Content-Type": content_type},
    )

    assert refused.status_code in (400, 422)
    assert refused.json()["code"].startswith(("input.", "api."))


def test_a_declaration_in_a_form_is_bounded_as_without_one(kz: Api, pair: Pair) -> None:
    small = replace(pair.kz, settings=replace(pair.kz.settings, document_bytes=1_000))
    client = TestClient(api_application(small))

    refused = client.post(WITH_FILES, files=form(), headers=kz.headers(Role.SUBMITTER))

    assert (refused.status_code, refused.json()["code"]) == (400, "input.unreadable")


def test_a_form_is_bounded(kz: Api, pair: Pair) -> None:
    small = replace(pair.kz, settings=replace(pair.kz.settings, message_bytes=1_000))
    client = TestClient(api_application(small))

    refused = client.post(WITH_FILES, files=form(), headers=kz.headers(Role.SUBMITTER))

    assert refused.status_code == 413
