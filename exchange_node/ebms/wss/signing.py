"""Signature of a message: Messaging, Body and payloads → Security header, and the check of one.

The check has two steps. `open_signature` says who signed: algorithms by whitelist, Messaging and
Body covered by identity, a certificate that is pinned for this partner and valid at the moment, the
signature value. Only then is anything decrypted, and `check_contents` holds every digest against
what will be processed. A sender that is nobody thus never makes us use a decryption key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    AuthenticationError,
    InputError,
    MimeInconsistencyError,
    SecurityPolicyError,
)
from exchange_node.domain.transmission.content import Content, size_of, whole
from exchange_node.ebms.envelope import WSSE, WSU_ID, Envelope
from exchange_node.ebms.message import OwnKeys, PartnerKeys
from exchange_node.ebms.packaging.mime import Part, content_id_key, read_media_type
from exchange_node.ebms.wss import tokens
from exchange_node.security import algorithms as alg
from exchange_node.security import signature as xml_signature
from exchange_node.security.certificates import Purpose, check_certificate, is_valid_at
from exchange_node.security.signature import Reference, canonical, ds
from exchange_node.security.suites import Suite
from exchange_node.security.trusting.path import Path

_XML_TYPES = frozenset({"text/xml", "application/xml"})
MAX_CANONICAL = safe_xml.DOCUMENT.max_bytes
"""Bytes of a payload that may be signed in its canonical form instead of as it is (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature whose value was made by a valid certificate of the partner.

    The certificate is pinned, or an authority vouches for it under the partner's name.

    Attributes:
        path: what the message carried, the anchor's side first and `certificate` last; empty where
            it only named the certificate. Nothing but the last of it is trusted.
    """

    signature: xml_signature.DetachedSignature
    certificate: x509.Certificate
    path: tuple[x509.Certificate, ...]


def sign(
    envelope: Envelope,
    payloads: Mapping[str, Content],
    *,
    keys: OwnKeys,
    partner: PartnerKeys,
    at: datetime,
    token: str,
) -> tuple[Reference, ...]:
    """Sign Messaging, Body and the payloads (by their `cid:` URIs); return what was signed.

    The partner's suite says with which algorithms, and the moment with which of our keys. Nothing
    that is signed may change afterwards. `token` makes the ids unique.

    Raises:
        InvalidSettingError: no key of ours signs in the suite.
    """
    suite = partner.suite
    signer, digest = keys.signer_for(suite, at), suite.digest
    references = (
        *(
            xml_signature.reference_to(f"#{one.get(WSU_ID)}", one, digest_algorithm=digest)
            for one in (envelope.messaging, envelope.body)
        ),
        *(
            xml_signature.reference_to(uri, octets, digest_algorithm=digest)
            for uri, octets in payloads.items()
        ),
    )
    element = xml_signature.build(
        references, method=suite.signature_method(signer), signature_id=f"signature-{token}"
    )
    key_info, carried = tokens.name_signer(signer, partner.token or suite.token, f"token-{token}")
    element.append(key_info)
    security_of(envelope).extend([*carried, element])
    xml_signature.sign_in_place(element, signer)
    return references


def security_of(envelope: Envelope) -> etree._Element:
    """Return the Security header.

    Raises:
        SecurityPolicyError: there is none.
    """
    if envelope.security is None:
        raise SecurityPolicyError(why="it is not signed")
    return envelope.security


def open_signature(envelope: Envelope, partner: PartnerKeys, at: datetime) -> Signed:
    """Return the signature of an envelope, its value verified and its contents still unchecked.

    Raises:
        SecurityPolicyError: unsigned, not covering Messaging and Body, or outside the suite.
        AuthenticationError: not by a certificate that the partner is known by at this moment.
        RevokedCertificateError, UnknownRevocationError: see `Anchors.require_unrevoked`.
    """
    security = security_of(envelope)
    signatures = security.findall(ds("Signature"))
    if len(signatures) != 1:
        raise SecurityPolicyError(why=f"{len(signatures)} signatures, want one")
    if security.find(f"{{{WSSE}}}UsernameToken") is not None:
        raise SecurityPolicyError(why="a UsernameToken, which eDelivery AS4 forbids")
    signature = xml_signature.read(signatures[0], partner.suite)
    for name, element in (("Messaging", envelope.messaging), ("Body", envelope.body)):
        if not any(_element(one, envelope) is element for one in signature.references):
            raise SecurityPolicyError(why=f"the {name} is not signed")
    # A renewed certificate may hold the same key, and so have the same key identifier.
    pinned = sorted(partner.signing, key=lambda one: not is_valid_at(one, at))
    named = tokens.find(signature.key_info, pinned, envelope.ids)
    path: Path | None = None
    if named is None and partner.anchors is not None:
        named = tokens.presented(signature.key_info, envelope.ids)
        path = partner.anchors.path_of(named.certificate, at, named.path[:-1]) if named else None
    if named is None:
        raise AuthenticationError(
            why=f"the signing certificate is none that {partner.party} is known by"
        )
    certificate = named.certificate
    for finding in check_certificate(certificate, Purpose.SIGNING, at):
        if finding.is_error:
            raise AuthenticationError(why=finding.text)
    partner.suite.verify(certificate, signature.method, signature.signed_info, signature.value)
    if path is not None and partner.anchors is not None:
        partner.anchors.require_unrevoked(path, at)
    return Signed(signature=signature, certificate=certificate, path=named.path)


def check_contents(signed: Signed, envelope: Envelope, parts: Sequence[Part], suite: Suite) -> None:
    """Return when every digest holds and every part is signed; `parts` are decrypted.

    Raises:
        SecurityPolicyError: a part is not signed, or is too large for a canonical form.
        MimeInconsistencyError: a part was signed and is not there.
        AuthenticationError: a digest does not hold.
    """
    by_key = {
        content_id_key(one.uri.removeprefix("cid:")): one
        for one in signed.signature.references
        if one.uri.startswith("cid:")
    }
    required: dict[str, etree._Element | Content] = {}
    for part in parts:
        signed_part = by_key.pop(content_id_key(part.content_id), None)
        if signed_part is None:
            raise SecurityPolicyError(why=f"payload {part.content_id[:200]!r} is not signed")
        required[signed_part.uri] = _octets(part, signed_part)
    if by_key:
        raise MimeInconsistencyError(why=f"signed payload {min(by_key)[:200]!r} is not there")
    optional: dict[str, etree._Element | Content] = {}
    for reference in signed.signature.references:
        element = _element(reference, envelope)
        if element is envelope.messaging or element is envelope.body:
            required[reference.uri] = element
        elif element is not None and element.getparent() in _blocks(envelope):
            optional[reference.uri] = element
    xml_signature.verify(
        signed.signature, signed.certificate, suite, required=required, optional=optional
    )


def _element(reference: Reference, envelope: Envelope) -> etree._Element | None:
    return envelope.ids.get(reference.uri[1:]) if reference.uri.startswith("#") else None


def _blocks(envelope: Envelope) -> tuple[etree._Element | None, ...]:
    """Return whose children may be signed too: a token, a timestamp, another header block."""
    return envelope.security, envelope.messaging.getparent()


def _octets(part: Part, reference: Reference) -> Content:
    """Return what of a payload was digested: its octets, or what WSS4J makes of them.

    OASIS WSS SwA Profile 1.1, section 5.4.2, has XML canonicalised and text brought to CRLF first;
    WSS4J does so by the part's Content-Type. A digest of the octets as they are says no less.

    Raises:
        SecurityPolicyError: the canonical form of a payload beyond `MAX_CANONICAL` was signed.
    """
    name = read_media_type(part.content_type).name
    is_xml = name in _XML_TYPES or (
        name.startswith(("application/", "image/")) and name.endswith("+xml")
    )
    if not is_xml and not name.startswith("text/"):
        return part.content
    if alg.digest(reference.digest_algorithm, part.content) == reference.digest_value:
        return part.content
    size = size_of(part.content)
    if size > MAX_CANONICAL:
        raise SecurityPolicyError(
            why=f"payload {part.content_id[:200]!r} of {size} bytes is signed in canonical form, "
            f"at most {MAX_CANONICAL} are: send it compressed"
        )
    octets = whole(part.content)
    if not is_xml:
        return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    try:
        return canonical(safe_xml.parse(octets))
    except InputError:
        return octets
