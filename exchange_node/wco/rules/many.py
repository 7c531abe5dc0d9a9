"""Classes of which there are several beside each other → leaves and findings of each.

Of those with the same elements one is walked through; the others are checked together (`alike`),
column by column. What may be wrong in any is walked through too, and says what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from exchange_node.domain.finding import Finding
from exchange_node.wco.document import Leaf
from exchange_node.wco.rules.alike import Alike, Row, remembered
from exchange_node.wco.tree import tags_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.compiled.classes import Kid, Shape, Table
    from exchange_node.wco.rules.values import Values


class Checked(NamedTuple):
    """What was found in one class."""

    leaves: Iterable[Leaf]
    findings: Sequence[Finding] = ()


class One(NamedTuple):
    """One class of several; `kind` is the table of what it is."""

    element: Element
    kid: Kid
    kind: Table
    pointer: str


class Walking(Protocol):
    """A walk over a document, as it is known here."""

    findings: list[Finding]
    leaves: list[Leaf]

    def walk(self, one: One) -> None:
        """Check a class; findings and leaves come behind those of before."""


class Many:
    """Remembers the classes of one document that were found right."""

    __slots__ = ("_known", "_values")

    def __init__(self, values: Values) -> None:
        self._values = values
        self._known: dict[tuple[str, tuple[str, ...]], Alike] = {}

    def check(
        self, walking: Walking, children: Sequence[Element], shape: Shape, pointer: str
    ) -> Mapping[Element, Checked]:
        """Check those of the children of an element that are classes, several of each."""
        every = [
            One(child, kid, kid.kind, pointer + step)
            for child, (kid, step, is_one_of_many) in zip(children, shape, strict=True)
            if is_one_of_many and kid is not None and kid.kind is not None
        ]
        found: dict[Element, Checked] = {}
        alike: defaultdict[Alike, list[tuple[One, Row]]] = defaultdict(list)
        for one in every:
            tags = tags_of(one.element)
            key = (one.kind.entry.path, tags.tags)
            known = self._known.get(key)
            row = known.row(tags) if known is not None else None
            if known is not None and row is not None:
                alike[known].append((one, row))
                continue
            checked = found[one.element] = _walked(walking, one)
            if known is None and not checked.findings:
                right = remembered(tags, [*checked.leaves], one.kind, one.pointer)
                if right is not None:
                    self._known[key] = right
        for known, members in alike.items():
            pointers = [one.pointer for one, _ in members]
            rows = known.leaves([row for _, row in members], pointers, self._values)
            for (one, _), leaves in zip(members, rows, strict=True):
                checked = Checked(leaves) if leaves is not None else _walked(walking, one)
                found[one.element] = checked
        return found


def _walked(walking: Walking, one: One) -> Checked:
    """Walk through a class; what is found waits until its turn comes."""
    leaves, findings = walking.leaves, walking.findings
    begun, said = len(leaves), len(findings)
    walking.walk(one)
    checked = Checked(leaves[begun:], findings[said:])
    del leaves[begun:], findings[said:]
    return checked
