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
from exchange_node.wco.compiled.classes import Kid, Shape, Table, table_of
from exchange_node.wco.document import NO_ATTRIBUTES, Document, Leaf, leaves_of
from exchange_node.wco.notation import DEC, DS, EXT, IG, MD, RES, may_repeat, read_moment
from exchange_node.wco.registry import METADATA
from exchange_node.wco.rules import structure_rules as rules
from exchange_node.wco.rules.many import Checked, Many, One
from exchange_node.wco.rules.values import Values, missing
from exchange_node.wco.tree import moment_of, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.codelists import CodeLists
    from exchange_node.wco.registry import Entry, Registry

DECIDING = ("AcceptanceDateTime", "IssueDateTime")
"""The day of a document, by the first of these that it has."""

FEW_TAGS = 24
SHAPES_KEPT = 64
"""Shapes of a class that are remembered from document to document: so many, of so many elements
(our choice; one is some 2 kB)."""

_BODY = "body"
_NOT_ENVELOPE = tuple("{" + namespace + "}" for namespace in (DEC, IG, RES, DS))


def check_structure(
    document: Document, registry: Registry, code_lists: CodeLists, on: date
) -> tuple[Finding, ...]:
    """Return what the registry says against envelope and body; the document keeps its leaves.

    `on` is today; which codes hold is asked of the document's own day.
    """
    findings: list[Finding] = []
    day = day_of(document) or on
    table = table_of(registry, "MetaData", METADATA)
    if table is not None:
        envelope = _Walk(Values(code_lists, on, day, document.country), MD, is_envelope=True)
        envelope.class_(document.tree, table, "MetaData")
        findings += envelope.findings
    table = table_of(registry, document.root_name, document.kind)
    if table is not None:
        values = Values(code_lists, on, day, document.country)
        body = _Walk(values, table.entry.namespace, is_envelope=False)
        body.class_(document.body, table, document.root_name)
        document.keep(body.leaves)
        findings += body.findings
    return tuple(findings)


def day_of(document: Document) -> date | None:
    """Return the day whose codes hold: of acceptance, else of issue; None where neither is told.

    An administration could use no other codes than those of the day on which it accepted the
    declaration, however long the document is under way.
    """
    told: dict[str, date] = {}
    for child in document.body:
        step = str(child.tag).rpartition("}")[2]
        if step in DECIDING and step not in told:
            moment = read_moment(moment_of(child) or "")
            if moment is not None:
                told[step] = moment.date()
    return next((told[step] for step in DECIDING if step in told), None)


