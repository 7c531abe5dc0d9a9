"""The rows of a report and the traces of values, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from exchange_node.mapping.drawn import Origin


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

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for JSON."""
        return {
            "pointer": self.pointer,
            "value": self.value,
            "rule": self.rule,
            "origin": self.origin.value,
            "sources": [plain(row) for row in self.sources],
            "crosswalks": list(self.crosswalks),
            "is_cut": self.is_cut,
            "is_spelt_anew": self.is_spelt_anew,
            "personal": self.personal,
        }


def plain(row: Line) -> dict[str, object]:
    """Return a row without what is empty."""
    return {name: value for name, value in zip(_NAMES, _values(row), strict=True) if value}


_NAMES = ("source", "source_line", "target", "rule", "value", "note", "supplied_by", "personal")
_values = attrgetter(*_NAMES)
