from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    ProcessingModeMismatchError,
    ProtocolError,
    UnknownRecordError,
    ValueInconsistentError,
    ValueNotRecognizedError,
)
from exchange_node.ebms.message import UserMessage
from exchange_node.ebms.pmodes.matching import Arrival, PModes
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.pmodes.partner_mode import Binding
from tests.ebms.parties import KZ, TJ, UZ
from tests.ebms.pmodes.agreed import TRANSIT, derived, message_of

PMODES = derived()
MANIFEST = PMODES.get(f"{TRANSIT.agreement_id}/{KZ}/{UZ}/TM-010")


def refusal(
    message: UserMessage, pmodes: PModes = PMODES, arrival: Arrival | None = None
) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        pmodes.match(message, arrival or Arrival())
    return caught.value


def test_a_message_belongs_to_the_one_mode_that_fits_in_every_field() -> None:
    assert PMODES.match(message_of()) is MANIFEST
    ping = PMODES.match(message_of(service=TEST_SERVICE, action=TEST_ACTION, properties={}))
    assert ping.is_test


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("from_type", "From/PartyId/@type"),
        ("from_role", "From/Role"),
        ("to_type", "To/PartyId/@type"),
        ("to_role", "To/Role"),
        ("agreement_ref", "AgreementRef"),
        ("agreement_type", "AgreementRef/@type"),
        ("service_type", "Service/@type"),
    ],
)
def test_one_field_that_differs_is_named_with_what_is_agreed(field: str, place: str) -> None:
    error = refusal(message_of(**{field: "urn:x"}))

    agreed = getattr(message_of(), field)
    assert isinstance(error, ProcessingModeMismatchError)
    assert error.ebms_code == "EBMS:0010"
    assert str(error).endswith(f"{place} is 'urn:x', agreed: {agreed!r}")


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("from_party", "From/PartyId"),
        ("to_party", "To/PartyId"),
        ("service", "Service"),
        ("action", "Action"),
        ("mpc", "UserMessage/@mpc"),
    ],
)
def test_a_value_that_nothing_agreed_has_is_not_recognized(field: str, place: str) -> None:
    error = refusal(message_of(**{field: "urn:x"}))

    assert isinstance(error, ValueNotRecognizedError)
    assert error.ebms_code == "EBMS:0001"
    assert str(error).startswith(f"{place} is 'urn:x', which no agreed exchange has: ")


def test_known_values_that_are_not_agreed_together_are_compared_with_the_nearest() -> None:
    error = refusal(message_of(action="RA-010"))

    assert error.ebms_code == "EBMS:0010"
    assert "Service is 'urn:carec:service:transit', agreed: 'urn:carec:service:risk'" in str(error)
    assert "Action is 'RA-010', agreed: 'TM-010'" in str(error)


def test_a_caller_learns_nothing_of_what_is_agreed_with_others() -> None:
    told = str(refusal(message_of(from_party=TJ, agreement_ref="urn:x", action="RA-010")))

    assert "customs.kz" not in told
    assert "KZ-UZ" not in told


def test_a_message_from_another_than_the_line_belongs_to_is_a_broken_identity() -> None:
    error = refusal(message_of(from_party=TJ), arrival=Arrival(caller=KZ))

    assert isinstance(error, AuthenticationError)
    assert PMODES.match(message_of(), Arrival(caller=KZ)) is MANIFEST


def test_what_is_agreed_to_be_pulled_is_not_pushed() -> None:
    channel = "urn:carec:mpc:uz"
    pulled = derived(from_partner=Binding.PULL, mpc_from_partner=channel)

    error = refusal(message_of(mpc=channel), pulled)

    assert str(error).endswith("the way it came is 'push', agreed: 'pull'")
    arrival = Arrival(caller=KZ, binding=Binding.PULL)
    assert pulled.match(message_of(mpc=channel), arrival).mpc == channel


def test_a_message_of_our_own_does_not_come_back_to_us() -> None:
    error = refusal(message_of(from_party=UZ, to_party=KZ))

    assert isinstance(error, ValueNotRecognizedError)


def test_a_mode_that_the_header_names_must_be_the_one_its_values_choose() -> None:
    other = PMODES.get(f"{TRANSIT.agreement_id}/{KZ}/{UZ}/RA-010")

    error = refusal(message_of(pmode=other.pmode_id))

    assert "AgreementRef/@pmode" in str(error)
    assert "Action is 'TM-010', agreed: 'RA-010'" in str(error)
    assert PMODES.match(message_of(pmode=MANIFEST.pmode_id)) is MANIFEST


@pytest.mark.parametrize("name", ["the-senders-own-name", f"urn:carec:maa:TJ-UZ/{TJ}/{UZ}/TM-010"])
def test_a_mode_by_a_name_that_is_not_ours_with_the_sender_is_the_senders_own(name: str) -> None:
    assert PMODES.match(message_of(pmode=name)) is MANIFEST


def test_many_candidates_are_cut_short() -> None:
    modes = tuple(
        replace(MANIFEST, pmode_id=f"{number}", action=f"TM-{number}") for number in range(20, 30)
    )

    told = str(refusal(message_of(), PModes(UZ, modes, frozenset({KZ}))))

    assert told.endswith("'TM-27', …")


def test_with_a_partner_without_agreement_nothing_is_agreed() -> None:
    error = refusal(message_of(), PModes(UZ, (), frozenset({KZ})))

    assert error.ebms_code == "EBMS:0010"
    assert "no agreement between customs.kz and customs.uz is held" in str(error)


def test_two_modes_of_one_key_or_one_id_are_a_fault_of_the_configuration() -> None:
    for other in (replace(MANIFEST, pmode_id="other"), replace(MANIFEST, action="TM-011")):
        with pytest.raises(InvalidSettingError, match=MANIFEST.pmode_id):
            PModes(UZ, (MANIFEST, other))


def test_a_mode_is_found_by_its_id_or_not_at_all() -> None:
    with pytest.raises(UnknownRecordError, match="P-Mode 'none'"):
        PMODES.get("none")


def test_an_answer_must_say_what_it_answers() -> None:
    answer = message_of(action="SY-002", service="urn:carec:service:system")

    error = refusal(answer)

    assert isinstance(error, ValueInconsistentError)
    assert "RefToMessageId is '', want the id of the TM-010 or " in str(error)
    assert " or RA-010 or RA-011 or RA-012 or RA-020 or " in str(error)
    assert PMODES.match(replace(answer, ref_to_message_id="1@uz")).leg == 2


def test_a_property_that_is_agreed_on_is_asked_for() -> None:
    four_corner = derived(four_corner=True)
    properties = {**message_of().properties, "originalSender": "C1"}

    error = refusal(message_of(properties=properties), four_corner)

    assert str(error) == "finalRecipient is '', want a message property"
    properties["finalRecipient"] = "C4"
    assert four_corner.match(message_of(properties=properties)).code == "TM-010"
