"""Certificate ⇄ wsse:SecurityTokenReference: how a message says whose key was used.

Nothing of a token is believed: it picks one of the certificates that are configured, by its octets,
the last of a path, key identifier, issuer and serial number, or thumbprint (OASIS WSS X.509 Token
Profile 1.1.1). What it presents beside those is a claim, for an authority to vouch for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from exchange_node.domain.errors import SecurityPolicyError
from exchange_node.ebms.envelope import WSSE, WSU_ID
from exchange_node.security.algorithms import decode64, encode64
from exchange_node.security.certificates import (
    der_of,
    is_named,
    read_certificate,
    split_path,
    write_path,
)
from exchange_node.security.keys import Signer
from exchange_node.security.signature import ds
from exchange_node.security.suites import Token

_WSS = "http://docs.oasis-open.org/wss"
_SOAP_SECURITY = f"{_WSS}/2004/01/oasis-200401-wss-soap-message-security-1.0"
_X509_PROFILE = f"{_WSS}/2004/01/oasis-200401-wss-x509-token-profile-1.0"
BASE64 = f"{_SOAP_SECURITY}#Base64Binary"
X509_V3 = f"{_X509_PROFILE}#X509v3"
PKI_PATH = f"{_X509_PROFILE}#X509PKIPathv1"
SKI = f"{_X509_PROFILE}#X509SubjectKeyIdentifier"
THUMBPRINT = f"{_WSS}/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

WSSE11 = f"{_WSS}/oasis-wss-wssecurity-secext-1.1.xsd"
BINARY_TOKEN = f"{{{WSSE}}}BinarySecurityToken"
_MAX_SERIAL_DIGITS = 50  # RFC 5280, 4.1.2.2: at most 20 octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A certificate that a message named: a configured one, or one that it presented.

    Attributes:
        path: what the message carried, the anchor's side first and the certificate last; empty
            where it only named it. Nothing but the last of it has been compared with anything.
    """

    certificate: x509.Certificate
    path: tuple[x509.Certificate, ...] = ()


def name_signer(
    signer: Signer, token: Token, token_id: str
) -> tuple[etree._Element, tuple[etree._Element, ...]]:
    """Return the KeyInfo that names a signer's certificate, and what the message must carry."""
    match token:
        case Token.CERTIFICATE:
            carried = new_binary_token(signer.certificate, token_id)
            return new_reference(f"#{token_id}", X509_V3), (carried,)
        case Token.PATH:
            octets = write_path((*reversed(signer.chain), signer.certificate))
            carried = _new_binary_token(octets, PKI_PATH, token_id)
            key_info = new_reference(f"#{token_id}", PKI_PATH)
            # WS-I Basic Security Profile 1.1, R5215; WSS4J refuses a path without it.
            key_info[0].set(f"{{{WSSE11}}}TokenType", PKI_PATH)
            return key_info, (carried,)
        case Token.KEY_IDENTIFIER:
            return new_key_identifier(signer.certificate), ()
        case Token.THUMBPRINT:
            return _new_identifier(THUMBPRINT, _thumbprint(signer.certificate)), ()
        case Token.ISSUER_SERIAL:
            return _new_issuer_serial(signer.certificate), ()


def new_binary_token(certificate: x509.Certificate, token_id: str) -> etree._Element:
    """Return a BinarySecurityToken that carries the certificate."""
    return _new_binary_token(der_of(certificate), X509_V3, token_id)


def _new_binary_token(octets: bytes, value_type: str, token_id: str) -> etree._Element:
    token = etree.Element(BINARY_TOKEN, nsmap={"wsse": WSSE})
    token.set(WSU_ID, token_id)
    token.set("EncodingType", BASE64)
    token.set("ValueType", value_type)
    token.text = encode64(octets)
    return token


def new_reference(uri: str, value_type: str = "") -> etree._Element:
    """Return a KeyInfo that points to a token of the same message."""
    key_info, reference = _key_info("Reference")
    reference.set("URI", uri)
    if value_type:
        reference.set("ValueType", value_type)
    return key_info


def new_key_identifier(certificate: x509.Certificate) -> etree._Element:
    """Return a KeyInfo that names the certificate by its subject key identifier."""
    return _new_identifier(SKI, key_identifier(certificate))


def _new_identifier(value_type: str, octets: bytes) -> etree._Element:
    key_info, identifier = _key_info("KeyIdentifier")
    identifier.set("EncodingType", BASE64)
    identifier.set("ValueType", value_type)
    identifier.text = encode64(octets)
    return key_info


def _new_issuer_serial(certificate: x509.Certificate) -> etree._Element:
    key_info = etree.Element(ds("KeyInfo"))
    token = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference")
    both = etree.SubElement(etree.SubElement(token, ds("X509Data")), ds("X509IssuerSerial"))
    etree.SubElement(both, ds("X509IssuerName")).text = certificate.issuer.rfc4514_string()
    etree.SubElement(both, ds("X509SerialNumber")).text = str(certificate.serial_number)
    return key_info


