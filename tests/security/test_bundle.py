from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    NoEncryption,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.security.bundle import open_bundle
from exchange_node.security.keys import public_octets
from tests.security.authority import Key, new_key, new_root

SECRET = "a passphrase"
ENCRYPTED = BestAvailableEncryption(SECRET.encode())
KEY = new_key()
ROOT = new_root()
SUB = ROOT.subordinate("Issuing")
LEAF = SUB.issue("node", KEY.public_key())


def packed(
    key: Key | None = KEY,
    certificate: x509.Certificate | None = LEAF,
    above: tuple[x509.Certificate, ...] = (ROOT.certificate, SUB.certificate),
    encryption: KeySerializationEncryption = ENCRYPTED,
) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"node", key, certificate, above, encryption)


def test_a_bundle_gives_key_certificate_and_those_above_in_order() -> None:
    bundle = open_bundle(packed(), SECRET, which="signing.p12")

    assert public_octets(bundle.key.public_key()) == public_octets(KEY.public_key())
    assert bundle.certificate == LEAF
    assert bundle.chain == (SUB.certificate, ROOT.certificate)


def test_what_does_not_lead_up_from_the_certificate_is_left_out() -> None:
    stranger = new_root("Stranger").certificate

    bundle = open_bundle(packed(above=(stranger, SUB.certificate)), SECRET, which="signing.p12")

    assert bundle.chain == (SUB.certificate,)


def test_a_wrong_passphrase_is_told_from_none_at_all() -> None:
    with pytest.raises(PassphraseError, match=r"signing\.p12.*passphrase is wrong"):
        open_bundle(packed(), "another", which="signing.p12")
    with pytest.raises(InvalidSettingError, match="not encrypted"):
        open_bundle(packed(encryption=NoEncryption()), SECRET, which="signing.p12")


def test_a_bundle_without_key_or_certificate_is_refused() -> None:
    with pytest.raises(InvalidSettingError, match="want a key and its certificate"):
        open_bundle(packed(key=None, above=()), SECRET, which="signing.p12")
    with pytest.raises(InvalidSettingError, match="want a key and its certificate"):
        open_bundle(packed(certificate=None, above=()), SECRET, which="signing.p12")


def test_a_bundle_with_a_key_of_an_unused_kind_is_refused() -> None:
    key = dsa.generate_private_key(key_size=2048)
    octets = pkcs12.serialize_key_and_certificates(
        b"node", key, ROOT.issue("node", key.public_key()), (), ENCRYPTED
    )

    with pytest.raises(InvalidSettingError, match="kind"):
        open_bundle(octets, SECRET, which="signing.p12")


@given(st.binary(max_size=200))
def test_laws_of_junk_as_a_bundle(junk: bytes) -> None:
    with pytest.raises((PassphraseError, InvalidSettingError)):
        open_bundle(junk, SECRET, which="signing.p12")
