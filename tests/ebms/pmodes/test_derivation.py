from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.message import CODES, Exchange
from exchange_node.domain.standing import OFFICE, STANDING_CODES, STANDING_IDS
from exchange_node.ebms.pmodes.derivation import Derivation, derive, outgoing, outgoing_test
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, EB, TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.pmodes.partner_mode import Binding, ExchangeNames, PartnerMode
from exchange_node.ebms.pmodes.pmode import PMode
from tests.ebms.parties import KZ, TJ, UZ
from tests.ebms.pmodes.agreed import TRANSIT, WITH_TJ, agreement_of, derived, grant_of

REF = TRANSIT.agreement_id
BETWEEN_NODES, BETWEEN_CODES = STANDING_IDS - {OFFICE.agreement_id}, STANDING_CODES - OFFICE.codes
AT_OFFICE = "tj100101.tj"


def mode(code: str, *, sender: str = KZ, recipient: str = UZ, **changes: object) -> PMode:
    return derived(**changes).get(f"{REF}/{sender}/{recipient}/{code}")


def test_every_code_of_every_grant_is_agreed_each_way_with_its_answers_and_the_test_service() -> (
    None
):
    codes = {"TM-010", "RA-010", "RA-020", "RA-021", "SY-002", "test"}
    ways = {(KZ, UZ), (UZ, KZ)}

    found = {
        (one.code, one.sender.party, one.recipient.party)
        for one in derived().modes
        if one.agreement_id == REF
    }

    assert found == {(code, *way) for code in codes for way in ways}
    assert {one.code for one in derived(WITH_TJ).modes} == {"TM-010", "SY-002", "test"} | (
        BETWEEN_CODES
    )


def test_a_manifest_and_its_answer_are_the_two_legs_of_a_two_way_push_and_push() -> None:
    manifest, answer = mode("TM-010"), mode("SY-002", sender=UZ, recipient=KZ)

    assert (manifest.leg, manifest.answered_by, manifest.answers) == (1, ("SY-002",), ())
    answered = tuple(code for code, one in CODES.items() if one.is_answered)
    assert (answer.leg, answer.answers) == (2, answered)
    assert manifest.mep == answer.mep == f"{EB}twoWay"
    assert manifest.mep_binding == answer.mep_binding == f"{EB}pushAndPush"
    assert manifest.initiator.party == answer.initiator.party == KZ
    assert manifest.responder.party == answer.responder.party == UZ
    assert mode("RA-020").answers == ("RA-010", "RA-011")


def test_the_test_service_is_one_way() -> None:
    ping = mode("test")

    assert (ping.service, ping.action, ping.is_test) == (TEST_SERVICE, TEST_ACTION, True)
    assert (ping.mep, ping.mep_binding, ping.leg) == (f"{EB}oneWay", f"{EB}push", 1)
    assert ping.properties == ()
    assert ping.initiator.party == KZ


@pytest.mark.parametrize(
    ("to_partner", "from_partner", "binding", "initiator"),
    [
        (Binding.PUSH, Binding.PUSH, "pushAndPush", KZ),
        (Binding.PULL, Binding.PUSH, "pushAndPull", KZ),
        (Binding.PUSH, Binding.PULL, "pullAndPush", UZ),
        (Binding.PULL, Binding.PULL, "pull", UZ),
    ],
)
def test_the_binding_says_who_begins(
    to_partner: Binding, from_partner: Binding, binding: str, initiator: str
) -> None:
    changes = {"to_partner": to_partner, "from_partner": from_partner}
    channels = {"mpc_to_partner": "urn:to-kz", "mpc_from_partner": "urn:from-kz"}

    manifest = mode("TM-010", **changes, **channels)
    answer = mode("SY-002", sender=UZ, recipient=KZ, **changes, **channels)

    assert manifest.mep_binding == f"{EB}{binding}"
    assert manifest.initiator.party == initiator
    is_two_way = "And" in binding
    assert (answer.initiator.party == initiator) is is_two_way
    assert manifest.mpc == ("urn:from-kz" if from_partner is Binding.PULL else DEFAULT_MPC)
    assert answer.mpc == ("urn:to-kz" if to_partner is Binding.PULL else DEFAULT_MPC)


