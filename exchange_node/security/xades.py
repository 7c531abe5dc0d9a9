"""The signed properties of a XAdES B-B signature: who sealed, with which certificate, and when.

Source: ETSI EN 319 132-1 V1.2.1, clauses 5.2.1 (SigningTime), 5.2.2 (SigningCertificateV2), 5.2.4
(DataObjectFormat) and 6 (baseline levels). `xades:UnsignedProperties`, where time stamps (T, LT,
LTA) go, is left out until there is one, and passed over when it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import BrokenSealError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import der_of
from exchange_node.security.signature import ds

XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"

_SEQUENCE = 0x30  # ITU-T X.690, section 8.1.2
_INTEGER = 0x02
_DIRECTORY_NAME = 0xA4  # RFC 5280, section 4.2.1.6: GeneralName, choice 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedProperties:
    """What the properties say; the element is the one that was read.

    Attributes:
        certificate_algorithm: digest URI of `certificate_digest`.
    """

    element: etree._Element
    properties_id: str
    signing_time: datetime
    certificate_algorithm: str
    certificate_digest: bytes


def write(
    certificate: x509.Certificate,
    at: datetime,
    *,
    signature_id: str,
    properties_id: str,
    content_reference_id: str,
) -> etree._Element:
    """Return the `ds:Object` with the signed properties, for the end of a `ds:Signature`."""
    top = etree.Element(ds("Object"), nsmap={"ds": alg.DS})
    qualifying = etree.SubElement(
        top, _xades("QualifyingProperties"), nsmap={"xades": XADES}, Target=f"#{signature_id}"
    )
    signed = etree.SubElement(qualifying, _xades("SignedProperties"), Id=properties_id)
    of_signature = etree.SubElement(signed, _xades("SignedSignatureProperties"))
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    etree.SubElement(of_signature, _xades("SigningTime")).text = moment
    certificates = etree.SubElement(of_signature, _xades("SigningCertificateV2"))
    cert = etree.SubElement(certificates, _xades("Cert"))
    cert_digest = etree.SubElement(cert, _xades("CertDigest"))
    etree.SubElement(cert_digest, ds("DigestMethod"), Algorithm=alg.SHA256)
    value = etree.SubElement(cert_digest, ds("DigestValue"))
    value.text = alg.encode64(alg.digest(alg.SHA256, der_of(certificate)))
    issuer_serial = etree.SubElement(cert, _xades("IssuerSerialV2"))
    issuer_serial.text = alg.encode64(_issuer_serial(certificate))
    of_data = etree.SubElement(signed, _xades("SignedDataObjectProperties"))
    data_format = etree.SubElement(
        of_data, _xades("DataObjectFormat"), ObjectReference=f"#{content_reference_id}"
    )
    etree.SubElement(data_format, _xades("MimeType")).text = "application/xml"
    return top


def read(signature: etree._Element) -> SignedProperties:
    """Return the one set of signed properties of a `ds:Signature`.

    `IssuerSerialV2` is passed over: the digest beside it names one certificate and no other.

    Raises:
        BrokenSealError: they are missing, there more than once, or malformed.
    """
    qualifying = _only(_only(signature, ds("Object")), _xades("QualifyingProperties"))
    target = qualifying.get("Target", "")
    if not signature.get("Id") or target != f"#{signature.get('Id')}":
        raise BrokenSealError(why="its properties are not those of this signature")
    signed = _only(qualifying, _xades("SignedProperties"))
    of_signature = _only(signed, _xades("SignedSignatureProperties"))
    cert = _only(_only(of_signature, _xades("SigningCertificateV2")), _xades("Cert"))
    cert_digest = _only(cert, _xades("CertDigest"))
    value = alg.decode64(_only(cert_digest, ds("DigestValue")).text)
    if not value:
        raise BrokenSealError(why="the digest of the signing certificate is malformed")
    return SignedProperties(
        element=signed,
        properties_id=signed.get("Id", ""),
        signing_time=_moment(_only(of_signature, _xades("SigningTime")).text),
        certificate_algorithm=_only(cert_digest, ds("DigestMethod")).get("Algorithm", ""),
        certificate_digest=value,
    )


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(name)
    if len(found) != 1:
        raise BrokenSealError(why=f"want one {etree.QName(name).localname}, found {len(found)}")
    return found[0]


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BrokenSealError(why="SigningTime is no moment with a time zone")


def _issuer_serial(certificate: x509.Certificate) -> bytes:
    """Return the DER of `IssuerSerial` (RFC 5035, section 5.2)."""
    names = _der(_SEQUENCE, _der(_DIRECTORY_NAME, certificate.issuer.public_bytes()))
    serial = certificate.serial_number
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, signed=True)
    return _der(_SEQUENCE, names + _der(_INTEGER, octets))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _xades(name: str) -> str:
    return f"{{{XADES}}}{name}"
