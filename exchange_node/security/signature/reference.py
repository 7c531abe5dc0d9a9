"""One `ds:Reference`: what is signed, how it was made into octets, and their digest.

A reference is a value: two of them are equal when address, transforms, digest algorithm and digest
are, however they were written: so receipts are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import AuthenticationError, SecurityPolicyError
from exchange_node.domain.transmission.content import Content
from exchange_node.security import algorithms as alg

_INTERN_DEFAULT = b'<x xmlns="#default"/>'
MAX_PREFIXES = 32
"""Prefixes in one list (our choice): each is looked up for every element that is canonicalised."""

_NO_CANONICAL_FORM = "it has no canonical form: a namespace name must be an absolute URI"
_ID_ATTRIBUTES = (
    f"{{{alg.WSU}}}Id",
    "Id",
    "ID",
    "id",
    "{http://www.w3.org/XML/1998/namespace}id",
)

Transform = tuple[str, tuple[str, ...]]
"""A transform: its algorithm URI, and the prefixes of its `ec:InclusiveNamespaces`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A signed thing.

    Attributes:
        uri: `#id`, `cid:…`, or empty for the document the signature stands in.
        transforms: in their order.
        digest_algorithm: URI.
        type: URI that says what kind of thing is signed; it takes no part in comparison.
        id: of the reference itself; neither does it.
    """

    uri: str
    transforms: tuple[Transform, ...]
    digest_algorithm: str
    digest_value: bytes
    type: str = field(default="", compare=False)
    id: str = field(default="", compare=False)

    @property
    def chain(self) -> tuple[str, ...]:
        """The algorithm URIs of the transforms."""
        return tuple(algorithm for algorithm, _ in self.transforms)


def canonical(element: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """Return the element in exclusive canonical XML 1.0, without comments and without its tail.

    The element stays where it is: a prefix of the list may be declared above it. (lxml never
    takes the tail along in this method.)

    Raises:
        AuthenticationError: there is no canonical form (a namespace name that is no absolute URI).
    """
    if "#default" in prefixes:
        # lxml hands libxml2 only prefixes that its dictionary of names knows already, and would
        # leave `#default` out; parsing it as a name makes it known.
        safe_xml.parse(_INTERN_DEFAULT)
    try:
        return etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    except etree.C14NError:
        raise AuthenticationError(why=_NO_CANONICAL_FORM) from None


def reference_to(
    uri: str,
    target: etree._Element | Content,
    *,
    digest_algorithm: str = alg.SHA256,
    prefixes: tuple[str, ...] = (),
) -> Reference:
    """Return a reference to an element in its place in the tree, or to the octets of a payload."""
    transform: Transform = (alg.SWA_CONTENT, ())
    octets: Content
    if not isinstance(target, etree._Element):  # noqa: SLF001 - it has no other name
        octets = target
    else:
        transform, octets = (alg.EXCLUSIVE_C14N, prefixes), canonical(target, prefixes)
    return Reference(
        uri=uri,
        transforms=(transform,),
        digest_algorithm=digest_algorithm,
        digest_value=alg.digest(digest_algorithm, octets),
    )


def write_reference(reference: Reference) -> etree._Element:
    """Return the `ds:Reference` element, for a `ds:SignedInfo` or a receipt."""
    element = etree.Element(ds("Reference"), nsmap={"ds": alg.DS})
    if reference.id:
        element.set("Id", reference.id)
    if reference.type:
        element.set("Type", reference.type)
    element.set("URI", reference.uri)
    transforms = etree.SubElement(element, ds("Transforms"))
    for algorithm, prefixes in reference.transforms:
        transform = etree.SubElement(transforms, ds("Transform"), Algorithm=algorithm)
        if prefixes:
            inclusive = etree.SubElement(
                transform, f"{{{alg.EC}}}InclusiveNamespaces", nsmap={"ec": alg.EC}
            )
            inclusive.set("PrefixList", " ".join(prefixes))
    etree.SubElement(element, ds("DigestMethod"), Algorithm=reference.digest_algorithm)
    etree.SubElement(element, ds("DigestValue")).text = alg.encode64(reference.digest_value)
    return element


def read_reference(element: etree._Element) -> Reference:
    """Return what a `ds:Reference` says; whether it is allowed is for the reader's policy.

    Raises:
        AuthenticationError: the element is not built as XML Signature 1.1, section 4.4.3 demands.
        SecurityPolicyError: a transform has content other than a list of prefixes.
    """
    children = list(element)
    names = [one.tag for one in children]
    if names[:1] != [ds("Transforms")]:
        raise SecurityPolicyError(why="a signature reference names no transform")
    if names != [ds("Transforms"), ds("DigestMethod"), ds("DigestValue")]:
        raise AuthenticationError(why="a signature reference is malformed")
    transforms, method, value = children
    digest_value = alg.decode64(value.text)
    if not digest_value or len(value) or len(method):
        raise AuthenticationError(why="a signature reference is malformed")
    uri = element.get("URI")
    if uri is None:
        raise AuthenticationError(why="a signature reference has no URI")
    return Reference(
        uri=uri,
        transforms=tuple(_read_transforms(transforms)),
        digest_algorithm=method.get("Algorithm", ""),
        digest_value=digest_value,
        type=element.get("Type", ""),
        id=element.get("Id", ""),
    )


def _read_transforms(transforms: etree._Element) -> Iterator[Transform]:
    for transform in transforms:
        if transform.tag != ds("Transform"):
            raise AuthenticationError(why="a signature reference is malformed")
        algorithm, prefixes = transform.get("Algorithm", ""), read_prefixes(transform)
        if prefixes and algorithm != alg.EXCLUSIVE_C14N:
            raise SecurityPolicyError(why="a transform has parameters that are not allowed")
        yield algorithm, prefixes


def read_prefixes(transform: etree._Element) -> tuple[str, ...]:
    """Return the `PrefixList` of a transform or canonicalisation method; empty without one.

    Raises:
        SecurityPolicyError: it has other content (XPath, a stylesheet, parameters), or the list is
            too long.
    """
    content = list(transform)
    if not content:
        return ()
    (inclusive, *others) = content
    if others or inclusive.tag != f"{{{alg.EC}}}InclusiveNamespaces" or len(inclusive):
        raise SecurityPolicyError(why="a signature transform has parameters that are not allowed")
    prefixes = tuple(inclusive.get("PrefixList", "").split())
    if len(prefixes) > MAX_PREFIXES:
        raise SecurityPolicyError(why=f"a list of more than {MAX_PREFIXES} prefixes")
    return prefixes


def elements_by_id(root: etree._Element) -> dict[str, etree._Element]:
    """Return every element that has an id (`wsu:Id`, `Id`, `ID`, `id`, `xml:id`), by its id.

    Raises:
        AuthenticationError: two elements have the same id, so that a reference could mean either.
    """
    found: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        if not element.attrib:
            continue
        for attribute in _ID_ATTRIBUTES:
            name = element.get(attribute)
            if name is not None and found.setdefault(name, element) is not element:
                raise AuthenticationError(why=f"the id {name[:80]!r} is there twice")
    return found


def ds(name: str) -> str:
    """Return a name of the XML Signature namespace as lxml writes it."""
    return f"{{{alg.DS}}}{name}"
