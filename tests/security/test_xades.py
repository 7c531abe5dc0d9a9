from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from exchange_node.domain.errors import BrokenSealError
from exchange_node.security import algorithms as alg
from exchange_node.security import xades
from exchange_node.security.certificates import Purpose, Subject, der_of, self_signed
from tests.security.ring import Element, Ring, parent_of


@pytest.fixture(name="signature")
def _signature(ring: Ring) -> Element:
    return signature_at(ring, ring.at)


def signature_at(ring: Ring, at: datetime) -> Element:
    signature = etree.Element(f"{{{alg.DS}}}Signature", Id="s")
    signature.append(
        xades.write(ring.tls, at, signature_id="s", properties_id="p", content_reference_id="c")
    )
    return signature


def element(signature: Element, name: str) -> Element:
    (found,) = signature.iter(f"{{{xades.XADES}}}{name}", f"{{{alg.DS}}}{name}")
    return found


def test_what_was_written_is_read(ring: Ring, signature: Element) -> None:
    properties = xades.read(signature)

    assert properties.properties_id == "p"
    assert properties.signing_time == ring.at
    assert properties.certificate_algorithm == alg.SHA256
    assert properties.certificate_digest == alg.digest(alg.SHA256, der_of(ring.tls))
    assert properties.element is element(signature, "SignedProperties")


def test_the_signing_time_is_written_in_utc_with_whole_seconds(ring: Ring) -> None:
    almaty = timezone(timedelta(hours=5))
    at = datetime(2026, 3, 1, 13, 0, 0, 999999, tzinfo=almaty)

    signature = signature_at(ring, at)

    assert element(signature, "SigningTime").text == "2026-03-01T08:00:00Z"
    assert xades.read(signature).signing_time == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_the_data_object_format_names_the_reference(signature: Element) -> None:
    assert element(signature, "DataObjectFormat").get("ObjectReference") == "#c"
    assert element(signature, "MimeType").text == "application/xml"


def test_openssl_reads_issuer_and_serial_number(ring: Ring, signature: Element) -> None:
    der = alg.decode64(element(signature, "IssuerSerialV2").text)
    assert der is not None

    parsed = subprocess.run(
        ["openssl", "asn1parse", "-inform", "DER"], input=der, capture_output=True, check=True
    ).stdout.decode()

    assert "State Revenue Committee" in parsed
    assert "customs.kz tls" in parsed
    assert f":{ring.tls.serial_number:X}" in parsed
    assert ring.tls.issuer.public_bytes() in der


@pytest.mark.parametrize(
    ("serial", "der"), [(1, "020101"), (127, "02017f"), (128, "02020080"), (0x7FFF, "02027fff")]
)
def test_a_serial_number_is_written_as_der_demands(ring: Ring, serial: int, der: str) -> None:
    certificate = self_signed(
        ring.ec,
        Subject(party="customs.kz", country="KZ", administration="SRC"),
        Purpose.SEAL,
        at=ring.at,
        lifetime=timedelta(days=1),
        random_bytes=(serial << 1).to_bytes,
    )

    assert xades._issuer_serial(certificate).hex().endswith(der)


@pytest.mark.parametrize(
    ("size", "head"), [(1, "3001"), (127, "307f"), (128, "308180"), (300, "3082012c")]
)
def test_a_length_is_written_as_der_demands(size: int, head: str) -> None:
    assert xades._der(0x30, b"\x00" * size)[:-size].hex() == head


@pytest.mark.parametrize(
    "name",
    [
        "Object",
        "QualifyingProperties",
        "SignedProperties",
        "SignedSignatureProperties",
        "SigningTime",
        "SigningCertificateV2",
        "Cert",
        "CertDigest",
        "DigestMethod",
        "DigestValue",
    ],
)
def test_each_property_is_there_once(signature: Element, name: str) -> None:
    one = element(signature, name)
    parent = parent_of(one)
    parent.append(etree.fromstring(etree.tostring(one)))
    with pytest.raises(BrokenSealError, match=f"one {name}, found 2"):
        xades.read(signature)

    parent.remove(one)
    parent.remove(parent[-1])
    with pytest.raises(BrokenSealError, match=f"one {name}, found 0"):
        xades.read(signature)


@pytest.mark.parametrize(
    "text",
    ["", "today", "2026-03-01", "2026-03-01T08:00:00", "0001-01-01T00:00:00+14:00", "9" * 400],
)
def test_a_signing_time_that_is_no_moment_is_refused(signature: Element, text: str) -> None:
    element(signature, "SigningTime").text = text

    with pytest.raises(BrokenSealError, match="SigningTime"):
        xades.read(signature)


@pytest.mark.parametrize("text", ["", "%%%"])
def test_a_certificate_digest_that_is_none_is_refused(signature: Element, text: str) -> None:
    element(signature, "DigestValue").text = text

    with pytest.raises(BrokenSealError, match="digest"):
        xades.read(signature)


@pytest.mark.parametrize(("target", "own_id"), [("#other", "s"), ("", "s"), ("#", "")])
def test_properties_of_another_signature_are_refused(
    signature: Element, target: str, own_id: str
) -> None:
    element(signature, "QualifyingProperties").set("Target", target)
    signature.set("Id", own_id)

    with pytest.raises(BrokenSealError, match="this signature"):
        xades.read(signature)


def test_unsigned_properties_are_passed_over(signature: Element) -> None:
    unsigned = f"{{{xades.XADES}}}UnsignedProperties"
    etree.SubElement(element(signature, "QualifyingProperties"), unsigned)

    assert xades.read(signature).properties_id == "p"
