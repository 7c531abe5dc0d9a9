from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.errors import DecryptionError, NodeError, SecurityPolicyError
from exchange_node.ebms.wss import tokens
from exchange_node.ebms.wss.encrypted_key import new_encrypted_key, open_key
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import (
    PemDecrypter,
    agreement,
    new_ec_key,
    new_x25519_key,
    public_octets,
)
from exchange_node.security.signature import ds, elements_by_id
from exchange_node.security.suites import (
    EDELIVERY_2_0,
    EDELIVERY_2_0_ECC,
    AgreedKey,
    ContentKey,
    Elliptic,
)
from tests.ebms.meddling import WSSE
from tests.ebms.parties import DRAW, UZ, encryption_certificate

Element = etree._Element
MORE = "http://www.w3.org/2021/04/xmldsig-more#"
NAMES = {
    "ds": alg.DS,
    "dsig11": "http://www.w3.org/2009/xmldsig11#",
    "more": MORE,
    "wsse": WSSE,
    "xenc": alg.XENC,
    "xenc11": alg.XENC11,
}
KEY = ContentKey(bytes(range(16)))


class Desk:
    """A recipient, and an EncryptedKey for it."""

    def __init__(self, suite: Elliptic) -> None:
        self.suite = suite
        key = new_x25519_key() if suite is EDELIVERY_2_0 else new_ec_key()
        self.certificate: x509.Certificate = encryption_certificate(key, UZ)
        self.decrypter = PemDecrypter(key, self.certificate)
        self.agreed = suite.encrypt_key(self.certificate, KEY, DRAW)

    def element(self) -> Element:
        return new_encrypted_key(self.agreed, self.certificate, "1")

    def open(self, element: Element) -> ContentKey:
        root = element.getroottree().getroot()
        return open_key(element, [self.decrypter], self.suite, elements_by_id(root))


X25519, ECDH = Desk(EDELIVERY_2_0), Desk(EDELIVERY_2_0_ECC)
BOTH = pytest.mark.parametrize("desk", [X25519, ECDH], ids=["x25519", "ecdh"])


def find(element: Element, path: str) -> Element:
    found = element.find(f".//{path}", NAMES)
    assert found is not None, path
    return found


def drop(element: Element, path: str) -> None:
    found = find(element, path)
    found.getparent().remove(found)  # type: ignore[union-attr]


@BOTH
def test_an_agreed_key_goes_out_and_comes_back(desk: Desk) -> None:
    octets = etree.tostring(desk.element())

    assert desk.open(etree.fromstring(octets)) == KEY


def test_an_agreed_key_is_written_as_the_profile_shows_it() -> None:
    element = X25519.element()

    inside = find(element, "xenc:AgreementMethod")
    assert [etree.QName(one).localname for one in element] == [
        "EncryptionMethod",
        "KeyInfo",
        "CipherData",
    ]
    assert find(element, "xenc:EncryptionMethod").get("Algorithm") == f"{alg.XENC}kw-aes128"
    assert inside.get("Algorithm") == f"{MORE}x25519"
    assert [one.tag for one in inside] == [
        f"{{{alg.XENC11}}}KeyDerivationMethod",
        f"{{{alg.XENC}}}OriginatorKeyInfo",
        f"{{{alg.XENC}}}RecipientKeyInfo",
    ]
    assert inside[0].get("Algorithm") == f"{MORE}hkdf"
    params = find(inside, "more:HKDFParams")
    assert [etree.QName(one).localname for one in params] == ["PRF", "Salt", "KeyLength"]
    assert params[0].get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    assert len(alg.decode64(params[1].text) or b"") == 32
    assert params[2].text == "16"
    originator = alg.decode64(find(inside, "dsig11:DEREncodedKeyValue").text)
    assert originator is not None
    assert (len(originator), originator[:12].hex()) == (44, "302a300506032b656e032100")
    recipient = inside[2][0]
    assert recipient.tag == f"{{{WSSE}}}SecurityTokenReference"
    assert recipient[0].get("ValueType") == tokens.SKI
    assert len(alg.decode64(find(element, "xenc:CipherValue").text) or b"") == 24


