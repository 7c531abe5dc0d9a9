"""What a line does in another item: asked of its own function, and taken back at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from exchange_node.mapping.drawing.alike.shapes import Member
from exchange_node.mapping.drawing.alike.steps import Outcome
from exchange_node.mapping.drawing.emitting import Drawing, Emits, GroupPlan
from exchange_node.mapping.drawing.output import Output
from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.profile.profile import ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Row, Way

Steps = tuple[tuple[str, int], ...]
"""The names from an item down to one of its nodes, each with its position."""


class Form(NamedTuple):
    """Of a value, what is the same in every item.

    Attributes:
        way: from a class down to that of the value.
        carriers: its leaves: those of the item by number, others as they are.
    """

    way: Way
    kid: Kid
    line: ProfileLine
    origin: Origin
    carriers: tuple[int | Node, ...]


def form_of(out: Output, top: Frame, slots: Mapping[Node, int]) -> Form:
    """Return what is the same of a value in every item."""
    carriers = tuple([slots.get(one, one) for one in out.nodes])
    return Form(way_of(out.frame, top), out.kid, out.line, out.origin, carriers)


def way_of(frame: Frame, top: Frame) -> Way:
    """Return the way from one class down to another."""
    way: list[tuple[Kid, int]] = []
    while frame is not top:
        assert frame.kid is not None and frame.parent is not None  # noqa: S101, PT018 - it is below
        way.append((frame.kid, frame.place))
        frame = frame.parent
    return tuple(reversed(way))


def steps_to(node: Node, item: Node) -> Steps:
    """Return where a node stands in its item."""
    steps: list[tuple[str, int]] = []
    while node is not item:
        assert node.parent is not None  # noqa: S101 - it stands in the item
        steps.append((node.key, max(node.rank, 1) - 1))
        node = node.parent
    return tuple(reversed(steps))


def node_at(item: Node, steps: Steps) -> Node:
    """Return the node at a place of an item."""
    for name, place in steps:
        item = item.children[name][place]
    return item


def outcome_of(written: Sequence[Output]) -> Outcome:
    """Return of values what may differ from item to item."""
    return tuple([(one.value, one.attributes, one.more) for one in written])


def values_in(outputs: Iterable[Output | Row]) -> list[Output]:
    """Return the values that a line wrote; no line writes a row."""
    return [one for one in outputs if isinstance(one, Output)]


class Asking:
    """Asks one line what it does in an item.

    Attributes are what its function needs: where its node stands in the item, the class it writes
    into as the lines before it left it, the position of that class, and the forms of what it wrote
    in the first item.
    """

    __slots__ = ("_draft", "_emits", "_forms", "_here", "_place", "_steps")

    def __init__(
        self, draft: Drawing, emits: Emits, steps: Steps, here: Frame, place: int,
        forms: Sequence[Form],
    ) -> None:  # fmt: skip
        self._draft = draft
        self._emits = emits
        self._steps = steps
        self._here = here
        self._place = place
        self._forms = list(forms)

    def __call__(self, member: Member) -> Outcome | None:
        """Return the values; None where they are not of the same form, or something is said."""
        draft, here = self._draft, self._here
        mark, said = len(draft.outputs), draft.notes.said()
        draft.place = self._place
        self._emits(node_at(member.node, self._steps), draft, here)
        written = values_in(draft.outputs[mark:])
        draft.take_back(mark, len(draft.log))
        if draft.notes.said() != said:
            draft.notes.forget(said)
            return None
        slots = member.slots()
        forms = [form_of(one, here, slots) for one in written]
        return outcome_of(written) if forms == self._forms else None


class Choosing:
    """Asks for which nodes of an item a group is written: of `places` seen from the item."""

    __slots__ = ("_draft", "_places", "_plan", "_steps")

    def __init__(
        self, draft: Drawing, plan: GroupPlan, steps: Steps, places: Sequence[Steps]
    ) -> None:
        self._draft = draft
        self._plan = plan
        self._steps = steps
        self._places = list(places)

    def __call__(self, member: Member) -> Outcome | None:
        """Return nothing to write; None where they are others than in the first item."""
        nodes = self._draft.nodes_of(self._plan, node_at(member.node, self._steps))
        return () if nodes == [node_at(member.node, one) for one in self._places] else None


def copied(frame: Frame) -> Frame:
    """Return a class with what stands in it, classes below copied too."""
    made = Frame(frame.table, frame.kid, frame.parent, frame.place)
    for rank, item in frame.items.items():
        if frame.table.in_order[rank].kind is None:
            made.items[rank] = list(item) if item.__class__ is list else item
            continue
        rows = made.items[rank] = [copied(row) for row in item]
        for row in rows:
            row.parent = made
    return made
