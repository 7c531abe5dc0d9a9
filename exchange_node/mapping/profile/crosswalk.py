"""A national code → the international one, by table; look-alike letters and case do not matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
class Crosswalk:
    """One table.

    Attributes:
        passes: codes of this shape are international already and go as they are.
        otherwise: what a code becomes that the table does not hold; None leaves that to `unknown`.
    """

    name: str
    codes: Mapping[str, str]
    folded_codes: Mapping[str, str]
    passes: re.Pattern[str] | None = None
    unknown: Unknown = Unknown.ERROR
    otherwise: str | None = None

    def find(self, code: str) -> str | None:
        """Return the international code; an empty one says that the code means no value."""
        found = self.codes.get(code)
        if found is None:
            found = self.folded_codes.get(folded(code))
        if found is None and self.passes is not None and self.passes.fullmatch(code):
            return code
        return found


def crosswalk(
    name: str,
    codes: Mapping[str, str],
    *,
    passes: str = "",
    unknown: Unknown = Unknown.ERROR,
    otherwise: str | None = None,
) -> Crosswalk:
    """Build a table; `passes` is a regular expression (`re.error` when it is none)."""
    return Crosswalk(
        name=name,
        codes=dict(codes),
        folded_codes={folded(code): target for code, target in codes.items()},
        passes=re.compile(passes) if passes else None,
        unknown=unknown,
        otherwise=otherwise,
    )
