from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    DecryptionError,
    EmptyChannelError,
    InvalidHeaderError,
    InvalidReceiptError,
    SecurityPolicyError,
    UnknownChannelError,
    ValueInconsistentError,
)
from exchange_node.ebms.message import (
    ErrorSignal,
    OwnKeys,
    Packed,
    PullRequest,
    Receipt,
)
from exchange_node.ebms.packaging.mime import Part, join
from exchange_node.ebms.pmodes.names import DEFAULT_MPC
from exchange_node.ebms.signals import (
    Arrived,
    authenticated,
    check_receipt,
    pull_request,
    read_signal,
)
from exchange_node.ebms.signals.reading import MOST_SIGNAL_BYTES
from tests.ebms.answers import SENT, error_of, error_signal, receipt_of
from tests.ebms.meddling import EB, Draft
from tests.ebms.parties import AT, World

MPC = "urn:carec:mpc:customs.uz"


def request(world: World, mpc: str = MPC, keys: OwnKeys | None = None) -> Packed:
    return pull_request(
        mpc,
        message_id="pr-1@uz.example",
        at=AT,
        keys=keys or world.uz.own,
        partner=world.partner(world.kz),
        random_bytes=world.random_bytes,
    )


def arrived(packed: Packed) -> Arrived:
    found = read_signal(packed.content_type, packed.body)
    assert found is not None
    return found


def take_out(draft: Draft, name: str) -> None:
    element = draft.find(name)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def of_uz(world: World, packed: Packed) -> PullRequest | Receipt | ErrorSignal:
    return authenticated(arrived(packed), world.partner(world.uz), AT)


def test_a_pull_request_says_which_channel_and_who(world: World) -> None:
    found = of_uz(world, request(world))

    assert found == PullRequest(
        message_id="pr-1@uz.example",
        timestamp=AT,
        mpc=MPC,
        signer=world.uz.own.signer.certificate,
    )


def test_a_pull_request_is_a_plain_signed_envelope(world: World) -> None:
    packed = request(world)
    signal = Draft.of(packed).find("eb:SignalMessage")

    assert packed.content_type == "application/soap+xml; charset=UTF-8"
    assert [etree.QName(one).localname for one in signal] == ["MessageInfo", "PullRequest"]
    assert dict(signal[1].attrib) == {"mpc": MPC}
    assert len(packed.references) == 2


def test_a_pull_request_without_channel_asks_for_the_default(world: World) -> None:
    draft = Draft.of(request(world))
    del draft.find("eb:PullRequest").attrib["mpc"]

    found = of_uz(world, draft.sign(world.uz.own.signer).close())

    assert isinstance(found, PullRequest)
    assert found.mpc == DEFAULT_MPC


def test_a_pull_request_in_a_package_of_one_part_is_read(world: World) -> None:
    packed = request(world)
    root = Part(content=packed.body, content_type=packed.content_type, content_id="root@uz")
    content_type, body = join(root, (), boundary="b")

    assert isinstance(
        of_uz(world, Packed(content_type=content_type, body=body, references=())), PullRequest
    )


def test_an_encoded_pull_request_is_read(world: World) -> None:
    packed = request(world)
    body = (
        b"--b\r\nContent-Type: application/soap+xml\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(packed.octets).replace(b"\n", b"\r\n")
        + b"\r\n--b--\r\n"
    )
    content_type = 'multipart/related; boundary="b"; type="application/soap+xml"'

    assert isinstance(
        of_uz(world, Packed(content_type=content_type, body=body, references=())), PullRequest
    )


def test_a_pull_request_with_a_payload_is_refused(world: World) -> None:
    packed = request(world)
    root = Part(content=packed.body, content_type=packed.content_type, content_id="root@uz")
    part = Part(content=b"x", content_type="text/plain", content_id="x@uz")
    content_type, body = join(root, (part,), boundary="b")

    with pytest.raises(InvalidHeaderError):
        read_signal(content_type, body)


def test_only_the_party_of_the_channel_may_ask(world: World) -> None:
    with pytest.raises(AuthenticationError):
        of_uz(world, request(world, keys=world.tj.own))


def test_an_unsigned_pull_request_is_refused(world: World) -> None:
    draft = Draft.of(request(world))
    take_out(draft, "wsse:Security")

    with pytest.raises(SecurityPolicyError):
        of_uz(world, draft.close())


def test_a_pull_request_for_another_channel_than_was_signed_is_refused(world: World) -> None:
    draft = Draft.of(request(world))
    draft.find("eb:PullRequest").set("mpc", "urn:carec:mpc:customs.tj")

    with pytest.raises(AuthenticationError):
        of_uz(world, draft.close())


