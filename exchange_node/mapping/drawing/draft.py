"""A plan carried out over a source tree, group by group, line by line → values with their trace.

Values go straight into the frames of the document to be. A group that found nothing of its own is
taken back, so rows that only pad a form leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo
from functools import partial

from exchange_node.mapping.drawing.conversion import Place, Written, convert
from exchange_node.mapping.drawing.gathering import Gathering
from exchange_node.mapping.drawing.notes import Notes
from exchange_node.mapping.drawing.output import Output, RichOutput, companions
from exchange_node.mapping.drawing.plan import GroupPlan, LinePlan, Part, Target, plan_of
from exchange_node.mapping.drawn import Drawn, Origin, drawn
from exchange_node.mapping.facts import is_same
from exchange_node.mapping.findings import DISAGREES, NO_CURRENCY, TOO_MANY
from exchange_node.mapping.profile.expression import Draws
from exchange_node.mapping.profile.profile import CrossCheck, Profile
from exchange_node.mapping.tree import Node, Source
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.document import NO_ATTRIBUTES
from exchange_node.wco.registry import Registry

_SOURCE, _FACT, _COMPUTED, _DEFAULT = Origin.SOURCE, Origin.FACT, Origin.COMPUTED, Origin.DEFAULT


class Draft:
    """One mapping while it is made.

    Attributes:
        top: the document to be.
        supplied: the names of the leaves that facts were placed in.
        place: the position of the class that is being written.
        outputs: every value, in the order it was written.
        compared: leaf → the check that compared it.
    """

    __slots__ = (
        "_log", "_moments", "_on", "_parts", "body", "compared", "gathering", "given", "notes",
        "outputs", "place", "plan", "profile", "supplied", "top",
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
        self.outputs: list[Output] = []
        self.notes = Notes(source.body)
        self.compared: dict[Node, str] = {}
        self.gathering = Gathering(source.body)
        self._log: list[tuple[dict[int, int], int]] = []
        self._parts: dict[tuple[str, ...], Part] = {}
        self._moments: dict[tuple[str, tzinfo, str], str] = {}
        self._on: date | None = None

    @property
    def on(self) -> date:
        """The day whose codes count: the one the profile names, else that of submission."""
        if self._on is None:
            self._on = self.plan.day_of(self)
        return self._on

    def write(self) -> None:
        """Carry out the whole plan."""
        self._instance(self.plan.top, self.body, self.top)
        for check, (one, other) in zip(self.profile.checks, self.plan.checks, strict=True):
            self._compare(check, one, other)

    def _instance(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Write one node of a group; whether anything of its own was found."""
        has_found = False
        notes = self.notes
        key = (plan.group.name, *node.children)
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = plan.worth_trying(node)
        lines, groups = part
        for line in lines:
            notes.target = line.path
            found = line.draw(node, self)
            if found is None and line.default is None:
                continue
            if self._line(line, found, node, here):
                has_found = True
        for below in groups:
            if self._group(below, node, here):
                has_found = True
        return has_found

    def _group(self, plan: GroupPlan, node: Node, above: Frame) -> bool:
        """Write a group for each of its nodes; whether anything of its own was found."""
        nodes = self.gathering.nodes(plan, node)
        if not nodes:
            return False
        kid = plan.kid
        has_found = False
        if kid is None:
            return sum([self._instance(plan, one, above) for one in nodes]) > 0
        outer = (self.top if plan.is_absolute else above).down(plan.way)
        counts, rank = outer.counts, kid.rank
        for one in nodes:
            place = counts.get(rank, 0) + 1
            if kid.maximum is not None and place > kid.maximum:
                self._too_many(plan, one, kid.maximum)
                continue
            mark, counted = len(self.outputs), len(self._log)
            counts[rank] = place
            self._log.append((counts, rank))
            self.place = place
            here = outer.at(kid, place)
            found = self._instance(plan, one, here)
            if (found or plan.group.always) and plan.is_met_in(here):
                has_found = True
            else:
                self._take_back(mark, counted)
        return has_found

    def _too_many(self, plan: GroupPlan, node: Node, most: int) -> None:
        if node.has_data():
            at = node.path(self.body)
            self.notes.findings.append(TOO_MANY.found(pointer=at, most=most, target=plan.path))

    def _take_back(self, mark: int, counted: int) -> None:
        for out in reversed(self.outputs[mark:]):
            out.frame.take(out.kid, out)
        del self.outputs[mark:]
        for counts, rank in self._log[counted:]:
            counts[rank] -= 1
        del self._log[counted:]

    def _line(self, plan: LinePlan, found: Drawn | Node | None, node: Node, here: Frame) -> bool:
        """Write one line into each of its elements; whether it found something of its own."""
        crosswalks: tuple[str, ...] = ()
        if found is None:
            fallback = plan.default(node, self) if plan.default is not None else None
            if fallback is None:
                return False
            value, nodes, _, crosswalks = drawn(fallback)
            origin = _DEFAULT
        elif isinstance(found, Node):
            value, nodes = found.text, (found,)
            origin = _FACT if found.supplier else _SOURCE
        else:
            value, nodes, origin, crosswalks = found
        attributes = NO_ATTRIBUTES
        carriers = nodes
        if plan.attributes:
            attributes, carriers = self._attributes(plan, node, nodes)
        is_written = False
        for target in plan.targets:
            if self._fill(plan, target, value, nodes, origin, crosswalks, attributes, carriers,
                          node, here):  # fmt: skip
                is_written = True
        return is_written and (origin is _SOURCE or origin is _FACT or origin is _COMPUTED)

    def _fill(  # noqa: PLR0913, PLR0917 - the innermost call: positions, for speed
        self,
        plan: LinePlan,
        target: Target,
        value: str,
        nodes: tuple[Node, ...],
        origin: Origin,
        crosswalks: tuple[str, ...],
        attributes: Mapping[str, str],
        carriers: tuple[Node, ...],
        node: Node,
        here: Frame,
    ) -> bool:
        """Write one element; whether it was written. What is already there stays."""
        is_absolute, way, kid, quick, needs_currency, _, keeps = target
        outer = self.top if is_absolute else here
        frame: Frame | None = outer
        if way:
            frame = outer.seen(way)
        rank = kid.rank
        if frame is not None and kid.is_single and rank in frame.items:
            return False
        if quick is not None:
            text = quick(value, nodes)
        else:
            text = self._moments.get((plan.line.name, self._zone(plan, node), value), "")
        if (
            not text
            or (needs_currency and "currencyID" not in attributes)
            or (keeps is not None and crosswalks)
        ):
            found = Drawn(value, nodes, origin, crosswalks)
            return self._slowly(plan, target, found, node, here, attributes, carriers)
        if frame is None:
            frame = outer.down(way)
        out: Output
        if attributes or crosswalks:
            out = RichOutput(text, frame, kid, plan.line, origin, carriers, attributes, crosswalks)
        else:
            out = Output(text, frame, kid, plan.line, origin, carriers)
        if kid.is_single:
            frame.items[rank] = out
        else:
            frame.put(kid, out)
        self.outputs.append(out)
        return True

    def _attributes(
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

    def _slowly(
        self,
        plan: LinePlan,
        target: Target,
        found: Drawn,
        node: Node,
        here: Frame,
        attributes: Mapping[str, str],
        carriers: tuple[Node, ...],
    ) -> bool:
        """Write a value that has to be changed, refused, or said something about."""
        outer = self.top if target.is_absolute else here
        kid = target.kid
        zone = self._zone(plan, node) if kid.is_moment else None
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
            self._moments[plan.line.name, zone, found.value] = written.value
        self.notes.findings += written.findings
        frame = outer.down(target.way)
        out = RichOutput(
            written.value, frame, kid, plan.line, found.origin, carriers, attributes,
            found.crosswalks, written,
        )  # fmt: skip
        frame.put(kid, out)
        self.outputs.append(out)
        for tag, text, more in companions(out, written, found):
            beside = target.beside.get(tag)
            if beside is not None:
                said_too = {"element": kid.entry.tag, **more}
                other = RichOutput(text, frame, beside, plan.line, found.origin, carriers, said_too)
                frame.put(beside, other)
                self.outputs.append(other)
        return True

    def _zone(self, plan: LinePlan, node: Node) -> tzinfo:
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
