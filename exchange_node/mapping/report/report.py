"""What became of every leaf of a declaration, and where every value of the document comes from.

A report is a view of columns: those of a mapping just made, or those that were kept of one. It is
complete by construction: each leaf of the source has one letter, which is its heading: mapped,
refused, dropped, passed over or unmapped. Rows are put together when somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.report.columns import ORIGINS, Columns
from exchange_node.mapping.report.counting import counts_of, coverage_of, whole_of
from exchange_node.mapping.report.places import Places
from exchange_node.mapping.report.rows import Line, Trace, plain

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
OUTSIDE = "outside the declaration, in what it was wrapped in"


class Report:
    """The loss report and the trace of one mapping.

    Made of what returns the columns: they are only gone for when somebody looks.
    """

    def __init__(self, make: Callable[[], Columns]) -> None:
        self.make = make

    @cached_property
    def columns(self) -> Columns:
        """What is kept of the report."""
        return self.make()

    @cached_property
    def _places(self) -> Places:
        return Places(self.columns)

    @property
    def profile(self) -> str:
        """The name of the profile."""
        return self.columns.profile

    @property
    def leaves(self) -> tuple[str, ...]:
        """The path of each leaf of the declaration, in document order."""
        return tuple(self._places.paths[: self.columns.leaves])

    @cached_property
    def mapped(self) -> tuple[Line, ...]:
        """Leaves whose value stands in the document; one row for each place."""
        found = self.columns
        carriers = self._carriers
        every = range(found.leaves + found.facts)
        return tuple(self._row(leaf, out) for leaf in every for out in carriers.get(leaf, ()))

    @cached_property
    def defaulted(self) -> tuple[Line, ...]:
        """Values that the profile put where the declaration has nothing."""
        default = ORIGINS.index(Origin.DEFAULT)
        return tuple(
            self._default(out)
            for out, origin in enumerate(self.columns.out_origin)
            if origin == default
        )

    @cached_property
    def cut(self) -> tuple[Line, ...]:
        """Values that were cut; the note is the whole text."""
        return tuple(
            self._changed(out, whole) for out, _, whole, _ in self.columns.changed if whole
        )

    @cached_property
    def translated(self) -> tuple[Line, ...]:
        """Values whose code or spelling was changed; the note says how."""
        return tuple(
            self._changed(out, self._change(tables, original))
            for out, tables, _, original in self.columns.changed
            if tables or original
        )

    @cached_property
    def refused(self) -> tuple[Line, ...]:
        """Leaves whose value cannot be used; the findings say why."""
        return tuple(self._left("r"))

    @cached_property
    def dropped(self) -> tuple[Line, ...]:
        """Leaves that the profile leaves out on purpose, with its reason."""
        found = self.columns
        first = found.leaves + found.facts
        return (
            *self._left("d"),
            *(self._leaf(leaf, note=OUTSIDE) for leaf in range(first, first + found.wrapped)),
        )

    @cached_property
    def passed_over(self) -> tuple[Line, ...]:
        """Leaves that a line reads, and did not need or could not place here."""
        return tuple(self._left("p"))

    @cached_property
    def unmapped(self) -> tuple[Line, ...]:
        """Leaves that no line names."""
        return tuple(self._left("u"))

    @property
    def missing(self) -> tuple[Line, ...]:
        """Obligatory elements that nothing fills, with what would."""
        return tuple(
            Line(target=pointer, note=", ".join(sources))
            for pointer, sources in self.columns.missing
        )

    @property
    def facts_used(self) -> tuple[Line, ...]:
        """The rows of `mapped` that facts supplied."""
        return tuple(row for row in self.mapped if row.supplied_by)

    @cached_property
    def trace(self) -> tuple[Trace, ...]:
        """Where every value of the document comes from, in the order it was written."""
        return tuple(self._trace(out) for out in range(len(self.columns.out_frame)))

    @property
    def coverage(self) -> float:
        """The share of the declaration's leaves that are mapped or left out on purpose, 0 to 1."""
        return coverage_of(self.columns)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many rows stand under each heading."""
        return counts_of(self.columns)

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        told: dict[str, object] = {
            "profile": self.profile,
            "coverage": round(self.coverage, 4),
            "leaves": self.columns.leaves,
        }
        for kind in KINDS:
            rows: Sequence[Line] = getattr(self, kind)
            told[kind] = [plain(row) for row in rows]
        told["trace"] = [one.as_dict() for one in self.trace]
        return told

    @cached_property
    def _suppliers(self) -> dict[int, str]:
        return {leaf: self.columns.words[word] for leaf, word in self.columns.suppliers}

    @cached_property
    def _personal(self) -> frozenset[int]:
        return frozenset(self.columns.personal)

    @cached_property
    def _carriers(self) -> dict[int, list[int]]:
        """For each leaf the values that carry it, parts of it included."""
        found: dict[int, list[int]] = {}
        for out in range(len(self.columns.out_frame)):
            for leaf in self._nodes(out):
                found.setdefault(whole_of(self.columns, leaf), []).append(out)
        return found

    @cached_property
    def _several(self) -> dict[int, list[int]]:
        return dict(self.columns.several)

    @cached_property
    def _values(self) -> dict[int, str]:
        return dict(self.columns.values)

    def _nodes(self, out: int) -> list[int]:
        leaf = self.columns.out_leaf[out]
        return [leaf] if leaf >= 0 else self._several.get(out, [])

    def _value(self, out: int) -> str:
        value = self._values.get(out)
        return self.columns.leaf_text[self._nodes(out)[0]] if value is None else value

    def _leaf(self, leaf: int, *, note: str = "", rule: str = "") -> Line:
        return Line(
            source=self._places.paths[leaf],
            source_line=self.columns.leaf_line[leaf],
            rule=rule,
            value=self.columns.leaf_text[leaf],
            note=note,
            supplied_by=self._suppliers.get(leaf, ""),
        )

    def _left(self, letter: str) -> Iterable[Line]:
        found = self.columns
        for leaf, note, rule in found.notes:
            if found.fates[leaf] == letter:
                yield self._leaf(leaf, note=found.words[note], rule=found.words[rule])

    def _row(self, leaf: int, out: int) -> Line:
        found = self.columns
        rule = found.out_rule[out]
        return Line(
            source=self._places.paths[leaf],
            source_line=found.leaf_line[leaf],
            target=self._places.pointers[out],
            rule=found.words[rule],
            value=found.leaf_text[leaf],
            supplied_by=self._suppliers.get(leaf, ""),
            personal=rule in self._personal,
        )

    def _default(self, out: int) -> Line:
        found = self.columns
        rule = found.out_rule[out]
        rests_on = self._nodes(out)
        because = dict(found.because).get(rule)
        return Line(
            source=self._places.paths[rests_on[0]] if rests_on else "",
            source_line=found.leaf_line[rests_on[0]] if rests_on else 0,
            target=self._places.pointers[out],
            rule=found.words[rule],
            value=self._value(out),
            note="" if because is None else found.words[because],
            personal=rule in self._personal,
        )

    def _changed(self, out: int, note: str) -> Line:
        found = self.columns
        nodes = self._nodes(out)
        rule = found.out_rule[out]
        return Line(
            source=self._places.paths[nodes[0]] if nodes else "",
            source_line=found.leaf_line[nodes[0]] if nodes else 0,
            target=self._places.pointers[out],
            rule=found.words[rule],
            value=self._value(out),
            note=note,
            supplied_by=self._suppliers.get(nodes[0], "") if nodes else "",
            personal=bool(nodes) and rule in self._personal,
        )

    def _change(self, tables: Iterable[int], original: str) -> str:
        names = ", ".join(self.columns.words[one] for one in tables)
        how = [f"code by {names}"] if names else []
        return "; ".join([*how, f"spelt in Latin from {original}"] if original else how)

    @cached_property
    def _changes(self) -> dict[int, tuple[list[int], str, str]]:
        return {out: (tables, whole, text) for out, tables, whole, text in self.columns.changed}

    def _trace(self, out: int) -> Trace:
        found = self.columns
        rule = found.out_rule[out]
        tables, whole, original = self._changes.get(out, ((), "", ""))
        return Trace(
            pointer=self._places.pointers[out],
            value=self._value(out),
            rule=found.words[rule],
            origin=ORIGINS[found.out_origin[out]],
            sources=tuple(self._row(leaf, out) for leaf in self._nodes(out)),
            crosswalks=tuple(found.words[one] for one in tables),
            is_cut=bool(whole),
            is_spelt_anew=bool(original),
            personal=rule in self._personal,
        )
