"""A path of certificates ⇄ PkiPath.

A PkiPath (ITU-T X.509, section 7.4; RFC 6066, appendix A) is a SEQUENCE OF Certificate in DER: the
one nearest to the anchor first, the end entity last.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from exchange_node.domain.errors import AuthenticationError
from exchange_node.security.certificates.reading import der_of, read_certificate

MOST_CERTIFICATES = 8
"""Of one path (our choice): an anchor, two or three authorities and the end entity are usual."""

_SEQUENCE = 0x30
_LONG_FORM = 0x80
_MOST_LENGTH_BYTES = 3


def write_path(certificates: Sequence[x509.Certificate]) -> bytes:
    """Return the PkiPath of certificates in its order: the end entity last."""
    content = b"".join(der_of(one) for one in certificates)
    size = len(content)
    if size < _LONG_FORM:
        return bytes((_SEQUENCE, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((_SEQUENCE, _LONG_FORM | width)) + size.to_bytes(width) + content


def split_path(octets: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a PkiPath, each in DER and unread, the end entity last.

    Raises:
        AuthenticationError: it is no sequence of one to `MOST_CERTIFICATES` things.
    """
    start, end = _sequence(octets, 0)
    found: list[bytes] = []
    while start < end:
        _, after = _sequence(octets, start)
        if after > end or len(found) == MOST_CERTIFICATES:
            raise _malformed()
        found.append(octets[start:after])
        start = after
    if end != len(octets) or not found:
        raise _malformed()
    return tuple(found)


def read_path(octets: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PkiPath, the end entity last; nothing of them is checked.

    Raises:
        AuthenticationError: it is no PkiPath, or one of it is no certificate.
    """
    return tuple(read_certificate(one) for one in split_path(octets))


def _sequence(octets: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the SEQUENCE at that place begins and ends."""
    header = octets[at : at + 2]
    if len(header) < 2 or header[0] != _SEQUENCE:
        raise _malformed()
    size, start = header[1], at + 2
    if size >= _LONG_FORM:
        width = size - _LONG_FORM
        size = int.from_bytes(octets[start : start + width])
        start += width
        if not 0 < width <= _MOST_LENGTH_BYTES or size < _LONG_FORM:
            raise _malformed()
    if start + size > len(octets):
        raise _malformed()
    return start, start + size


def _malformed() -> AuthenticationError:
    return AuthenticationError(why="what was presented is no path of certificates")
