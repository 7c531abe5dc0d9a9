"""A place, in the document or in the declaration → what made it, or what became of it.

A place of the document is a WCO pointer (`Declaration/Consignment[1]/Carrier/Name`) or the chain of
its WCO ids (`42A/28A/18B/R013`); a place of the declaration is a source path. Positions may be left
out, and a class stands for everything in it. Where nothing is found, the nearest places are named.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from exchange_node.mapping.report.report import Report
from exchange_node.mapping.report.rows import Line, Trace, plain

MOST_NEAR = 5
"""Places that are named where nothing was found (our choice: what fits on a screen)."""

MOST_COMPARED = 2_000
"""Places that are compared with one that was not found (our choice): each takes its time."""

_POSITION = re.compile(r"\[[0-9]+\]")
_NEAR = 0.5

Ids = Callable[[str], str]
"""A pointer → the chain of its WCO ids, with the pointer's positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one leaf: its heading, why, and the values that carry it."""

    leaf: Line
    heading: str
    carried_by: tuple[Trace, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        return plain(self.leaf) | {
            "fate": self.heading,
            "carried_by": [one.as_dict() for one in self.carried_by],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What there is to say of a place.

    Attributes:
        values: what stands there in the document, each with what made it.
        missing: what ought to stand there, and what would fill it.
        leaves: what stands there in the declaration, each with what became of it.
        near: places that are called much the same, where there is none of these.
    """

    values: tuple[Trace, ...] = ()
    missing: tuple[Line, ...] = ()
    leaves: tuple[Fate, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.values or self.missing or self.leaves)


def explain(report: Report, place: str, ids: Ids) -> Explanation:
    """Return what made the values at a place, or what became of the leaves there."""
    wanted = place.strip().strip("/")
    values = [one for one in report.trace if _is_at(one.pointer, wanted)]
    if not values:
        values = [one for one in report.trace if _is_at(ids(one.pointer), wanted)]
    missing = tuple(
        one
        for one in report.missing
        if _is_at(one.target, wanted) or _is_at(ids(one.target), wanted)
    )
    leaves = () if values or missing else tuple(_fates(report, wanted))
    found = Explanation(values=tuple(values), missing=missing, leaves=leaves)
    return Explanation(near=_nearest(report, wanted, ids)) if found.is_empty else found


def every_fate(report: Report) -> Iterable[Fate]:
    """Yield every leaf of the declaration with what became of it, in document order."""
    found = {
        row.source: (row, heading) for heading in _HEADINGS for row in getattr(report, heading)
    }
    carriers: dict[str, dict[str, None]] = {}
    for row in report.mapped:
        carriers.setdefault(row.source, {})[row.target] = None
    traces = {one.pointer: one for one in report.trace}
    for source in dict.fromkeys((*report.leaves, *found)):
        row, heading = found[source]
        yield Fate(
            leaf=Line(
                source=source,
                source_line=row.source_line,
                rule=row.rule,
                value=row.value,
                note=row.note,
                supplied_by=row.supplied_by,
                personal=row.personal,
            ),
            heading=heading,
            carried_by=tuple(traces[one] for one in carriers.get(source, ())),
        )


_HEADINGS = ("unmapped", "passed_over", "dropped", "refused", "mapped")


def _fates(report: Report, wanted: str) -> Iterable[Fate]:
    bare = wanted.partition("/")[2]
    for one in every_fate(report):
        at = one.leaf.source.lstrip("/")
        if _is_at(at, wanted) or (bare and _is_at(at, bare)):
            yield one


def _is_at(place: str, wanted: str) -> bool:
    """Whether a place is the wanted one or within it; positions count where they are written."""
    if not wanted or not place:
        return False
    if "[" not in wanted:
        place = _POSITION.sub("", place)
    elif place != wanted and not place.startswith(f"{wanted}/"):
        return _is_within(place.split("/"), wanted.split("/"))
    return place == wanted or place.startswith((f"{wanted}/", f"{wanted}["))


def _is_within(steps: list[str], wanted: list[str]) -> bool:
    """Whether each wanted step is the place's, with its position where one is written."""
    return len(wanted) <= len(steps) and all(
        step == one or ("[" not in one and _POSITION.sub("", step) == one)
        for step, one in zip(steps, wanted, strict=False)
    )


def _nearest(report: Report, wanted: str, ids: Ids) -> tuple[str, ...]:
    plain_wanted = _POSITION.sub("", wanted)
    pointers = {_POSITION.sub("", one.pointer): one.pointer for one in report.trace}
    sources = {_POSITION.sub("", one): one for one in report.leaves if one}
    last = _last(plain_wanted)
    most = MOST_COMPARED // 3
    chains = {_POSITION.sub("", ids(one)): ids(one) for one in islice(pointers.values(), most)}
    known = chains | _likeliest(sources, last, most) | _likeliest(pointers, last, most)
    ending = [one for one in known if _last(one) == last]
    near = difflib.get_close_matches(plain_wanted, known, n=MOST_NEAR, cutoff=_NEAR)
    chosen = list(dict.fromkeys([*difflib.get_close_matches(
        plain_wanted, ending, n=MOST_NEAR, cutoff=0.0
    ), *near]))  # fmt: skip
    return tuple(known[one] for one in chosen[:MOST_NEAR])


def _last(place: str) -> str:
    return place.rpartition("/")[2].lower()


def _likeliest(places: Mapping[str, str], last: str, most: int) -> dict[str, str]:
    """Return so many places and no more; first those whose last step is the wanted one."""
    ranked = sorted(places, key=lambda one: _last(one) != last)
    return {one: places[one] for one in ranked[:most]}
