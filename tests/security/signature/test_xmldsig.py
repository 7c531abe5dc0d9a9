from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import signxml.verifier
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import AuthenticationError, NodeError, SecurityPolicyError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import PemSigner
from exchange_node.security.signature import (
    MAX_REFERENCES,
    add_references,
    build,
    ds,
    read,
    read_reference,
    reference_to,
    sign_in_place,
    verify,
)
from exchange_node.security.suites import EDELIVERY_1_15 as SUITE
from tests.security.ring import Element, Ring, parent_of

PAYLOAD = b"\x1f\x8bpayload"
CID = "cid:p1@customs.kz"
HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
RSA_SHA1 = f"{alg.DS}rsa-sha1"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


Targets = Mapping[str, Element | bytes]


class Message:
    """An envelope with a header, a body and a payload, and its signature."""

    def __init__(self, signer: PemSigner, *, prefixes: tuple[str, ...] = ()) -> None:
        self.signer = signer
        self.root: Element = safe_xml.parse(
            f"""<e:Envelope xmlns:e="u:e" xmlns:eb="u:eb" xmlns:wsu="{alg.WSU}">
            <e:Header><eb:Messaging wsu:Id="_m1"><eb:MessageId>1@kz</eb:MessageId></eb:Messaging>
            <Security/></e:Header><e:Body wsu:Id="_b1"/></e:Envelope>""".encode()
        )
        self.messaging, self.security = self.root[0]
        self.body = self.root[1]
        references = [
            reference_to("#_m1", self.messaging, prefixes=prefixes),
            reference_to("#_b1", self.body),
            reference_to(CID, PAYLOAD),
        ]
        self.signature = build(references, method=alg.RSA_SHA256, signature_id="_s1")
        self.security.append(self.signature)
        sign_in_place(self.signature, signer)

    @property
    def signed_info(self) -> Element:
        return self.signature[0]

    def sign_again(self) -> None:
        sign_in_place(self.signature, self.signer)

    def required(self, root: Element | None = None) -> dict[str, Element | bytes]:
        root = self.root if root is None else root
        return {"#_m1": root[0][0], "#_b1": root[1], CID: PAYLOAD}

    def verify(self, certificate: x509.Certificate | None = None, **targets: Targets) -> None:
        root = safe_xml.parse(etree.tostring(self.root))
        element = next(root.iter(ds("Signature")), root)
        verify(
            read(element, SUITE),
            certificate or self.signer.certificate,
            SUITE,
            **{"required": self.required(root), **targets},
        )


@pytest.fixture(name="message")
def _message(ring: Ring) -> Message:
    return Message(ring.signer(ring.rsa, Purpose.SIGNING))


def test_what_was_signed_verifies(message: Message) -> None:
    message.verify()


def test_prefixes_declared_above_are_signed_with_it(ring: Ring) -> None:
    Message(ring.signer(ring.rsa), prefixes=("eb", "e", "#default")).verify()


def test_a_prefix_list_of_signed_info_is_honoured(message: Message) -> None:
    inclusive = etree.SubElement(message.signed_info[0], f"{{{alg.EC}}}InclusiveNamespaces")
    inclusive.set("PrefixList", "e wsu")
    octets = etree.tostring(
        message.signed_info, method="c14n", exclusive=True, inclusive_ns_prefixes=["e", "wsu"]
    )
    message.signature[1].text = alg.encode64(message.signer.sign(octets))

    message.verify()


def test_blanks_in_the_signature_value_are_tolerated(message: Message) -> None:
    text = message.signature[1].text or ""
    message.signature[1].text = f"\n {text[:76]}\r\n{text[76:]}\t"

    message.verify()


def test_signxml_verifies_what_we_sign(ring: Ring) -> None:
    signer = ring.signer(ring.rsa)
    root: Element = safe_xml.parse(b"<r xmlns:p='u:p'><p:a Id='a1'>text</p:a></r>")
    signature = build([reference_to("#a1", root[0])], method=alg.RSA_SHA256)
    root.append(signature)
    sign_in_place(signature, signer)

    verified = signxml.verifier.XMLVerifier().verify(
        etree.tostring(root),
        x509_cert=signer.certificate,
        expect_config=signxml.verifier.SignatureConfiguration(require_x509=False),
    )

    assert isinstance(verified, signxml.verifier.VerifyResult)
    assert verified.signed_data == b'<p:a xmlns:p="u:p" Id="a1">text</p:a>'


def test_the_references_that_were_read_are_those_that_were_signed(message: Message) -> None:
    signature = read(message.signature, SUITE)

    assert signature.references[2] == reference_to(CID, PAYLOAD)
    assert signature.references == tuple(read_reference(one) for one in message.signed_info[2:])
    assert signature.key_info is None


def test_a_content_id_may_be_percent_encoded(message: Message) -> None:
    message.signed_info[4].set("URI", "cid:p1%40customs.kz")
    message.sign_again()

    message.verify()


