"""The name in a certificate ⇄ the same name as a partner's software writes it.

RFC 2253 with what is met beside it: blanks around commas, quotes, `OID.1.2.3`, the short names of
Java and OpenSSL, and values as DER in hexadecimal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

_EMAIL = NameOID.EMAIL_ADDRESS.dotted_string
_TYPES = {
    "CN": NameOID.COMMON_NAME.dotted_string,
    "C": NameOID.COUNTRY_NAME.dotted_string,
    "O": NameOID.ORGANIZATION_NAME.dotted_string,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME.dotted_string,
    "L": NameOID.LOCALITY_NAME.dotted_string,
    "ST": NameOID.STATE_OR_PROVINCE_NAME.dotted_string,
    "S": NameOID.STATE_OR_PROVINCE_NAME.dotted_string,
    "STREET": NameOID.STREET_ADDRESS.dotted_string,
    "DC": NameOID.DOMAIN_COMPONENT.dotted_string,
    "UID": NameOID.USER_ID.dotted_string,
    "E": _EMAIL,
    "EMAIL": _EMAIL,
    "EMAILADDRESS": _EMAIL,
    "T": NameOID.TITLE.dotted_string,
    "TITLE": NameOID.TITLE.dotted_string,
    "SERIALNUMBER": NameOID.SERIAL_NUMBER.dotted_string,
    "SURNAME": NameOID.SURNAME.dotted_string,
    "SN": NameOID.SURNAME.dotted_string,
    "GIVENNAME": NameOID.GIVEN_NAME.dotted_string,
    "GN": NameOID.GIVEN_NAME.dotted_string,
    "ORGANIZATIONIDENTIFIER": NameOID.ORGANIZATION_IDENTIFIER.dotted_string,
}
_OID = re.compile(r"[0-9]+(\.[0-9]+)+")
_HEX = re.compile(r"#((?:[0-9A-Fa-f]{2})+)")
_SHORT_DER = 0x80
_BMP_STRING = 0x1E

Part = tuple[str, str]
"""Type (object identifier) and value, the value without case and needless blanks."""


def is_named(text: str, name: x509.Name) -> bool:
    """Whether a text is the name.

    Order, case and blanks are not compared: stacks differ in them (RFC 2253 begins with the last
    part, OpenSSL with the first).
    """
    read = read_name(text)
    return read is not None and sorted(read) == sorted(map(part_of, name))


def part_of(attribute: x509.NameAttribute[str | bytes]) -> Part:
    """Return an attribute of a name as it is compared (RFC 5280, section 7.1)."""
    value = attribute.value if isinstance(attribute.value, str) else attribute.value.hex()
    return attribute.oid.dotted_string, folded(value)


def read_name(text: str) -> list[Part] | None:
    """Return the parts of a name as text; None where it cannot be read as one."""
    found: list[Part] = []
    for piece in _pieces(text):
        kind, equals, value = piece.partition("=")
        label = kind.strip().upper().removeprefix("OID.")
        oid = label if _OID.fullmatch(label) else _TYPES.get(label)
        if not equals or oid is None:
            return None
        found.append((oid, folded(_plain(value.strip()))))
    return found


def _pieces(text: str) -> Iterator[str]:
    """Yield what stands between the commas and plus signs that are neither escaped nor quoted."""
    start, at, is_quoted = 0, 0, False
    while at < len(text):
        match text[at]:
            case "\\":
                at += 1
            case '"':
                is_quoted = not is_quoted
            case "," | ";" | "+" if not is_quoted:
                yield text[start:at]
                start = at + 1
            case _:
                pass
        at += 1
    yield text[start:]


def _plain(value: str) -> str:
    """Return a value without quotes and escapes, or out of its DER."""
    if hexadecimal := _HEX.fullmatch(value):
        return _string_of(bytes.fromhex(hexadecimal[1]))
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    octets = re.sub(
        rb"\\([0-9A-Fa-f]{2}|.)",
        lambda found: bytes.fromhex(found[1].decode()) if len(found[1]) > 1 else found[1],
        value.encode("utf-8", "surrogatepass"),
        flags=re.DOTALL,
    )
    return octets.decode("utf-8", "replace")


def _string_of(der: bytes) -> str:
    """Return the text of a short ASN.1 string; a long or damaged one as hexadecimal."""
    if len(der) < 2 or der[1] >= _SHORT_DER or len(der) != der[1] + 2:
        return der.hex()
    return der[2:].decode("utf-16-be" if der[0] == _BMP_STRING else "utf-8", "replace")


def folded(text: str) -> str:
    """Return a text without what is not compared in names: case and needless blanks."""
    return " ".join(text.split()).casefold()
