"""The source nodes a group is written for: selected, tested, linked, split, each once."""

from __future__ import annotations

from exchange_node.mapping.drawing.emitting import GroupPlan
from exchange_node.mapping.profile.profile import Group, Link
from exchange_node.mapping.tree import Node


class Gathering:
    """Finds the nodes of groups in one tree; what links them is indexed once, not searched."""

    __slots__ = ("_body", "_indexes", "_of_all", "repeats")

    def __init__(self, body: Node) -> None:
        self._body = body
        self._indexes: dict[tuple[str, Node], dict[str, dict[Node, int]]] = {}
        self._of_all: dict[str, list[Node]] = {}
        self.repeats: dict[Node, Node] = {}
        """Nodes that were left out because an earlier one says the same."""

    def nodes(self, plan: GroupPlan, node: Node) -> list[Node]:
        """Return the nodes of a group below the node of the group above."""
        body, group = self._body, plan.group
        if not group.each:
            for holds in plan.where:
                if not holds(node, body):
                    return []
            return [node]
        found = self._found(plan, node)
        if not found:
            return found
        if group.link is not None:
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
        return found if first == 1 and not last else found[first - 1 : last or None]

    def _found(self, plan: GroupPlan, node: Node) -> list[Node]:
        """Return the nodes before they are linked; those of the whole declaration only once."""
        key = plan.group.name
        known = self._of_all.get(key)
        if known is not None:
            return known
        found = self._alternative(plan, node)
        for holds in plan.where:
            found = [one for one in found if holds(one, self._body)]
        if plan.is_of_all:
            self._of_all[key] = found
        return found

    def _alternative(self, plan: GroupPlan, node: Node) -> list[Node]:
        """Return the nodes of the first path with anything declared, else with any fact."""
        by_fact: list[Node] = []
        for select in plan.each:
            found = select(node, self._body)
            for one in found:
                if one.is_declared():
                    return found
            if not by_fact:
                for one in found:
                    if one.has_data():
                        by_fact = found
                        break
        return by_fact

    def _once(self, group: Group, found: list[Node]) -> list[Node]:
        """Return the first node of each value; one without a value stands for itself."""
        once: dict[object, Node] = {}
        select = group.distinct.selecting() if group.distinct is not None else None
        for one in found:
            values = select(one, self._body) if select is not None else []
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
            select = link.there.selecting()
            for number, one in enumerate(found):
                values = {
                    value
                    for at in select(one, self._body)
                    for value in (link.split.split(at.text) if link.split else (at.text,))
                    if value
                }
                for value in values or {""}:
                    index.setdefault(value, {})[one] = number
        if link.here is None:
            wanted = {str(node.rank or 1)}
        else:
            wanted = {at.text for at in link.here.select(node, self._body) if at.text}
        if link.open:
            wanted.add("")
        chosen: dict[Node, int] = {}
        for value in wanted:
            chosen.update(index.get(value, {}))
        return sorted(chosen, key=chosen.__getitem__)