class _Walk:
    """One pass over envelope or body: the findings, and the leaves as they are come by."""

    __slots__ = ("_body", "_is_envelope", "_many", "_shapes", "_values", "findings", "leaves")

    def __init__(self, values: Values, body: str, *, is_envelope: bool) -> None:
        self._values = values
        self._body = body
        self._is_envelope = is_envelope
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._many = Many(values)
        self.findings: list[Finding] = []
        self.leaves: list[Leaf] = []

    def class_(self, element: Element, table: Table, pointer: str) -> None:
        """Check one class: what stands in it against its table, then each of it."""
        children = list(element)
        tags: list[Any] = [child.tag for child in children]
        text = element.text
        if (text and not text.isspace()) or any(
            (tail := child.tail) and not tail.isspace() for child in children
        ):
            self._stray(element, table.entry, pointer)
        shape = self._known(table, tags).get((table, *tags))
        if shape is None:
            shape = self._shape(children, tags, table, pointer)
        several: Mapping[Element, Checked] = {}
        for child, (kid, step, is_one_of_many) in zip(children, shape, strict=True):
            if kid is None:
                if not self._is_envelope:
                    path = f"{table.entry.path}/{name_of(child, self._body)}"
                    self.leaves += leaves_of(child, path, pointer + step, self._body)
            elif kid.kind is None:
                self._value(child, kid, pointer + step)
            elif is_one_of_many and not self._is_envelope:
                several = several or self._many.check(self, children, shape, pointer)
                self.leaves += several[child].leaves
                self.findings += several[child].findings
            else:
                self._class(child, kid, kid.kind, pointer + step)

    def walk(self, one: One) -> None:
        """Check one class of several."""
        self._class(one.element, one.kid, one.kind, one.pointer)

    def _class(self, child: Element, kid: Kid, kind: Table, pointer: str) -> None:
        inside = len(child)
        if not inside or (inside == 1 and moment_of(child) is not None):
            # A class that looks like a value is read as one, and checked as a class.
            self.leaves += leaves_of(child, kid.entry.path, pointer, self._body)
            kept = len(self.leaves)
            self.class_(child, kind, pointer)
            del self.leaves[kept:]
        else:
            self.class_(child, kind, pointer)

    def _shape(self, children: list[Element], tags: list[str], table: Table, pointer: str) -> Shape:
        """Check which elements stand in a class, in which order and how often.

        Returns each with its step in a pointer. Where nothing was found this is remembered: with
        the next class of the same elements nothing is wrong either.
        """
        findings = self.findings
        begun = len(findings)
        twice = frozenset(tag for tag, number in Counter(tags).items() if number > 1)
        count: dict[int, int] = {}
        others: dict[str, int] = {}
        shape: list[tuple[Kid | None, str, bool]] = []
        last, is_open = -1, False
        for child, tag in zip(children, tags, strict=True):
            kid = table.by_tag.get(tag)
            if kid is None:
                shape.append((None, self._other(child, table, pointer, others), False))
                is_open = True
                continue
            number = count[kid.rank] = count.get(kid.rank, 0) + 1
            step = f"/{kid.name}[{number}]" if kid.is_shown or tag in twice else f"/{kid.name}"
            shape.append((kid, step, tag in twice))
            if number - 1 == kid.maximum:
                findings.append(
                    rules.TOO_MANY.found(
                        pointer=pointer + step, name=kid.entry.tag, limit=kid.maximum
                    )
                )
            if kid.rank < last or (is_open and not kid.enters_freely):
                findings.append(
                    rules.OUT_OF_ORDER.found(pointer=pointer + step, name=kid.entry.tag)
                )
            elif not kid.enters_freely:
                last = kid.rank
            is_open = is_open or kid.enters_freely
        for kid in table.needed:
            if count.get(kid.rank, 0) < kid.minimum:
                self._missing(kid, pointer)
        if len(findings) == begun and not others:
            known = self._known(table, tags)
            if known is self._shapes or len(known) < SHAPES_KEPT:
                known[table, *tags] = tuple(shape)
        return tuple(shape)

    def _known(self, table: Table, tags: list[str]) -> dict[tuple[object, ...], Shape]:
        """Return where shapes are remembered: short ones from document to document."""
        return table.shapes if len(tags) <= FEW_TAGS else self._shapes

    def _other(self, child: Element, table: Table, pointer: str, count: dict[str, int]) -> str:
        """Take what the registry does not have here: the body in its envelope, a seal, the rest."""
        name = name_of(child, self._body)
        count[name] = count.get(name, 0) + 1
        step = f"/{name}"
        parent = child.getparent()
        same = [] if parent is None else [one for one in parent if name_of(one, self._body) == name]
        if len(same) > 1 or may_repeat(table.entry.name, name):
            step += f"[{count[name]}]"
        if self._is_envelope and str(child.tag).startswith(_NOT_ENVELOPE):
            self._body_or_seal(child, name, pointer + step, count)
            return step
        is_foreign = name.startswith(("ext:", "other:")) and table.entry.namespace not in (EXT, MD)
        rule = rules.NOT_REGISTERED if is_foreign else rules.UNKNOWN_ELEMENT
        self.findings.append(rule.found(pointer=pointer + step, name=name, parent=table.entry.tag))
        return step

    def _stray(self, element: Element, entry: Entry, pointer: str) -> None:
        """Note text between elements."""
        texts = [element.text, *(child.tail for child in element)]
        text = " ".join(one.strip() for one in texts if one and one.strip())
        if text:
            self.findings.append(
                rules.WRONG_CONTENT.found(
                    pointer=pointer, value=text, found="text",
                    wanted=f"the elements of {entry.tag}",
                )
            )  # fmt: skip

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
            self.findings.append(missing(kid.entry, pointer))

    def _value(self, element: Element, kid: Kid, pointer: str) -> None:
        """Check one value and what it carries, and keep it as a leaf."""
        values, good = self._values, self._values.good
        attributes = NO_ATTRIBUTES
        if element.keys():
            attributes = MappingProxyType(
                {str(name): str(value) for name, value in element.attrib.items()}
            )
        if kid.attributes:
            for name, is_needed in kid.attributes:
                value = attributes.get(name)
                if value is None or value not in good.get(name, ()):
                    self._note(values.attribute(name, value, kid, pointer, is_needed=is_needed))
        path = kid.entry.path
        if not len(element):
            text = element.text or ""
            self.leaves.append(Leaf(path, pointer, text, attributes))
            if kid.is_plain and kid.least <= len(text) <= kid.most and not text.isspace():
                return
            if kid.is_moment:
                self.findings.append(
                    rules.NOT_A_MOMENT.found(
                        pointer=pointer, value=text.strip(), name=kid.entry.tag
                    )
                )
            elif text not in good.get(path, ()):
                self._note(values.text(text, kid, pointer))
            return
        self._inside(element, kid, pointer, attributes)

    def _note(self, found: Finding | None) -> None:
        if found is not None:
            self.findings.append(found)

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
            self._stray(element, kid.entry, pointer)
            text = moment
        if moment is None or read_moment(moment) is None:
            self.findings.append(
                rules.NOT_A_MOMENT.found(pointer=pointer, value=text, name=kid.entry.tag)
            )
