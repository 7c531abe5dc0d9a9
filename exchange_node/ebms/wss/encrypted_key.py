"""Content key ⇄ xenc:EncryptedKey: how the key of the payloads travels to its one reader.

W3C XML Encryption 1.1, sections 3.5, 5.5 and 5.6; RFC 9231, sections 2.6 and 2.7; OASIS WSS X.509
Token Profile 1.1.1. A key is transported (RSA) or agreed (curves); the element shows which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import DecryptionError, SecurityPolicyError
from exchange_node.ebms.wss import tokens
from exchange_node.security import algorithms as alg
from exchange_node.security.algorithms import XENC, XENC11, decode64, encode64
from exchange_node.security.keys import Decrypter, agreement
from exchange_node.security.signature import ds
from exchange_node.security.suites import (
    AgreedKey,
    ContentKey,
    EncryptedKey,
    Suite,
    TransportedKey,
)

_KEY_LENGTH = "16"  # octets, of the key that AES-128 key wrap takes
_CURVE = re.compile(r"urn:oid:?([0-9]+(?:\.[0-9]+)+)")  # some leave the second colon out


def new_encrypted_key(
    key: EncryptedKey, certificate: x509.Certificate, token: str
) -> etree._Element:
    """Return the element; its ReferenceList is the caller's."""
    element = etree.Element(_xenc("EncryptedKey"), Id=f"key-{token}", nsmap={"xenc": XENC})
    method = etree.SubElement(element, _xenc("EncryptionMethod"))
    recipient = tokens.new_key_identifier(certificate)
    match key:
        case TransportedKey():
            method.set("Algorithm", key.algorithm)
            if key.digest:
                etree.SubElement(method, ds("DigestMethod"), Algorithm=key.digest)
            if key.mask:
                etree.SubElement(method, _xenc11("MGF"), Algorithm=key.mask)
            element.append(recipient)
        case AgreedKey():
            method.set("Algorithm", key.wrap)
            key_info = etree.SubElement(element, ds("KeyInfo"), nsmap={"ds": alg.DS})
            key_info.append(_new_agreement(key, recipient[0]))
    cipher = etree.SubElement(element, _xenc("CipherData"))
    etree.SubElement(cipher, _xenc("CipherValue")).text = encode64(key.cipher_value)
    return element


def _new_agreement(key: AgreedKey, recipient: etree._Element) -> etree._Element:
    element = etree.Element(
        _xenc("AgreementMethod"),
        Algorithm=key.agreement,
        nsmap={
            "xenc": XENC,
            "xenc11": XENC11,
            "dsig11": alg.DSIG11,
            "dsig-more": alg.DSIG_MORE_2021,
        },
    )
    derivation = etree.SubElement(element, _xenc11("KeyDerivationMethod"), Algorithm=alg.HKDF)
    params = etree.SubElement(derivation, _more("HKDFParams"))
    etree.SubElement(params, _more("PRF"), Algorithm=alg.HMAC_SHA256)
    for name, octets in (("Salt", key.salt), ("Info", key.info)):
        if octets:
            etree.SubElement(params, _more(name)).text = encode64(octets)
    etree.SubElement(params, _more("KeyLength")).text = _KEY_LENGTH
    originator = etree.SubElement(element, _xenc("OriginatorKeyInfo"))
    point = agreement.point_of(key.originator)
    if point is None:
        value = etree.SubElement(originator, _dsig11("DEREncodedKeyValue"))
        value.text = encode64(key.originator)
    else:
        value = etree.SubElement(
            etree.SubElement(originator, ds("KeyValue")), _dsig11("ECKeyValue")
        )
        etree.SubElement(value, _dsig11("NamedCurve"), URI=f"urn:oid:{point[0]}")
        etree.SubElement(value, _dsig11("PublicKey")).text = encode64(point[1])
    etree.SubElement(element, _xenc("RecipientKeyInfo")).append(recipient)
    return element


def open_key(
    element: etree._Element,
    decrypters: Sequence[Decrypter],
    suite: Suite,
    ids: Mapping[str, etree._Element],
) -> ContentKey:
    """Return the content key: the decrypter is the one that the message names, never a guess.

    Raises:
        SecurityPolicyError: key transport, agreement or derivation are outside the suite.
        DecryptionError: the element is not built as it must be, or names no key of ours.
    """
    known = [one.certificate for one in decrypters]
    reader = reader_of(element, known, ids)
    agreed = _agreed(element)
    method = element.find(_xenc("EncryptionMethod"))
    cipher_value = decode64(element.findtext(f"{_xenc('CipherData')}/{_xenc('CipherValue')}"))
    if reader is None or method is None or not cipher_value:
        raise DecryptionError
    encrypted = (
        _read_transported(method, cipher_value)
        if agreed is None
        else _read_agreed(agreed, method, cipher_value)
    )
    return suite.decrypt_key(decrypters[known.index(reader)], encrypted)


