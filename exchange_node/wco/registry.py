"""wco_schemas/registry/wco_ids.tsv → which path exists where, its WCO id, format, number, list.

The registry is the one truth about our documents: the builder takes its order, the schemas are
generated from it, the rules read formats and code lists off it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.notation import NAMESPACES, Kind, path_of, steps

COLUMNS = (
    "kind",
    "path",
    "tag",
    "prefix",
    "wco_id",
    "format",
    "card",
    "code_list",
    "attributes",
    "meaning",
    "source",
)
UNVERIFIED = "unverified"
OURS = "-"
METADATA = "metadata"
MOMENTS = "uncl2379"
"""The code list that marks a date or a moment."""

_FORMAT = re.compile(r"(an|a|n)(\d+)?(?:\.\.(\d+)(?:,(\d+))?)?")
_CARD = re.compile(r"(\d+)\.\.(\d+|n)")
_ORDER: tuple[str, ...] = (
    Kind.TRANSIT_MANIFEST, Kind.GOODS_DECLARATION, Kind.RESPONSE, Kind.RISK_ALERT,
    Kind.ACKNOWLEDGEMENT, Kind.ALERT_FEEDBACK, Kind.AGREEMENT_ACT, Kind.MESSAGE_ACCOUNT,
    Kind.AVAILABILITY, Kind.NODE_PULSE, Kind.OFFICE_STATEMENT,
    Kind.ASSISTANCE_REQUEST, Kind.ASSISTANCE_REPLY,
    Kind.ASSISTANCE_INFORMATION, Kind.RECORD_ORDER, Kind.RECORD_CERTIFICATE,
    Kind.BREACH_NOTICE, Kind.ONWARD_USE, Kind.NOTIFICATION, METADATA,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One element of one kind of document.

    Attributes:
        kind: a `Kind`, or `metadata` for the envelope.
        path: from the body root; the root's own name for the root.
        namespace: the element's namespace.
        wco_id: class or attribute id of the WCO Data Model 3.6; `-` is ours, `unverified` a WCO
            name whose id no public schema shows.
        format: WCO representation (`an..70`, `n..16,6`); empty for a class.
        minimum, maximum: how often under one parent; None is unbounded.
        code_list: name of the list its values come from; empty if we hold none.
        attributes: XML attribute → whether it must be there.
        max_length, min_length: characters a value may have; no most where the format sets none.
        decimals: most decimals a number may have; 0 for whole numbers and texts.
    """

    kind: str
    path: str
    tag: str
    namespace: str
    wco_id: str
    format: str
    minimum: int
    maximum: int | None
    code_list: str
    attributes: Mapping[str, bool]
    meaning: str
    source: str
    max_length: int | None = None
    min_length: int = 1
    decimals: int = 0
    _shape: tuple[re.Pattern[str], int] | None = field(default=None, repr=False, compare=False)

    @property
    def is_class(self) -> bool:
        """Whether it holds elements instead of a value."""
        return not self.format

    @property
    def is_moment(self) -> bool:
        """Whether its value is a date or a moment (DateTimeString inside)."""
        return self.code_list == MOMENTS

    @property
    def name(self) -> str:
        """Its last step, as a path writes it."""
        return self.path.rpartition("/")[2]

    @property
    def is_number(self) -> bool:
        """Whether the format is numeric."""
        return self.format.startswith("n")

    def fits(self, value: str) -> bool:
        """Whether a value has the format: its characters and its length."""
        if self._shape is None:
            return bool(value.strip())
        pattern, digits = self._shape
        if not pattern.fullmatch(value):
            return False
        if not self.decimals:
            return bool(value.strip())
        whole, _, fraction = value.partition(".")
        return len(whole.lstrip("0")) + len(fraction.rstrip("0")) <= digits


