"""Randomness → numbers as they are painted, stamped and printed: plates, containers, seals, MRN."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.identifiers import check_digit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ"
"""Letters of plates; those that are taken for digits are left out (our choice)."""

SHAPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AF": ("KBL #####", "BLH #####", "HRT #####"),
        "AZ": ("10-@@-###", "77-@@-###", "99-@@-###"),
        "CN": ("新A·@####", "新F·@####", "新R·@####"),
        "GE": ("@@-###-@@",),
        "KG": ("01 KG ### @@@", "02 KG ### @@@", "08 KG ### @@@"),
        "KZ": ("### @@@ 02", "### @@@ 13", "### @@@ 17", "### @@@ 01"),
        "MN": ("#### УБ@", "#### ДГ@"),
        "PK": ("TL@-###", "JV-####", "E-####"),
        "TJ": ("#### @@ 01", "#### @@ 03"),
        "TM": ("@@ #### AG", "@@ #### MR"),
        "UZ": ("01 ### @@@", "10 ### @@@", "30 @ ### @@", "75 ### @@@"),
    }
)
"""Shapes of plates by country: `#` is a digit, `@` a letter. They look like those on the road;
which numbers are taken there, nobody asked."""

OWNERS = ("ALTU", "SILU", "PAMU", "ORDU", "KASU", "TURU", "GOBU", "ARAU")
"""Owner codes of containers, made up; the fourth letter is ISO 6346's category."""


def plate(draw: Random, country: str) -> str:
    """Return a plate of a country.

    Raises:
        KeyError: it is none of the eleven.
    """
    shape = draw.choice(SHAPES[country])
    return "".join(
        draw.choice("0123456789") if one == "#" else draw.choice(LETTERS) if one == "@" else one
        for one in shape
    )


def container(draw: Random, serials: int) -> str:
    """Return a container number with its check digit, out of `serials` for each owner.

    ISO 6346 advises against numbers whose remainder is 10; they are drawn again.
    """
    while True:
        stem = f"{draw.choice(OWNERS)}{draw.randrange(serials):06d}"
        digit = check_digit(stem)
        if digit != "0":  # 0 stands for a remainder of 10 as well
            return stem + digit


def mrn(year: int, country: str, series: int, number: int) -> str:
    """Return the MRN of a movement: no two of a series are alike, and no series meets another."""
    stem = f"{year % 100:02d}{country}{series % 10**4:04d}{number % 10**9:09d}"
    return stem + check_digit(stem)


def seals(draw: Random, country: str, count: int) -> tuple[str, ...]:
    """Return seals of one roll, in a row, as an officer takes them."""
    first = draw.randrange(10**7 - count)
    return tuple(f"{country}S{first + step:07d}" for step in range(count))
