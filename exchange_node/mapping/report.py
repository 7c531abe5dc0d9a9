"""What became of every leaf of a declaration, and where every value of the document comes from.

The report is complete by construction: it is made by going through the leaves of the source, and
each leaf falls into exactly one of mapped, refused, dropped, passed over and unmapped. It is made
when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.conversion import Output
from exchange_node.mapping.draft import Draft
from exchange_node.mapping.profile.expression import Origin
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.source import Source
from exchange_node.mapping.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the report.

    Attributes:
        source: path with positions in the declaration, empty where nothing was read.
        source_line: line of the file; 0 for a fact.
        target: pointer into the WCO document, empty where nothing was written.
        rule: the profile line.
        note: why it was dropped, what a default rests on, what would fill what is missing.
    """

    source: str = ""
    source_line: int = 0
    target: str = ""
    rule: str = ""
    value: str = ""
    note: str = ""
    supplied_by: str = ""
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where one value of the document comes from."""

    pointer: str
    value: str
    rule: str
    origin: Origin
    sources: tuple[Line, ...] = ()
    crosswalks: tuple[str, ...] = ()
    is_cut: bool = False
    is_spelt_anew: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An obligatory element that nothing fills, and the source paths that would."""

    pointer: str
    sources: tuple[str, ...] = ()


KINDS = ("mapped", "defaulted", "cut", "translated", "refused", "dropped", "passed_over",
         "unmapped", "missing", "facts_used")  # fmt: skip


@dataclass(slots=True, kw_only=True, eq=False)
class Report:
    """The loss report and the trace of one mapping.

    Attributes:
        mapped: leaves whose value stands in the document; one row for each place.
        defaulted: values that the profile put where the declaration has nothing.
        cut, translated: rows of `mapped` whose text was shortened, or whose code or spelling was
            changed.
        refused: leaves whose value cannot be used; the findings say why.
        dropped: leaves that the profile leaves out on purpose, with its reason.
        passed_over: leaves that a line reads, and did not need or could not place here.
        unmapped: leaves that no line names.
        missing: obligatory elements that nothing fills.
    """

    profile: Profile
    source: Source
    draft: Draft
    lacking: tuple[Missing, ...]
    _rows: dict[str, tuple[Line, ...]] = field(default_factory=dict)

    @property
    def mapped(self) -> tuple[Line, ...]:
        """One row for each source leaf and place."""
        return self._of("mapped", self._mapped)

    @property
    def defaulted(self) -> tuple[Line, ...]:
        """One row for each value that a default filled."""
        return self._of("defaulted", self._defaulted)

    @property
    def cut(self) -> tuple[Line, ...]:
        """One row for each value that was cut; the note is the whole text."""
        return self._of("cut", lambda: _rows(self._carrying(lambda out: bool(out.whole)), _whole))

    @property
    def translated(self) -> tuple[Line, ...]:
        """One row for each value whose code or spelling was changed; the note says how."""
        changed = self._carrying(lambda out: bool(out.crosswalks or out.original))
        return self._of("translated", lambda: _rows(changed, _change))

    @property
    def refused(self) -> tuple[Line, ...]:
        """One row for each leaf whose value cannot be used."""
        return self._left()["refused"]

    @property
    def dropped(self) -> tuple[Line, ...]:
        """One row for each leaf that is left out on purpose."""
        return self._left()["dropped"]

    @property
    def passed_over(self) -> tuple[Line, ...]:
        """One row for each leaf that lines read and did not carry."""
        return self._left()["passed_over"]

    @property
    def unmapped(self) -> tuple[Line, ...]:
        """One row for each leaf that no line names."""
        return self._left()["unmapped"]

    @property
    def missing(self) -> tuple[Line, ...]:
        """One row for each obligatory element that nothing fills."""
        return tuple(Line(target=one.pointer, note=", ".join(one.sources)) for one in self.lacking)

    @property
    def facts_used(self) -> tuple[Line, ...]:
        """The rows of `mapped` that facts supplied."""
        return tuple(row for row in self.mapped if row.supplied_by)

    @property
    def trace(self) -> tuple[Trace, ...]:
        """Where every value of the document comes from, in the order it was written."""
        return tuple(self._trace(out) for out in self.draft.outputs)

    @property
    def coverage(self) -> float:
        """The share of the declaration's leaves that are mapped or left out on purpose, 0 to 1."""
        leaves = len(self.source.leaves)
        lost = len(self.refused) + len(self.passed_over) + len(self.unmapped)
        return 1.0 if not leaves else (leaves - lost) / leaves

    def explain(self, pointer: str) -> Trace | None:
        """Return where one value of the document comes from."""
        for out in self.draft.outputs:
            if out.pointer == pointer:
                return self._trace(out)
        return None

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        plain: dict[str, object] = {
            "profile": self.profile.name,
            "coverage": round(self.coverage, 4),
            "leaves": len(self.source.leaves),
        }
        for kind in KINDS:
            rows: Sequence[Line] = getattr(self, kind)
            plain[kind] = [_plain(row) for row in rows]
        plain["trace"] = [
            {
                "pointer": one.pointer,
                "value": one.value,
                "rule": one.rule,
                "origin": one.origin.value,
                "sources": [_plain(row) for row in one.sources],
                "crosswalks": list(one.crosswalks),
                "personal": one.personal,
            }
            for one in self.trace
        ]
        return plain

    def _of(self, kind: str, make: Callable[[], Iterable[Line]]) -> tuple[Line, ...]:
        if kind not in self._rows:
            self._rows[kind] = tuple(make())
        return self._rows[kind]

    def _mapped(self) -> Iterable[Line]:
        carried = self.draft.carried()
        for leaf in [*self.source.leaves, *self.source.facts]:
            for out in carried.get(leaf, ()):
                yield self._row(leaf, out)

    def _defaulted(self) -> Iterable[Line]:
        for out in self.draft.outputs:
            if out.origin is Origin.DEFAULT:
                rests_on = out.nodes[0].path(self.source.body) if out.nodes else ""
                yield Line(
                    source=rests_on, target=out.pointer, rule=out.line.name, value=out.value,
                    note=out.line.because, personal=out.line.personal,
                )  # fmt: skip

    def _carrying(self, wanted: Callable[[Output], bool]) -> list[tuple[Line, Output]]:
        return [
            (self._row(out.nodes[0], out) if out.nodes else self._bare(out), out)
            for out in self.draft.outputs
            if wanted(out)
        ]

    def _row(self, leaf: Node, out: Output) -> Line:
        return Line(
            source=leaf.path(self.source.body), source_line=leaf.line, target=out.pointer,
            rule=out.line.name, value=leaf.text, supplied_by=leaf.supplier,
            personal=out.line.personal,
        )  # fmt: skip

    def _bare(self, out: Output) -> Line:
        return Line(target=out.pointer, rule=out.line.name, value=out.value)

    def _trace(self, out: Output) -> Trace:
        return Trace(
            pointer=out.pointer, value=out.value, rule=out.line.name, origin=out.origin,
            sources=tuple(self._row(node, out) for node in out.nodes),
            crosswalks=out.crosswalks, is_cut=bool(out.whole), is_spelt_anew=bool(out.original),
            personal=out.line.personal,
        )  # fmt: skip

    def _left(self) -> dict[str, tuple[Line, ...]]:
        if "unmapped" not in self._rows:
            self._rows.update(_left_over(self.profile, self.source, self.draft))
        return self._rows


