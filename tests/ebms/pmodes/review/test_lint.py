from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from exchange_node.domain.finding import Finding
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, INITIATOR, RESPONDER
from exchange_node.ebms.pmodes.partner_mode import Binding, ExchangeNames, PartnerMode
from exchange_node.ebms.pmodes.review.lint import Certificates, Ground, lint
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import new_ec_key, new_rsa_key
from tests.ebms.parties import AT, KZ, TJ, UZ, certificate
from tests.ebms.pmodes.agreed import TRANSIT, WITH_TJ

RSA = new_rsa_key(2048)


def certificates(party: str) -> Certificates:
    return Certificates(
        signing=(certificate(RSA, party, Purpose.SIGNING),),
        encryption=(certificate(RSA, party, Purpose.ENCRYPTION),),
    )


GROUND = Ground(
    own=UZ,
    keys=certificates(UZ),
    cards={party: certificates(party) for party in (KZ, TJ)},
    agreements=(TRANSIT, WITH_TJ),
)


@dataclass(frozen=True)
class Said:
    mode: PartnerMode
    given: frozenset[str] = frozenset()

    def place_of(self, attribute: str) -> str:
        return f"kz.toml, {attribute}"


def linted(ground: Ground = GROUND, **changes: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    mode = replace(PartnerMode(party=KZ), **changes)
    return lint([Said(mode, frozenset(changes))], ground, AT)


def test_what_is_derived_has_no_fault() -> None:
    modes = [PartnerMode.default(party, retry=Retry()) for party in (KZ, TJ)]

    assert lint([Said(mode) for mode in modes], GROUND, AT) == ()


OFFICE = "uz270101.uz"


def linted_with_office(own: str, party: str, **changes: Any) -> list[str]:  # noqa: ANN401
    ground = replace(GROUND, own=own, cards={party: certificates(party)})
    mode = replace(PartnerMode.default(party, retry=Retry(), own=own), **changes)
    return [one.code for one in lint([Said(mode)], ground, AT)]


@pytest.mark.parametrize(("own", "party"), [(UZ, OFFICE), (OFFICE, UZ)])
def test_an_office_and_its_administration_need_nothing_written_down(own: str, party: str) -> None:
    assert linted_with_office(own, party) == []


@pytest.mark.parametrize(("own", "party"), [(KZ, OFFICE), (OFFICE, KZ), ("uz260103.uz", OFFICE)])
def test_an_office_has_no_partner_but_its_administration(own: str, party: str) -> None:
    assert linted_with_office(own, party) == ["PMODE-19"]


@pytest.mark.parametrize(("own", "party"), [(UZ, OFFICE), (OFFICE, UZ)])
def test_what_an_office_expects_is_not_to_be_posted(own: str, party: str) -> None:
    way = {"to_partner" if party == OFFICE else "from_partner": Binding.PUSH}
    channel = {f"mpc_{next(iter(way))}": ""}

    assert linted_with_office(own, party, **way, **channel) == ["PMODE-20"]


NAMES = ExchangeNames(code="TM-010", agreement_ref="CAREC-1", agreement_type="urn:t")


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"party": "customs.tm"}, "PMODE-01", "kz.toml, party: customs.tm is no partner"),
        ({"own_type": ""}, "PMODE-04", "kz.toml, own_type: customs.uz has no type"),
        ({"party_type": ""}, "PMODE-04", "kz.toml, party_type: customs.kz has no type"),
        ({"role": INITIATOR}, "PMODE-05", "kz.toml, role: the role is"),
        ({"own_role": RESPONDER}, "PMODE-05", "kz.toml, own_role: the role is"),
        ({"to_partner": Binding.PULL}, "PMODE-06", "kz.toml, to_partner: "),
        ({"from_partner": Binding.PULL}, "PMODE-06", "kz.toml, from_partner: "),
        (
            {"to_partner": Binding.PULL, "mpc_to_partner": DEFAULT_MPC},
            "PMODE-08",
            "kz.toml, mpc_to_partner: ",
        ),
        (
            {"from_partner": Binding.PULL, "mpc_from_partner": "channel"},
            "PMODE-08",
            "kz.toml, mpc_from_partner: channel cannot be",
        ),
        ({"mpc_to_partner": "urn:x"}, "PMODE-09", "urn:x is never used"),
        ({"suite": "sign-only"}, "PMODE-10", "kz.toml, encrypts: .* sign-only only signs"),
        ({"window": timedelta(hours=1)}, "PMODE-11", "kz.toml, window: .*checkwindow=60M"),
        ({"retry": Retry(max_retries=999)}, "PMODE-11", "kz.toml, retry: .*maxretries=999,period"),
        ({"per_minute": 3}, "PMODE-12", "4 posts at one time, and only 3 messages"),
        ({"exchanges": (ExchangeNames(code="TM-999"),)}, "PMODE-13", "exchanges 1: TM-999 is no"),
        (
            {"exchanges": (ExchangeNames(code="test", action="Ping"),)},
            "PMODE-14",
            "called otherwise: Ping",
        ),
        (
            {"exchanges": (ExchangeNames(code="TM-010", agreement_id="urn:other"),)},
            "PMODE-15",
            "the names for TM-010 are used under no agreement with customs.kz",
        ),
        (
            {"exchanges": (ExchangeNames(code="TM-010", service="transit"),)},
            "PMODE-04",
            "exchanges 1, service: transit has no type",
        ),
        (
            {"exchanges": (replace(NAMES, agreement_type=""),)},
            "PMODE-04",
            "exchanges 1, agreement_ref: CAREC-1 has no type",
        ),
        (
            {
                "exchanges": (
                    ExchangeNames(
                        code="RA-010", service="urn:carec:service:transit", action="TM-010"
                    ),
                )
            },
            "PMODE-16",
            "kz.toml, exchanges: two exchanges would look alike: .*TM-010",
        ),
        ({"exchanges": (NAMES,)}, "PMODE-17", "called CAREC-1, and otherwise for the test"),
        ({"encrypts": False}, "PMODE-18", "kz.toml, encrypts: payloads to and from customs.kz"),
    ],
)
def test_a_fault_is_named_with_its_place(changes: dict[str, Any], code: str, text: str) -> None:
    found = [one for one in linted(**changes) if one.code == code]

    assert found, [one.text for one in linted(**changes)]
    assert re.search(text, found[0].text), found[0].text
    assert found[0].mend_text


