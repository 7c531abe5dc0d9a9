"""Document × registry → findings: what is missing, unknown, misplaced, too often, or misshapen.

One pass over the tree, envelope first, with the registry's tables beside it. It says in the
registry's words what the schema would say in its own, and names every missing element, not the
first of each class. What it comes by are the document's leaves, which it keeps for the other rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import OFFICES
from exchange_node.wco.compiled.classes import Kid, Table, table_of
from exchange_node.wco.document import NO_ATTRIBUTES, Document, Leaf, leaves_of
from exchange_node.wco.notation import DEC, DS, EXT, IG, MD, RES, may_repeat, read_moment
from exchange_node.wco.registry import METADATA
from exchange_node.wco.rules import structure_rules as rules
from exchange_node.wco.tree import moment_of, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.codelists import CodeLists
    from exchange_node.wco.registry import Entry, Registry

ATTRIBUTE_LISTS = {"currencyID": "iso4217", "unitCode": "rec20"}
"""Code list of the attributes that carry a code."""

_BODY = "body"
_NOT_ENVELOPE = tuple("{" + namespace + "}" for namespace in (DEC, IG, RES, DS))


def check_structure(
    document: Document, registry: Registry, code_lists: CodeLists, on: date
) -> tuple[Finding, ...]:
    """Return what the registry says against envelope and body; the document keeps its leaves."""
    findings: list[Finding] = []
    table = table_of(registry, "MetaData", METADATA)
    if table is not None:
        envelope = _Walk(code_lists, on, MD, is_envelope=True)
        envelope.class_(document.tree, table, "MetaData")
        findings += envelope.findings
    table = table_of(registry, document.root_name, document.kind)
    if table is not None:
        body = _Walk(code_lists, on, table.entry.namespace, is_envelope=False)
        body.class_(document.body, table, document.root_name)
        document.keep(body.leaves)
        findings += body.findings
    return tuple(findings)


class _Walk:
    """One pass over envelope or body: the findings, and the leaves as they are come by."""

    __slots__ = ("_body", "_code_lists", "_good", "_is_envelope", "_on", "findings",
                 "leaves")  # fmt: skip

    def __init__(self, code_lists: CodeLists, on: date, body: str, *, is_envelope: bool) -> None:
        self._code_lists = code_lists
        self._on = on
        self._body = body
        self._is_envelope = is_envelope
        self._good: dict[str, set[str]] = {}
        self.findings: list[Finding] = []
        self.leaves: list[Leaf] = []

    # One loop over every element of a document: parted, the calls would cost what the work costs.
    def class_(self, element: Element, table: Table, pointer: str) -> None:  # noqa: C901, PLR0912
        """Check one class: its children against its table, then each child."""
        children = list(element)
        tags: list[Any] = [child.tag for child in children]
        twice = _twice(tags) if len(set(tags)) < len(tags) else ()
        text = element.text
        stray = [text.strip()] if text and text.strip() else []
        by_tag, findings = table.by_tag, self.findings
        begun = len(findings)
        count: dict[int, int] = {}
        others: dict[str, int] = {}
        last = -1
        is_open = False
        for child, tag in zip(children, tags, strict=True):
            tail = child.tail
            if tail and tail.strip():
                stray.append(tail.strip())
            kid = by_tag.get(tag)
            if kid is None:
                self._other(child, table, pointer, others)
                is_open = True
                continue
            rank = kid.rank
            number = count[rank] = count.get(rank, 0) + 1
            if kid.is_shown or tag in twice:
                at = f"{pointer}/{kid.name}[{number}]"
            else:
                at = f"{pointer}/{kid.name}"
            if kid.maximum is not None and number == kid.maximum + 1:
                findings.append(
                    rules.TOO_MANY.found(pointer=at, name=kid.entry.tag, limit=kid.maximum)
                )
            if rank < last or (is_open and not kid.enters_freely):
                findings.append(rules.OUT_OF_ORDER.found(pointer=at, name=kid.entry.tag))
            elif not kid.enters_freely:
                last = rank
            is_open = is_open or kid.enters_freely
            if kid.kind is None:
                self._value(child, kid, at)
                continue
            if not len(child) or moment_of(child) is not None:  # a class that looks like a value
                self.leaves += leaves_of(child, kid.entry.path, at, self._body)
                kept = len(self.leaves)
                self.class_(child, kid.kind, at)
                del self.leaves[kept:]
            else:
                self.class_(child, kid.kind, at)
        if stray:
            findings.insert(begun, _stray(" ".join(stray), table.entry, pointer))
        for kid in table.needed:
            if count.get(kid.rank, 0) < kid.minimum:
                self._missing(kid, pointer)

    def _other(self, child: Element, table: Table, pointer: str, count: dict[str, int]) -> None:
        """Take what the registry does not have here: the body in its envelope, a seal, the rest."""
        name = name_of(child, self._body)
        count[name] = count.get(name, 0) + 1
        at = f"{pointer}/{name}"
        parent = child.getparent()
        same = [] if parent is None else [one for one in parent if name_of(one, self._body) == name]
        if len(same) > 1 or may_repeat(table.entry.name, name):
            at += f"[{count[name]}]"
        if self._is_envelope and str(child.tag).startswith(_NOT_ENVELOPE):
            self._body_or_seal(child, name, at, count)
            return
        is_foreign = name.startswith(("ext:", "other:")) and table.entry.namespace not in (EXT, MD)
        rule = rules.NOT_REGISTERED if is_foreign else rules.UNKNOWN_ELEMENT
        self.findings.append(rule.found(pointer=at, name=name, parent=table.entry.tag))
        if not self._is_envelope:
            self.leaves += leaves_of(child, f"{table.entry.path}/{name}", at, self._body)

    def _body_or_seal(self, child: Element, name: str, pointer: str, count: dict[str, int]) -> None:
        """Check that the envelope ends with its body and at most one document seal."""
        if not str(child.tag).startswith(f"{{{DS}}}"):
            count[_BODY] = 1
            return
        if _BODY not in count:
            self.findings.append(rules.OUT_OF_ORDER.found(pointer=pointer, name=name))
        count[DS] = count.get(DS, 0) + 1
        if count[DS] > 1:
            self.findings.append(rules.TOO_MANY.found(pointer=pointer, name=name, limit=1))

    def _missing(self, kid: Kid, parent: str) -> None:
        """Name what is missing: each obligatory value of a class, the class where it has none."""
        pointer = f"{parent}/{kid.name}[1]" if kid.is_shown else f"{parent}/{kid.name}"
        needed = kid.kind.needed if kid.kind is not None else ()
        for one in needed:
            self._missing(one, pointer)
        if not needed:
            self.findings.append(_missing(kid.entry, pointer))

    def _value(self, element: Element, kid: Kid, pointer: str) -> None:
        """Check one value and what it carries, and keep it as a leaf."""
        attributes = NO_ATTRIBUTES
        if element.attrib:
            attributes = MappingProxyType(
                {str(name): str(value) for name, value in element.attrib.items()}
            )
        for name, is_needed in kid.attributes:
            self._attribute(name, attributes.get(name), kid, pointer, is_needed=is_needed)
        path = kid.entry.path
        if not len(element):
            value = element.text or ""
            self.leaves.append(Leaf(path, pointer, value, attributes))
            if kid.is_moment:
                self.findings.append(
                    rules.NOT_A_MOMENT.found(
                        pointer=pointer, value=value.strip(), name=kid.entry.tag
                    )
                )
            elif value not in self._good.get(path, ()):
                self._text(value, kid, pointer)
            return
        self._inside(element, kid, pointer, attributes)

    def _inside(
        self, element: Element, kid: Kid, pointer: str, attributes: Mapping[str, str]
    ) -> None:
        """Check a value that has elements in it, as a date or a moment has."""
        path = kid.entry.path
        moment = moment_of(element)
        if moment is None:
            self.leaves += leaves_of(element, path, pointer, self._body)
        else:
            self.leaves.append(Leaf(path, pointer, moment, attributes))
        if not kid.is_moment:
            self.findings.append(
                rules.WRONG_CONTENT.found(pointer=pointer, found="elements", wanted="a value")
            )
            return
        text = (element.text or "").strip()
        if moment is not None:
            stray = " ".join([text, (element[0].tail or "").strip()]).strip()
            if stray:
                self.findings.append(_stray(stray, kid.entry, pointer))
            text = moment
        if moment is None or read_moment(moment) is None:
            self.findings.append(
                rules.NOT_A_MOMENT.found(pointer=pointer, value=text, name=kid.entry.tag)
            )

    def _text(self, value: str, kid: Kid, pointer: str) -> None:
        """Check a value against its format and its code list."""
        entry = kid.entry
        found = None
        if not value.strip():
            if entry.minimum:
                found = _missing(entry, pointer)
            else:
                found = rules.EMPTY.found(pointer=pointer, value=value, name=entry.tag)
        elif kid.limit is not None and len(value) > kid.limit and not kid.decimals:
            found = rules.TOO_LONG.found(
                pointer=pointer, value=value, name=entry.tag, length=len(value), limit=kid.limit
            )
        elif len(value) < kid.least or not (kid.least or entry.fits(value)):
            found = _wrong_format(value, entry, pointer)
        elif entry.code_list:
            found = self._code(value, entry, pointer)
        if found is not None:
            self.findings.append(found)

    def _code(self, value: str, entry: Entry, pointer: str) -> Finding | None:
        if self._code_lists.knows(entry.code_list, value, self._on):
            self._good.setdefault(entry.path, set()).add(value)
            return None
        if entry.code_list == OFFICES:
            return rules.UNKNOWN_OFFICE.found(
                pointer=pointer, value=value, name=entry.tag, country=value[:2]
            )
        return rules.UNKNOWN_CODE.found(
            pointer=pointer, value=value, name=entry.tag, list=entry.code_list
        )

    def _attribute(
        self, name: str, value: str | None, kid: Kid, pointer: str, *, is_needed: bool
    ) -> None:
        tag = kid.entry.tag
        if value is None:
            if is_needed:
                self.findings.append(
                    rules.NO_ATTRIBUTE.found(pointer=pointer, attribute=name, name=tag)
                )
            return
        list_name = ATTRIBUTE_LISTS.get(name, "")
        if not list_name or value in self._good.get(list_name, ()):
            return
        if self._code_lists.knows(list_name, value, self._on):
            self._good.setdefault(list_name, set()).add(value)
            return
        self.findings.append(
            rules.UNKNOWN_CODE.found(
                pointer=pointer, value=value, name=f"{tag}/@{name}", list=list_name
            )
        )


def _missing(entry: Entry, pointer: str) -> Finding:
    return rules.MISSING.found(
        pointer=pointer, name=entry.tag, wco_id=entry.wco_id, meaning=entry.meaning
    )


def _wrong_format(value: str, entry: Entry, pointer: str) -> Finding:
    return rules.WRONG_FORMAT.found(
        pointer=pointer, value=value, name=entry.tag, format=entry.format
    )


def _stray(text: str, entry: Entry, pointer: str) -> Finding:
    return rules.WRONG_CONTENT.found(
        pointer=pointer, value=text, found="text", wanted=f"the elements of {entry.tag}"
    )


def _twice(tags: list[str]) -> frozenset[str]:
    """Return the tags that stand more than once."""
    return frozenset(tag for tag, number in Counter(tags).items() if number > 1)