def test_a_point_of_a_curve_is_written_with_its_name() -> None:
    inside = find(ECDH.element(), "xenc:AgreementMethod")

    value = find(inside, "xenc:OriginatorKeyInfo/ds:KeyValue/dsig11:ECKeyValue")
    assert inside.get("Algorithm") == "http://www.w3.org/2009/xmlenc11#ECDH-ES"
    assert value[0].get("URI") == "urn:oid:1.2.840.10045.3.1.7"
    point = alg.decode64(value[1].text) or b""
    assert (len(point), point[0]) == (65, 4)


def in_key_value(element: Element) -> None:
    info = find(element, "xenc:RecipientKeyInfo")
    wrapped = etree.SubElement(info, ds("KeyValue"))
    wrapped.append(info[0])


def with_wsu_id(element: Element) -> None:
    element.set(f"{{{alg.WSU}}}Id", element.attrib.pop("Id"))


def without_length(element: Element) -> None:
    drop(element, "more:KeyLength")


def with_broken_lines(element: Element) -> None:
    for path in ("xenc:CipherValue", "more:Salt"):
        one = find(element, path)
        one.text = f"\r\n {one.text}\n"


def with_short_curve(element: Element) -> None:
    for one in element.iter(f"{{{NAMES['dsig11']}}}NamedCurve"):
        one.set("URI", one.get("URI", "").replace("urn:oid:", "urn:oid"))


def with_der(element: Element) -> None:
    info = find(element, "xenc:OriginatorKeyInfo")
    if info[0].tag == ds("KeyValue"):
        point = alg.decode64(find(info, "dsig11:PublicKey").text) or b""
        spki = agreement.public_key_at("1.2.840.10045.3.1.7", point) or b""
        info[:] = [etree.Element(f"{{{NAMES['dsig11']}}}DEREncodedKeyValue")]
        info[0].text = alg.encode64(spki)


def with_carried_certificate(element: Element) -> None:
    recipient = find(element, "xenc:RecipientKeyInfo/wsse:SecurityTokenReference")
    recipient[:] = [etree.Element(f"{{{WSSE}}}Reference", URI="#token-9")]
    security = etree.Element(f"{{{WSSE}}}Security")
    security.append(tokens.new_binary_token(certificate_of(element), "token-9"))
    security.append(element)


def certificate_of(element: Element) -> x509.Certificate:
    kind = find(element, "xenc:AgreementMethod").get("Algorithm")
    return (X25519 if kind == alg.X25519 else ECDH).certificate


@BOTH
@pytest.mark.parametrize(
    "meddle",
    [
        in_key_value,
        with_wsu_id,
        without_length,
        with_broken_lines,
        with_short_curve,
        with_der,
        with_carried_certificate,
    ],
)
def test_what_other_stacks_write_is_understood(
    desk: Desk, meddle: Callable[[Element], None]
) -> None:
    element = desk.element()

    meddle(element)

    assert desk.open(element) == KEY


@BOTH
def test_the_info_of_a_partner_is_honoured_and_the_salt_may_be_absent(desk: Desk) -> None:
    agreed = agreement.agree_with(desk.certificate, DRAW)
    assert agreed is not None
    wrapping = agreement.derive(agreed[1], salt=b"", info=b"context", size=16)
    key = AgreedKey(
        agreement=desk.suite.agreement,
        originator=agreed[0],
        wrap=alg.KW_AES128,
        cipher_value=agreement.wrap(wrapping, KEY.octets),
        info=b"context",
    )

    element = new_encrypted_key(key, desk.certificate, "1")

    assert element.find(f".//{{{MORE}}}Salt") is None
    assert desk.open(element) == KEY


def set_to(path: str, value: str) -> Callable[[Element], None]:
    return lambda element: find(element, path).set("Algorithm", value)


def text_of(path: str, value: str) -> Callable[[Element], None]:
    def meddle(element: Element) -> None:
        find(element, path).text = value

    return meddle