def reader_of(
    element: etree._Element,
    known: Sequence[x509.Certificate],
    ids: Mapping[str, etree._Element],
) -> x509.Certificate | None:
    """Return the one of the known certificates whose key opens the element; None for none.

    Raises:
        SecurityPolicyError: it names a certificate in a way that is not accepted.
    """
    agreed = _agreed(element)
    recipient = element.find(ds("KeyInfo")) if agreed is None else _recipient(agreed)
    named = tokens.find(recipient, known, ids)
    return None if named is None else named.certificate


def _agreed(element: etree._Element) -> etree._Element | None:
    """Return how the key was agreed; None where it was transported."""
    return element.find(f"{ds('KeyInfo')}/{_xenc('AgreementMethod')}")


def _read_transported(method: etree._Element, cipher_value: bytes) -> TransportedKey:
    digest, mask = method.find(ds("DigestMethod")), method.find(_xenc11("MGF"))
    return TransportedKey(
        algorithm=method.get("Algorithm", ""),
        cipher_value=cipher_value,
        digest="" if digest is None else digest.get("Algorithm", ""),
        mask="" if mask is None else mask.get("Algorithm", ""),
        label=_octets(method, _xenc("OAEPparams")),
    )


def _read_agreed(element: etree._Element, method: etree._Element, cipher_value: bytes) -> AgreedKey:
    derivation = element.find(_xenc11("KeyDerivationMethod"))
    algorithm = "" if derivation is None else derivation.get("Algorithm", "")
    params = None if derivation is None else derivation.find(_more("HKDFParams"))
    if params is None or algorithm != alg.HKDF:
        raise SecurityPolicyError(why=f"key derivation {algorithm[:120]!r} is not allowed")
    prf = params.find(_more("PRF"))
    if prf is None or prf.get("Algorithm") != alg.HMAC_SHA256:
        raise SecurityPolicyError(why="keys are derived with HMAC-SHA256 alone")
    if params.findtext(_more("KeyLength"), _KEY_LENGTH).strip() != _KEY_LENGTH:
        raise SecurityPolicyError(why=f"a derived key has {_KEY_LENGTH} octets")
    return AgreedKey(
        agreement=element.get("Algorithm", ""),
        originator=_originator(element),
        wrap=method.get("Algorithm", ""),
        cipher_value=cipher_value,
        salt=_octets(params, _more("Salt")),
        info=_octets(params, _more("Info")),
    )


def _originator(element: etree._Element) -> bytes:
    """Return the sender's public key in DER, as DER or as a point of a named curve."""
    info = element.find(_xenc("OriginatorKeyInfo"))
    if info is None:
        raise DecryptionError
    value = info.find(f"{ds('KeyValue')}/{_dsig11('ECKeyValue')}")
    if value is None:
        return _octets(info, _dsig11("DEREncodedKeyValue"))
    named = value.find(_dsig11("NamedCurve"))
    curve = _CURVE.fullmatch("" if named is None else named.get("URI", ""))
    if curve is None:
        raise SecurityPolicyError(why="a public key lies on no named curve")
    key = agreement.public_key_at(curve[1], _octets(value, _dsig11("PublicKey")))
    if key is None:
        raise DecryptionError
    return key


def _recipient(element: etree._Element) -> etree._Element | None:
    """Return what holds the recipient's token; some wrap it in a KeyValue once more."""
    info = element.find(_xenc("RecipientKeyInfo"))
    wrapped = None if info is None else info.find(ds("KeyValue"))
    return info if wrapped is None else wrapped


def _octets(parent: etree._Element, name: str) -> bytes:
    octets = decode64(parent.findtext(name))
    if octets is None:
        raise DecryptionError
    return octets


def _xenc(name: str) -> str:
    return f"{{{XENC}}}{name}"


def _xenc11(name: str) -> str:
    return f"{{{XENC11}}}{name}"


def _dsig11(name: str) -> str:
    return f"{{{alg.DSIG11}}}{name}"


def _more(name: str) -> str:
    return f"{{{alg.DSIG_MORE_2021}}}{name}"