def test_a_sign_only_suite_that_was_chosen_is_no_fault() -> None:
    assert linted(suite="sign-only", encrypts=False) == ()


def test_the_agreement_may_be_called_otherwise_where_the_test_service_says_so_too() -> None:
    test = replace(NAMES, code="test")

    assert linted(exchanges=(NAMES, test)) == ()


def test_a_channel_belongs_to_one_partner() -> None:
    channel = {"to_partner": Binding.PULL, "mpc_to_partner": "urn:carec:mpc:all"}
    modes = [PartnerMode(party=party, **channel) for party in (KZ, TJ)]  # type: ignore[arg-type]

    both = lint([Said(mode) for mode in modes], GROUND, AT)
    beside = lint([Said(modes[1])], GROUND, AT, beside=[Said(modes[0])])

    assert [one.code for one in both] == [one.code for one in beside] == ["PMODE-07"]
    assert "channel urn:carec:mpc:all is the channel of customs.kz as well" in both[0].text


def test_a_suite_must_fit_the_keys_of_both_sides() -> None:
    curve = new_ec_key()
    elliptic = Certificates(
        signing=(certificate(curve, KZ, Purpose.SIGNING),),
        encryption=(certificate(curve, KZ, Purpose.ENCRYPTION),),
    )

    theirs = linted(replace(GROUND, cards={KZ: elliptic}))
    ours = linted(replace(GROUND, keys=elliptic), suite="edelivery-1.15")

    assert [one.code for one in theirs if one.is_error] == ["PMODE-02", "PMODE-02"]
    assert [one.facts["purpose"] for one in ours] == ["signing", "encryption"]
    assert {one.code for one in ours} == {"PMODE-03"}


def test_a_certificate_of_the_partners_that_has_ended_is_told() -> None:
    mode = PartnerMode(party=KZ)

    found = lint([Said(mode)], GROUND, AT + timedelta(days=400))

    assert [one.code for one in found] == ["CERT-01", "CERT-01"]
