"""A group → one function: its nodes gathered, each written into a class of its own.

A group that found nothing of its own is taken back, so rows that only pad a form leave nothing
behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exchange_node.mapping.drawing.emitting.plans import Drawing, Emits, GroupPlan
from exchange_node.mapping.profile.path import Holds
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Row

_FEWEST = 6
"""Nodes below which nobody looks which of them are alike; `alike.shapes` has its own bound."""


def grouping(plan: GroupPlan) -> Emits:
    """Return the function that carries out a group."""
    return _within(plan) if plan.kid is None else _of_class(plan)


def _within(plan: GroupPlan) -> Emits:
    """Return the function of a group that writes into the class of the group above."""

    def emit(node: Node, draft: Drawing, above: Frame) -> bool:
        has_found = False
        for one in draft.nodes_of(plan, node):
            if draft.instance(plan, one, above):
                has_found = True
        return has_found

    return emit


def _of_class(plan: GroupPlan) -> Emits:  # noqa: C901 - it counts what the function in it does
    kid, way, is_absolute = plan.kid, plan.way, plan.is_absolute
    assert kid is not None  # noqa: S101 - `grouping` asked
    rank, most, kind = kid.rank, kid.maximum, kid.kind
    assert kind is not None  # noqa: S101 - a plan refuses a group that is no class
    is_always, requires = plan.group.always, plan.requires
    name = plan.group.name
    gather = _gathering(plan)
    is_met_in = plan.is_met_in

    def emit(node: Node, draft: Drawing, above: Frame) -> bool:  # noqa: C901 - parted, it is slower
        nodes = gather(node, draft)
        if not nodes:
            return False
        outer = draft.top if is_absolute else above
        if way:
            outer = outer.down(way)
        counts, rows = outer.begun(rank)
        outputs, log, parts = draft.outputs, draft.log, draft.parts
        has_found = False
        alike = draft.alike(plan, nodes, outer) if len(nodes) >= _FEWEST else None
        for one in nodes:
            place = counts.get(rank, 0) + 1
            if most is not None and place > most:
                draft.too_many(plan, one, most)
                continue
            mark, counted = len(outputs), len(log)
            counts[rank] = place
            log.append((counts, rank))
            # Who fills the first class of a kind from elsewhere finds a frame there.
            if alike and one in alike and 0 < len(rows) < place:
                row = Row(*alike[one], kid, outer, place)
                rows.append(row)
                outputs.append(row)
                has_found = True
                continue
            draft.place = place
            if place > len(rows):
                rows.append(Frame(kind, kid, outer, place))
            here = rows[place - 1]
            key = (name, *one.children)
            part = parts.get(key)
            if part is None:
                part = parts[key] = plan.worth_trying(one)
            found = is_always
            for emits in part:
                if emits(one, draft, here):
                    found = True
            if found and (not requires or is_met_in(here)):
                has_found = True
            elif mark == len(outputs) and counted == len(log) - 1:
                log.pop()
                counts[rank] = place - 1
            else:
                draft.take_back(mark, counted)
        return has_found

    return emit


Gathers = Callable[[Node, Drawing], Sequence[Node]]


def _gathering(plan: GroupPlan) -> Gathers:
    """Return what finds the nodes of a group: short where one name or conditions decide alone."""
    group = plan.group
    if not group.each:
        return _itself(plan.where)
    plain = group.each[0].plain() if len(group.each) == 1 else None
    is_more = plan.where or group.link or group.split or group.distinct or group.only != (1, 0)
    if plain is None or plain[0] or len(plain[1]) != 1 or plan.is_of_all or is_more:
        return lambda node, draft: draft.nodes_of(plan, node)
    name = plain[1][0]

    def children(node: Node, draft: Drawing) -> Sequence[Node]:  # noqa: ARG001 - as every way
        found = node.children.get(name)
        if found is None:
            return ()
        for one in found:
            if one.has_data():
                return found
        return ()

    return children


def _itself(where: Sequence[Holds]) -> Gathers:
    def itself(node: Node, draft: Drawing) -> Sequence[Node]:
        for holds in where:
            if not holds(node, draft.body):
                return ()
        return (node,)

    return itself
