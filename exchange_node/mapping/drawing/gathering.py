"""The source nodes a group is written for: selected, tested, linked, split, each once."""

from __future__ import annotations

from exchange_node.mapping.profile.profile import Group, Link
from exchange_node.mapping.tree import Node


class Gathering:
    """Finds the nodes of groups in one tree; what links them is indexed once, not searched."""

    __slots__ = ("_body", "_indexes", "repeats")

    def __init__(self, body: Node) -> None:
        self._body = body
        self._indexes: dict[tuple[str, Node], dict[str, list[Node]]] = {}
        self.repeats: dict[Node, Node] = {}
        """Nodes that were left out because an earlier one says the same."""

    def nodes(self, group: Group, node: Node) -> list[Node]:
        """Return the nodes of a group below the node of the group above."""
        body = self._body
        if not group.each:
            return [node] if all(test.holds(node, body) for test in group.where) else []
        found = self._alternative(group, node)
        if group.where:
            found = [one for one in found if all(test.holds(one, body) for test in group.where)]
        if group.link is not None and found:
            found = self._linked(group.name, group.link, node, found)
        if group.split is not None:
            found = [
                one.part(text)
                for one in found
                for part in group.split.split(one.text)
                if (text := part.strip())
            ]
        if group.distinct is not None:
            found = self._once(group, found)
        first, last = group.only
        return found[first - 1 : last or None]

    def _alternative(self, group: Group, node: Node) -> list[Node]:
        """Return the nodes of the first path with anything declared, else with any fact."""
        by_fact: list[Node] = []
        for path in group.each:
            found = path.select(node, self._body)
            if any(one.is_declared() for one in found):
                return found
            if not by_fact and any(one.has_data() for one in found):
                by_fact = found
        return by_fact

    def _once(self, group: Group, found: list[Node]) -> list[Node]:
        """Return the first node of each value; one without a value stands for itself."""
        once: dict[object, Node] = {}
        for one in found:
            values = group.distinct.select(one, self._body) if group.distinct is not None else []
            key: object = next((" ".join(at.text.split()) for at in values if at.text), one)
            first = once.setdefault(key, one)
            if first is not one:
                self.repeats[one] = first
        return list(once.values())

    def _linked(self, name: str, link: Link, node: Node, found: list[Node]) -> list[Node]:
        """Return the nodes that share a value with the node above, in document order."""
        key = (name, found[0])
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = {}
            for one in found:
                values = {at.text for at in link.there.select(one, self._body) if at.text}
                for value in values or {""}:
                    index.setdefault(value, []).append(one)
        if link.here is None:
            wanted = {str(node.rank or 1)}
        else:
            wanted = {at.text for at in link.here.select(node, self._body) if at.text}
        if link.open:
            wanted.add("")
        chosen = {one for value in wanted for one in index.get(value, ())}
        return [one for one in found if one in chosen] if chosen else []
