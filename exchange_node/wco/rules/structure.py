"""Document × registry → findings: what is missing, unknown, misplaced, too often, or misshapen.

One walk over the tree, envelope first. It says in the registry's words what the schema would say
in its own, and names every missing element, not the first of each class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import OFFICES
from exchange_node.wco.document import Document
from exchange_node.wco.notation import DEC, DS, EXT, IG, MD, RES, may_repeat, read_moment
from exchange_node.wco.registry import METADATA
from exchange_node.wco.rules import structure_rules as rules
from exchange_node.wco.tree import children_of, moment_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.codelists import CodeLists
    from exchange_node.wco.registry import Entry, Registry

ATTRIBUTE_LISTS = {"currencyID": "iso4217", "unitCode": "rec20"}
"""Code list of the attributes that carry a code."""


@dataclass(frozen=True, slots=True)
class _Walk:
    registry: Registry
    code_lists: CodeLists
    on: date
    kind: str
    body: str

    def class_(self, element: Element, entry: Entry, pointer: str) -> Iterator[Finding]:
        """Check one class: its children against the registry, then each child."""
        yield from _stray_text(element, entry, pointer)
        count: dict[str, int] = {}
        last = -1
        open_end = False
        for child, name, child_pointer in children_of(element, self.body, pointer):
            if self.kind == METADATA and str(child.tag).startswith(_NOT_ENVELOPE):
                yield from self._body_or_seal(child, name, child_pointer, count)
                open_end = True
                continue
            known = self.registry.entry(f"{entry.path}/{name}", self.kind)
            if known is None:
                yield self._unknown(entry, name, child_pointer)
                open_end = True
                continue
            count[name] = count.get(name, 0) + 1
            if known.maximum is not None and count[name] == known.maximum + 1:
                yield rules.TOO_MANY.found(
                    pointer=child_pointer, name=known.tag, limit=known.maximum
                )
            order = self.registry.order(known.path, self.kind)
            enters_freely = known.namespace == EXT and entry.namespace not in (EXT, MD)
            if order < last or (open_end and not enters_freely):
                yield rules.OUT_OF_ORDER.found(pointer=child_pointer, name=known.tag)
            elif not enters_freely:
                last = order
            open_end = open_end or enters_freely
            yield from self._child(child, known, child_pointer)
        for one in self.registry.children(entry.path, self.kind):
            if count.get(one.name, 0) < one.minimum:
                yield from self.missing(one, pointer)

    def _body_or_seal(
        self, child: Element, name: str, pointer: str, count: dict[str, int]
    ) -> Iterator[Finding]:
        """Check that the envelope ends with its body and at most one document seal."""
        if not str(child.tag).startswith(f"{{{DS}}}"):
            count[_BODY] = 1
            return
        if _BODY not in count:
            yield rules.OUT_OF_ORDER.found(pointer=pointer, name=name)
        count[DS] = count.get(DS, 0) + 1
        if count[DS] > 1:
            yield rules.TOO_MANY.found(pointer=pointer, name=name, limit=1)

    def missing(self, entry: Entry, parent: str) -> Iterator[Finding]:
        """Name what is missing: each obligatory value of a class, the class where it has none."""
        shown = may_repeat(parent.rpartition("/")[2].partition("[")[0], entry.name)
        pointer = f"{parent}/{entry.name}[1]" if shown else f"{parent}/{entry.name}"
        needed = [one for one in self.registry.children(entry.path, self.kind) if one.minimum]
        for one in needed:
            yield from self.missing(one, pointer)
        if not needed:
            yield rules.MISSING.found(
                pointer=pointer, name=entry.tag, wco_id=entry.wco_id, meaning=entry.meaning
            )

    def _unknown(self, parent: Entry, name: str, pointer: str) -> Finding:
        is_foreign = name.startswith(("ext:", "other:")) and parent.namespace not in (EXT, MD)
        rule = rules.NOT_REGISTERED if is_foreign else rules.UNKNOWN_ELEMENT
        return rule.found(pointer=pointer, name=name, parent=parent.tag)

    def _child(self, element: Element, entry: Entry, pointer: str) -> Iterator[Finding]:
        if entry.is_class:
            yield from self.class_(element, entry, pointer)
            return
        moment = moment_of(element)
        yield from self._attributes(element, entry, pointer)
        if entry.is_moment:
            if moment is not None:
                yield from _stray_text(element, entry, pointer)
            if moment is None or read_moment(moment) is None:
                text = moment if moment is not None else (element.text or "").strip()
                yield rules.NOT_A_MOMENT.found(pointer=pointer, value=text, name=entry.tag)
            return
        if len(element):
            yield rules.WRONG_CONTENT.found(pointer=pointer, found="elements", wanted="a value")
            return
        yield from self._value(element.text or "", entry, pointer)

    def _value(self, value: str, entry: Entry, pointer: str) -> Iterator[Finding]:
        if not value.strip():
            if entry.minimum:
                yield rules.MISSING.found(
                    pointer=pointer, name=entry.tag, wco_id=entry.wco_id, meaning=entry.meaning
                )
            else:
                yield rules.EMPTY.found(pointer=pointer, value=value, name=entry.tag)
            return
        limit = entry.max_length
        if limit is not None and len(value) > limit and not entry.decimals:
            yield rules.TOO_LONG.found(
                pointer=pointer, value=value, name=entry.tag, length=len(value), limit=limit
            )
        elif not entry.fits(value):
            yield rules.WRONG_FORMAT.found(
                pointer=pointer, value=value, name=entry.tag, format=entry.format
            )
        elif entry.code_list and not self.code_lists.knows(entry.code_list, value, self.on):
            if entry.code_list == OFFICES:
                yield rules.UNKNOWN_OFFICE.found(
                    pointer=pointer, value=value, name=entry.tag, country=value[:2]
                )
            else:
                yield rules.UNKNOWN_CODE.found(
                    pointer=pointer, value=value, name=entry.tag, list=entry.code_list
                )

    def _attributes(self, element: Element, entry: Entry, pointer: str) -> Iterator[Finding]:
        for name, is_needed in entry.attributes.items():
            value = element.get(name)
            if value is None:
                if is_needed:
                    yield rules.NO_ATTRIBUTE.found(pointer=pointer, attribute=name, name=entry.tag)
                continue
            list_name = ATTRIBUTE_LISTS.get(name, "")
            if list_name and not self.code_lists.knows(list_name, value, self.on):
                yield rules.UNKNOWN_CODE.found(
                    pointer=pointer, value=value, name=f"{entry.tag}/@{name}", list=list_name
                )


_BODY = "body"
_NOT_ENVELOPE = tuple("{" + namespace + "}" for namespace in (DEC, IG, RES, DS))


def check_structure(
    document: Document, registry: Registry, code_lists: CodeLists, on: date
) -> tuple[Finding, ...]:
    """Return what the registry says against envelope and body."""
    findings: list[Finding] = []
    envelope = registry.entry("MetaData", METADATA)
    if envelope is not None:
        walk = _Walk(registry, code_lists, on, METADATA, MD)
        findings += walk.class_(document.tree, envelope, "MetaData")
    root = registry.entry(document.root_name, document.kind)
    if root is not None:
        walk = _Walk(registry, code_lists, on, document.kind, root.namespace)
        findings += walk.class_(document.body, root, document.root_name)
    return tuple(findings)


def _stray_text(element: Element, entry: Entry, pointer: str) -> Iterator[Finding]:
    texts = [element.text, *(child.tail for child in element)]
    stray = " ".join(text.strip() for text in texts if text and text.strip())
    if stray:
        yield rules.WRONG_CONTENT.found(
            pointer=pointer, value=stray, found="text", wanted=f"the elements of {entry.tag}"
        )