def test_what_is_optional_may_be_signed_and_need_not(message: Message) -> None:
    token = etree.SubElement(message.security, "Token", Id="_t1")
    message.verify(optional={"#_t1": token})
    add_references(message.signature, [reference_to("#_t1", token)])
    message.sign_again()

    message.verify(optional={"#_t1": token})
    with pytest.raises(AuthenticationError, match="no part of this message"):
        message.verify()


@pytest.mark.parametrize("what", ["#_m1", "#_b1", CID])
def test_a_part_that_is_not_covered_is_named(message: Message, what: str) -> None:
    (reference,) = (one for one in message.signed_info[2:] if one.get("URI") == what)
    message.signed_info.remove(reference)
    message.sign_again()

    with pytest.raises(SecurityPolicyError, match=what):
        message.verify()


def test_changed_content_is_refused(message: Message) -> None:
    message.messaging[0].text = "2@kz"

    with pytest.raises(AuthenticationError, match="#_m1"):
        message.verify()


def test_a_changed_payload_is_refused(message: Message) -> None:
    with pytest.raises(AuthenticationError, match=CID):
        message.verify(required={**message.required(), CID: PAYLOAD + b"\n"})


def test_another_certificate_is_refused(ring: Ring, message: Message) -> None:
    with pytest.raises(AuthenticationError, match="value"):
        message.verify(ring.certificate(ring.stranger))


def test_a_changed_digest_is_refused(message: Message) -> None:
    message.signed_info[2][2].text = alg.encode64(b"\x00" * 32)

    with pytest.raises(AuthenticationError, match="value"):
        message.verify()


def test_a_signed_element_elsewhere_does_not_stand_for_the_one_that_is_processed(
    message: Message,
) -> None:
    root = safe_xml.parse(etree.tostring(message.root))
    forged: Element = safe_xml.parse(
        etree.tostring(message.messaging).replace(b"1@kz", b"9@kz").replace(b"_m1", b"_m9")
    )
    wrapper = etree.SubElement(root[0], "Wrapper")
    wrapper.append(root[0][0])
    root[0].insert(0, forged)
    (element,) = root.iter(ds("Signature"))

    with pytest.raises(AuthenticationError, match="#_m1"):
        verify(
            read(element, SUITE),
            message.signer.certificate,
            SUITE,
            required={"#_m1": forged, "#_b1": root[1], CID: PAYLOAD},
        )


def reference_element(uri: str, algorithm: str = alg.EXCLUSIVE_C14N) -> Element:
    return safe_xml.parse(
        f"<Reference xmlns='{alg.DS}' URI='{uri}'><Transforms><Transform Algorithm='{algorithm}'/>"
        f"</Transforms><DigestMethod Algorithm='{alg.SHA256}'/>"
        "<DigestValue>TQ==</DigestValue></Reference>".encode()
    )


def test_thirty_two_references_are_allowed_and_a_thousand_are_not(message: Message) -> None:
    while len(message.signed_info) < 2 + MAX_REFERENCES:
        message.signed_info.append(reference_element(f"#x{len(message.signed_info)}"))
    assert len(read(message.signature, SUITE).references) == 32
    message.signed_info.append(reference_element("#more"))

    with pytest.raises(SecurityPolicyError, match="32"):
        read(message.signature, SUITE)

    message.signed_info.extend(reference_element(f"#y{number}") for number in range(1000))
    with pytest.raises(SecurityPolicyError, match="32"):
        read(message.signature, SUITE)


@pytest.mark.parametrize("uri", ["#_m1", "cid:p1%40customs.kz"])
def test_a_part_that_is_covered_twice_is_refused(message: Message, uri: str) -> None:
    message.signed_info.append(reference_element(uri))

    with pytest.raises(AuthenticationError, match="twice"):
        read(message.signature, SUITE)


@pytest.mark.parametrize(
    "method", [HMAC, RSA_SHA1, alg.ECDSA_SHA256, alg.ED25519, "", "none", f"{alg.DS}dsa-sha1"]
)
def test_a_signature_algorithm_outside_the_suite_is_refused(message: Message, method: str) -> None:
    message.signed_info[1].set("Algorithm", method)
    message.sign_again()

    with pytest.raises(SecurityPolicyError, match="signature algorithm"):
        message.verify()


@pytest.mark.parametrize("method", [alg.SHA1, "", f"{alg.DSIG_MORE}md5"])
def test_a_digest_outside_the_suite_is_refused(message: Message, method: str) -> None:
    message.signed_info[2][1].set("Algorithm", method)
    message.sign_again()

    with pytest.raises(SecurityPolicyError, match="digest algorithm"):
        message.verify()


