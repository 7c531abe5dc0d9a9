from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    SecurityPolicyError,
)
from exchange_node.ebms.envelope import read_envelope
from exchange_node.ebms.pack import pack
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.wss import tokens
from exchange_node.ebms.wss.signing import open_signature
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose, der_of, write_path
from exchange_node.security.signature import ds, reference_to
from exchange_node.security.suites import Token
from tests.ebms.meddling import (
    WSSE,
    Draft,
    own_fault,
    refusal,
)
from tests.ebms.parties import AT, CONTENT, KZ, World, certificate


def named(tag: str, value_type: str, text: str) -> etree._Element:
    key_info = tokens.new_reference("")
    key_info[0][:] = [etree.Element(f"{{{WSSE}}}{tag}", ValueType=value_type)]
    key_info[0][0].text = text
    return key_info


def by_serial(serial: int | str, issuer: str = "") -> etree._Element:
    key_info = tokens.new_reference("")
    data = etree.Element(ds("X509Data"))
    both = etree.SubElement(data, ds("X509IssuerSerial"))
    etree.SubElement(both, ds("X509IssuerName")).text = issuer
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
    for issuer in ("C=KZ, O=customs, CN=Customs.kz signing", known.issuer.rfc4514_string()):
        assert accepts(world, by_serial(known.serial_number, issuer))


@pytest.mark.parametrize("token", Token)
def test_what_we_name_our_certificate_by_is_understood(world: World, token: Token) -> None:
    partner = replace(world.partner(world.uz), token=token)
    packed = pack(
        world.message(CONTENT), keys=world.kz.own, partner=partner, random_bytes=world.random_bytes
    )

    received = world.unpack(packed)

    assert received.signer == world.kz.known.signing[0]
    has_token = Draft.of(packed).security.find(tokens.BINARY_TOKEN) is not None
    assert has_token == (token in {Token.CERTIFICATE, Token.PATH})


def with_path(world: World, *above: x509.Certificate) -> Draft:
    """Return a message whose signer's certificate stands under others."""
    signer = replace(world.kz.own.signer, chain=above)  # type: ignore[type-var]
    draft = Draft.of(world.signed_only.pack())
    draft.sign(world.kz.own.signer, key_info=etree.Element(ds("KeyInfo")))
    key_info, carried = tokens.name_signer(signer, Token.PATH, "token-1")
    draft.find("ds:Signature/ds:KeyInfo")[:] = list(key_info)
    draft.security[:0] = carried
    return draft


def test_a_reference_to_a_path_says_that_it_is_one(world: World) -> None:
    key_info, _ = tokens.name_signer(world.kz.own.signer, Token.PATH, "token-1")

    # WS-I Basic Security Profile 1.1, R5215
    assert key_info[0].get(f"{{{tokens.WSSE11}}}TokenType") == tokens.PKI_PATH


def test_a_path_is_handed_on_with_the_signer_last(world: World) -> None:
    nearest, anchor = world.uz.known.signing[0], world.tj.known.signing[0]
    draft = with_path(world, nearest, anchor)
    packed = draft.close()
    root = mime.split(packed.content_type, packed.body)[0]

    signed = open_signature(read_envelope(root), world.signed_only.partner(world.kz), AT)

    assert signed.path == (anchor, nearest, world.kz.known.signing[0])
    assert world.signed_only.unpack(packed).signer == world.kz.known.signing[0]


def test_the_last_of_a_path_must_be_pinned(world: World) -> None:
    draft = with_path(world)
    pinned, other = world.kz.known.signing[0], world.tj.known.signing[0]
    for octets in (write_path([pinned, other]), write_path([other]), b"junk", b"\x30\x00"):
        draft.find("wsse:BinarySecurityToken").text = alg.encode64(octets)
        assert isinstance(refusal(world.signed_only, draft.close()), AuthenticationError)


def test_a_path_with_junk_above_the_signer_is_refused(world: World) -> None:
    draft = with_path(world)
    content = b"\x30\x00" + der_of(world.kz.known.signing[0])
    junk = b"\x30\x82" + len(content).to_bytes(2) + content
    draft.find("wsse:BinarySecurityToken").text = alg.encode64(junk)

    assert isinstance(refusal(world.signed_only, draft.close()), AuthenticationError)


def test_a_renewed_certificate_of_the_same_key_is_found_by_its_key_identifier(
    world: World,
) -> None:
    key, known = world.kz.signing_key, world.kz.known.signing[0]
    ended = certificate(key, KZ, Purpose.SIGNING, at=AT - timedelta(days=400))
    partner = replace(world.partner(world.uz), token=Token.KEY_IDENTIFIER)
    packed = pack(
        world.message(CONTENT), keys=world.kz.own, partner=partner, random_bytes=world.random_bytes
    )

    received = world.unpack(packed, sender=world.partner(world.kz, signing=(ended, known)))

    assert received.signer == known


@pytest.mark.parametrize(
    "key_info",
    [
        named("KeyIdentifier", tokens.SKI, "AAAA"),
        named("KeyIdentifier", tokens.THUMBPRINT, "no base64"),
        by_serial(1),
        by_serial(1, "C=KZ,O=Customs,CN=customs.kz signing"),
    ],
)
def test_a_name_of_no_known_certificate_authenticates_nobody(
    world: World, key_info: etree._Element
) -> None:
    with pytest.raises(AuthenticationError):
        accepts(world, deepcopy(key_info))


def test_a_serial_number_of_another_issuer_authenticates_nobody(world: World) -> None:
    serial = world.kz.own.signer.certificate.serial_number

    for issuer in ("", "CN=customs.kz signing", "C=KZ,O=Customs,CN=customs.uz signing"):
        with pytest.raises(AuthenticationError):
            accepts(world, by_serial(serial, issuer))


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
