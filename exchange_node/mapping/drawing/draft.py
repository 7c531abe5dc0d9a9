"""A plan carried out over a source tree, group by group, line by line → values with their trace.

Values go straight into the frames of the document to be. A group that found nothing of its own is
taken back, so rows that only pad a form leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from functools import partial

from exchange_node.mapping.drawing.alike import Items, alike_in, alike_of
from exchange_node.mapping.drawing.conversion import Place, Written, convert
from exchange_node.mapping.drawing.emitting import GroupPlan, Groups, LinePlan, Target
from exchange_node.mapping.drawing.gathering import Gathering
from exchange_node.mapping.drawing.notes import Notes
from exchange_node.mapping.drawing.output import More, Output, companions
from exchange_node.mapping.drawing.plan import plan_of
from exchange_node.mapping.drawn import Drawn, Origin, drawn
from exchange_node.mapping.facts import is_same
from exchange_node.mapping.findings import DISAGREES, FURTHER, NO_CURRENCY, TOO_MANY
from exchange_node.mapping.profile.expression import Draws
from exchange_node.mapping.profile.profile import CrossCheck, Profile
from exchange_node.mapping.tree import Node, Source
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Row
from exchange_node.wco.document import NO_ATTRIBUTES
from exchange_node.wco.registry import Registry

_OWN = (Origin.SOURCE, Origin.FACT, Origin.COMPUTED)
_DEFAULT = Origin.DEFAULT

MOST_BEYOND = 100
"""Nodes without room that are listed for one declaration (our choice); the rest is counted."""


class Draft:
    """One mapping while it is made.

    Attributes:
        top: the document to be.
        supplied: the names of the leaves that facts were placed in.
        beyond: how many nodes there was no room for.
        place: the position of the class that is being written.
        outputs: every value, in the order it was written.
        compared: leaf → the check that compared it.
        log: rows of classes in the order they were begun.
        parts: group and names of children → the lines and groups that may find something there.
        moments: line, zone and text → the moment that was read.
    """

    __slots__ = (
        "_on", "beyond", "body", "compared", "gathering", "given", "log",
        "moments", "notes", "outputs", "parts", "place", "plan", "profile", "supplied", "top",
    )  # fmt: skip

    def __init__(
        self, profile: Profile, registry: Registry, source: Source, *, given: Mapping[str, str]
    ) -> None:
        self.profile = profile
        self.plan = plan_of(profile, registry)
        self.body = source.body
        self.given = given
        self.supplied = frozenset(one.key for one in source.facts)
        self.place = 1
        self.top = Frame(self.plan.table, None, None, 1)
        self.outputs: list[Output | Row] = []
        self.notes = Notes(source.body)
        self.compared: dict[Node, str] = {}
        self.gathering = Gathering(source.body)
        self.log: list[tuple[dict[int, int], int]] = []
        self.parts: Groups = {}
        self.beyond = 0
        self.moments: dict[tuple[str, tzinfo, str], str] = {}
        self._on: date | None = None

    @property
    def on(self) -> date:
        """The day whose codes count: the one the profile names, else that of submission."""
        if self._on is None:
            self._on = self.plan.day_of(self)
        return self._on

    @property
    def repeats(self) -> Mapping[Node, Node]:
        """The nodes that were left out because another says the same."""
        return self.gathering.repeats

    def write(self) -> None:
        """Carry out the whole plan."""
        self.instance(self.plan.top, self.body, self.top)
        for check, (one, other) in zip(self.profile.checks, self.plan.checks, strict=True):
            self._compare(check, one, other)
        if self.beyond > MOST_BEYOND:
            further = FURTHER.found(value=TOO_MANY.code, count=self.beyond - MOST_BEYOND)
            self.notes.findings.append(further)

    def instance(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Write one node of a group; whether anything of its own was found."""
        key = (plan.group.name, *node.children)
        part = self.parts.get(key)
        if part is None:
            part = self.parts[key] = plan.worth_trying(node)
        has_found = False
        for emits in part:
            if emits(node, self, here):
                has_found = True
        return has_found

    def nodes_of(self, plan: GroupPlan, node: Node) -> list[Node]:
        """Return the nodes that a group is written for, below the node of the group above."""
        return self.gathering.nodes(plan, node)

    def alike(self, plan: GroupPlan, nodes: Sequence[Node], outer: Frame) -> Items:
        """Return those of a group's nodes, as many as have room, that are drawn as others are."""
        most = plan.kid.maximum if plan.kid is not None else None
        return alike_in(plan, nodes[:most], self, outer)

    def carriers(self) -> dict[Node, None]:
        """Return the nodes that values are made of, in the order they were written."""
        found: dict[Node, None] = {}
        for out in self.outputs:
            if isinstance(out, Row):
                found.update(dict.fromkeys(alike_of(out).carriers_of(out)))
            else:
                found.update(dict.fromkeys(out.nodes))
        return found

    def too_many(self, plan: GroupPlan, node: Node, most: int) -> None:
        """Note a node that the document has no room for; of many the first are listed."""
        if not node.has_data():
            return
        self.beyond += 1
        if self.beyond <= MOST_BEYOND:
            at = node.path(self.body)
            self.notes.findings.append(TOO_MANY.found(pointer=at, most=most, target=plan.path))

    def take_back(self, mark: int, counted: int) -> None:
        """Undo what was written since there were so many outputs and rows."""
        for out in reversed(self.outputs[mark:]):
            if isinstance(out, Row):
                out.take_out()
            else:
                out.frame.take(out.kid, out)
        del self.outputs[mark:]
        for counts, rank in self.log[counted:]:
            counts[rank] -= 1
        del self.log[counted:]

    def line(self, plan: LinePlan, found: Drawn | Node | None, node: Node, here: Frame) -> bool:
        """Write one line into each of its elements; whether it found something of its own."""
        if found is None:
            fallback = plan.default(node, self) if plan.default is not None else None
            if fallback is None:
                return False
            one = drawn(fallback)._replace(origin=_DEFAULT)
        else:
            one = drawn(found)
        attributes: Mapping[str, str] = NO_ATTRIBUTES
        carriers = one.nodes
        if plan.attributes:
            attributes, carriers = self.attributes(plan, node, carriers)
        is_written = False
        for target in plan.targets:
            if self._fill(plan, target, one, attributes, carriers, node, here):
                is_written = True
        return is_written and one.origin in _OWN

    def _fill(
        self,
        plan: LinePlan,
        target: Target,
        found: Drawn,
        attributes: Mapping[str, str],
        carriers: tuple[Node, ...],
        node: Node,
        here: Frame,
    ) -> bool:
        """Write one element; whether it was written. What is already there stays."""
        outer = self.top if target.is_absolute else here
        frame, kid = outer.seen(target.way), target.kid
        if frame is not None and kid.is_single and kid.rank in frame.items:
            return False
        value, nodes, origin, crosswalks = found
        if target.quick is not None:
            text = target.quick.text(value, nodes)
        else:
            text = self.moments.get((plan.line.name, self.zone_of(plan, node), value), "")
        if (
            not text
            or (target.needs_currency and "currencyID" not in attributes)
            or (target.keeps is not None and crosswalks)
        ):
            return self.fill_slowly(
                plan, target, value, nodes, origin, crosswalks, node, here, attributes, carriers
            )
        more = More(crosswalks) if crosswalks else None
        frame = outer.down(target.way)
        out = Output(text, attributes, frame, kid, plan.line, origin, carriers, more)
        frame.put(kid, out)
        self.outputs.append(out)
        return True

    def attributes(
        self, plan: LinePlan, node: Node, nodes: tuple[Node, ...]
    ) -> tuple[Mapping[str, str], tuple[Node, ...]]:
        """Draw currency and unit; return them, and all nodes that the element then carries."""
        attributes: dict[str, str] = {}
        for name, draw in plan.attributes:
            said = draw(node, self)
            if said is not None:
                one = drawn(said)
                attributes[name] = one.value
                nodes += one.nodes
        return attributes, nodes

    def fill_slowly(  # noqa: PLR0913, PLR0917 - what a line's own function has at hand
        self,
        plan: LinePlan,
        target: Target,
        value: str,
        nodes: tuple[Node, ...],
        origin: Origin,
        crosswalks: tuple[str, ...],
        node: Node,
        here: Frame,
        attributes: Mapping[str, str],
        carriers: tuple[Node, ...],
    ) -> bool:
        """Write a value that has to be changed, refused, or said something about."""
        found = Drawn(value, nodes, origin, crosswalks)
        outer = self.top if target.is_absolute else here
        kid = target.kid
        zone = self.zone_of(plan, node) if kid.is_moment else None
        place = Place(
            partial(target.pointer, outer), kid.entry, plan.line, found.nodes, self.body, zone,
            self.profile.languages, target.beside,
        )  # fmt: skip
        if target.needs_currency and "currencyID" not in attributes:
            said = NO_CURRENCY.found(pointer=place.source, value=found.value, target=place.pointer)
            written = Written(value="", findings=(said,))
        else:
            written = convert(found, place)
        if not written.value:
            self.notes.refuse(found.nodes, written.findings)
            return False
        if zone is not None and not written.findings:
            self.moments[plan.line.name, zone, found.value] = written.value
        self.notes.findings += written.findings
        frame = outer.down(target.way)
        more = More(crosswalks, written.whole, written.original)
        value = written.value
        out = Output(value, attributes, frame, kid, plan.line, origin, carriers, more)
        frame.put(kid, out)
        self.outputs.append(out)
        for tag, text, beyond in companions(out, written, found):
            beside = target.beside.get(tag)
            if beside is not None:
                said_too = {"element": kid.entry.tag, **beyond}
                other = Output(text, said_too, frame, beside, plan.line, origin, carriers, None)
                frame.put(beside, other)
                self.outputs.append(other)
        return True

    def zone_of(self, plan: LinePlan, node: Node) -> tzinfo:
        """Return the zone of a time without offset: the line's, a country's, the sender's."""
        if plan.line.zone is not None:
            return plan.line.zone
        of = plan.zone_of(node, self) if plan.zone_of is not None else None
        country = drawn(of).value if of is not None else self.given.get("country", "")
        return self.profile.zones.get(country, self.profile.zone)

    def _compare(self, check: CrossCheck, first: Draws, second: Draws) -> None:
        """Note two values of the declaration that ought to agree and do not."""
        found, against = first(self.body, self), second(self.body, self)
        if found is None:
            return
        one = drawn(found)
        for node in one.nodes:
            self.compared[node.whole or node] = f"check.{check.name}"
        other = drawn(against) if against is not None else None
        if other is not None and not is_same(one.value, other.value):
            self.notes.findings.append(
                DISAGREES.found(
                    pointer=one.nodes[0].path(self.body) if one.nodes else check.name,
                    value=one.value,
                    check=check.name,
                    found=other.value,
                    other=other.nodes[0].path(self.body) if other.nodes else "the count",
                )
            )
