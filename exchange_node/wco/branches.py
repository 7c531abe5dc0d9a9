"""A document as branches: the values below each element, by name and position."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.wco.document import Document
from exchange_node.wco.notation import steps


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
    top = Branch()
    known: dict[str, Branch] = {}  # values of one branch follow one another
    for leaf in document.leaves():
        above = leaf.pointer.rpartition("/")[0]
        if above not in known:
            branch = top
            for name, position in (steps(above) or ())[1:]:
                branch = branch.branches.setdefault((name, position), Branch())
            known[above] = branch
        known[above].values.setdefault(leaf.path.rpartition("/")[2], []).append(leaf.value)
    return top
