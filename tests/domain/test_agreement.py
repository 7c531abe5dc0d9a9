from __future__ import annotations

from datetime import date

from exchange_node.domain.agreement import Administration, Agreement, AgreementParty, Validity
from exchange_node.domain.identifiers import PartyId

AGREEMENT = Agreement(
    agreement_id="urn:carec:maa:KZ-UZ:transit",
    version=1,
    title="t",
    parties=(
        AgreementParty(country="KZ", administration="K", node="customs.kz"),
        AgreementParty(country="UZ", administration="U", node="customs.uz"),
    ),
    validity=Validity(in_force_on=date(2026, 1, 1), expires_on=date(2026, 12, 31)),
    test=True,
    grants=(),
    digest="0" * 64,
)


def test_an_agreement_is_between_its_two_parties_in_either_order() -> None:
    assert AGREEMENT.is_between("customs.uz", "customs.kz")
    assert not AGREEMENT.is_between("customs.kz", "customs.kz")
    assert not AGREEMENT.is_between("customs.kz", "customs.tj")


def test_an_agreement_is_in_force_on_its_first_and_last_day() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]

    assert [AGREEMENT.is_in_force(day) for day in days] == [False, True, True, False]


def test_an_unknown_grant_is_none() -> None:
    assert AGREEMENT.grant("G9") is None


def test_an_administration_has_its_party_s_country() -> None:
    own = Administration(party=PartyId.parse("customs.kz"), name="K", test=True)

    assert own.country == "KZ"
