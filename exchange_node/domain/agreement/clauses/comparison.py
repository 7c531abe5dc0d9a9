"""What left one country against what entered the next: what is compared, and how near is near."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.domain.agreement.keys import MAX_MINUTES, Word, key
from exchange_node.domain.agreement.shapes import OFFICE, PERCENT


class ComparedField(Word):
    """One thing that both offices of a border may have told."""

    VEHICLE = "vehicle", "the vehicle"
    CONTAINERS = "containers", "containers, wagons and trailers"
    SEALS = "seals", "customs seals"
    GROSS_MASS = "gross_mass", "the gross mass"
    PACKAGES = "packages", "the number of packages"
    TIME = "time", "the time between exit and entry"
    OFFICE = "office", "whether the two offices face each other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opposite:
    """Two offices that face each other across the border."""

    exit: str = field(metadata=key("Office of exit", shape=OFFICE, acts=True))
    entry: str = field(metadata=key("Office of entry", shape=OFFICE, acts=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How exit and entry are compared (TM-070). The defaults are our choice, and no standard's.

    Attributes:
        longest_minutes: from exit to entry; a queue at a border takes hours.
        clock_minutes: two offices' clocks differ by no more.
        mass_percent: of the mass at exit; weighbridges differ by about so much.
        opposite: offices that face each other, in either direction; where none is named, offices
            are not compared.
    """

    compared: tuple[ComparedField, ...] = field(
        default=tuple(ComparedField), metadata=key("What is compared", least=1, acts=True)
    )
    longest_minutes: int = field(
        default=1_440,
        metadata=key(
            "Entry follows exit within, in minutes",
            low=1, high=MAX_MINUTES, unit="minutes", acts=True,
        ),
    )  # fmt: skip
    clock_minutes: int = field(
        default=15,
        metadata=key(
            "Clocks of two offices differ by at most, in minutes",
            low=0, high=MAX_MINUTES, unit="minutes", acts=True,
        ),
    )  # fmt: skip
    mass_percent: str = field(
        default="2",
        metadata=key("Gross mass differs by at most, in per cent", shape=PERCENT, acts=True),
    )
    packages: int = field(
        default=0,
        metadata=key("Packages differ by at most", low=0, high=99_999_999, acts=True),
    )
    opposite: tuple[Opposite, ...] = field(
        default=(), metadata=key("Offices that face each other", acts=True)
    )