def test_a_pull_request_by_an_expired_certificate_is_refused(world: World) -> None:
    with pytest.raises(AuthenticationError):
        authenticated(arrived(request(world)), world.partner(world.uz), AT + timedelta(days=400))


def test_an_id_that_is_no_msg_id_is_not_asked_with(world: World) -> None:
    with pytest.raises(ValueInconsistentError):
        pull_request(
            MPC,
            message_id="1",
            at=AT,
            keys=world.uz.own,
            partner=world.partner(world.kz),
            random_bytes=bytes,
        )


def test_a_user_message_is_no_signal(world: World) -> None:
    packed = world.pack(world.message(b"SignalMessage"))

    assert read_signal(packed.content_type, packed.body) is None


def test_a_user_message_that_speaks_of_signals_is_no_signal(world: World) -> None:
    packed = world.pack(world.message(properties={"about": "SignalMessage"}))

    assert read_signal(packed.content_type, packed.body) is None


def test_a_signal_beside_a_user_message_is_left_to_reception(world: World) -> None:
    draft = Draft.of(world.pack(world.message()))
    signal = Draft.of(request(world)).find("eb:SignalMessage")
    draft.find("eb:UserMessage").addprevious(signal)
    packed = draft.close()

    assert read_signal(packed.content_type, packed.body) is None


def test_two_signals_in_one_request_are_refused(world: World) -> None:
    draft = Draft.of(request(world))
    signal = Draft.of(error_signal(world, DecryptionError())).find("eb:SignalMessage")
    draft.find("eb:SignalMessage").addnext(signal)
    packed = draft.close()

    with pytest.raises(InvalidHeaderError, match="2 signals"):
        read_signal(packed.content_type, packed.body)


@pytest.mark.parametrize("more", ["Receipt", "Error", ""])
def test_a_signal_is_one_thing(world: World, more: str) -> None:
    draft = Draft.of(request(world))
    if more:
        etree.SubElement(draft.find("eb:SignalMessage"), f"{{{EB}}}{more}")
    else:
        take_out(draft, "eb:PullRequest")
    packed = draft.close()

    with pytest.raises(InvalidHeaderError):
        read_signal(packed.content_type, packed.body)


def test_what_is_larger_than_any_envelope_is_no_signal() -> None:
    assert read_signal("application/soap+xml", b"x" * (MOST_SIGNAL_BYTES + 1)) is None


def test_a_receipt_that_comes_by_itself_names_its_message_and_proves_it(world: World) -> None:
    packed = world.pack()
    found = arrived(receipt_of(world, packed))
    receipt = authenticated(found, world.partner(world.uz), AT)

    assert (found.ref, found.is_receipt, found.is_pull_request, found.mpc) == (
        SENT,
        True,
        False,
        "",
    )
    assert isinstance(receipt, Receipt)
    check_receipt(receipt, message_id=SENT, references=packed.references)


def test_a_receipt_that_comes_by_itself_by_a_wrong_signer_proves_nothing(world: World) -> None:
    found = arrived(receipt_of(world, world.pack()))

    with pytest.raises(InvalidReceiptError):
        authenticated(found, world.partner(world.tj), AT)


@pytest.mark.parametrize("is_signed", [True, False])
def test_an_error_that_comes_by_itself_says_whether_it_is_the_partners(
    world: World, *, is_signed: bool
) -> None:
    partner = world.partner(world.kz) if is_signed else None
    found = arrived(error_signal(world, DecryptionError(), partner=partner))
    error = authenticated(found, world.partner(world.uz), AT)

    assert found.ref == SENT
    assert isinstance(error, ErrorSignal)
    assert (error.ebms_code, error.is_authenticated) == ("EBMS:0102", is_signed)


def test_an_error_may_name_its_message_in_the_error_alone(world: World) -> None:
    draft = Draft.of(error_signal(world, DecryptionError()))
    take_out(draft, "eb:RefToMessageId")

    assert arrived(draft.close()).ref == SENT


def test_an_empty_channel_is_a_warning(world: World) -> None:
    found = error_of(world, EmptyChannelError(mpc=MPC), ref_to="pr-1@uz.example")

    assert (found.ebms_code, found.is_failure, found.ref) == (
        "EBMS:0006",
        False,
        "pr-1@uz.example",
    )


def test_a_channel_that_is_not_the_callers_is_a_failure(world: World) -> None:
    found = error_of(world, UnknownChannelError(mpc=MPC, partner="customs.tj"))

    assert (found.ebms_code, found.is_failure) == ("EBMS:0001", True)
    assert re.search("customs.tj", str(UnknownChannelError(mpc=MPC, partner="customs.tj")))


def test_a_message_for_a_channel_names_it(world: World) -> None:
    element = Draft.of(world.pack(world.message(b"<a/>", mpc=MPC))).find("eb:UserMessage")

    assert element.get("mpc") == MPC