def _key_info(name: str) -> tuple[etree._Element, etree._Element]:
    key_info = etree.Element(ds("KeyInfo"))
    token = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference")
    return key_info, etree.SubElement(token, f"{{{WSSE}}}{name}")


def key_identifier(certificate: x509.Certificate) -> bytes:
    """Return the subject key identifier; where none is written, the one RFC 5280 computes."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    return extension.value.digest


def token_in(key_info: etree._Element | None) -> etree._Element:
    """Return what stands in the one SecurityTokenReference of a KeyInfo.

    Raises:
        SecurityPolicyError: there is none, or it holds more than one thing.
    """
    references = [] if key_info is None else list(key_info)
    if len(references) == 1 and references[0].tag == f"{{{WSSE}}}SecurityTokenReference":
        tokens = list(references[0])
        if len(tokens) == 1:
            return tokens[0]
    raise SecurityPolicyError(why="a key is not named by one SecurityTokenReference")


def find(
    key_info: etree._Element | None,
    known: Sequence[x509.Certificate],
    ids: Mapping[str, etree._Element],
) -> Named | None:
    """Return the one of the known certificates that a KeyInfo names, or None.

    Raises:
        SecurityPolicyError: it names a certificate in a way that is not accepted.
        AuthenticationError: it carries a path that cannot be read.
    """
    token = token_in(key_info)
    if token.tag == f"{{{WSSE}}}Reference":
        return _by_octets(carried(token, ids), known)
    if token.tag == f"{{{WSSE}}}KeyIdentifier":
        found = _by_identifier(token, known)
    elif token.tag == ds("X509Data"):
        found = _by_serial(token, known)
    else:
        raise SecurityPolicyError(why=f"a key is named by {etree.QName(token).localname[:80]}")
    return None if found is None else Named(certificate=found)


def carried(reference: etree._Element, ids: Mapping[str, etree._Element]) -> tuple[bytes, ...]:
    """Return the certificates (DER, unread) that a wsse:Reference leads to, the signer's last.

    Raises:
        SecurityPolicyError: it leads to no token, or to one that is not accepted.
        AuthenticationError: it leads to a path that cannot be read.
    """
    token = ids.get(reference.get("URI", "").removeprefix("#"))
    if token is None or token.tag != BINARY_TOKEN:
        raise SecurityPolicyError(why="a key is named by a reference that leads to no token")
    octets = decode64(token.text) or b""
    match token.get("ValueType"):
        case value if value == X509_V3:
            return (octets,)
        case value if value == PKI_PATH:
            return split_path(octets)
        case value:
            raise SecurityPolicyError(why=f"token type {value!r} is not accepted")


def presented(key_info: etree._Element | None, ids: Mapping[str, etree._Element]) -> Named | None:
    """Return the certificate that a message itself presents, or None where it only names one.

    Raises:
        SecurityPolicyError: a key is named in a way that is not accepted.
        AuthenticationError: what it presents is no certificate, or no path of certificates.
    """
    token = token_in(key_info)
    if token.tag != f"{{{WSSE}}}Reference":
        return None
    path = tuple(read_certificate(one) for one in carried(token, ids))
    return Named(certificate=path[-1], path=path)


def _by_octets(path: tuple[bytes, ...], known: Sequence[x509.Certificate]) -> Named | None:
    *above, last = path
    found = next((one for one in known if der_of(one) == last), None)
    if found is None:
        return None
    return Named(certificate=found, path=(*(read_certificate(one) for one in above), found))


def _by_identifier(
    token: etree._Element, known: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    octets = decode64(token.text)
    match token.get("ValueType"):
        case value if value == SKI:
            return next((one for one in known if key_identifier(one) == octets), None)
        case value if value == THUMBPRINT:
            return next((one for one in known if _thumbprint(one) == octets), None)
        case value:
            raise SecurityPolicyError(why=f"key identifier {value!r} is not accepted")


def _thumbprint(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA1())  # noqa: S303 - it only picks, it proves nothing


def _by_serial(data: etree._Element, known: Sequence[x509.Certificate]) -> x509.Certificate | None:
    serial = data.findtext(f"{ds('X509IssuerSerial')}/{ds('X509SerialNumber')}", "").strip()
    issuer = data.findtext(f"{ds('X509IssuerSerial')}/{ds('X509IssuerName')}", "")
    if not (serial.isascii() and serial.isdigit() and len(serial) <= _MAX_SERIAL_DIGITS):
        raise SecurityPolicyError(why="a key is named by X509Data without issuer and serial")
    for one in known:
        if one.serial_number == int(serial) and is_named(issuer, one.issuer):
            return one
    return None
