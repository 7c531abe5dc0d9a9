"""One file, mapped by two profiles: which values come out of one alone, or otherwise."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from exchange_node.mapping.report import Report, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One place of the document where two mappings differ; empty where one has no value."""

    pointer: str
    one: str = ""
    other: str = ""
    rule: str = ""
    other_rule: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain values, for JSON."""
        return {name: value for name, value in asdict(self).items() if value}


def compare_outcomes(one: Report, other: Report) -> tuple[Outcome, ...]:
    """Compare two mappings of one file, place by place."""
    ours = {found.pointer: found for found in one.trace}
    theirs = {found.pointer: found for found in other.trace}
    found = (
        _of(pointer, ours.get(pointer), theirs.get(pointer))
        for pointer in dict.fromkeys([*ours, *theirs])
    )
    return tuple(row for row in found if row.one != row.other)


def _of(pointer: str, one: Trace | None, other: Trace | None) -> Outcome:
    return Outcome(
        pointer=pointer,
        one=one.value if one is not None else "",
        other=other.value if other is not None else "",
        rule=one.rule if one is not None else "",
        other_rule=other.rule if other is not None else "",
    )
