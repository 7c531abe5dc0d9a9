from __future__ import annotations

import hashlib
import os
import random
from dataclasses import replace
from typing import Any

import pytest

from exchange_node.domain.errors import (
    ConflictingKeyError,
    RoleError,
    UnknownRecordError,
    UnreadableInputError,
)
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import SMALL_BYTES, Content, whole
from exchange_node.ebms.message import Payload
from exchange_node.policy import gates
from exchange_node.services.stations import vocabulary
from tests.world import NATIONAL, OPERATOR, POST, Pair

LARGE = random.Random(20260302).randbytes(SMALL_BYTES + 200_000)


def file(
    content: Content = b"a scan", name: str = "scan.png", kind: str = "image/png"
) -> AttachedFile:
    return AttachedFile(name=name, mime_type=kind, content=content)


def spooled(pair: Pair, content: bytes) -> Content:
    spool = pair.kz.new_spool()
    spool.write(content)
    return spool.finish()


@pytest.fixture(name="permitted")
def _permitted(pair: Pair) -> Pair:
    pair.permit_attachments()
    return pair


def arrived(pair: Pair) -> dict[str, Any]:
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    seen: dict[str, Any] = pair.uz.enquiry.manifest(POST, arrival["number"])
    return seen


def test_attachments_large_and_small_cross_with_their_document(permitted: Pair) -> None:
    pair = permitted
    large = file(spooled(pair, LARGE), "certificate.pdf", "application/pdf")

    submission = pair.submit(files=[file(), large])
    pair.run()

    assert pair.state_of(submission) == "accepted"
    seen = arrived(pair)
    first, second = seen["attachments"]
    assert first == {
        "position": 1,
        "name": "scan.png",
        "mime_type": "image/png",
        "size": 6,
        "digest": hashlib.sha256(b"a scan").hexdigest(),
        "is_held": True,
    }
    taken = pair.uz.enquiry.attachment(POST, seen["number"], 2)
    assert (taken.name, taken.mime_type) == ("certificate.pdf", "application/pdf")
    assert not isinstance(taken.content, bytes)
    assert whole(taken.content) == LARGE
    assert (second["size"], second["digest"]) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())


def test_every_look_at_an_attachment_leaves_a_line(permitted: Pair) -> None:
    pair = permitted
    pair.submit(files=[file()])
    pair.run()

    pair.uz.enquiry.attachment(POST, 1, 1)

    line = pair.uz.enquiry.audit(OPERATOR)["audit"][0]
    assert (line["action"], line["actor"]) == ("look.attachment", POST.name)


def test_an_attachment_is_shown_to_nobody_but_the_border_post(permitted: Pair) -> None:
    pair = permitted
    pair.submit(files=[file()])
    pair.run()

    with pytest.raises(RoleError):
        pair.uz.enquiry.attachment(NATIONAL, 1, 1)
    with pytest.raises(UnknownRecordError):
        pair.uz.enquiry.attachment(POST, 1, 2)
    with pytest.raises(UnknownRecordError):
        pair.kz.enquiry.attachment(POST, 1, 1)


def test_without_a_word_in_the_agreement_no_attachment_leaves(pair: Pair) -> None:
    submission = pair.submit(files=[file()])

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "refused"
    assert seen["findings"][-1]["code"] == "DENY-ATTACHMENTS"
    assert "lets no attachment go" in seen["findings"][-1]["text"]


def test_without_a_word_in_the_agreement_no_attachment_is_taken(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def permit_sending(*held: object, **ask: object) -> object:
        return gates.permit_sending(*held, **{**ask, "attachments": 0})  # type: ignore[arg-type]

    monkeypatch.setattr(
        "exchange_node.services.stations.departure.walking.permit_sending", permit_sending
    )
    submission = pair.submit(files=[file()])
    pair.run()

    assert pair.state_of(submission) == "failed"
    (denied,) = [
        one for one in pair.uz.enquiry.audit(OPERATOR)["audit"] if one["action"] == "message.denied"
    ]
    assert denied["facts"]["code"] == "DENY-ATTACHMENTS"


@pytest.mark.parametrize(
    "forged",
    [
        [],
        [file(b"another scan")],
        [file(), file(b"one more")],
        [replace(file(), mime_type="image/jpeg")],
    ],
    ids=["missing", "another", "one more", "another type"],
)
def test_what_came_must_be_what_the_document_names(
    permitted: Pair, monkeypatch: pytest.MonkeyPatch, forged: list[AttachedFile]
) -> None:
    def header_of(*exchange: object, **given: object) -> object:
        message_id = str(given["message_id"])
        given["attached"] = [
            Payload(
                content=one.content,
                content_id=f"attachment-{number}.{message_id}",
                mime_type=one.mime_type,
            )
            for number, one in enumerate(forged, start=1)
        ]
        return vocabulary.header_of(*exchange, **given)  # type: ignore[arg-type]

    pair = permitted
    with monkeypatch.context() as patch:
        patch.setattr("exchange_node.services.stations.outgoing.header_of", header_of)
        submission = pair.submit(files=[file()])
    pair.run()

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "rejected"
    assert {one["code"] for one in seen["answer"]["findings"]} == {"CAREC-F005"}
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []


def test_a_key_stands_for_one_set_of_files(permitted: Pair) -> None:
    pair = permitted
    first = pair.submit(idempotency_key="7", files=[file()])

    assert pair.submit(idempotency_key="7", files=[file()]) == first
    with pytest.raises(ConflictingKeyError):
        pair.submit(idempotency_key="7", files=[file(b"another")])
    with pytest.raises(ConflictingKeyError):
        pair.submit(idempotency_key="7")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([file()] * 30, "30 are too many"),
        ([file(kind="scan")], "no media type"),
        ([file(name="x" * 256)], "more than 255 characters"),
        ([file(name="a\nb")], "that nobody sees"),
    ],
)
def test_what_cannot_be_attached_is_told_at_once(
    permitted: Pair, files: list[AttachedFile], why: str
) -> None:
    with pytest.raises(UnreadableInputError, match=why):
        permitted.submit(files=files)


def test_an_attachment_is_bounded(permitted: Pair) -> None:
    permitted.kz.dispatch = replace(permitted.kz.dispatch, attachment_bytes=5)

    with pytest.raises(UnreadableInputError, match="it has 6 bytes"):
        permitted.submit(files=[file()])


def test_nothing_of_a_message_is_left_in_the_folder_for_large_ones(permitted: Pair) -> None:
    pair = permitted
    pair.submit(files=[file(spooled(pair, LARGE))])
    pair.run()

    for node in (pair.kz, pair.uz):
        assert os.listdir(node.settings.spool_folder) == []  # noqa: PTH208 - the names alone
