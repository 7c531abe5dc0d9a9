"""The name a partner is bound to among the customers of an authority, and how names are compared.

An authority vouches for all its customers alike. What makes one of them the partner is the name
that the partner's card binds it to: a whole distinguished name, or one name that has to stand as
the common name or as a subject alternative name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import NameOID

from exchange_node.domain.errors import InvalidSettingError

Rdns = tuple[frozenset[tuple[str, str]], ...]

_SHORT_NAMES = MappingProxyType(
    {
        "E": NameOID.EMAIL_ADDRESS,
        "emailAddress": NameOID.EMAIL_ADDRESS,
        "SN": NameOID.SURNAME,
        "GN": NameOID.GIVEN_NAME,
        "serialNumber": NameOID.SERIAL_NUMBER,
        "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
    }
)
"""Attributes that certificates of administrations carry and RFC 4514, section 3, does not list."""


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name that a certificate has to bear; made by `read_bound_name`.

    Attributes:
        text: as the card has it.
        rdns: the parts of a distinguished name; empty for a single name.
    """

    text: str
    rdns: Rdns = ()

    @property
    def key(self) -> object:
        """What is equal for two names that mean the same."""
        return min((self.rdns, self.rdns[::-1]), key=repr) if self.rdns else _folded(self.text)

    def fits(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate bears this name.

        A distinguished name has to be the subject, whole, written from either end. A single name
        has to be the one common name, or one of the DNS names, mail addresses or URIs.
        """
        if self.rdns:
            return rdns_of(certificate.subject) in (self.rdns, self.rdns[::-1])
        wanted = _folded(self.text)
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if len(common) == 1 and _folded(str(common[0].value)) == wanted:
            return True
        return any(
            _folded(one.value) == wanted
            for one in alternative_names(certificate)
            if isinstance(one, (x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier))
        )


def read_bound_name(text: str, *, where: str) -> BoundName:
    """Read a name of a card: `CN=…,O=…,C=…` (RFC 4514, or as OpenSSL prints it), or one name.

    Raises:
        InvalidSettingError: it is empty, or has the form of a distinguished name and is none.
    """
    plain = text.strip()
    if not plain:
        raise InvalidSettingError(where=where, why="a name that is empty binds nobody")
    if "=" not in plain:
        return BoundName(plain)
    tight = re.sub(r"(?<!\\)\s*([=,+])\s*", r"\1", plain)
    try:
        name = x509.Name.from_rfc4514_string(tight, dict(_SHORT_NAMES))
    except ValueError:
        why = f"{plain[:120]!r} is no distinguished name: want CN=…,O=…,C=…"
        raise InvalidSettingError(where=where, why=why) from None
    return BoundName(plain, rdns_of(name))


def rdns_of(name: x509.Name) -> Rdns:
    """Return a name's parts as they are compared (RFC 5280, section 7.1): case and blanks fold."""
    return tuple(
        frozenset((one.oid.dotted_string, _folded(_text(one.value))) for one in rdn)
        for rdn in name.rdns
    )


def alternative_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """Return the subject alternative names; none is an empty tuple."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(found.value)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
