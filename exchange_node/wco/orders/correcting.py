"""Document + corrected values → the document as it is read from now on; what differs between two.

Only a value that is there is corrected, and none that says which record it is: an element more or
less is another document, and goes as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.orders.order import Correction
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import path_of, wco_moment
from exchange_node.wco.tree import children_of, moment_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NO_SUCH_VALUE = Rule(
    code="CAREC-R041",
    severity=Severity.ERROR,
    sentence="{pointer} is no value of the document",
    mend="Name a value by its pointer, as `exchange-node map --explain` shows it.",
)
OTHER_VALUE = Rule(
    code="CAREC-R042",
    severity=Severity.ERROR,
    sentence="{pointer} holds another value than the correction says",
    mend="Compare both sides' versions of the record; order what corrects the one that is held.",
)
NOT_CORRECTABLE = Rule(
    code="CAREC-R043",
    severity=Severity.ERROR,
    sentence="{pointer} says which record it is and cannot be corrected",
    mend="Order the record deleted, and send the right one.",
)
NOT_A_VALUE = Rule(
    code="CAREC-R044",
    severity=Severity.ERROR,
    sentence="{pointer} cannot hold {value!r}",
    mend="Give a text without control characters; a date or a moment in ISO 8601.",
)
RULES = (NO_SUCH_VALUE, OTHER_VALUE, NOT_CORRECTABLE, NOT_A_VALUE)

_IDENTIFYING = frozenset(
    {"FunctionCode", "FunctionalReferenceID", "ID", "TypeCode", "VersionID", "Submitter/ID"}
)


def corrected(document: Document, corrections: Iterable[Correction]) -> Document:
    """Return a document with other values, without its seal; the order of corrections counts.

    Raises:
        InvalidDocumentError: a pointer names no value, or one that says which record it is, another
            value stands there, or the new one cannot be written; all of them are named.
    """
    copied = document.unsealed()
    at = dict(_leaves(copied.body, copied.root_name, str(etree.QName(copied.body).namespace)))
    findings: list[Finding] = []
    for one in corrections:
        element = at.get(one.pointer)
        rule = _fault(one, element, copied.root_name)
        if rule is None and element is not None and not _write(element, one.new):
            rule = NOT_A_VALUE
        if rule is not None:
            findings.append(rule.found(pointer=one.pointer, value=one.new))
    if findings:
        raise InvalidDocumentError(tuple(findings))
    return Document(copied.tree, is_plain=document.is_plain)


def differences(before: Document, after: Document) -> tuple[tuple[Leaf, Leaf], ...]:
    """Return the values that differ between two documents of one shape, both sides of each.

    Raises:
        InvalidDocumentError: they are not of one shape.
    """
    olds, news = before.leaves(), after.leaves()
    if [one.pointer for one in olds] != [one.pointer for one in news]:
        raise InvalidDocumentError((NO_SUCH_VALUE.found(pointer=before.root_name),))
    return tuple((old, new) for old, new in zip(olds, news, strict=True) if old.value != new.value)


def _fault(one: Correction, element: Element | None, root: str) -> Rule | None:
    if path_of(one.pointer).removeprefix(f"{root}/") in _IDENTIFYING:
        return NOT_CORRECTABLE
    if element is None:
        return NO_SUCH_VALUE
    return None if _value(element) == one.old else OTHER_VALUE


def _value(element: Element) -> str:
    moment = moment_of(element)
    return (element.text or "") if moment is None else moment


def _write(element: Element, value: str) -> bool:
    """Write a value; return whether the element can hold it."""
    if moment_of(element) is not None:
        found = wco_moment(value)
        if found is None:
            return False
        element[0].set("formatCode", found[0])
        element[0].text = found[1]
        return True
    try:
        element.text = value
    except ValueError:  # XML has no room for a character
        return False
    return bool(value)


def _leaves(parent: Element, pointer: str, body: str) -> Iterator[tuple[str, Element]]:
    for child, _, child_pointer in children_of(parent, body, pointer):
        if moment_of(child) is None and len(child):
            yield from _leaves(child, child_pointer, body)
        else:
            yield child_pointer, child
