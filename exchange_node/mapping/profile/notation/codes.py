"""Codes as national systems write them → codes of ours, by tables that change with the years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# The Cyrillic letters whose capitals look like Latin ones: a code or a plate typed on either
# keyboard is the same code (Vienna Convention on Road Traffic 1968, annex 3, for plates).
_CYRILLIC = "АВЕКМНОРСТУХІЅЈ"
_LATIN = "ABEKMHOPCTYXISJ"
LOOK_ALIKES = str.maketrans(_CYRILLIC + _CYRILLIC.lower(), _LATIN + _LATIN.lower())


class Unknown(StrEnum):
    """What becomes of a code the table does not hold."""

    ERROR = "error"
    WARNING = "warning"
    DROP = "drop"


def folded(code: str) -> str:
    """Return a code as it is compared."""
    return " ".join(code.translate(LOOK_ALIKES).upper().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What a code means for a time; no day means that it has no end on that side."""

    to: str
    first: date | None = None
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it means this on a day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """One table.

    Attributes:
        dated: codes, as they are compared, whose meaning has a beginning or an end.
        passes: codes of this shape are international already and go as they are.
        otherwise: what a code becomes that the table does not hold; None leaves that to `unknown`.
    """

    name: str
    codes: Mapping[str, str]
    folded_codes: Mapping[str, str]
    dated: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict)
    passes: re.Pattern[str] | None = None
    unknown: Unknown = Unknown.ERROR
    otherwise: str | None = None

    def find(self, code: str, on: date | None = None) -> str | None:
        """Return the international code on a day; an empty one says that it means no value."""
        found = self.codes.get(code)
        if found is None:
            plain = folded(code)
            found = self.folded_codes.get(plain)
            if found is None and on is not None:
                meanings = self.dated.get(plain, ())
                found = next((one.to for one in meanings if one.holds(on)), None)
        if found is None and self.passes is not None and self.passes.fullmatch(code):
            return code
        return found

    def times_of(self, code: str) -> str:
        """Return when a code with a beginning or an end means anything; empty for any other."""
        return ", ".join(
            f"{one.first or ''}..{one.last or ''}" for one in self.dated.get(folded(code), ())
        )


def crosswalk(
    name: str,
    codes: Mapping[str, str | tuple[Dated, ...]],
    *,
    passes: str = "",
    unknown: Unknown = Unknown.ERROR,
    otherwise: str | None = None,
) -> Crosswalk:
    """Build a table; `passes` is a regular expression (`re.error` when it is none)."""
    plain = {code: to for code, to in codes.items() if isinstance(to, str)}
    return Crosswalk(
        name=name,
        codes=plain,
        folded_codes={folded(code): to for code, to in plain.items()},
        dated={folded(code): to for code, to in codes.items() if not isinstance(to, str)},
        passes=re.compile(passes) if passes else None,
        unknown=unknown,
        otherwise=otherwise,
    )
