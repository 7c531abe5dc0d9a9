from __future__ import annotations

import re

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    DecryptionError,
    InvalidHeaderError,
    MimeInconsistencyError,
    NodeError,
    NotPermittedError,
    ProtocolError,
    SecurityPolicyError,
    ValueInconsistentError,
)
from exchange_node.ebms.codes import CODES
from exchange_node.ebms.message import ErrorSignal, Packed
from exchange_node.ebms.signals import check_receipt
from tests.ebms.answers import SENT, answer, error_of, error_signal, receipt, receipt_of
from tests.ebms.meddling import EB, ENV, Draft
from tests.ebms.parties import World


def test_an_error_is_told_by_its_code(world: World) -> None:
    found = error_of(world, SecurityPolicyError(why="the Body is not signed"))

    assert found == ErrorSignal(
        ebms_code="EBMS:0103",
        short="PolicyNoncompliance",
        severity="failure",
        detail="",
        ref=SENT,
        is_authenticated=True,
    )
    assert found.is_failure


def test_only_an_authenticated_partner_is_told_more(world: World) -> None:
    cause = NotPermittedError(denial="DENY-1", clause="Article 5", reason="no\x00t \ud800 agreed")

    silent, telling = error_of(world, cause), error_of(world, cause, explains=True)

    assert (silent.ebms_code, silent.detail) == ("EBMS:0004", "")
    assert "Article 5" in telling.detail
    assert "no\ufffdt \ufffd agreed" in telling.detail
    assert "policy.not-permitted: Ask the liaison officer" in telling.detail


def test_an_error_says_everything_the_standard_has_room_for(world: World) -> None:
    packed = error_signal(world, DecryptionError(), explains=True)
    element = Draft.of(packed).find("eb:Error")

    assert dict(element.attrib) == {
        "category": "Processing",
        "errorCode": "EBMS:0102",
        "origin": "security",
        "refToMessageInError": SENT,
        "severity": "failure",
        "shortDescription": "FailedDecryption",
    }
    assert [etree.QName(one).localname for one in element] == ["Description", "ErrorDetail"]
    assert element[0].get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_an_error_about_an_unreadable_message_names_none(world: World) -> None:
    found = error_of(world, MimeInconsistencyError(why="cut off"), ref_to=None)

    assert found.ref == ""
    assert found.is_authenticated


def test_an_unsigned_error_is_read_and_not_believed(world: World) -> None:
    packed = error_signal(world, DecryptionError(), partner=None)

    found = answer(world, packed)

    assert b"Security" not in packed.octets
    assert packed.references == ()
    assert isinstance(found, ErrorSignal)
    assert (found.ebms_code, found.is_authenticated) == ("EBMS:0102", False)


def test_an_error_signed_by_another_is_not_believed(world: World) -> None:
    packed = error_signal(world, DecryptionError(), keys=world.tj.own)

    found = answer(world, packed)

    assert isinstance(found, ErrorSignal)
    assert not found.is_authenticated


def test_of_several_errors_the_first_failure_counts(world: World) -> None:
    draft = Draft.of(error_signal(world, DecryptionError()))
    warning = etree.Element(f"{{{EB}}}Error", errorCode="EBMS:0006", severity="warning")
    draft.find("eb:Error").addprevious(warning)

    found = answer(world, draft.sign(world.uz.own.signer).close())

    assert isinstance(found, ErrorSignal)
    assert found.ebms_code == "EBMS:0102"


def test_a_warning_is_no_failure(world: World) -> None:
    draft = Draft.of(error_signal(world, DecryptionError()))
    draft.find("eb:Error").set("severity", "warning")

    found = answer(world, draft.close())

    assert isinstance(found, ErrorSignal)
    assert not found.is_failure


def test_a_receipt_beside_an_error_counts(world: World) -> None:
    packed = world.pack()
    draft = Draft.of(receipt_of(world, packed))
    signal = Draft.of(error_signal(world, DecryptionError())).find("eb:SignalMessage")
    draft.find("eb:SignalMessage").addprevious(signal)

    found = receipt(world, draft.sign(world.uz.own.signer).close())

    check_receipt(found, message_id=SENT, references=packed.references)


def test_a_fault_beside_an_error_does_no_harm(world: World) -> None:
    draft = Draft.of(error_signal(world, DecryptionError(), partner=None))
    etree.SubElement(draft.find("env:Body"), f"{{{ENV}}}Fault").text = "anything"

    assert isinstance(answer(world, draft.close()), ErrorSignal)


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_answer_is_no_receipt(world: World, body: bytes) -> None:
    assert answer(world, Packed(content_type="", body=body, references=())) is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<html>502 Bad Gateway</html>"),
        ("application/soap+xml", b"junk"),
        ("", b"junk"),
        (
            "application/soap+xml",
            f'<e:Envelope xmlns:e="{ENV}"><e:Body><e:Fault/></e:Body></e:Envelope>'.encode(),
        ),
    ],
)
def test_what_is_no_ebms_answer_is_refused(world: World, content_type: str, body: bytes) -> None:
    with pytest.raises(ProtocolError):
        answer(world, Packed(content_type=content_type, body=body, references=()))


def test_a_user_message_is_no_answer(world: World) -> None:
    with pytest.raises(InvalidHeaderError):
        answer(world, world.pack(world.message()))


@pytest.mark.parametrize("name", ["PullRequest", "Receipt"])
def test_a_signal_without_receipt_and_error_is_refused(world: World, name: str) -> None:
    draft = Draft.of(error_signal(world, DecryptionError()))
    signal = draft.find("eb:SignalMessage")
    signal.remove(signal[-1])
    if name == "PullRequest":
        etree.SubElement(signal, f"{{{EB}}}{name}")

    with pytest.raises(InvalidHeaderError):
        answer(world, draft.close())


def test_an_id_that_is_no_msg_id_is_not_sent(world: World) -> None:
    with pytest.raises(ValueInconsistentError):
        error_signal(world, DecryptionError(), message_id="no id")
    with pytest.raises(ValueInconsistentError):
        error_signal(world, DecryptionError(), ref_to="<a@b>")


def test_every_code_is_described_as_the_standards_do() -> None:
    assert len(CODES) == 42
    assert CODES["EBMS:0303"].category == "Communication"
    assert {code for code, one in CODES.items() if one.severity == "warning"} == {
        "EBMS:0002",
        "EBMS:0006",
        "EBMS:0023",
        "EBMS:0050",
        "EBMS:0052",
        "EBMS:0060",
    }
    assert {one.origin for one in CODES.values()} == {"ebms", "security", "reliability"}
    assert all(re.fullmatch(r"EBMS:\d{4}", code) for code in CODES)


def test_every_error_of_the_protocol_has_a_code_of_the_standards() -> None:
    def leaves(kind: type[NodeError]) -> list[type[NodeError]]:
        below = kind.__subclasses__()
        return [leaf for one in below for leaf in leaves(one)] if below else [kind]

    assert {one.ebms_code for one in leaves(ProtocolError)} <= CODES.keys()