class Registry:
    """Every path of every kind of document, in schema order."""

    __slots__ = ("_children", "_entries", "_order", "tables")

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.tables: dict[tuple[str, str], object] = {}
        """By kind and path: what `compiled` made of it, for that room alone."""
        self._entries: dict[str, dict[str, Entry]] = {}
        children: dict[tuple[str, str], list[Entry]] = {}
        self._order: dict[tuple[str, str], int] = {}
        for number, one in enumerate(entries):
            self._entries.setdefault(one.kind, {})[one.path] = one
            self._order[one.kind, one.path] = number
            children.setdefault((one.kind, one.path.rpartition("/")[0]), []).append(one)
        self._children = {key: tuple(found) for key, found in children.items()}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of the file."""
        found = [one for of_kind in self._entries.values() for one in of_kind.values()]
        return tuple(sorted(found, key=lambda one: self._order[one.kind, one.path]))

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """The entries of one kind of document, parents before children."""
        return tuple(self._entries.get(kind, {}).values())

    def entry(self, path: str, kind: str | None = None) -> Entry | None:
        """Return the entry of a path; without a kind, of the first kind that has the path.

        InterGov paths stand in several kinds; name the kind where their numbers matter.
        """
        if kind is not None:
            return self._entries.get(kind, {}).get(path)
        found = (self._entries.get(one, {}).get(path) for one in _ORDER)
        return next((one for one in found if one is not None), None)

    def children(self, path: str, kind: str | None = None) -> tuple[Entry, ...]:
        """Return what may stand under a class, in schema order."""
        if kind is None:
            entry = self.entry(path)
            kind = entry.kind if entry else ""
        return self._children.get((kind, path), ())

    def order(self, path: str, kind: str) -> int:
        """Return where a path stands in schema order; unknown paths come last."""
        return self._order.get((kind, path), len(self._order))

    def is_class(self, path: str) -> bool:
        """Whether the path exists and holds elements."""
        entry = self.entry(path)
        return entry is not None and entry.is_class

    def pointer_ids(self, pointer: str) -> tuple[str, ...]:
        """Return the WCO ids along a pointer; the name where there is no verified id.

        `Declaration/Consignment[1]/ConsignmentItem[2]/Commodity/Description` gives 42A, 28A, 29A,
        23A, 137.
        """
        names = [name for name, _ in steps(pointer) or ()]
        ids = []
        for depth, name in enumerate(names, start=1):
            entry = self.entry(path_of("/".join(names[:depth])))
            has_id = entry is not None and entry.wco_id not in (OURS, UNVERIFIED)
            ids.append(entry.wco_id if entry is not None and has_id else name)
        return tuple(ids)


def read_registry(tsv: str) -> Registry:
    """Read the registry file.

    Raises:
        InvalidSettingError: a column, a format, a number or a parent is missing or unknown.
    """
    lines = tsv.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise _wrong(1, f"the header must be {' '.join(COLUMNS)}")
    entries: dict[tuple[str, str], Entry] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise _wrong(number, f"{len(cells)} columns, want {len(COLUMNS)}")
        entry = _entry(dict(zip(COLUMNS, cells, strict=True)), number)
        parent = entry.path.rpartition("/")[0]
        if (entry.kind, entry.path) in entries:
            raise _wrong(number, f"{entry.path} stands twice")
        if parent and (entry.kind, parent) not in entries:
            raise _wrong(number, f"{entry.path} comes before its parent")
        if parent and not entries[entry.kind, parent].is_class:
            raise _wrong(number, f"{parent} holds a value, it cannot hold {entry.tag}")
        entries[entry.kind, entry.path] = entry
    return Registry(tuple(entries.values()))


def _entry(row: Mapping[str, str], number: int) -> Entry:
    card = _CARD.fullmatch(row["card"])
    if card is None:
        raise _wrong(number, f"cardinality {row['card']!r}")
    if row["prefix"] not in NAMESPACES:
        raise _wrong(number, f"prefix {row['prefix']!r}")
    if row["kind"] not in _ORDER:
        raise _wrong(number, f"kind {row['kind']!r}")
    if row["format"] not in ("", "text") and not _FORMAT.fullmatch(row["format"]):
        raise _wrong(number, f"format {row['format']!r}")
    return Entry(
        kind=row["kind"],
        path=row["path"],
        tag=row["tag"],
        namespace=NAMESPACES[row["prefix"]],
        wco_id=row["wco_id"],
        format=row["format"],
        minimum=int(card[1]),
        maximum=None if card[2] == "n" else int(card[2]),
        code_list=row["code_list"],
        attributes={name.rstrip("!"): name.endswith("!") for name in row["attributes"].split()},
        meaning=row["meaning"],
        source=row["source"],
        **_numbers(row["format"]),
        _shape=_shape(row["format"]),
    )


class _Numbers(TypedDict):
    max_length: int | None
    min_length: int
    decimals: int


def _numbers(text: str) -> _Numbers:
    """Return the bounds that a WCO representation sets."""
    found = _FORMAT.fullmatch(text)
    if found is None:
        return {"max_length": None, "min_length": 1, "decimals": 0}
    return {
        "max_length": int(found[3] or found[2] or 1),
        "min_length": int(found[2] or 1),
        "decimals": int(found[4] or 0),
    }


def _shape(text: str) -> tuple[re.Pattern[str], int] | None:
    """Compile a WCO representation; the number is the most digits of a decimal."""
    found = _FORMAT.fullmatch(text)
    if found is None:
        return None
    chars, fixed, most, decimals = found.groups()
    low, high = int(fixed or 1), int(most or fixed or 1)
    if chars == "n" and decimals:
        return re.compile(rf"[0-9]{{1,{high}}}(\.[0-9]{{1,{decimals}}})?"), high
    symbol = {"an": "(?s:.)", "a": "[A-Z]", "n": "[0-9]"}[chars]
    return re.compile(f"{symbol}{{{low},{high}}}"), high


def _wrong(line: int, why: str) -> InvalidSettingError:
    return InvalidSettingError(where=f"wco_ids.tsv line {line}", why=why)
