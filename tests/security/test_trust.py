from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    MalformedIdentifierError,
)
from exchange_node.security.certificates import Purpose, der_of
from exchange_node.security.identity import require_document_identity, require_one_identity
from exchange_node.security.trust import Partner, Trust
from tests.security.ring import Ring


@pytest.fixture(name="kz")
def _kz(ring: Ring) -> Partner:
    def two(purpose: Purpose) -> tuple[x509.Certificate, x509.Certificate]:
        return ring.certificate(ring.rsa, purpose), ring.certificate(ring.ec, purpose)

    return Partner(
        party="customs.kz",
        tls=two(Purpose.TLS),
        signing=two(Purpose.SIGNING),
        encryption=two(Purpose.ENCRYPTION),
        seal=two(Purpose.SEAL),
    )


@pytest.fixture(name="uz")
def _uz(ring: Ring) -> Partner:
    def one(purpose: Purpose) -> x509.Certificate:
        return ring.certificate(ring.stranger, purpose, party="customs.uz")

    return Partner(
        party="customs.uz",
        tls=(one(Purpose.TLS),),
        signing=(one(Purpose.SIGNING),),
        encryption=(one(Purpose.ENCRYPTION),),
        seal=(one(Purpose.SEAL),),
    )


def test_a_tls_certificate_names_its_partner_old_and_new_alike(
    ring: Ring, kz: Partner, uz: Partner
) -> None:
    trust = Trust((kz, uz))

    assert [trust.partner_of_tls(der_of(one), ring.at) for one in kz.tls] == [kz, kz]
    assert trust.partner_of_tls(der_of(uz.tls[0]), ring.at) == uz
    assert trust.partner("customs.uz") is uz


@pytest.mark.parametrize("purpose", [Purpose.SIGNING, Purpose.ENCRYPTION, Purpose.SEAL])
def test_only_a_tls_certificate_opens_the_line(ring: Ring, kz: Partner, purpose: Purpose) -> None:
    with pytest.raises(AuthenticationError, match="no partner's"):
        Trust((kz,)).partner_of_tls(der_of(kz.of(purpose)[0]), ring.at)


def test_a_stranger_is_no_partner(ring: Ring, kz: Partner) -> None:
    same_name_and_key = ring.certificate(ring.rsa, Purpose.TLS)

    with pytest.raises(AuthenticationError, match="no partner's"):
        Trust((kz,)).partner_of_tls(der_of(same_name_and_key), ring.at)
    with pytest.raises(AuthenticationError, match=r"customs\.uz"):
        Trust((kz,)).partner("customs.uz")


@pytest.mark.parametrize("days", [-1, 366])
def test_a_partner_with_a_certificate_out_of_date_is_refused(
    ring: Ring, kz: Partner, days: int
) -> None:
    at = ring.at + timedelta(days=days)

    with pytest.raises(AuthenticationError, match=r"tls .* not valid"):
        Trust((kz,)).partner_of_tls(der_of(kz.tls[0]), at)
    with pytest.raises(AuthenticationError, match=r"signing .* not valid"):
        require_one_identity(kz, signer=kz.signing[0], from_party="customs.kz", at=at)


@given(st.binary(max_size=200))
def test_laws_of_junk_tls_certificates(ring: Ring, junk: bytes) -> None:
    with pytest.raises(AuthenticationError):
        Trust(()).partner_of_tls(junk, ring.at)


def test_a_party_is_configured_once(kz: Partner, uz: Partner) -> None:
    twin = Partner(
        party="customs.kz",
        tls=uz.tls,
        signing=uz.signing,
        encryption=uz.encryption,
        seal=uz.seal,
    )

    with pytest.raises(InvalidSettingError, match="twice"):
        Trust((kz, twin))


def test_a_party_is_named_as_parties_are(kz: Partner) -> None:
    with pytest.raises(MalformedIdentifierError):
        Trust((replace(kz, party="Kazakhstan"),))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_certificate_belongs_to_one_party(kz: Partner, uz: Partner, purpose: Purpose) -> None:
    shared = kz.of(purpose)[-1]
    muddled = Partner(
        party="customs.uz",
        tls=(*uz.tls, shared),
        signing=uz.signing,
        encryption=uz.encryption,
        seal=uz.seal,
    )

    with pytest.raises(InvalidSettingError, match=r"configured for customs\.kz as well"):
        Trust((kz, muddled))


def test_one_party_may_use_one_certificate_for_several_purposes(ring: Ring, kz: Partner) -> None:
    one = kz.signing[0]
    thrifty = Partner(
        party="customs.kz", tls=(one,), signing=(one,), encryption=(one,), seal=(one,)
    )

    assert Trust((thrifty,)).partner_of_tls(der_of(one), ring.at) == thrifty


def test_tls_signature_and_header_of_one_partner_hold(ring: Ring, kz: Partner) -> None:
    for signer in kz.signing:
        require_one_identity(kz, signer=signer, from_party="customs.kz", at=ring.at)


def test_a_message_in_the_name_of_another_is_refused(ring: Ring, kz: Partner, uz: Partner) -> None:
    with pytest.raises(AuthenticationError, match=r"TLS client is customs\.kz.*'customs\.uz'"):
        require_one_identity(kz, signer=uz.signing[0], from_party="customs.uz", at=ring.at)


def test_a_message_signed_by_another_partner_is_refused(
    ring: Ring, kz: Partner, uz: Partner
) -> None:
    with pytest.raises(AuthenticationError, match="not its signing certificate"):
        require_one_identity(kz, signer=uz.signing[0], from_party="customs.kz", at=ring.at)


@pytest.mark.parametrize("purpose", [Purpose.TLS, Purpose.ENCRYPTION, Purpose.SEAL])
def test_a_message_signed_with_a_certificate_for_something_else_is_refused(
    ring: Ring, kz: Partner, purpose: Purpose
) -> None:
    with pytest.raises(AuthenticationError, match="not its signing certificate"):
        require_one_identity(kz, signer=kz.of(purpose)[0], from_party="customs.kz", at=ring.at)


DOCUMENT = {"submitter": "customs.kz", "country": "KZ", "granted_from": "customs.kz"}


def test_a_document_that_names_its_partner_throughout_holds(kz: Partner) -> None:
    for sealer in kz.seal:
        require_document_identity(kz, sealer=sealer, **DOCUMENT)


@pytest.mark.parametrize(
    ("name", "value", "link"),
    [
        ("submitter", "customs.uz", "Submitter/ID"),
        ("submitter", "", "Submitter/ID"),
        ("country", "UZ", "ResponsibleCountryCode"),
        ("country", "kz", "ResponsibleCountryCode"),
        ("granted_from", "customs.uz", "grant"),
    ],
)
def test_a_broken_link_of_the_document_is_named(
    kz: Partner, name: str, value: str, link: str
) -> None:
    with pytest.raises(AuthenticationError, match=link) as caught:
        require_document_identity(kz, sealer=kz.seal[0], **{**DOCUMENT, name: value})

    assert caught.value.ebms_code == "EBMS:0101"


def test_a_document_sealed_by_another_is_refused(kz: Partner, uz: Partner) -> None:
    for sealer in (uz.seal[0], kz.signing[0]):
        with pytest.raises(AuthenticationError, match="not its seal certificate"):
            require_document_identity(kz, sealer=sealer, **DOCUMENT)