def test_a_digest_that_this_suite_leaves_out_is_refused(message: Message) -> None:
    narrow = replace(SUITE, digests=frozenset({alg.SHA512}))

    with pytest.raises(SecurityPolicyError, match="digest algorithm"):
        read(message.signature, narrow)


@pytest.mark.parametrize(
    "transform", [XSLT, XPATH, alg.ENVELOPED, f"{alg.DS}base64", "", f"{alg.EC}WithComments"]
)
def test_a_transform_that_is_not_permitted_is_refused(message: Message, transform: str) -> None:
    message.signed_info[2][0][0].set("Algorithm", transform)
    message.sign_again()

    with pytest.raises(SecurityPolicyError, match="transforms"):
        message.verify()


def test_two_transforms_are_one_too_many(message: Message) -> None:
    transforms = message.signed_info[2][0]
    etree.SubElement(transforms, ds("Transform"), Algorithm=alg.EXCLUSIVE_C14N)

    with pytest.raises(SecurityPolicyError, match="transforms"):
        message.verify()


def test_no_transform_is_one_too_few(message: Message) -> None:
    message.signed_info[2][0].clear()

    with pytest.raises(SecurityPolicyError, match="transforms"):
        message.verify()


def test_a_payload_is_no_element_and_an_element_no_payload(message: Message) -> None:
    with pytest.raises(SecurityPolicyError, match="element"):
        message.verify(required={**message.required(), CID: message.body})
    with pytest.raises(SecurityPolicyError, match="payload"):
        message.verify(required={**message.required(), "#_b1": b""})


@pytest.mark.parametrize(
    "algorithm", ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "", f"{alg.EC}WithComments"]
)
def test_signed_info_in_another_canonical_form_is_refused(message: Message, algorithm: str) -> None:
    message.signed_info[0].set("Algorithm", algorithm)

    with pytest.raises(SecurityPolicyError, match="SignedInfo"):
        message.verify()


def test_a_parameter_of_the_signature_algorithm_is_refused(message: Message) -> None:
    etree.SubElement(message.signed_info[1], ds("HMACOutputLength")).text = "0"

    with pytest.raises(SecurityPolicyError, match="signature algorithm"):
        message.verify()


def add(parent: Element, tag: str, text: str = "") -> None:
    etree.SubElement(parent, tag).text = text


def set_value(signature: Element, text: str) -> None:
    signature[1].text = text


def rename(element: Element) -> None:
    element.tag = "Signature"


def only_methods(signed_info: Element) -> None:
    del signed_info[2:]


MALFORMED: dict[str, Callable[[Element], object]] = {
    "other root": rename,
    "no signed info": lambda one: one.remove(one[0]),
    "no value": lambda one: one.remove(one[1]),
    "other order": lambda one: one.insert(0, one[1]),
    "two values": lambda one: add(one, ds("SignatureValue"), "TQ=="),
    "two key infos": lambda one: one.extend(
        [etree.Element(ds("KeyInfo")), etree.Element(ds("KeyInfo"))]
    ),
    "something else": lambda one: add(one, "x"),
    "empty value": lambda one: set_value(one, ""),
    "value is no base64": lambda one: set_value(one, "%%%"),
    "a child in the value": lambda one: add(one[1], "x"),
    "no references": lambda one: only_methods(one[0]),
    "no method": lambda one: one[0].remove(one[0][1]),
    "something else in signed info": lambda one: add(one[0], "x"),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_signature_is_refused(message: Message, how: str) -> None:
    MALFORMED[how](message.signature)

    with pytest.raises(AuthenticationError, match="malformed"):
        read(message.signature, SUITE)


def test_an_unsigned_part_of_the_signature_does_not_matter(message: Message) -> None:
    key_info = etree.SubElement(message.signature, ds("KeyInfo"))
    etree.SubElement(message.signature, ds("Object"))

    message.verify()
    assert read(message.signature, SUITE).key_info is key_info


@given(data=st.data())
def test_laws_of_junk_signatures(ring: Ring, data: st.DataObject) -> None:
    message = data.draw(st.builds(Message, st.just(ring.signer(ring.rsa))))
    elements = list(message.signature.iter())
    victim = data.draw(st.sampled_from(elements[1:]))
    match data.draw(st.sampled_from(["remove", "double", "rename", "text", "attribute"])):
        case "remove":
            parent_of(victim).remove(victim)
        case "double":
            victim.append(safe_xml.parse(etree.tostring(victim, with_tail=False)))
        case "rename":
            victim.tag = data.draw(st.sampled_from([one.tag for one in elements] + ["x"]))
        case "text":
            victim.text = data.draw(st.text(st.characters(min_codepoint=32, codec="utf-8"))) + "a"
        case _:
            victim.set("Algorithm", data.draw(st.text("abc:/#", max_size=5)))
    try:
        message.verify()
    except NodeError:
        return
    untouched = Message(message.signer)
    assert [one.tag for one in message.signature] == [one.tag for one in untouched.signature]