def removed(path: str) -> Callable[[Element], None]:
    return lambda element: drop(element, path)


@BOTH
@pytest.mark.parametrize(
    "meddle",
    [
        set_to("more:PRF", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"),
        set_to("more:PRF", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        removed("more:PRF"),
        removed("more:HKDFParams"),
        removed("xenc11:KeyDerivationMethod"),
        set_to("xenc11:KeyDerivationMethod", "http://www.w3.org/2009/xmlenc11#ConcatKDF"),
        set_to("xenc:AgreementMethod", "http://www.w3.org/2021/04/xmldsig-more#x448"),
        set_to("xenc:EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#kw-aes256"),
        text_of("more:KeyLength", "32"),
        text_of("more:KeyLength", "128"),
        removed("xenc:RecipientKeyInfo"),
        removed("wsse:SecurityTokenReference"),
    ],
)
def test_an_agreement_outside_the_suite_is_refused(
    desk: Desk, meddle: Callable[[Element], None]
) -> None:
    element = desk.element()
    meddle(element)

    with pytest.raises(SecurityPolicyError):
        desk.open(element)


@BOTH
@pytest.mark.parametrize(
    "meddle",
    [
        removed("xenc:OriginatorKeyInfo"),
        removed("xenc:EncryptionMethod"),
        removed("xenc:CipherValue"),
        text_of("more:Salt", "?"),
        text_of("wsse:KeyIdentifier", "AAAA"),
    ],
)
def test_an_agreement_that_is_not_built_as_it_must_be_does_not_open(
    desk: Desk, meddle: Callable[[Element], None]
) -> None:
    element = desk.element()
    meddle(element)

    with pytest.raises(DecryptionError):
        desk.open(element)


def test_a_point_that_is_none_or_lies_elsewhere_does_not_open() -> None:
    good = find(ECDH.element(), "dsig11:PublicKey").text or ""
    point = alg.decode64(good) or b""
    off = alg.encode64(point[:-1] + bytes((point[-1] ^ 1,)))
    for text in (off, "", "AA==", "?"):
        element = ECDH.element()
        find(element, "dsig11:PublicKey").text = text
        with pytest.raises(DecryptionError):
            ECDH.open(element)
    unknown = ECDH.element()
    find(unknown, "dsig11:NamedCurve").set("URI", "urn:oid:1.3.132.0.10")
    with pytest.raises(DecryptionError):
        ECDH.open(unknown)


@pytest.mark.parametrize("uri", ["", "urn:oid:", "urn:oid:x", "1.2.840.10045.3.1.7", "#P-256"])
def test_a_curve_without_a_name_is_refused(uri: str) -> None:
    element = ECDH.element()
    find(element, "dsig11:NamedCurve").set("URI", uri)

    with pytest.raises(SecurityPolicyError):
        ECDH.open(element)
    drop(element, "dsig11:NamedCurve")
    with pytest.raises(SecurityPolicyError):
        ECDH.open(element)


@BOTH
def test_the_key_of_another_kind_or_curve_opens_nothing(desk: Desk) -> None:
    for other in (new_x25519_key(), new_ec_key(), new_ec_key(SECP384R1())):
        element = desk.element()
        info = find(element, "xenc:OriginatorKeyInfo")
        info[:] = [etree.Element(f"{{{NAMES['dsig11']}}}DEREncodedKeyValue")]
        info[0].text = alg.encode64(public_octets(other.public_key()))

        assert not desk.open(element).is_sound


_PATHS = (
    "more:Salt",
    "more:KeyLength",
    "dsig11:PublicKey",
    "xenc:CipherValue",
    "wsse:KeyIdentifier",
)


@given(st.sampled_from(_PATHS), st.text(st.characters(codec="ascii", categories=["L", "N", "P"])))
def test_laws_of_junk_in_an_agreement(path: str, text: str) -> None:
    element = ECDH.element()
    before = find(element, path).text
    find(element, path).text = text

    try:
        opened = ECDH.open(element)
    except NodeError:
        return
    assert opened == KEY if text == before else not opened.is_sound or text == "16"