def test_versions_of_an_agreement_share_their_modes() -> None:
    second = agreement_of(grant_of("RA-010"), version=2, digest="other")

    assert derived(TRANSIT, second) == derived(TRANSIT)


def test_an_agreement_without_us_or_with_a_stranger_gives_nothing() -> None:
    stranger = agreement_of(grant_of("TM-010"), other="customs.tm")

    found = derive(own=KZ, agreements=[WITH_TJ, stranger], modes={TJ: PartnerMode(party=TJ)})

    assert {one.agreement_id for one in found.modes} == BETWEEN_NODES


def test_what_nodes_say_of_their_exchange_is_agreed_with_every_partner_each_way() -> None:
    found = derive(own=KZ, agreements=[], modes={TJ: PartnerMode(party=TJ)})

    ways = {(KZ, TJ), (TJ, KZ)}
    assert {(one.code, one.sender.party, one.recipient.party) for one in found.modes} == {
        (code, *way) for code in BETWEEN_CODES for way in ways
    }
    assert {one.agreement_ref for one in found.modes} == BETWEEN_NODES


@pytest.mark.parametrize(("own", "party"), [(TJ, AT_OFFICE), (AT_OFFICE, TJ)])
def test_with_an_office_nothing_is_agreed_but_what_it_expects(own: str, party: str) -> None:
    found = derive(own=own, agreements=[WITH_TJ], modes={party: PartnerMode(party=party)})

    assert {one.code for one in found.modes} == OFFICE.codes
    assert {one.agreement_ref for one in found.modes} == {OFFICE.agreement_id}


def test_a_partners_own_names_stand_in_its_header_and_mean_ours() -> None:
    names = ExchangeNames(
        code="TM-010",
        service="transit",
        service_type="urn:services",
        action="TransitManifest",
        agreement_ref="CAREC-AS4-1",
        agreement_type="",
    )
    elsewhere = ExchangeNames(code="RA-010", agreement_id="urn:other", action="Alert")

    found = mode("TM-010", exchanges=(names, elsewhere), party_type="urn:p", own_role="Customs")

    assert (found.code, found.agreement_id) == ("TM-010", REF)
    assert (found.service, found.service_type, found.action) == (
        "transit",
        "urn:services",
        "TransitManifest",
    )
    assert (found.agreement_ref, found.agreement_type) == ("CAREC-AS4-1", "")
    assert (found.sender.type, found.recipient.role) == ("urn:p", "Customs")
    assert mode("RA-010", exchanges=(names, elsewhere)).action == "RA-010"


def test_names_that_make_two_exchanges_look_alike_are_a_fault_of_the_configuration() -> None:
    names = ExchangeNames(code="RA-010", service="urn:carec:service:transit", action="TM-010")

    with pytest.raises(InvalidSettingError, match="a header of it would belong to"):
        derived(exchanges=(names,))


def test_what_we_send_is_what_is_derived() -> None:
    partner = PartnerMode(party=KZ)
    exchange = Exchange(
        sender=UZ,
        recipient=KZ,
        code="TM-010",
        agreement_id=REF,
        agreement_version=1,
        agreement_digest="",
        grant="",
        purpose="",
        handling="",
        test=True,
    )

    assert outgoing(exchange, partner) == mode("TM-010", sender=UZ, recipient=KZ)
    assert outgoing_test(UZ, REF, partner) == mode("test", sender=UZ, recipient=KZ)


def test_modes_are_derived_anew_only_when_an_agreement_changes() -> None:
    derivation = Derivation(own=UZ, modes={KZ: PartnerMode(party=KZ)})

    first = derivation.of([TRANSIT])

    assert derivation.of([TRANSIT]) is first
    assert derivation.of([replace(TRANSIT, digest="other"), WITH_TJ]) is not first
