from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    SecurityPolicyError,
)
from exchange_node.ebms.wss import tokens
from exchange_node.security import algorithms as alg
from exchange_node.security.signature import ds, reference_to
from tests.ebms.meddling import (
    WSSE,
    Draft,
    own_fault,
)
from tests.ebms.parties import AT, KZ, World


def named(tag: str, value_type: str, text: str) -> etree._Element:
    key_info = tokens.new_reference("")
    key_info[0][:] = [etree.Element(f"{{{WSSE}}}{tag}", ValueType=value_type)]
    key_info[0][0].text = text
    return key_info


def by_serial(serial: int | str) -> etree._Element:
    key_info = tokens.new_reference("")
    data = etree.Element(ds("X509Data"))
    both = etree.SubElement(data, ds("X509IssuerSerial"))
    etree.SubElement(both, ds("X509IssuerName")).text = "CN=written otherwise"
    etree.SubElement(both, ds("X509SerialNumber")).text = f" {serial} "
    key_info[0][:] = [data]
    return key_info


def two_names() -> etree._Element:
    key_info = named("KeyIdentifier", tokens.SKI, "AAAA")
    key_info[0].append(deepcopy(key_info[0][0]))
    return key_info


def accepts(world: World, key_info: etree._Element) -> bool:
    draft = Draft.of(world.signed_only.pack())
    draft.sign(world.kz.own.signer, key_info=key_info)
    return world.signed_only.unpack(draft.close()).sender == KZ


def test_every_usual_way_to_name_a_certificate_is_understood(world: World) -> None:
    known: x509.Certificate = world.kz.own.signer.certificate
    ski = alg.encode64(tokens.key_identifier(known))
    thumbprint = alg.encode64(known.fingerprint(hashes.SHA1()))  # noqa: S303

    assert accepts(world, named("KeyIdentifier", tokens.SKI, f"\n{ski[:9]}\r\n {ski[9:]}"))
    assert accepts(world, named("KeyIdentifier", tokens.THUMBPRINT, thumbprint))
    assert accepts(world, by_serial(known.serial_number))


@pytest.mark.parametrize(
    "key_info",
    [
        named("KeyIdentifier", tokens.SKI, "AAAA"),
        named("KeyIdentifier", tokens.THUMBPRINT, "no base64"),
        by_serial(1),
    ],
)
def test_a_name_of_no_known_certificate_authenticates_nobody(
    world: World, key_info: etree._Element
) -> None:
    with pytest.raises(AuthenticationError):
        accepts(world, deepcopy(key_info))


@pytest.mark.parametrize(
    "key_info",
    [
        named("KeyIdentifier", "urn:other", "AAAA"),
        named("Embedded", "", ""),
        named("Reference", "", ""),
        by_serial("-1"),
        by_serial("9" * 51),
        etree.Element(ds("KeyInfo")),
        two_names(),
        etree.fromstring(f'<KeyInfo xmlns="{alg.DS}"><KeyValue/></KeyInfo>'),
    ],
)
def test_another_way_to_name_a_key_is_not_accepted(world: World, key_info: etree._Element) -> None:
    with pytest.raises(SecurityPolicyError):
        accepts(world, deepcopy(key_info))


def test_a_token_of_another_type_is_not_accepted(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        draft.find("wsse:BinarySecurityToken").set("ValueType", "urn:other")

    def lost(draft: Draft, _: World) -> None:
        draft.security.remove(draft.find("wsse:BinarySecurityToken"))

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)
    assert isinstance(own_fault(world, lost), SecurityPolicyError)


def test_a_signed_token_and_white_space_in_base64_are_tolerated(world: World) -> None:
    draft = Draft.of(world.signed_only.pack()).sign(world.kz.own.signer)
    token = draft.find("wsse:BinarySecurityToken")
    text = token.text or ""
    token.text = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    key_info = deepcopy(draft.find("ds:Signature/ds:KeyInfo"))
    kept = deepcopy(token)
    references = [*draft.references(), reference_to("#token-1", token)]
    draft.sign(world.kz.own.signer, references, key_info=key_info)
    draft.security.insert(0, kept)
    for name in ("ds:SignatureValue", "ds:DigestValue"):
        value = draft.find(name)
        if name == "ds:SignatureValue":
            value.text = f"\n  {value.text}\r\n"

    assert world.signed_only.unpack(draft.close()).sender == KZ


def test_a_token_without_key_identifier_is_named_by_the_computed_one(world: World) -> None:
    key = world.kz.signing_key
    name = x509.Name([])
    bare = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )

    computed = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
    assert tokens.key_identifier(bare) == computed
