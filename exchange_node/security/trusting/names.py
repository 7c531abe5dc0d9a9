"""The name a partner is bound to among the customers of an authority.

An authority vouches for all its customers alike. What makes one of them the partner is the name
that the partner's card binds it to: a whole distinguished name, or one name that has to stand as
the common name or as a subject alternative name.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates.names import Part, folded, part_of, read_name


@dataclass(frozen=True, slots=True)
class BoundName:
    """A name that a certificate has to bear; made by `read_bound_name`.

    Attributes:
        text: as the card has it.
        key: equal for two names that mean the same: the parts of a distinguished name, or a text.
    """

    text: str
    key: tuple[Part, ...] | str

    def fits(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate bears this name.

        A distinguished name has to be the subject, whole. A single name has to be the one common
        name, or one of the DNS names, mail addresses or URIs.
        """
        if not isinstance(self.key, str):
            return tuple(sorted(map(part_of, certificate.subject))) == self.key
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if len(common) == 1 and folded(str(common[0].value)) == self.key:
            return True
        return any(
            folded(one.value) == self.key
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
        return BoundName(plain, folded(plain))
    parts = read_name(plain)
    if not parts or not all(value for _, value in parts):
        why = f"{plain[:120]!r} is no distinguished name: want CN=…,O=…,C=…"
        raise InvalidSettingError(where=where, why=why)
    return BoundName(plain, tuple(sorted(parts)))


def alternative_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """Return the subject alternative names; none is an empty tuple."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(found.value)
