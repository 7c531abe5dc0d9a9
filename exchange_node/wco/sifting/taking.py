"""Document + what goes + what changes → a copy; and any document → one with nothing but fields.

What leaves a node is decided field by field, so nothing may travel beside the fields: no comment,
no instruction, no text between elements, no attribute that the registry does not know. `plain`
makes such a document out of any; `sifted` takes fields out of a plain one, or writes over them.

For the codec rooms and for `policy`, which sees documents, paths and values and no tree.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from exchange_node.wco.document import EXCHANGE_TAGS, Document
from exchange_node.wco.notation import COMPANIONS, EXT, MD, wco_moment
from exchange_node.wco.tree import name_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEADER = tuple(
    f"{{{MD}}}{name}"
    for name in (
        "WCODataModelVersionCode",
        "WCOTypeName",
        "ResponsibleCountryCode",
        "ResponsibleAgencyName",
        "AgencyAssignedCustomizationCode",
        "AgencyAssignedCustomizationVersionCode",
    )
)
_EXCHANGE = f"{{{EXT}}}Exchange"
_MOMENT = "DateTimeString"
_FORMAT_CODE = frozenset({"formatCode"})
_NOTHING: frozenset[str] = frozenset()
_OF_COMPANIONS = frozenset({"element", "languageID", "listID"})
_OF_ENDINGS = {
    "Amount": frozenset({"currencyID"}),
    "Measure": frozenset({"unitCode"}),
    "Quantity": frozenset({"unitCode"}),
}
_FOREIGN = "other:"
_GONE = "gone"
"""A name in no namespace, which nothing that stays can have."""
_IS_EMPTY = "[not(*)]"
_IS_FIELD = f"[not(*) or (count(*)=1 and *[local-name()='{_MOMENT}'][not(*)])]"


def attributes_of(path: str) -> frozenset[str]:
    """Return the attributes that a field may have, by the last name of its path.

    It stands here because a document that is only read knows no registry; a test holds it to that.
    """
    name = path.rpartition("/")[2]
    if name in COMPANIONS:
        return _OF_COMPANIONS
    return next((said for end, said in _OF_ENDINGS.items() if name.endswith(end)), _NOTHING)


def plain(document: Document) -> Document:
    """Return a document that has its header, its exchange and its fields, and nothing beside.

    A document that this program has just made is one. Of any other a new one is made: empty
    classes, fields of foreign namespaces and whatever else is a leaf stays, to be decided over by
    its path; comments, processing instructions, text between elements, attributes that the field
    does not have and the seal are gone.
    """
    if document.is_plain:
        return document
    tree = document.tree
    root = etree.Element(tree.tag, nsmap={None: MD, "ext": EXT})
    for child in tree:
        if child is document.body:
            namespace = _namespace(child)
            made = etree.SubElement(root, child.tag, nsmap={None: namespace})
            _copy_class(made, child, namespace)
        elif child.tag in _HEADER:
            etree.SubElement(root, child.tag).text = _text(child)
        elif child.tag == _EXCHANGE:
            _copy_exchange(etree.SubElement(root, _EXCHANGE), child)
    return Document(root, is_plain=True)


def sifted(
    document: Document, gone: Collection[str], changed: Mapping[str, Sequence[str | None]]
) -> Document:
    """Return a copy of a plain document without some fields, and with others over some.

    Args:
        document: what `plain` returned.
        gone: paths of which every field goes.
        changed: by path, for each field there in document order, what it says from now on; None
            where it goes. Dates and moments are ISO 8601.

    Classes left empty go too. The copy carries no seal: what was signed is no longer there.
    """
    paths = document.by_path()
    copied = document.unsealed()
    body = copied.body
    thinned = _change(body, changed, paths) if changed else set()
    if gone or thinned:
        thinned |= _strip(body, gone, paths)
        for path in thinned:
            if "/" in path and (path not in paths or path in gone):
                for element in _finder(_namespace(body), path, _IS_EMPTY)(body):
                    _take(element, body)
    if any(_FOREIGN in path for path in gone):
        etree.cleanup_namespaces(copied.tree)
    return copied


def _change(
    body: Element, changed: Mapping[str, Sequence[str | None]], paths: Iterable[str]
) -> set[str]:
    """Write over fields and mark those that go; return the classes that these stand in."""
    classes = _classes_among(tuple(paths))
    thinned = set()
    for path, values in changed.items():
        found = _finder(_namespace(body), path, _IS_FIELD if path in classes else "")(body)
        for element, value in zip(found, values, strict=True):
            if value is None:
                element.tag = _GONE
                thinned.add(path.rpartition("/")[0])
            else:
                _write(element, value)
    return thinned


def _strip(body: Element, gone: Collection[str], paths: Iterable[str]) -> set[str]:
    """Take out what is marked and what goes; return the classes that it stood in."""
    plan = _plan(_namespace(body), tuple(gone), tuple(paths))
    for find in plan.finders:
        for element in find(body):
            element.tag = _GONE
    etree.strip_elements(body, _GONE, *plan.tags, with_tail=False)
    return set(plan.thinned)


class _Plan(NamedTuple):
    """What finds the fields that are marked, which tags go as they are, the classes around both."""

    finders: tuple[etree.XPath, ...]
    tags: tuple[str, ...]
    thinned: frozenset[str]


# Documents of one kind under one grant have the same paths, and lose the same.
@lru_cache(maxsize=64)
def _plan(namespace: str, gone: tuple[str, ...], paths: tuple[str, ...]) -> _Plan:
    leaving = frozenset(gone)
    fields = [one for one in paths if one not in leaving]
    staying = _classes_of(fields)
    names = {one.rpartition("/")[2] for one in (*fields, *staying)}
    finders, tags, thinned = [], [], set()
    for path in {_topmost(one, fields, staying) for one in gone}:
        above, _, name = path.rpartition("/")
        thinned.add(above)
        if name in names or name == _MOMENT or name.startswith(_FOREIGN):
            finders.append(_finder(namespace, path, _IS_FIELD if path in staying else ""))
        else:  # nothing that stays is called so
            tags.append(_tag(name, namespace))
    return _Plan(finders=tuple(finders), tags=tuple(tags), thinned=frozenset(thinned))


def _copy_class(made: Element, source: Element, body: str) -> None:
    for child in source:
        if not isinstance(child.tag, str):
            continue
        inside = [one for one in child if isinstance(one.tag, str)]
        copied = etree.SubElement(made, child.tag)
        inner = inside[0] if len(inside) == 1 else None
        if inner is not None and _is_moment(inner, child):
            moment = etree.SubElement(copied, inner.tag)
            _copy_field(moment, inner, _FORMAT_CODE)
        elif inside:
            _copy_class(copied, child, body)
        else:
            _copy_field(copied, child, attributes_of(name_of(child, body)))


def _is_moment(inner: Element, outer: Element) -> bool:
    namespace = str(outer.tag).rpartition("}")[0]
    has_elements = any(isinstance(one.tag, str) for one in inner)
    return not has_elements and str(inner.tag) == f"{namespace}}}{_MOMENT}"


def _copy_field(made: Element, source: Element, known: frozenset[str]) -> None:
    made.text = _text(source) or None
    for name, value in source.attrib.items():
        if name in known:
            made.set(name, value)


def _copy_exchange(made: Element, source: Element) -> None:
    for child in source:
        if child.tag not in EXCHANGE_TAGS:
            continue
        copied = etree.SubElement(made, child.tag)
        if any(one.tag in EXCHANGE_TAGS for one in child):
            _copy_exchange(copied, child)
        else:
            copied.text = _text(child) or None


def _text(element: Element) -> str:
    """Return the text of a field; a comment in it parts what belongs together."""
    parts = [element.text, *(one.tail for one in element if not isinstance(one.tag, str))]
    return "".join(one for one in parts if one)


def _classes_of(paths: Iterable[str]) -> set[str]:
    """Return every path that some path lies below."""
    classes: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in classes:
            classes.add(above)
            above = above.rpartition("/")[0]
    return classes


# As for `_plan`: documents of one kind have the same paths.
@lru_cache(maxsize=64)
def _classes_among(paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_classes_of(paths))


def _topmost(path: str, fields: Container[str], staying: Container[str]) -> str:
    """Return the largest class around a path from which nothing stays, else the path itself."""
    top = path
    while "/" in (above := top.rpartition("/")[0]) and above not in staying and above not in fields:
        top = above
    return top


# A document has some hundred paths; whoever sends another invents names.
@lru_cache(maxsize=4_096)
def _finder(namespace: str, path: str, condition: str) -> etree.XPath:
    """Return what finds the elements at a path in document order."""
    steps = "/".join(_step(one, namespace) for one in path.split("/")[1:]) or "self::*"
    return etree.XPath(f"{steps}{condition}", namespaces={"b": namespace, "x": EXT})


def _namespace(element: Element) -> str:
    return str(element.tag)[1:].partition("}")[0]


def _tag(name: str, namespace: str) -> str:
    """Return the tag of an element that is not foreign, as lxml writes it."""
    local = name.removeprefix("ext:")
    return f"{{{namespace if local == name else EXT}}}{local}"


def _step(name: str, namespace: str) -> str:
    prefix, _, local = name.rpartition(":")
    if prefix == _FOREIGN.rstrip(":"):
        ours = "".join(f"[namespace-uri()!='{one}']" for one in (namespace, EXT))
        return f"*[local-name()='{local}']{ours}"
    return f"x:{local}" if prefix == "ext" else f"b:{local}"


def _take(element: Element, body: Element) -> None:
    """Take a field out, and the classes around it that hold nothing any more."""
    while element is not body:
        parent = element.getparent()
        if parent is None:
            return
        parent.remove(element)
        if len(parent):
            return
        element = parent


def _write(element: Element, value: str) -> None:
    if not len(element):
        element.text = value
        return
    inner = element[0]
    code, text = wco_moment(value) or (inner.get("formatCode", ""), value)
    if inner.get("formatCode") != code:
        inner.set("formatCode", code)
    inner.text = text
