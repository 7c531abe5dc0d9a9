"""The document seal: MetaData ⇄ MetaData with an administration's XAdES B-B signature in it.

    seal:       parse → write references and properties → append ds:Signature → sign in place
    open_seal:  parse → one signature, last child → pinned certificate → value → digests → content

The seal stays with the document for life and can be checked offline. It covers the whole of
MetaData but itself, in exclusive canonical XML. Opening returns the very octets whose digest was
signed: what the seal does not cover cannot be read from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    AuthenticationError,
    BrokenSealError,
    InputError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security import signature as xmldsig
from exchange_node.security import xades
from exchange_node.security.certificates import (
    der_of,
    fingerprint,
    is_pinned,
    is_valid_at,
    name_of,
    read_certificate,
)
from exchange_node.security.keys import Signer, is_signed_by, public_key_of
from exchange_node.security.signature import ds

_SIGNATURE_ID = "document-seal"
_PROPERTIES_ID = "document-seal-properties"
_CONTENT_ID = "document-seal-content"
_CONTENT_CHAIN = (alg.ENVELOPED, alg.EXCLUSIVE_C14N)
_PROPERTIES_CHAIN = (alg.EXCLUSIVE_C14N,)
_CHAINS = frozenset({_CONTENT_CHAIN, _PROPERTIES_CHAIN})
_LEAST_RSA_BITS = 2048
_CLOCK_DIFFERENCE = timedelta(hours=2)  # our choice: how far two administrations' clocks differ


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSeal:
    """A sealed document whose seal holds.

    Attributes:
        content: MetaData without the seal: UTF-8, canonical, exactly what was signed.
        signer: the pinned certificate it was sealed with.
        sealed_at: what the sealing administration says; within the certificate's validity.
        digest: SHA-256 of `content`, lower-case hex.
    """

    content: bytes
    signer: x509.Certificate
    sealed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class _SealAlgorithms:
    """What a document may be sealed with, whatever suite the messages use."""

    digests: frozenset[str] = frozenset({alg.SHA256, alg.SHA384, alg.SHA512})
    signature_methods: frozenset[str] = frozenset(
        {alg.RSA_SHA256, alg.RSA_SHA384, alg.RSA_SHA512, alg.ECDSA_SHA256, alg.ED25519}
    )

    def verify(
        self, certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
    ) -> None:
        key = public_key_of(certificate)
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
            raise SecurityPolicyError(why=f"RSA of {key.key_size} bits is not strong enough")
        if not is_signed_by(certificate, algorithm, octets, signature):
            raise AuthenticationError(why="the signature value does not verify")


_ALGORITHMS = _SealAlgorithms()


def seal(document: bytes, signer: Signer, *, at: datetime) -> bytes:
    """Return the document with the administration's seal as the last child of its root.

    Comments and processing instructions are not carried over. The signing time has whole seconds.

    Raises:
        UnsafeXmlError, MalformedXmlError: the document does not pass the door for XML.
        BrokenSealError: it is signed already, has an id twice or no canonical form, or the
            certificate is out of date.
        InvalidSettingError: the key is of a kind that does not seal.
    """
    root = safe_xml.parse(document)
    if next(root.iter(ds("Signature")), None) is not None:
        raise BrokenSealError(why="the document has a signature already")
    if not is_valid_at(signer.certificate, at):
        raise BrokenSealError(why=f"{name_of(signer.certificate)} is not valid at {at.isoformat()}")
    if signer.algorithm not in _ALGORITHMS.signature_methods:
        raise InvalidSettingError(where="seal key", why="want an RSA, EC or Ed25519 key")
    try:
        _seal(root, signer, at)
    except AuthenticationError as err:
        raise BrokenSealError(why=err.facts["why"]) from None
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def open_seal(sealed: bytes, trusted: Collection[x509.Certificate], *, at: datetime) -> OpenedSeal:
    """Return what was sealed, after everything about the seal was found to hold.

    Args:
        sealed: the document as it came.
        trusted: the seal certificates of the one administration that may have sealed it.
        at: the moment the certificate has to be valid: when the document came, not when it is read.

    Raises:
        BrokenSealError: the seal is missing, broken, by another, or out of date; `why` says which.
    """
    try:
        return _open(safe_xml.parse(sealed), trusted, at)
    except InputError as err:
        raise BrokenSealError(why=str(err)) from None
    except (AuthenticationError, SecurityPolicyError) as err:
        raise BrokenSealError(why=err.facts["why"]) from None


def _seal(root: etree._Element, signer: Signer, at: datetime) -> None:
    content = _reference("", _CONTENT_CHAIN, xmldsig.canonical(root), id=_CONTENT_ID)
    signature = xmldsig.build((content,), method=signer.algorithm, signature_id=_SIGNATURE_ID)
    signature.append(_key_info(signer.certificate))
    properties = xades.write(
        signer.certificate,
        at,
        signature_id=_SIGNATURE_ID,
        properties_id=_PROPERTIES_ID,
        content_reference_id=_CONTENT_ID,
    )
    signature.append(properties)
    root.append(signature)
    xmldsig.elements_by_id(root)
    octets = xmldsig.canonical(xades.read(signature).element)
    uri, kind = f"#{_PROPERTIES_ID}", xades.SIGNED_PROPERTIES_TYPE
    signed = _reference(uri, _PROPERTIES_CHAIN, octets, type=kind)
    xmldsig.add_references(signature, (signed,))
    xmldsig.sign_in_place(signature, signer)


def _open(root: etree._Element, trusted: Collection[x509.Certificate], at: datetime) -> OpenedSeal:
    element = _only_signature(root)
    xmldsig.elements_by_id(root)
    signature = xmldsig.read(element, _ALGORITHMS, _CHAINS)
    certificate = _certificate(signature.key_info)
    if not is_pinned(certificate, trusted):
        raise BrokenSealError(
            why=f"certificate {fingerprint(certificate)} is not among the {len(trusted)} trusted"
        )
    properties = xades.read(element)
    content_reference, properties_reference = _two(signature.references, properties)
    _ALGORITHMS.verify(certificate, signature.method, signature.signed_info, signature.value)
    ((_, prefixes),) = properties_reference.transforms
    xmldsig.check_digest(properties_reference, xmldsig.canonical(properties.element, prefixes))
    _require_certificate(properties, certificate)
    _require_time(properties.signing_time, certificate, at)
    _detach(root, element)
    content = xmldsig.canonical(root, content_reference.transforms[-1][1])
    xmldsig.check_digest(content_reference, content)
    return OpenedSeal(
        content=content,
        signer=certificate,
        sealed_at=properties.signing_time,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(ds("Signature")))
    if not found:
        raise BrokenSealError(why="the document is not sealed")
    if len(found) > 1:
        raise BrokenSealError(why=f"want one signature, found {len(found)}")
    if len(root) == 0 or root[-1] is not found[0]:
        raise BrokenSealError(why="the signature is not the last child of the document's root")
    return found[0]


def _certificate(key_info: etree._Element | None) -> x509.Certificate:
    """Return the first certificate of `ds:X509Data`; it is a claim until it is found pinned."""
    path = f"{ds('X509Data')}/{ds('X509Certificate')}"
    found = key_info.find(path) if key_info is not None else None
    der = alg.decode64(found.text) if found is not None else None
    if not der:
        raise BrokenSealError(why="it carries no certificate")
    return read_certificate(der)


def _two(
    references: tuple[xmldsig.Reference, ...], properties: xades.SignedProperties
) -> tuple[xmldsig.Reference, xmldsig.Reference]:
    """Return the reference to the document and the one to the properties that were read."""
    by_uri = {one.uri: one for one in references}
    content = by_uri.pop("", None)
    signed = by_uri.pop(f"#{properties.properties_id}", None)
    if content is None or content.chain != _CONTENT_CHAIN:
        raise BrokenSealError(why="the document is not covered by the signature")
    if (
        signed is None
        or signed.chain != _PROPERTIES_CHAIN
        or signed.type != xades.SIGNED_PROPERTIES_TYPE
    ):
        raise BrokenSealError(why="the signed properties are not covered by the signature")
    if by_uri:
        raise BrokenSealError(why="the signature covers what is no part of a document seal")
    return content, signed


def _require_certificate(properties: xades.SignedProperties, certificate: x509.Certificate) -> None:
    found = alg.digest(properties.certificate_algorithm, der_of(certificate))
    if found != properties.certificate_digest:
        raise BrokenSealError(why="the signed properties name another certificate")


def _require_time(signing_time: datetime, certificate: x509.Certificate, at: datetime) -> None:
    for moment, what in ((at, "checked"), (signing_time, "sealed")):
        if not is_valid_at(certificate, moment):
            raise BrokenSealError(
                why=f"{name_of(certificate)} is not valid at {moment.isoformat()}, when {what}"
            )
    if signing_time > at + _CLOCK_DIFFERENCE:
        raise BrokenSealError(why=f"it was sealed in the future, at {signing_time.isoformat()}")


def _detach(root: etree._Element, signature: etree._Element) -> None:
    """Take the signature out and leave the text behind it in its place."""
    tail = signature.tail or ""
    before = signature.getprevious()
    root.remove(signature)
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        root.text = (root.text or "") + tail


def _reference(
    uri: str,
    chain: tuple[str, ...],
    octets: bytes,
    *,
    type: str = "",  # noqa: A002 - the attribute's name
    id: str = "",  # noqa: A002 - the attribute's name
) -> xmldsig.Reference:
    return xmldsig.Reference(
        uri=uri,
        transforms=tuple((algorithm, ()) for algorithm in chain),
        digest_algorithm=alg.SHA256,
        digest_value=alg.digest(alg.SHA256, octets),
        type=type,
        id=id,
    )


def _key_info(certificate: x509.Certificate) -> etree._Element:
    key_info = etree.Element(ds("KeyInfo"), nsmap={"ds": alg.DS})
    data = etree.SubElement(key_info, ds("X509Data"))
    etree.SubElement(data, ds("X509Certificate")).text = alg.encode64(der_of(certificate))
    return key_info
