"""A national format as data: how it is recognised, what goes where, what is left out and why.

A profile is a tree of groups. A group stands for one WCO class: it is written once, or once for
each source node at its path, and holds lines (one WCO element each) and further groups. It is
written only when a line or a group in it found something in the declaration or among the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from exchange_node.mapping.profile.expression import Expression
from exchange_node.mapping.profile.notation import DateShape, NumberShape
from exchange_node.mapping.profile.path import Condition, Path
from exchange_node.mapping.profile.recognition.detection import Detection
from exchange_node.wco.notation import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of message types, by the pattern of their root names and their namespaces."""

    name: str
    messages: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileLine:
    """What fills one WCO element.

    Attributes:
        name: `group.line`; the trace calls it the rule.
        to: paths below the group's class (a leading slash means from the body root).
        because: why a default may stand in, or a constant is right; shown in the report.
        zone: of a time without offset; where none is said, `zone_of` draws the country whose
            zone it is, and otherwise it is that of the sending administration.
        cut: whether a text may be cut to the WCO length; None leaves it to the kind of element.
        keep: whether the national code goes along as `ext:CodeOriginal` when it is translated.
        number: how numbers are written; None is with a decimal point.
    """

    name: str
    to: tuple[str, ...]
    draw: Expression
    default: Expression | None = None
    because: str = ""
    personal: bool = False
    currency: Expression | None = None
    unit: Expression | None = None
    dates: tuple[DateShape, ...] = ()
    zone: tzinfo | None = None
    zone_of: Expression | None = None
    cut: bool | None = None
    keep: bool = False
    number: NumberShape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Which of a group's nodes belong to the node above: the two paths share a value.

    Attributes:
        here: seen from the node above; None compares its position.
        there: seen from the group's own node.
        open: a node without a value there belongs to every node above.
        split: what stands there is a list in one text, and this parts it.
    """

    here: Path | None
    there: Path
    open: bool = False
    split: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One WCO class, or several lines of one, and the source nodes it is written for.

    Attributes:
        each: alternative paths; the first that leads anywhere gives the nodes. Empty: the node
            of the group above.
        split: a leaf at `each` is a list in one text, and this parts it.
        distinct: nodes with the same value there are written once.
        to: the class below the group above; empty for the same class.
        only: first and last position of the nodes that are written; 0 for no last one.
        requires: elements below the class without which it is not written.
        always: it is written even if it found nothing but defaults.
    """

    name: str
    each: tuple[Path, ...] = ()
    split: re.Pattern[str] | None = None
    where: tuple[Condition, ...] = ()
    link: Link | None = None
    distinct: Path | None = None
    to: str = ""
    only: tuple[int, int] = (1, 0)
    requires: tuple[str, ...] = ()
    always: bool = False
    lines: tuple[ProfileLine, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Source leaves that are left out on purpose: by the shape of their path, or below nodes."""

    reason: str
    pattern: re.Pattern[str] | None = None
    below: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCheck:
    """Two values that ought to agree; when they do not, the report warns."""

    name: str
    one: Expression
    other: Expression


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """One compiled profile; compared by identity.

    Attributes:
        languages: script (ISO 15924) → the language its texts are in, where the format says it.
        named: source path as facts name it → the lines that read it.
        document: what the profile writes.
        fills: WCO path → the source paths that would fill it.
        zone, zones: of times without offset; the latter by country.
        valid_on: what says the day whose codes count; where it says none, that of submission.
        dates: shapes of that day.
        number: how numbers are written.
        plans: what `drawing` compiled of it, for that room alone; by the registry it was for.
    """

    name: str
    title: str
    detection: Detection
    top: Group
    family: Family | None = None
    drops: tuple[Drop, ...] = ()
    checks: tuple[CrossCheck, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    document: Kind = Kind.TRANSIT_MANIFEST
    zone: tzinfo = UTC
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    is_detected: bool = True
    valid_on: Expression | None = None
    dates: tuple[DateShape, ...] = ()
    number: NumberShape | None = None
    plans: dict[int, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Every profile of a node, by name."""

    by_name: Mapping[str, Profile]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(sorted(self.by_name))

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.by_name.values())