def _whole(out: Output) -> str:
    return out.whole


def _change(out: Output) -> str:
    how = [f"code by {', '.join(out.crosswalks)}"] if out.crosswalks else []
    return "; ".join([*how, f"spelt in Latin from {out.original}"] if out.original else how)


def _rows(found: list[tuple[Line, Output]], note: Callable[[Output], str]) -> Iterable[Line]:
    for row, out in found:
        yield Line(
            source=row.source, source_line=row.source_line, target=row.target, rule=row.rule,
            value=out.value, note=note(out), supplied_by=row.supplied_by, personal=row.personal,
        )  # fmt: skip


def _left_over(profile: Profile, source: Source, draft: Draft) -> dict[str, tuple[Line, ...]]:
    """Return a row for every leaf that carries nothing, each under exactly one heading."""
    carried = draft.carried()
    chosen = _chosen(profile, source.body)
    rows: dict[str, list[Line]] = {
        "refused": [], "dropped": [], "passed_over": [], "unmapped": []
    }  # fmt: skip
    for leaf in source.leaves:
        if leaf in carried:
            continue
        kind, note, rule = _fate(leaf, profile, source, draft, chosen)
        rows[kind].append(
            Line(
                source=leaf.path(source.body),
                source_line=leaf.line,
                rule=rule,
                note=note,
                value=leaf.text,
                supplied_by=leaf.supplier,
            )  # fmt: skip
        )
    rows["dropped"] += [
        Line(
            source=leaf.path(source.body),
            source_line=leaf.line,
            value=leaf.text,
            note="outside the declaration, in what it was wrapped in",
        )  # fmt: skip
        for leaf in source.envelope
    ]
    return {kind: tuple(found) for kind, found in rows.items()}


def _chosen(profile: Profile, body: Node) -> dict[Node, str]:
    """Return the leaves below the nodes that drops with a condition select, with the reason."""
    return {
        leaf: drop.reason
        for drop in profile.drops
        if drop.below is not None
        for node in drop.below.select(body, body)
        for leaf in (node, *node.below())
    }


def _fate(
    leaf: Node, profile: Profile, source: Source, draft: Draft, chosen: Mapping[Node, str]
) -> tuple[str, str, str]:
    if leaf in draft.refused:
        return "refused", draft.refused[leaf], ""
    if leaf in chosen:
        return "dropped", chosen[leaf], ""
    if leaf in draft.compared:
        return "dropped", "compared with what is carried", draft.compared[leaf]
    plain = leaf.plain_path(source.body)
    for drop in profile.drops:
        if drop.pattern is not None and drop.pattern.fullmatch(plain):
            return "dropped", drop.reason, ""
    readers = profile.named.get(plain)
    if readers:
        return "passed_over", "another value stood in its place, or no condition held", readers[0]
    return "unmapped", "", ""


def _plain(row: Line) -> dict[str, object]:
    return {
        name: value
        for name in (
            "source", "source_line", "target", "rule", "value", "note", "supplied_by", "personal"
        )
        if (value := getattr(row, name))
    }  # fmt: skip
