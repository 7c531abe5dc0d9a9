"""A document as branches: the values below each element, by name and position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node.wco.document import Document
from exchange_node.wco.tree import moment_of, step_of

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
        return [branch for (own, _), branch in self.branches.items() if own == name]


EMPTY = Branch()


def tree_of(document: Document) -> Branch:
    """Return the branch of the body's root."""
    body = document.body
    return _branch_of(body, str(etree.QName(body).namespace), {})


def _branch_of(parent: Element, namespace: str, names: dict[str, str]) -> Branch:
    """Return the branch of an element; `names`: the steps of tags that were met before."""
    branch = Branch()
    values, branches, count = branch.values, branch.branches, dict[str, int]()
    for child in parent:
        tag = str(child.tag)
        name = names.get(tag) or names.setdefault(tag, step_of(tag, namespace))
        count[name] = position = count.get(name, 0) + 1
        below = len(child)
        moment = moment_of(child) if below == 1 else None
        if below and moment is None:
            branches[name, position] = _branch_of(child, namespace, names)
        else:
            values.setdefault(name, []).append((child.text or "") if moment is None else moment)
    return branch
