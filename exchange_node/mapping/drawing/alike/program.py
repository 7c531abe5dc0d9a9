"""The first item of a shape, drawn line by line → what every other item of the shape is drawn by.

The first is drawn with the very functions that draw any item, into frames of its own of which
nothing is left. Of each line is kept what it may read (`reads`) and what it did; whoever has the
same texts there gets the same. A line that finds, refuses or chooses otherwise than in the first
makes an item unlike it.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange_node.mapping.drawing.alike.asking import (
    Asking,
    Choosing,
    Form,
    copied,
    form_of,
    outcome_of,
    steps_to,
    values_in,
    way_of,
)
from exchange_node.mapping.drawing.alike.reads import Reads, UnlikeError
from exchange_node.mapping.drawing.alike.shapes import Member
from exchange_node.mapping.drawing.alike.steps import (
    Always,
    Asked,
    Carried,
    Remembered,
    Step,
    joined,
)
from exchange_node.mapping.drawing.emitting import Drawing, Emits, GroupPlan, LinePlan
from exchange_node.mapping.drawing.output import Output
from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.profile.expression import First, Given
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.frames import Frame


class Entry:
    """One line or condition in the order of drawing, and the values that it writes.

    Attributes:
        step: None for the line that writes the position of the item.
        forms: empty where it writes nothing, or its group was taken back.
    """

    __slots__ = ("forms", "step")

    def __init__(self, step: Step | None, forms: Sequence[Form]) -> None:
        self.step = step
        self.forms = forms


def program_of(
    plan: GroupPlan, first: Member, draft: Drawing, outer: Frame
) -> Sequence[Entry] | None:
    """Return what an item is drawn by that has the shape of the first; None where that is unclear.

    It is unclear where something is said about the first, and where something decides that is not
    in the item: a link that finds something, a list in one text, what an item before it has said.
    """
    building = _Building(plan, first, draft, outer)
    mark, counted, said = len(draft.outputs), len(draft.log), draft.notes.said()
    draft.place = 1
    try:
        is_whole = building.draw()
    except UnlikeError:
        is_whole = False
    is_whole = is_whole and draft.notes.said() == said
    del draft.outputs[mark:]
    del draft.log[counted:]
    draft.notes.forget(said)
    writes = any(one.forms for one in building.entries)
    return building.entries if is_whole and writes else None


class _Building:
    """Draws one item into a class that stands nowhere."""

    __slots__ = ("_draft", "_item", "_plan", "_reads", "_slots", "_top", "entries")

    def __init__(self, plan: GroupPlan, first: Member, draft: Drawing, outer: Frame) -> None:
        assert plan.kid is not None and plan.kid.kind is not None  # noqa: S101, PT018 - of a class
        self._plan = plan
        self._draft = draft
        self._item = first.node
        self._slots = {leaf: number for number, leaf in enumerate(first.leaves)}
        self._reads = Reads(first.node, self._slots, draft.body)
        self._top = Frame(plan.kid.kind, plan.kid, outer, 1)
        self.entries: list[Entry] = []

    def draw(self) -> bool:
        """Draw the item; whether it would stand in the document.

        Raises:
            UnlikeError: other items cannot be drawn as this one.
        """
        found = self._inside(self._plan, self._item, self._top) or self._plan.group.always
        return found and self._plan.is_met_in(self._top)

    def _inside(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Draw the lines and groups of a group at a node; whether anything of its own was found."""
        found = False
        for (emits, needs), part in zip(plan.emits, plan.parts, strict=True):
            if needs is not None and needs.isdisjoint(node.children):
                continue
            if isinstance(part, LinePlan):
                found |= self._line(emits, part, plan, node, here)
            else:
                found |= self._below(part, node, here)
        return found

    def _below(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Draw a group below; whether anything of its own was found."""
        group = plan.group
        nodes = self._draft.nodes_of(plan, node)
        is_linked = plan.is_of_all or group.link is not None
        if (is_linked and nodes) or plan.is_absolute or group.split is not None:
            raise UnlikeError
        if not self._reads.inside.issuperset(nodes):
            raise UnlikeError
        repeats = self._draft.repeats
        if group.distinct and not is_linked and self._reads.has_any(group, node, repeats):
            raise UnlikeError
        places = [steps_to(one, self._item) for one in nodes]
        choosing = Choosing(self._draft, plan, steps_to(node, self._item), places)
        if is_linked:
            self.entries.append(Entry(Asked(choosing), ()))
        elif slots := self._reads.of_nodes(group, node):
            self.entries.append(Entry(Remembered(slots, choosing), ()))
        found = False
        for one in nodes:
            if plan.kid is None:
                found |= self._inside(plan, one, here)
            else:
                found |= self._class(plan, one, here)
        return found

    def _class(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Draw one node of a group that writes a class; without a find it is taken back."""
        kid, draft = plan.kid, self._draft
        assert kid is not None and kid.kind is not None  # noqa: S101, PT018 - of a class
        outer = here.down(plan.way)
        counts, rows = outer.begun(kid.rank)
        place = draft.place = counts.get(kid.rank, 0) + 1
        if place <= len(rows) or (kid.maximum is not None and place > kid.maximum):
            raise UnlikeError
        counts[kid.rank] = place
        frame = Frame(kid.kind, kid, outer, place)
        rows.append(frame)
        mark, before = len(draft.outputs), len(self.entries)
        found = self._inside(plan, node, frame) or plan.group.always
        if found and plan.is_met_in(frame):
            return True
        draft.take_back(mark, len(draft.log))
        rows.pop()
        counts[kid.rank] = place - 1
        for one in self.entries[before:]:
            one.forms = ()
        return False

    def _line(
        self, emits: Emits, plan: LinePlan, group: GroupPlan, node: Node, here: Frame
    ) -> bool:
        """Draw a line, and enter what draws it in other items."""
        draft, line = self._draft, plan.line
        if any(target.is_absolute for target in plan.targets):
            raise UnlikeError
        every = (line.draw, line.default, line.currency, line.unit, line.zone_of)
        slots, is_placed = self._reads.of(every, node), self._reads.is_placed
        before = copied(here) if slots else here
        place, mark = draft.place, len(draft.outputs)
        has_found = emits(node, draft, here)
        written = values_in(draft.outputs[mark:])
        forms = [form_of(one, here, self._slots) for one in written]
        step: Step | None = self._carried(plan, node, written) if slots else None
        if step is None and is_placed and (group is self._plan or group.kid is None):
            is_position = len(written) == 1 and written[0].origin is Origin.GIVEN
            is_bare = isinstance(line.draw, Given | First) and not slots
            if group is not self._plan or not (is_position and is_bare):
                raise UnlikeError
        elif step is None and slots:
            steps = steps_to(node, self._item)
            step = Remembered(slots, Asking(draft, emits, steps, before, place, forms))
        elif step is None:
            step = Always(outcome_of(written))
        if slots or written:
            way = way_of(here, self._top)
            self.entries.append(Entry(step, [one._replace(way=way + one.way) for one in forms]))
        return has_found

    def _carried(self, plan: LinePlan, node: Node, written: Sequence[Output]) -> Carried | None:
        """Return what carries texts as they stand, where that is what the line does."""
        line, quick = plan.line, plan.targets[0].quick
        if len(plan.targets) > 1 or len(written) != 1 or quick is None:
            return None
        names = {path.last for path in line.draw.paths()}
        if self._draft.supplied and ("" in names or names & self._draft.supplied):
            return None
        if self._reads.of((line.currency, line.unit), node):
            return None
        found = joined(plan.expression, node, self._draft.body, self._slots)
        out = written[0]
        if found is None or out.more is not None:
            return None
        first = [self._slots.get(one) for one in out.nodes[: len(found.slots)]]
        return Carried(found, quick, out.attributes) if first == list(found.slots) else None
