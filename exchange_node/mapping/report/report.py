"""What became of every leaf of a declaration, and where every value of the document comes from.

The report is complete by construction: it is made by going through the leaves of the source, and
each leaf falls into exactly one of mapped, refused, dropped, passed over and unmapped. It is made
when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.drawing import Draft, Missing, Output
from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.report.fates import left_over
from exchange_node.mapping.report.places import Places
from exchange_node.mapping.report.rows import Line, Trace, plain
from exchange_node.mapping.tree import Node, Source

KINDS = (
    "mapped",
    "defaulted",
    "cut",
    "translated",
    "refused",
    "dropped",
    "passed_over",
    "unmapped",
    "missing",
    "facts_used",
)


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
    _places: Places = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no place known."""
        self._places = Places(self.source.body)

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
        told: dict[str, object] = {
            "profile": self.profile.name,
            "coverage": round(self.coverage, 4),
            "leaves": len(self.source.leaves),
        }
        for kind in KINDS:
            rows: Sequence[Line] = getattr(self, kind)
            told[kind] = [plain(row) for row in rows]
        told["trace"] = [
            {
                "pointer": one.pointer,
                "value": one.value,
                "rule": one.rule,
                "origin": one.origin.value,
                "sources": [plain(row) for row in one.sources],
                "crosswalks": list(one.crosswalks),
                "personal": one.personal,
            }
            for one in self.trace
        ]
        return told

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
                rests_on = self._places.path(out.nodes[0]) if out.nodes else ""
                yield Line(
                    source=rests_on,
                    source_line=out.nodes[0].line if out.nodes else 0,
                    target=self._places.pointer(out),
                    rule=out.line.name,
                    value=out.value,
                    note=out.line.because,
                    personal=out.line.personal,
                )

    def _carrying(self, wanted: Callable[[Output], bool]) -> list[tuple[Line, Output]]:
        return [
            (self._row(out.nodes[0], out) if out.nodes else self._bare(out), out)
            for out in self.draft.outputs
            if wanted(out)
        ]

    def _row(self, leaf: Node, out: Output) -> Line:
        return Line(
            source=self._places.path(leaf),
            source_line=leaf.line,
            target=self._places.pointer(out),
            rule=out.line.name,
            value=leaf.text,
            supplied_by=leaf.supplier,
            personal=out.line.personal,
        )

    def _bare(self, out: Output) -> Line:
        return Line(target=self._places.pointer(out), rule=out.line.name, value=out.value)

    def _trace(self, out: Output) -> Trace:
        return Trace(
            pointer=self._places.pointer(out),
            value=out.value,
            rule=out.line.name,
            origin=out.origin,
            sources=tuple(self._row(node, out) for node in out.nodes),
            crosswalks=out.crosswalks,
            is_cut=bool(out.whole),
            is_spelt_anew=bool(out.original),
            personal=out.line.personal,
        )

    def _left(self) -> dict[str, tuple[Line, ...]]:
        if "unmapped" not in self._rows:
            self._rows.update(left_over(self.profile, self.source, self.draft, self._places))
        return self._rows


def _whole(out: Output) -> str:
    return out.whole


def _change(out: Output) -> str:
    how = [f"code by {', '.join(out.crosswalks)}"] if out.crosswalks else []
    return "; ".join([*how, f"spelt in Latin from {out.original}"] if out.original else how)


def _rows(found: list[tuple[Line, Output]], note: Callable[[Output], str]) -> Iterable[Line]:
    for row, out in found:
        yield Line(
            source=row.source,
            source_line=row.source_line,
            target=row.target,
            rule=row.rule,
            value=out.value,
            note=note(out),
            supplied_by=row.supplied_by,
            personal=row.personal,
        )
