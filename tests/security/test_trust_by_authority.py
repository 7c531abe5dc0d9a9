from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError
from exchange_node.security.certificates import Purpose, der_of
from exchange_node.security.identity import require_one_identity
from exchange_node.security.trust import Partner, Trust
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.names import read_bound_name
from tests.security.authority import AT, Authority, key_usage, new_root
from tests.security.ring import Ring

FOR_CLIENTS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])


@pytest.fixture(name="ca", scope="module")
def _ca() -> Authority:
    return new_root()


def partner(ring: Ring, ca: Authority, country: str = "kz", bound: str = "") -> Partner:
    key = ring.rsa if country == "kz" else ring.stranger
    name = read_bound_name(bound or f"as4.customs.{country}", where="subject")
    return Partner(
        party=f"customs.{country}",
        tls=(),
        signing=(),
        encryption=(ring.certificate(key, Purpose.ENCRYPTION, party=f"customs.{country}"),),
        seal=(ring.certificate(key, Purpose.SEAL, party=f"customs.{country}"),),
        anchors=Anchors(authorities=(ca.certificate,), names=(name,)),
    )


def test_a_tls_certificate_of_an_authority_names_the_partner_bound_to_its_name(
    ring: Ring, ca: Authority
) -> None:
    kz, uz = partner(ring, ca), partner(ring, ca, "uz")
    trust = Trust((kz, uz))

    for one in (kz, uz):
        shown = ca.issue(f"as4.{one.party}", more=[(FOR_CLIENTS, False)])
        assert trust.partner_of_tls(der_of(shown), AT) is one


def test_what_an_intermediate_authority_issued_counts_with_its_certificate_alone(
    ring: Ring, ca: Authority
) -> None:
    kz = partner(ring, ca)
    middle = ca.subordinate("Issuing")
    own, above = der_of(middle.issue("as4.customs.kz")), der_of(middle.certificate)

    assert Trust((kz,)).partner_of_tls(own, AT, [b"junk", above]) is kz
    assert kz.server_path([own, above], AT) is not None
    for shown in ([own], [own, *[b"junk"] * 8, above]):
        with pytest.raises(AuthenticationError, match="leads to no authority"):
            Trust((kz,)).partner_of_tls(shown[0], AT, shown[1:])
        with pytest.raises(AuthenticationError, match="leads to no authority"):
            kz.server_path(shown, AT)


def test_another_customer_of_the_authority_is_a_stranger(ring: Ring, ca: Authority) -> None:
    trust = Trust((partner(ring, ca),))

    with pytest.raises(AuthenticationError, match="is no partner's"):
        trust.partner_of_tls(der_of(ca.issue("as4.bakery.kz")), AT)


def test_who_may_be_a_partner_is_seen_by_certificate_or_name_alone(
    ring: Ring, ca: Authority
) -> None:
    trust = Trust((partner(ring, ca),))

    assert trust.may_be_partner(der_of(ca.issue("as4.customs.kz")))
    assert not trust.may_be_partner(der_of(ca.issue("as4.bakery.kz")))
    assert not trust.may_be_partner(b"no certificate")


def test_the_partners_name_from_another_authority_is_nothing(ring: Ring, ca: Authority) -> None:
    trust = Trust((partner(ring, ca),))

    with pytest.raises(AuthenticationError, match="leads to no authority"):
        trust.partner_of_tls(der_of(new_root("Elsewhere").issue("as4.customs.kz")), AT)


def test_a_certificate_that_two_partners_could_claim_is_nobodys(ring: Ring, ca: Authority) -> None:
    trust = Trust((partner(ring, ca), partner(ring, ca, "uz")))
    names = [x509.DNSName("as4.customs.kz"), x509.DNSName("as4.customs.uz")]
    both = ca.issue("shared", more=[(x509.SubjectAlternativeName(names), False)])

    with pytest.raises(AuthenticationError, match=r"customs\.kz and customs\.uz"):
        trust.partner_of_tls(der_of(both), AT)


def test_a_certificate_of_an_authority_is_for_its_purpose_alone(ring: Ring, ca: Authority) -> None:
    kz = partner(ring, ca)
    for_servers = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    other = ca.issue("as4.customs.kz", more=[(for_servers, False)])
    no_signing = ca.issue("as4.customs.kz", usage=key_usage("key_encipherment"))

    with pytest.raises(AuthenticationError, match="may not be shown"):
        Trust((kz,)).partner_of_tls(der_of(other), AT)
    with pytest.raises(AuthenticationError, match="may not be used"):
        require_one_identity(kz, signer=no_signing, from_party="customs.kz", at=AT)


def test_a_signer_with_a_path_is_the_partner_and_the_path_is_told(
    ring: Ring, ca: Authority
) -> None:
    kz = partner(ring, ca)
    sub = ca.subordinate("Issuing")
    signer = sub.issue("as4.customs.kz")

    path = require_one_identity(
        kz, signer=signer, from_party="customs.kz", at=AT, above=[sub.certificate]
    )

    assert path is not None
    assert path.certificates == (signer, sub.certificate, ca.certificate)
    with pytest.raises(AuthenticationError, match="leads to no authority"):
        require_one_identity(kz, signer=signer, from_party="customs.kz", at=AT)


def test_a_pinned_certificate_needs_no_path(ring: Ring, ca: Authority) -> None:
    pinned = ring.certificate(ring.rsa, Purpose.SIGNING)
    kz = partner(ring, ca)
    both = Partner(
        party=kz.party,
        tls=kz.tls,
        signing=(pinned,),
        encryption=kz.encryption,
        seal=kz.seal,
        anchors=kz.anchors,
    )

    assert require_one_identity(both, signer=pinned, from_party="customs.kz", at=AT) is None
    late = AT + timedelta(days=400)
    with pytest.raises(AuthenticationError, match="not valid"):
        require_one_identity(both, signer=pinned, from_party="customs.kz", at=late)


def test_two_partners_are_not_bound_to_one_name(ring: Ring, ca: Authority) -> None:
    for one, other in (
        ("as4.customs", "AS4.Customs"),
        ("CN=as4,O=Customs,C=KZ", "C = KZ, O = customs, CN = as4"),
    ):
        twins = partner(ring, ca, "kz", one), partner(ring, ca, "uz", other)
        with pytest.raises(InvalidSettingError, match=r"subject .* for customs\.kz as well"):
            Trust(twins)
