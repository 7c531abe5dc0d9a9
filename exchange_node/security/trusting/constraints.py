"""Name constraints of an authority → which names below it break them (RFC 5280, 4.2.1.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from cryptography import x509
from cryptography.x509.oid import NameOID

from exchange_node.security.certificates.names import part_of
from exchange_node.security.trusting.names import alternative_names


def broken_by(constraints: x509.NameConstraints, certificate: x509.Certificate) -> str:
    """Return the first name of the certificate that the constraints do not let pass, or empty.

    A name of a form that is constrained and that is not understood here does not pass either.
    """
    permitted = tuple(constraints.permitted_subtrees or ())
    excluded = tuple(constraints.excluded_subtrees or ())
    for name in _names(certificate):
        if any(_lies_in(name, one) is not False for one in excluded):
            return _said(name)
        fits = [_lies_in(name, one) for one in permitted if type(one) is type(name)]
        if fits and True not in fits:
            return _said(name)
    return ""


def _names(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    alternatives = alternative_names(certificate)
    if certificate.subject.rdns:
        yield x509.DirectoryName(certificate.subject)
    yield from alternatives
    if not any(isinstance(one, x509.RFC822Name) for one in alternatives):
        yield from _addresses(certificate.subject)


def _addresses(subject: x509.Name) -> Iterable[x509.GeneralName]:
    for one in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
        try:
            yield x509.RFC822Name(str(one.value))
        except ValueError:
            continue  # no address; as part of the directory name it was looked at already


def _lies_in(name: x509.GeneralName, tree: x509.GeneralName) -> bool | None:
    """Whether a name lies in a subtree; None where this form of name is not understood here."""
    match name, tree:
        case x509.DirectoryName(), x509.DirectoryName():
            inner, outer = _rdns(name.value), _rdns(tree.value)
            return inner[: len(outer)] == outer
        case x509.DNSName(), x509.DNSName():
            return _is_below(name.value.lower(), tree.value.lower().removeprefix("."))
        case x509.RFC822Name(), x509.RFC822Name():
            return _is_mail_in(name.value.lower(), tree.value.lower())
        case x509.IPAddress(), x509.IPAddress():
            return _is_in(name.value, tree.value)
        case _ if type(name) is type(tree):
            return None
        case _:
            return False


def _rdns(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    return [frozenset(map(part_of, rdn)) for rdn in name.rdns]


def _is_below(host: str, domain: str) -> bool:
    return not domain or host == domain or host.endswith(f".{domain}")


def _is_mail_in(address: str, tree: str) -> bool:
    host = address.rpartition("@")[2]
    if "@" in tree:
        return address == tree
    return host.endswith(tree) if tree.startswith(".") else host == tree


def _is_in(address: object, network: object) -> bool:
    match address, network:
        case IPv4Address(), IPv4Network():
            return address in network
        case IPv6Address(), IPv6Network():
            return address in network
        case _:
            return False


def _said(name: x509.GeneralName) -> str:
    value = name.value
    return value.rfc4514_string() if isinstance(value, x509.Name) else str(value)
