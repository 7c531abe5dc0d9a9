"""Certificate ⇄ wsse:SecurityTokenReference: how a message says whose key was used.

Nothing of a token is believed: it only picks one of the certificates that are configured, by its
octets, key identifier, serial number or thumbprint (OASIS WSS X.509 Token Profile 1.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from exchange_node.domain.errors import SecurityPolicyError
from exchange_node.ebms.envelope import WSSE, WSU_ID
from exchange_node.security.algorithms import decode64, encode64
from exchange_node.security.certificates import der_of
from exchange_node.security.signature import ds

_WSS = "http://docs.oasis-open.org/wss"
_SOAP_SECURITY = f"{_WSS}/2004/01/oasis-200401-wss-soap-message-security-1.0"
_X509_PROFILE = f"{_WSS}/2004/01/oasis-200401-wss-x509-token-profile-1.0"
BASE64 = f"{_SOAP_SECURITY}#Base64Binary"
X509_V3 = f"{_X509_PROFILE}#X509v3"
SKI = f"{_X509_PROFILE}#X509SubjectKeyIdentifier"
THUMBPRINT = f"{_WSS}/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

BINARY_TOKEN = f"{{{WSSE}}}BinarySecurityToken"
_MAX_SERIAL_DIGITS = 50  # RFC 5280, 4.1.2.2: at most 20 octets


def new_binary_token(certificate: x509.Certificate, token_id: str) -> etree._Element:
    """Return a BinarySecurityToken that carries the certificate."""
    token = etree.Element(BINARY_TOKEN, nsmap={"wsse": WSSE})
    token.set(WSU_ID, token_id)
    token.set("EncodingType", BASE64)
    token.set("ValueType", X509_V3)
    token.text = encode64(der_of(certificate))
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
    key_info, identifier = _key_info("KeyIdentifier")
    identifier.set("EncodingType", BASE64)
    identifier.set("ValueType", SKI)
    identifier.text = encode64(key_identifier(certificate))
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
) -> x509.Certificate | None:
    """Return the one of the known certificates that a KeyInfo names, or None.

    Raises:
        SecurityPolicyError: it names a certificate in a way that is not accepted.
    """
    token = token_in(key_info)
    if token.tag == f"{{{WSSE}}}Reference":
        return _by_octets(ids.get(token.get("URI", "").removeprefix("#")), known)
    if token.tag == f"{{{WSSE}}}KeyIdentifier":
        return _by_identifier(token, known)
    if token.tag == ds("X509Data"):
        return _by_serial(token, known)
    raise SecurityPolicyError(why=f"a key is named by {etree.QName(token).localname[:80]}")


def _by_octets(
    token: etree._Element | None, known: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    if token is None or token.tag != BINARY_TOKEN:
        raise SecurityPolicyError(why="a key is named by a reference that leads to no token")
    if token.get("ValueType") != X509_V3:
        raise SecurityPolicyError(why=f"token type {token.get('ValueType')!r} is not accepted")
    octets = decode64(token.text)
    return next((one for one in known if der_of(one) == octets), None)


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
    """Pick by serial number among the few that are known.

    The issuer's name is not compared: its text form differs from stack to stack (attributes without
    a short name, escapes), and what is picked still has to verify.
    """
    serial = data.findtext(f"{ds('X509IssuerSerial')}/{ds('X509SerialNumber')}", "").strip()
    if not (serial.isascii() and serial.isdigit() and len(serial) <= _MAX_SERIAL_DIGITS):
        raise SecurityPolicyError(why="a key is named by X509Data without issuer and serial")
    return next((one for one in known if one.serial_number == int(serial)), None)
