from __future__ import annotations

from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from tests.conformance.as4.peer import Peer
from tests.ebms.meddling import Draft


def test_ta16_the_test_service_has_service_and_action_of_the_standard(peer: Peer) -> None:
    draft = Draft.of(peer.pack(peer.ping()))

    base = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704"
    assert draft.find("eb:Service").text == f"{base}/service" == TEST_SERVICE
    assert draft.find("eb:Action").text == f"{base}/test" == TEST_ACTION


def test_ta17_a_ping_is_receipted_and_delivered_to_nobody(peer: Peer) -> None:
    peer.receipt(peer.pack(peer.ping()))

    assert peer.delivered() == []
    assert peer.recorded("message.kept") == []


def test_ta17_a_ping_with_a_payload_is_taken_whole_and_delivered_to_nobody(peer: Peer) -> None:
    message = peer.message()
    ping = peer.ping(payloads=message.payloads)

    peer.receipt(peer.pack(ping))

    assert peer.delivered() == []


def test_ta17_a_ping_that_is_not_secured_as_agreed_is_refused(peer: Peer) -> None:
    draft = Draft.of(peer.pack(peer.ping()))
    draft.find("env:Header").remove(draft.security)

    assert peer.error(draft.close()).ebms_code == "EBMS:0103"
