"""References → `ds:Signature` and back: build · sign in place · read strictly · verify.

What is read is believed only so far as it is allowed (W3C XML Signature Best Practices, 2013):
algorithms by whitelist, at most 32 references, each with exactly one permitted chain of
transforms, no key and no algorithm taken from the message. References are resolved by identity:
the caller hands in the very elements and octets that it will process, by URI, and nothing is
looked up in the message again (signature wrapping).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import AuthenticationError, SecurityPolicyError
from exchange_node.domain.transmission.content import Content
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import Signer
from exchange_node.security.signature.reference import (
    Reference,
    canonical,
    ds,
    read_prefixes,
    read_reference,
    write_reference,
)

MAX_REFERENCES = 32
"""Our choice: Messaging, Body, a token and some thirty payloads; a thousand are an attack."""

MESSAGE_CHAINS = frozenset({(alg.EXCLUSIVE_C14N,), (alg.SWA_CONTENT,)})
"""What a reference of a message signature may name (OASIS WSS SwA Profile 1.1, section 5.2)."""


class Verifier(Protocol):
    """What verification needs of a suite, or of the document seal's own rules."""

    @property
    def digests(self) -> frozenset[str]:
        """URIs of the digests that references may use."""
        ...

    @property
    def signature_methods(self) -> frozenset[str]:
        """URIs of the signature algorithms that are allowed."""
        ...

    def verify(
        self, certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
    ) -> None:
        """Return when the signature over the octets is by the certificate's key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedSignature:
    """A `ds:Signature` as read: well formed and allowed, not yet verified.

    Attributes:
        method: URI of the signature algorithm.
        signed_info: the canonical octets of `ds:SignedInfo`.
        key_info: for the caller, to find the certificate by.
    """

    method: str
    references: tuple[Reference, ...]
    signed_info: bytes
    value: bytes
    key_info: etree._Element | None


def build(
    references: Iterable[Reference], *, method: str, signature_id: str = ""
) -> etree._Element:
    """Return a `ds:Signature` over the references, its value still empty.

    The caller adds `ds:KeyInfo` (and `ds:Object`), puts it into the tree, then signs it in place.
    """
    signature = etree.Element(ds("Signature"), nsmap={"ds": alg.DS})
    if signature_id:
        signature.set("Id", signature_id)
    signed_info = etree.SubElement(signature, ds("SignedInfo"))
    etree.SubElement(signed_info, ds("CanonicalizationMethod"), Algorithm=alg.EXCLUSIVE_C14N)
    etree.SubElement(signed_info, ds("SignatureMethod"), Algorithm=method)
    etree.SubElement(signature, ds("SignatureValue"))
    add_references(signature, references)
    return signature


def add_references(signature: etree._Element, references: Iterable[Reference]) -> None:
    """Append references to an unsigned `ds:Signature`.

    For what stands inside the signature itself: lxml may give an element another prefix when it
    moves into the tree, so it is digested only where it stays.
    """
    signature[0].extend(write_reference(one) for one in references)


def sign_in_place(signature: etree._Element, signer: Signer) -> None:
    """Fill in the `ds:SignatureValue` of what `build` returned, where it stands in the tree."""
    signed_info, value = signature[0], signature[1]
    value.text = alg.encode64(signer.sign(canonical(signed_info)))


def read(
    signature: etree._Element,
    verifier: Verifier,
    chains: frozenset[tuple[str, ...]] = MESSAGE_CHAINS,
) -> DetachedSignature:
    """Return what a `ds:Signature` says, where it stands in the tree.

    Raises:
        AuthenticationError: it is not built as XML Signature 1.1, section 4 demands, or names one
            thing twice.
        SecurityPolicyError: an algorithm, a transform or the number of references is not allowed.
    """
    names = [child.tag for child in signature]
    if (
        signature.tag != ds("Signature")
        or names[:2] != [ds("SignedInfo"), ds("SignatureValue")]
        or names[2:].count(ds("KeyInfo")) > 1
        or set(names[2:]) - {ds("KeyInfo"), ds("Object")}
    ):
        raise AuthenticationError(why="the signature is malformed")
    signed_info = signature[0]
    value = alg.decode64(signature[1].text)
    if not value or len(signature[1]):
        raise AuthenticationError(why="the signature value is malformed")
    method, prefixes, references = _read_signed_info(signed_info, verifier, chains)
    return DetachedSignature(
        method=method,
        references=references,
        signed_info=canonical(signed_info, prefixes),
        value=value,
        key_info=signature.find(ds("KeyInfo")),
    )


def verify(
    signature: DetachedSignature,
    certificate: x509.Certificate,
    verifier: Verifier,
    *,
    required: Mapping[str, etree._Element | Content],
    optional: Mapping[str, etree._Element | Content] | None = None,
) -> None:
    """Return when the certificate's key signed all of `required`, and nothing unknown.

    Args:
        signature: from `read`, of the same tree.
        certificate: the one the sender is known by; the caller has matched it.
        verifier: the suite.
        required: by URI (`#id`, `cid:…`), what will be processed: an element by identity, or the
            octets of a payload after decryption and before decompression.
        optional: what may be signed as well (the token, a timestamp).

    Raises:
        SecurityPolicyError: something required is not signed.
        AuthenticationError: the value or a digest does not hold, or something else was signed.
    """
    targets = {_address(uri): one for uri, one in {**(optional or {}), **required}.items()}
    missing = {_address(uri) for uri in required}
    verifier.verify(certificate, signature.method, signature.signed_info, signature.value)
    for reference in signature.references:
        address = _address(reference.uri)
        target = targets.get(address)
        if target is None:
            raise AuthenticationError(
                why=f"the signature covers {address[:120]!r}, which is no part of this message"
            )
        check_digest(reference, _octets(reference, target))
        missing.discard(address)
    if missing:
        raise SecurityPolicyError(why=f"not covered by the signature: {', '.join(sorted(missing))}")


def check_digest(reference: Reference, octets: Content) -> None:
    """Return when the octets have the digest that the reference names.

    Raises:
        AuthenticationError: they have another.
    """
    found = alg.digest(reference.digest_algorithm, octets)
    if not hmac.compare_digest(found, reference.digest_value):
        raise AuthenticationError(why=f"the digest of {reference.uri[:120]!r} does not hold")


def _read_signed_info(
    signed_info: etree._Element, verifier: Verifier, chains: frozenset[tuple[str, ...]]
) -> tuple[str, tuple[str, ...], tuple[Reference, ...]]:
    names = [child.tag for child in signed_info]
    if (
        names[:2] != [ds("CanonicalizationMethod"), ds("SignatureMethod")]
        or not names[2:]
        or set(names[2:]) != {ds("Reference")}
    ):
        raise AuthenticationError(why="the signature is malformed")
    if len(names) - 2 > MAX_REFERENCES:
        raise SecurityPolicyError(why=f"the signature has more than {MAX_REFERENCES} references")
    canonicalisation, method = signed_info[0], signed_info[1]
    if canonicalisation.get("Algorithm") != alg.EXCLUSIVE_C14N:
        raise SecurityPolicyError(why="SignedInfo must be in exclusive canonical XML")
    algorithm = method.get("Algorithm", "")
    if algorithm not in verifier.signature_methods or len(method):
        raise SecurityPolicyError(why=f"signature algorithm {algorithm[:120]!r} is not allowed")
    references = tuple(read_reference(one) for one in signed_info[2:])
    for one in references:
        if one.chain not in chains:
            raise SecurityPolicyError(why=f"the transforms of {one.uri[:120]!r} are not allowed")
        if one.digest_algorithm not in verifier.digests:
            raise SecurityPolicyError(
                why=f"digest algorithm {one.digest_algorithm[:120]!r} is not allowed"
            )
    if len({_address(one.uri) for one in references}) != len(references):
        raise AuthenticationError(why="the signature covers one thing twice")
    return algorithm, read_prefixes(canonicalisation), references


def _octets(reference: Reference, target: etree._Element | Content) -> Content:
    """Return what is digested; the transform must fit the kind of the target."""
    ((algorithm, prefixes),) = reference.transforms
    if not isinstance(target, etree._Element):  # noqa: SLF001 - it has no other name
        if algorithm != alg.SWA_CONTENT:
            raise SecurityPolicyError(
                why=f"the transform of {reference.uri[:120]!r} is not one for a payload"
            )
        return target
    if algorithm != alg.EXCLUSIVE_C14N:
        raise SecurityPolicyError(
            why=f"the transform of {reference.uri[:120]!r} is not one for an element"
        )
    return canonical(target, prefixes)


def _address(uri: str) -> str:
    """Return the URI as compared: a Content-ID may be percent-encoded (RFC 2392, section 2)."""
    return unquote(uri) if uri.startswith("cid:") else uri
