"""Grades of source and information: schemes side by side, with what each grade is on another.

There is more than one scheme, and administrations change theirs: what the issuer gave travels as it
is, with its scheme. Grades are compared and counted on one scale, the Admiralty's (`6x6`), which
the table maps them to. No mapping is exact: where two fit, the table has the one that claims less.

Sources: NATO AJP-2.1 (Admiralty); UK National Intelligence Model, 5x5x5 and, since 2016, 3x5x2;
Europol 4x4. Letters and digits are facts of these; the mapping is our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

ADMIRALTY = "6x6"
"""The scheme of `RiskAlert.confidence`: source A to F, information 1 to 6."""

_CONFIRMED = "1"

_TABLE = """
6x6   A=A B=B C=C D=D E=E F=F   1=1 2=2 3=3 4=4 5=5 6=6
5x5x5 A=A B=B C=C D=E E=F       1=1 2=2 3=3 4=6 5=5       1 2 3 4 5
4x4   A=A B=B C=D X=F           1=1 2=2 3=3 4=6
3x5x2 1=A 2=F 3=E               A=2 B=2 C=3 D=6 E=5       P C
"""
"""Scheme, its first signs (source), second (information) and third (handling, which says nothing
of how true it is), each with what it is on the Admiralty scale."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grade of a scheme is worth.

    Attributes:
        confidence: the same on the Admiralty scale.
        is_verified: whether it says that the information is confirmed; whatever is less than that
            must not be the sole ground of a measure.
    """

    confidence: str
    is_verified: bool


def _grades() -> Mapping[str, Mapping[str, Grade]]:
    found = {}
    for line in _TABLE.strip().splitlines():
        scheme, *cells = line.split()
        pairs = [one.partition("=") for one in cells]
        breadth = int(scheme[0])
        source, information = pairs[:breadth], [one for one in pairs[breadth:] if one[1]]
        handling = [one[0] for one in pairs if not one[1]] or [""]
        found[scheme] = MappingProxyType(
            {
                f"{one[0]}{two[0]}{three}": Grade(one[2] + two[2], two[2] == _CONFIRMED)
                for one, two, three in product(source, information, handling)
            }
        )
    return MappingProxyType(found)


GRADES = _grades()
"""Scheme → grade as it is written (`B2`, `B24`, `1AP`) → what it is worth."""


def grade_of(scheme: str, grade: str) -> Grade | None:
    """Return what a grade is worth; None where the scheme is unknown or has no such grade."""
    return GRADES.get(scheme, {}).get(grade)
