"""A profile drawn over a source tree, group by group, line by line → values with their trace.

A group that found nothing of its own is taken back, so rows that only pad a form leave nothing
behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import NamedTuple, NoReturn

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping.drawing.conversion import Output, Place, Written, companions, convert
from exchange_node.mapping.drawing.gathering import Gathering
from exchange_node.mapping.drawing.notes import Notes
from exchange_node.mapping.facts import is_same
from exchange_node.mapping.findings import DISAGREES, NO_CURRENCY, TOO_MANY
from exchange_node.mapping.profile.expression import Drawn, Origin
from exchange_node.mapping.profile.naming import TARGET, joined
from exchange_node.mapping.profile.profile import CrossCheck, Group, Profile, ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.notation import Kind
from exchange_node.wco.registry import Entry, Registry

OWN = frozenset({Origin.SOURCE, Origin.FACT, Origin.COMPUTED})
"""Origins that show that a group has something to say."""


class Here(NamedTuple):
    """The class that is being written: its pointer and its path."""

    pointer: str
    path: str


class Draft:
    """One mapping while it is made."""

    __slots__ = (
        "_counted",
        "_entries",
        "_filled",
        "_log",
        "_node",
        "_suffixes",
        "body",
        "compared",
        "gathering",
        "given",
        "has_facts",
        "notes",
        "outputs",
        "place",
        "profile",
        "registry",
    )

    def __init__(
        self,
        profile: Profile,
        registry: Registry,
        body: Node,
        *,
        given: Mapping[str, str],
        has_facts: bool,
    ) -> None:
        self.profile = profile
        self.registry = registry
        self.body = body
        self.given = given
        self.has_facts = has_facts
        self.place = 1
        self.outputs: list[Output] = []
        self.notes = Notes(body)
        self.compared: dict[Node, str] = {}
        self._node = body
        self.gathering = Gathering(body)
        self._entries: dict[str, Entry] = {}
        self._suffixes: dict[tuple[str, str], str] = {}
        self._filled: set[str] = set()
        self._counted: dict[str, int] = {}
        self._log: list[str] = []

    def write(self) -> None:
        """Draw the whole profile.

        Raises:
            InvalidProfileError: a line fills what the registry does not have.
        """
        self._instance(self.profile.top, self.body, Here(TARGET, TARGET))
        for check in self.profile.checks:
            self._compare(check)

    def carried(self) -> dict[Node, list[Output]]:
        """Return for each leaf the outputs that carry its value."""
        found: dict[Node, list[Output]] = {}
        for out in self.outputs:
            for node in out.nodes:
                found.setdefault(node.whole or node, []).append(out)
        return found

    def _group(self, group: Group, node: Node, above: Here) -> bool:
        """Write a group for each of its nodes; whether anything of its own was found."""
        has_found = False
        for one in self.gathering.nodes(group, node):
            if not group.to:
                has_found |= self._instance(group, one, above)
                continue
            path = joined(above.path, group.to)
            most = self._entry(path, group.name).maximum
            base = self._base(above, group.to)
            place = self._counted.get(base, 0) + 1
            if most is not None and place > most:
                if one.has_data():
                    at = one.path(self.body)
                    self.notes.findings.append(TOO_MANY.found(pointer=at, most=most, target=path))
                continue
            mark, counted = len(self.outputs), len(self._log)
            self._count(base)
            self.place = place
            here = Here(base if most == 1 else f"{base}[{place}]", path)
            found = self._instance(group, one, here)
            if not (found or group.always) or any(
                f"{here.pointer}/{name}" not in self._filled for name in group.requires
            ):
                self._take_back(mark, counted)
            else:
                has_found = True
        return has_found

    def _instance(self, group: Group, node: Node, here: Here) -> bool:
        """Write one node of a group; whether anything of its own was found."""
        found = False
        for line in group.lines:
            found |= self._write_line(line, node, here)
        for below in group.groups:
            found |= self._group(below, node, here)
        return found

    def _count(self, base: str) -> int:
        place = self._counted.get(base, 0) + 1
        self._counted[base] = place
        self._log.append(base)
        return place

    def _take_back(self, mark: int, counted: int) -> None:
        for out in self.outputs[mark:]:
            self._filled.discard(out.pointer)
        del self.outputs[mark:]
        for base in self._log[counted:]:
            self._counted[base] -= 1
        del self._log[counted:]

    def _write_line(self, line: ProfileLine, node: Node, here: Here) -> bool:
        """Write one line into each of its targets; whether it found something of its own."""
        self.notes.target = joined(here.path, line.to[0])
        self._node = node
        drawn = line.draw.draw(node, self)
        if drawn is None and line.default is not None:
            drawn = line.default.draw(node, self)
            if drawn is not None:
                drawn = drawn._replace(origin=Origin.DEFAULT)
        if drawn is None:
            return False
        attributes: dict[str, str] = {}
        beside: tuple[Node, ...] = ()
        for name, expression in (("currencyID", line.currency), ("unitCode", line.unit)):
            said = expression.draw(node, self) if expression is not None else None
            if said is not None:
                attributes[name] = said.value
                beside += said.nodes
        has_written = False
        for to in line.to:
            out = Output(
                pointer="",
                value="",
                line=line,
                origin=drawn.origin,
                attributes=attributes,
                nodes=drawn.nodes + beside,
                crosswalks=drawn.crosswalks,
            )
            has_written |= self._output(out, drawn, here, to)
        return has_written and drawn.origin in OWN

    def _output(self, out: Output, drawn: Drawn, here: Here, to: str) -> bool:
        """Place one value, as the element's format wants it, with what belongs beside it."""
        path = joined(here.path, to)
        entry = self._entry(path, out.line.name)
        if entry.is_class:
            self._wrong_target(out.line.name, path, "is a class; a line fills an element")
        base = self._base(here, to)
        if entry.maximum != 1:
            base = f"{base}[{self._count(base)}]"
        if base in self._filled:
            return False
        nodes = drawn.nodes
        place = Place(
            pointer=base,
            entry=entry,
            line=out.line,
            languages=self.profile.languages,
            source=nodes[0].path(self.body) if nodes else out.line.name,
            zone=self._zone(out.line) if entry.is_moment else None,
        )
        if entry.attributes.get("currencyID") and "currencyID" not in out.attributes:
            found = NO_CURRENCY.found(pointer=place.source, value=drawn.value, target=base)
            written = Written(value="", findings=(found,))
        else:
            written = convert(drawn, place)
        if not written.value:
            self.notes.refuse(nodes, written.findings)
            return False
        self.notes.findings += written.findings
        self._filled.add(base)
        out.pointer, out.value = base, written.value
        out.whole, out.original = written.whole, written.original
        self.outputs.append(out)
        self._companions(out, entry, written, drawn)
        return True

    def _zone(self, line: ProfileLine) -> tzinfo:
        """Return the zone of a time without offset: the line's, a country's, the sender's."""
        if line.zone is not None:
            return line.zone
        of = line.zone_of.draw(self._node, self) if line.zone_of is not None else None
        country = of.value if of is not None else self.given.get("country", "")
        return self.profile.zones.get(country, self.profile.zone)

    def _companions(self, out: Output, entry: Entry, written: Written, drawn: Drawn) -> None:
        """Put the whole text, the original spelling and the national code beside a value."""
        pointer = out.pointer.rpartition("/")[0]
        parent = entry.path.rpartition("/")[0]
        for tag, text, attributes in companions(out, written, drawn):
            if self.registry.entry(f"{parent}/{tag}", Kind.TRANSIT_MANIFEST) is None:
                continue
            base = f"{pointer}/{tag}"
            at = f"{base}[{self._count(base)}]"
            self._filled.add(at)
            self.outputs.append(
                Output(
                    pointer=at,
                    value=text,
                    attributes={"element": entry.tag, **attributes},
                    line=out.line,
                    origin=out.origin,
                    nodes=out.nodes,
                )
            )

    def _entry(self, path: str, by: str) -> Entry:
        entry = self._entries.get(path)
        if entry is None:
            entry = self.registry.entry(path, Kind.TRANSIT_MANIFEST)
            if entry is None:
                self._wrong_target(by, path, "is in no transit manifest (wco_ids.tsv)")
            self._entries[path] = entry
        return entry

    def _wrong_target(self, by: str, path: str, why: str) -> NoReturn:
        raise InvalidProfileError(profile=self.profile.name, place=by, why=f"to: {path} {why}")

    def _base(self, here: Here, to: str) -> str:
        """Return the pointer of a target without the position of its last step."""
        suffix = self._suffixes.get((here.path, to))
        if suffix is None:
            path = TARGET if to.startswith("/") else here.path
            names = to.removeprefix("/").split("/")
            suffix = ""
            for name in names[:-1]:
                path = f"{path}/{name}"
                entry = self._entry(path, to)
                suffix += f"/{name}" if entry.maximum == 1 else f"/{name}[1]"
            suffix += f"/{names[-1]}"
            self._suffixes[here.path, to] = suffix
        return (TARGET if to.startswith("/") else here.pointer) + suffix

    def _compare(self, check: CrossCheck) -> None:
        """Note two values of the declaration that ought to agree and do not."""
        one = check.one.draw(self.body, self)
        other = check.other.draw(self.body, self)
        if one is None:
            return
        for node in one.nodes:
            self.compared[node.whole or node] = f"check.{check.name}"
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
