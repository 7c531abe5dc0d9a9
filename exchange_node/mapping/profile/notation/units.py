"""Units of measure → factors between those of one kind (UN/ECE Recommendation 20, level 1).

A unit is a factor and what it measures, told by the unit that has the factor 1. Factors are exact
by definition: international pound and yard agreement of 1959, US and imperial measures by law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

_KNOWN = {
    "KGM": "1 KGM", "GRM": "0.001 KGM", "MGM": "0.000001 KGM", "TNE": "1000 KGM",
    "DTN": "100 KGM", "KTN": "1000000 KGM", "CTM": "0.0002 KGM", "LBR": "0.45359237 KGM",
    "ONZ": "0.028349523125 KGM", "APZ": "0.0311034768 KGM", "STN": "907.18474 KGM",
    "LTN": "1016.0469088 KGM", "CWI": "50.80234544 KGM",
    "MTQ": "1 MTQ", "LTR": "0.001 MTQ", "DMQ": "0.001 MTQ", "MLT": "0.000001 MTQ",
    "CMQ": "0.000001 MTQ", "HLT": "0.1 MTQ", "GLL": "0.003785411784 MTQ",
    "GLI": "0.00454609 MTQ", "BLL": "0.158987294928 MTQ", "FTQ": "0.028316846592 MTQ",
    "MTR": "1 MTR", "MMT": "0.001 MTR", "CMT": "0.01 MTR", "DMT": "0.1 MTR", "KMT": "1000 MTR",
    "INH": "0.0254 MTR", "FOT": "0.3048 MTR", "YRD": "0.9144 MTR",
    "MTK": "1 MTK", "CMK": "0.0001 MTK", "DMK": "0.01 MTK", "HAR": "10000 MTK",
    "FTK": "0.09290304 MTK", "YDK": "0.83612736 MTK",
    "H87": "1 H87", "NPR": "2 H87", "DZN": "12 H87", "CEN": "100 H87", "GRO": "144 H87",
    "MIL": "1000 H87",
    "KWH": "1 KWH", "MWH": "1000 KWH",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units by code: what each measures, and its factor; a profile's own beside the known ones."""

    by_code: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)

    def factor(self, unit: str, into: str) -> Decimal | None:
        """Return what one of a unit is in another; None where they do not measure the same."""
        one, other = self.by_code.get(unit), self.by_code.get(into)
        if one is None or other is None or one[0] != other[0]:
            return None
        return one[1] / other[1]


def read_units(own: Mapping[str, str]) -> Units:
    """Read a profile's own units (`PUD = "16.38 KGM"`) beside the known ones.

    `ValueError` when one is no number and a unit that is known.
    """
    known = {code: _unit(said) for code, said in _KNOWN.items()}
    for code, said in own.items():
        base, factor = _unit(said)
        if base not in known:
            raise ValueError(f"{code}: there is no unit {base!r}")
        kind, more = known[base]
        known[code] = (kind, factor * more)
    return Units(by_code=known)


def _unit(said: str) -> tuple[str, Decimal]:
    parts = said.split()
    if len(parts) != 2:
        raise ValueError(f'{said!r}: write "16.38 KGM"')
    try:
        factor = Decimal(parts[0])
    except InvalidOperation:
        raise ValueError(f"{parts[0]!r} is no number") from None
    if not factor.is_finite() or factor <= 0:
        raise ValueError(f"{parts[0]!r} is no factor")
    return parts[1], factor
