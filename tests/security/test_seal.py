from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import signxml.algorithms
import signxml.xades.xades
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    BrokenSealError,
    InvalidSettingError,
    MalformedXmlError,
    UnsafeXmlError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security import xades
from exchange_node.security.certificates import der_of
from exchange_node.security.keys import PemSigner
from exchange_node.security.seal import OpenedSeal, open_seal, seal
from exchange_node.security.signature import canonical, ds, sign_in_place
from tests.security.ring import Element, Ring

MD = "urn:wco:datamodel:WCO:DocumentMetaData-CAREC:1"
DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<MetaData xmlns="{MD}" xmlns:ext="urn:carec:datamodel:ext:1">
  <ResponsibleCountryCode>KZ</ResponsibleCountryCode>
  <!-- a comment is no part of the document -->
  <ext:Exchange><ext:Recipient>customs.uz</ext:Recipient></ext:Exchange>
  <Declaration xmlns="urn:wco:datamodel:WCO:DEC-CAREC:1"><ID>06DE586600006143E1</ID>
    <GrossMassMeasure unitCode="KGM">1 200 &amp; &#13;</GrossMassMeasure></Declaration>
</MetaData>""".encode()
CONTENT = canonical(safe_xml.parse(DOCUMENT))
SHA1_DIGEST = hashlib.sha1(CONTENT, usedforsecurity=False).digest()


Change = Callable[[Element, Element], Element]


@dataclass
class Desk:
    """Seals as customs.kz and opens as its neighbour does."""

    ring: Ring
    signer: PemSigner
    sealed: bytes

    def open(
        self,
        sealed: bytes,
        *,
        trusted: Sequence[x509.Certificate] | None = None,
        at: datetime | None = None,
    ) -> OpenedSeal:
        pinned = [self.signer.certificate] if trusted is None else trusted
        return open_seal(sealed, pinned, at=at or self.ring.at)

    def changed(self, change: Change, *, signed_again: bool = False) -> bytes:
        """Return the sealed document after `change(root, signature)`, which may name a new root."""
        root: Element = safe_xml.parse(self.sealed)
        signature = root[-1]
        root = change(root, signature)
        if signed_again:
            sign_in_place(signature, self.signer)
        return etree.tostring(root)


@pytest.fixture(name="desk", scope="module")
def _desk(ring: Ring) -> Desk:
    signer = ring.signer(ring.rsa)
    return Desk(ring, signer, seal(DOCUMENT, signer, at=ring.at))


def refusal(
    desk: Desk,
    sealed: bytes,
    *,
    trusted: Sequence[x509.Certificate] | None = None,
    at: datetime | None = None,
) -> str:
    with pytest.raises(BrokenSealError) as caught:
        desk.open(sealed, trusted=trusted, at=at)
    assert caught.value.ebms_code == "EBMS:0101"
    return caught.value.facts["why"]


# ---------------------------------------------------------------- what holds


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed"])
def test_a_sealed_document_opens_with_every_kind_of_key(ring: Ring, kind: str) -> None:
    signer = ring.signer(getattr(ring, kind))

    opened = open_seal(
        seal(DOCUMENT, signer, at=ring.at), [ring.tls, signer.certificate], at=ring.at
    )

    assert opened.content == CONTENT
    assert opened.signer == signer.certificate
    assert opened.sealed_at == ring.at
    assert opened.digest == hashlib.sha256(CONTENT).hexdigest()


def test_the_seal_is_the_last_child_and_the_rest_stands_as_it_stood(desk: Desk) -> None:
    root = safe_xml.parse(desk.sealed)

    assert root[-1].tag == ds("Signature")
    assert [one.tag for one in root[:-1]] == [one.tag for one in safe_xml.parse(DOCUMENT)]
    assert desk.sealed.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_signxml_finds_a_valid_xades_signature(ring: Ring, kind: str) -> None:
    signer = ring.signer(getattr(ring, kind))

    results = signxml.xades.xades.XAdESVerifier().verify(
        seal(DOCUMENT, signer, at=ring.at),
        x509_cert=signer.certificate,
        expect_references=2,
        expect_config=signxml.xades.xades.XAdESSignatureConfiguration(
            expect_references=2,
            signature_methods=frozenset(
                {
                    signxml.algorithms.SignatureMethod.RSA_SHA256,
                    signxml.algorithms.SignatureMethod.ECDSA_SHA256,
                }
            ),
        ),
    )

    assert results[0].signed_data == CONTENT
    assert isinstance(results[1], signxml.xades.xades.XAdESVerifyResult)


@pytest.mark.parametrize(
    "document",
    [
        b"<r/>",
        b"<r>text</r>",
        f"<sig:r xmlns:sig='{alg.DS}'><sig:a/></sig:r>".encode(),
        f"<r xmlns='{alg.DS}'><a/></r>".encode(),
        f"<r xmlns='{xades.XADES}' xmlns:x='{alg.DS}' xmlns:ds='u:else'><ds:a/></r>".encode(),
        "<r><a>Ёлка 货物</a>tail</r>".encode("utf-16"),
        b"<?xml version='1.0' encoding='windows-1251'?><r>\xcc\xe8\xf0</r>",
    ],
)
def test_odd_documents_are_sealed_and_opened(desk: Desk, document: bytes) -> None:
    opened = desk.open(seal(document, desk.signer, at=desk.ring.at))

    assert opened.content == canonical(safe_xml.parse(document))


def test_a_foreign_hand_may_have_left_blanks_behind_the_seal(desk: Desk) -> None:
    def blanks(root: Element, signature: Element) -> Element:
        before = root[-2]
        before.tail = "\n\n  "
        _set_digest(signature, 0, _content_without(root))
        before.tail, signature.tail = "\n\n", "  "
        return root

    opened = desk.open(desk.changed(blanks, signed_again=True))

    assert opened.content.endswith(b"\n\n  </MetaData>")


def test_a_seal_alone_in_a_root_keeps_the_text_around_it(desk: Desk) -> None:
    sealed = seal(b"<r>ab</r>", desk.signer, at=desk.ring.at)
    moved = sealed.replace(b"<r>ab<", b"<r>a<").replace(b"</ds:Signature>", b"</ds:Signature>b")

    assert desk.open(moved).content == b"<r>ab</r>"


def test_unsigned_properties_have_room_for_time_stamps(desk: Desk) -> None:
    def stamp(root: Element, signature: Element) -> Element:
        unsigned = etree.SubElement(signature[-1][0], f"{{{xades.XADES}}}UnsignedProperties")
        etree.SubElement(unsigned, f"{{{xades.XADES}}}UnsignedSignatureProperties")
        return root

    assert desk.open(desk.changed(stamp)).content == CONTENT


@pytest.mark.parametrize("method", [alg.RSA_SHA384, alg.RSA_SHA512])
def test_longer_hashes_are_accepted(desk: Desk, method: str) -> None:
    algorithm = hashes.SHA384() if method == alg.RSA_SHA384 else hashes.SHA512()

    def longer(root: Element, signature: Element) -> Element:
        signature[0][1].set("Algorithm", method)
        value = desk.ring.rsa.sign(canonical(signature[0]), padding.PKCS1v15(), algorithm)
        signature[1].text = alg.encode64(value)
        return root

    assert desk.open(desk.changed(longer)).content == CONTENT


# ---------------------------------------------------------------- what does not


def test_a_document_without_a_seal_is_refused(desk: Desk) -> None:
    def strip(root: Element, signature: Element) -> Element:
        root.remove(signature)
        return root

    assert "not sealed" in refusal(desk, desk.changed(strip))


def test_a_changed_document_is_refused(desk: Desk) -> None:
    assert "digest of ''" in refusal(desk, desk.sealed.replace(b"customs.uz", b"customs.tj"))


def test_an_added_element_is_refused(desk: Desk) -> None:
    def add(root: Element, signature: Element) -> Element:
        root.insert(0, etree.Element("Extra"))
        return root

    assert "digest of ''" in refusal(desk, desk.changed(add))


def test_changed_properties_are_refused(desk: Desk) -> None:
    changed = desk.sealed.replace(b"2026-03-01T08:00:00Z", b"2026-03-02T08:00:00Z")

    assert "digest of '#document-seal-properties'" in refusal(desk, changed)


def test_a_changed_signature_value_is_refused(desk: Desk) -> None:
    def change(root: Element, signature: Element) -> Element:
        signature[1].text = alg.encode64(b"\x01" * 256)
        return root

    assert "value" in refusal(desk, desk.changed(change))


def test_a_second_seal_is_refused(desk: Desk) -> None:
    def double(root: Element, signature: Element) -> Element:
        root.append(safe_xml.parse(etree.tostring(signature)))
        return root

    assert "found 2" in refusal(desk, desk.changed(double))


def test_a_second_signature_anywhere_is_refused(desk: Desk) -> None:
    def hide(root: Element, signature: Element) -> Element:
        etree.SubElement(root[0], ds("Signature"))
        return root

    assert "found 2" in refusal(desk, desk.changed(hide))


def test_a_seal_that_is_not_the_last_child_is_refused(desk: Desk) -> None:
    def first(root: Element, signature: Element) -> Element:
        root.insert(0, signature)
        return root

    def deeper(root: Element, signature: Element) -> Element:
        root[-2].append(signature)
        return root

    for change in (first, deeper):
        assert "last child" in refusal(desk, desk.changed(change))


def test_a_sealed_document_moved_into_another_is_refused(desk: Desk) -> None:
    def wrap(root: Element, signature: Element) -> Element:
        outer = etree.Element(f"{{{MD}}}MetaData")
        outer.append(root)
        return outer

    assert "last child" in refusal(desk, desk.changed(wrap))


def test_a_seal_moved_onto_another_document_that_holds_the_sealed_one_is_refused(
    desk: Desk,
) -> None:
    def wrap(root: Element, signature: Element) -> Element:
        outer = etree.Element(f"{{{MD}}}MetaData")
        outer.append(root)
        outer.append(signature)
        return outer

    assert "digest of ''" in refusal(desk, desk.changed(wrap))


def test_a_root_that_is_itself_a_signature_is_refused(desk: Desk) -> None:
    def alone(root: Element, signature: Element) -> Element:
        return signature

    assert "last child" in refusal(desk, desk.changed(alone))


def test_another_certificate_with_the_same_key_and_name_is_refused(desk: Desk) -> None:
    twin = desk.ring.certificate(desk.ring.rsa)

    assert "not among the 1 trusted" in refusal(desk, desk.sealed, trusted=[twin])
    assert "not among the 0 trusted" in refusal(desk, desk.sealed, trusted=[])


def test_a_trusted_certificate_put_in_place_of_the_signers_is_refused(desk: Desk) -> None:
    other = desk.ring.certificate(desk.ring.stranger)
    swapped = desk.sealed.replace(
        alg.encode64(der_of(desk.signer.certificate)).encode(), alg.encode64(der_of(other)).encode()
    )

    why = refusal(desk, swapped, trusted=[other, desk.signer.certificate])

    assert "value" in why


def test_a_certificate_other_than_the_signed_one_is_refused_though_its_key_fits(desk: Desk) -> None:
    twin = desk.ring.certificate(desk.ring.rsa)
    swapped = desk.sealed.replace(
        alg.encode64(der_of(desk.signer.certificate)).encode(), alg.encode64(der_of(twin)).encode()
    )

    why = refusal(desk, swapped, trusted=[twin, desk.signer.certificate])

    assert "another certificate" in why


@pytest.mark.parametrize("what", ["key info", "certificate", "junk"])
def test_a_seal_without_a_certificate_is_refused(desk: Desk, what: str) -> None:
    def remove(root: Element, signature: Element) -> Element:
        key_info = signature[2]
        match what:
            case "key info":
                signature.remove(key_info)
            case "certificate":
                key_info[0].remove(key_info[0][0])
            case _:
                key_info[0][0].text = "TQ=="
        return root

    assert "certificate" in refusal(desk, desk.changed(remove))


@pytest.mark.parametrize("days", [-1, 366])
def test_a_certificate_out_of_date_is_refused(desk: Desk, days: int) -> None:
    why = refusal(desk, desk.sealed, at=desk.ring.at + timedelta(days=days))

    assert "not valid" in why
    assert "when checked" in why


def test_a_signing_time_outside_the_certificates_validity_is_refused(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa, lifetime=timedelta(days=10))
    longer = ring.certificate(ring.rsa, lifetime=timedelta(days=90))
    late = seal(DOCUMENT, PemSigner(ring.rsa, longer), at=ring.at + timedelta(days=20))
    root: Element = safe_xml.parse(late)
    signature = root[-1]
    swap = etree.tostring(signature)
    for old, new in (
        (der_of(longer), der_of(certificate)),
        (alg.digest(alg.SHA256, der_of(longer)), alg.digest(alg.SHA256, der_of(certificate))),
    ):
        swap = swap.replace(alg.encode64(old).encode(), alg.encode64(new).encode())
    root.remove(signature)
    root.append(safe_xml.parse(swap))
    _set_digest(root[-1], 1, canonical(root[-1][-1][0][0]))
    sign_in_place(root[-1], PemSigner(ring.rsa, certificate))

    with pytest.raises(BrokenSealError, match="when sealed"):
        open_seal(etree.tostring(root), [certificate], at=ring.at)


def test_a_seal_of_the_future_is_refused(desk: Desk) -> None:
    at = desk.ring.at
    soon = seal(DOCUMENT, desk.signer, at=at + timedelta(hours=2))
    later = seal(DOCUMENT, desk.signer, at=at + timedelta(hours=2, seconds=1))

    assert desk.open(soon).sealed_at > at
    assert "future" in refusal(desk, later)


def test_a_weak_key_does_not_seal(ring: Ring) -> None:
    signer = ring.signer(ring.weak)
    sealed = seal(DOCUMENT, signer, at=ring.at)

    with pytest.raises(BrokenSealError, match="1024 bits"):
        open_seal(sealed, [signer.certificate], at=ring.at)


# ---------------------------------------------------------------- validly signed, yet not allowed


def _content_without(root: Element) -> bytes:
    copy = safe_xml.parse(etree.tostring(root))
    copy.remove(copy[-1])
    return canonical(copy)


def _set_digest(signature: Element, number: int, octets: bytes) -> None:
    reference = signature[0][2 + number]
    reference[-1].text = alg.encode64(alg.digest(alg.SHA256, octets))


def set_algorithm(index: tuple[int, ...], algorithm: str) -> Change:
    def change(root: Element, signature: Element) -> Element:
        target = signature[0]
        for one in index:
            target = target[one]
        target.set("Algorithm", algorithm)
        return root

    return change


@pytest.mark.parametrize(
    ("index", "algorithm"),
    [
        ((0,), "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        ((1,), f"{alg.DS}rsa-sha1"),
        ((1,), f"{alg.DS}hmac-sha1"),
        ((1,), f"{alg.DSIG_MORE}hmac-sha256"),
        ((2, 0, 0), "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        ((2, 0, 1), "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        ((2, 0, 1), "http://www.w3.org/2002/06/xmldsig-filter2"),
        ((2, 1), alg.SHA1),
        ((3, 0, 0), alg.ENVELOPED),
        ((3, 1), alg.SHA1),
    ],
)
def test_an_algorithm_that_is_not_allowed_is_refused(
    desk: Desk, index: tuple[int, ...], algorithm: str
) -> None:
    changed = desk.changed(set_algorithm(index, algorithm), signed_again=True)

    why = refusal(desk, changed)
    assert "allowed" in why or "canonical" in why


def test_a_correct_sha1_digest_is_refused_all_the_same(desk: Desk) -> None:
    def weaken(root: Element, signature: Element) -> Element:
        signature[0][2][1].set("Algorithm", alg.SHA1)
        signature[0][2][2].text = alg.encode64(SHA1_DIGEST)
        return root

    assert "digest algorithm" in refusal(desk, desk.changed(weaken, signed_again=True))


def test_the_name_of_another_kind_of_signature_is_refused(desk: Desk) -> None:
    changed = desk.changed(set_algorithm((1,), alg.ED25519), signed_again=True)

    assert "value" in refusal(desk, changed)


def test_the_enveloped_transform_takes_no_parameters(desk: Desk) -> None:
    def add(root: Element, signature: Element) -> Element:
        etree.SubElement(signature[0][2][0][0], ds("XPath")).text = "not(//x)"
        return root

    assert "parameters" in refusal(desk, desk.changed(add, signed_again=True))


def test_a_thousand_references_are_refused(desk: Desk) -> None:
    def add(root: Element, signature: Element) -> Element:
        for number in range(1000):
            more = safe_xml.parse(etree.tostring(signature[0][3]))
            more.set("URI", f"#r{number}")
            signature[0].append(more)
        return root

    assert "32 references" in refusal(desk, desk.changed(add, signed_again=True))


def test_a_reference_to_something_else_is_refused(desk: Desk) -> None:
    def add(root: Element, signature: Element) -> Element:
        signature[2].set("Id", "key")
        more = safe_xml.parse(etree.tostring(signature[0][3]))
        more.set("URI", "#key")
        more[-1].text = alg.encode64(alg.digest(alg.SHA256, canonical(signature[2])))
        signature[0].append(more)
        return root

    assert "no part of a document seal" in refusal(desk, desk.changed(add, signed_again=True))


def test_a_document_that_is_not_covered_is_refused(desk: Desk) -> None:
    def drop(root: Element, signature: Element) -> Element:
        signature[0].remove(signature[0][2])
        return root

    assert "document is not covered" in refusal(desk, desk.changed(drop, signed_again=True))


def test_a_part_of_the_document_signed_instead_of_the_whole_is_refused(desk: Desk) -> None:
    def narrow(root: Element, signature: Element) -> Element:
        root[0].set("Id", "part")
        reference = signature[0][2]
        reference.set("URI", "#part")
        reference[0].remove(reference[0][0])
        _set_digest(signature, 0, canonical(root[0]))
        return root

    assert "document is not covered" in refusal(desk, desk.changed(narrow, signed_again=True))


@pytest.mark.parametrize("how", ["gone", "of another type", "enveloped"])
def test_properties_that_are_not_covered_are_refused(desk: Desk, how: str) -> None:
    def drop(root: Element, signature: Element) -> Element:
        reference = signature[0][3]
        match how:
            case "gone":
                signature[0].remove(reference)
            case "of another type":
                reference.set("Type", "urn:other")
            case _:
                transform = etree.Element(ds("Transform"), Algorithm=alg.ENVELOPED)
                reference[0].insert(0, transform)
        return root

    assert "properties are not covered" in refusal(desk, desk.changed(drop, signed_again=True))


def test_properties_signed_elsewhere_do_not_count(desk: Desk) -> None:
    def swap(root: Element, signature: Element) -> Element:
        properties = signature[-1][0][0]
        signed = safe_xml.parse(etree.tostring(properties))
        signature[2].append(signed)
        properties.set("Id", "forged")
        return root

    assert "properties are not covered" in refusal(desk, desk.changed(swap))


def test_an_id_that_is_there_twice_is_refused(desk: Desk) -> None:
    def double(root: Element, signature: Element) -> Element:
        root[0].set("Id", "document-seal-properties")
        _set_digest(signature, 0, _content_without(root))
        return root

    assert "twice" in refusal(desk, desk.changed(double, signed_again=True))


# ---------------------------------------------------------------- what is not sealed at all


def test_a_sealed_document_is_not_sealed_again(desk: Desk) -> None:
    with pytest.raises(BrokenSealError, match="already"):
        seal(desk.sealed, desk.signer, at=desk.ring.at)


def test_nothing_is_sealed_with_a_certificate_out_of_date(desk: Desk) -> None:
    with pytest.raises(BrokenSealError, match="not valid"):
        seal(DOCUMENT, desk.signer, at=desk.ring.at + timedelta(days=366))


def test_nothing_is_sealed_with_a_key_of_another_kind(ring: Ring) -> None:
    key = ec.generate_private_key(ec.BrainpoolP256R1())

    with pytest.raises(InvalidSettingError):
        seal(DOCUMENT, Unfit(ring.certificate(key)), at=ring.at)


def test_a_document_without_a_canonical_form_is_not_sealed(desk: Desk) -> None:
    with pytest.raises(BrokenSealError, match="canonical form"):
        seal(b"<r xmlns='relative'/>", desk.signer, at=desk.ring.at)


def test_a_document_that_uses_the_seals_own_ids_is_not_sealed(desk: Desk) -> None:
    with pytest.raises(BrokenSealError, match="twice"):
        seal(b"<r><a Id='document-seal'/></r>", desk.signer, at=desk.ring.at)


@pytest.mark.parametrize(
    ("junk", "error"),
    [
        (b"", MalformedXmlError),
        (b"\x00\x01", MalformedXmlError),
        (b"<r>", MalformedXmlError),
        (b"<!DOCTYPE r [<!ENTITY e 'x'>]><r>&e;</r>", UnsafeXmlError),
    ],
)
def test_what_is_no_document_is_neither_sealed_nor_opened(
    desk: Desk, junk: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        seal(junk, desk.signer, at=desk.ring.at)
    assert "XML" in refusal(desk, junk)


class Unfit:
    """A signer whose key is of a kind that does not seal."""

    algorithm = ""
    chain = ()

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    def sign(self, octets: bytes) -> bytes:
        raise AssertionError(octets)


class HardwareSigner:
    """A key in another's custody: all that a seal asks of it is the Protocol."""

    def __init__(self, inner: PemSigner) -> None:
        self.inner = inner

    @property
    def certificate(self) -> x509.Certificate:
        return self.inner.certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return self.inner.chain

    @property
    def algorithm(self) -> str:
        return self.inner.algorithm

    def sign(self, octets: bytes) -> bytes:
        return self.inner.sign(octets)


def test_a_key_in_other_custody_seals_as_well(desk: Desk) -> None:
    assert (
        desk.open(seal(DOCUMENT, HardwareSigner(desk.signer), at=desk.ring.at)).content == CONTENT
    )
