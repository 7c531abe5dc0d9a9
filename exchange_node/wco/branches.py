"""A document as branches: the values below each element, by name and position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node.wco.document import Document
from exchange_node.wco.tree import moment_of, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(slots=True)
class Branch:
    """The values below one element: by name, and the branches below it by name and position."""

    values: dict[str, list[str]] = field(default_factory=dict)
    branches: dict[tuple[str, int], Branch] = field(default_factory=dict)

    def first(self, *way: str) -> str:
        """Return the first value at the end of a way of names, "" if there is none."""
        branch = self
        for name in way[:-1]:
            branch = branch.branches.get((name, 1), EMPTY)
        return next(iter(branch.values.get(way[-1], ())), "")

    def each(self, name: str) -> list[Branch]:
        """Return the branches of a name, by position."""
        found = [(at, branch) for (own, at), branch in self.branches.items() if own == name]
        return [branch for _, branch in sorted(found, key=lambda one: one[0])]


EMPTY = Branch()


def tree_of(document: Document) -> Branch:
    """Return the branch of the body's root."""
    body = document.body
    namespace = str(etree.QName(body).namespace)
    names: dict[str, str] = {}

    def branch_of(parent: Element) -> Branch:
        branch, count = Branch(), dict[str, int]()
        for child in parent:
            tag = str(child.tag)
            name = names.get(tag) or names.setdefault(tag, name_of(child, namespace))
            count[name] = position = count.get(name, 0) + 1
            moment = moment_of(child)
            if moment is None and len(child):
                branch.branches[name, position] = branch_of(child)
            else:
                value = (child.text or "") if moment is None else moment
                branch.values.setdefault(name, []).append(value)
        return branch

    return branch_of(body)
