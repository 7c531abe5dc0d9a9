"""What came of comparing an exit with the entry that followed it (TM-070)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement.clauses.comparison import ComparedField


class Verdict(StrEnum):
    """What came of comparing one field (list `comparison_verdicts`)."""

    ALIKE = "alike"
    WITHIN = "within"
    EXPLAINED = "explained"
    DIFFERS = "differs"
    UNTOLD = "untold"


class Reason(StrEnum):
    """Why, in a code that stays (list `comparison_reasons`)."""

    NOT_AT_EXIT = "not-at-exit"
    NOT_AT_ENTRY = "not-at-entry"
    NOT_AGREED = "not-agreed"
    GONE = "gone"
    NEW = "new"
    BROKEN = "broken"
    OTHER = "other"
    LESS = "less"
    MORE = "more"
    LATE = "late"
    BEFORE_EXIT = "before-exit"
    INCIDENT = "incident"
    RESEALED = "resealed"
    REFUSED = "refused"
    DIVERTED = "diverted"


SEVERITY: Mapping[ComparedField, int] = MappingProxyType(
    {
        ComparedField.SEALS: 1,
        ComparedField.CONTAINERS: 1,
        ComparedField.VEHICLE: 2,
        ComparedField.GROSS_MASS: 2,
        ComparedField.PACKAGES: 2,
        ComparedField.TIME: 3,
        ComparedField.OFFICE: 4,
    }
)
"""How grave a difference is, 1 the gravest (list `severities`; our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One field: what came of it, and why."""

    field: ComparedField
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()

    @property
    def severity(self) -> int:
        """How grave it is; 0 where nothing differs."""
        return SEVERITY[self.field] if self.verdict is Verdict.DIFFERS else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An exit and an entry, by the numbers of their notices, field by field."""

    exit_notice: str
    entry_notice: str
    fields: tuple[Compared, ...]

    @property
    def differing(self) -> tuple[Compared, ...]:
        """What differs and nothing explains, the gravest first."""
        found = (one for one in self.fields if one.verdict is Verdict.DIFFERS)
        return tuple(sorted(found, key=lambda one: (one.severity, one.field.value)))

    @property
    def verdict(self) -> Verdict:
        """What came of it all: one difference is one too many; untold alone is nothing told."""
        found = {one.verdict for one in self.fields}
        order = (Verdict.DIFFERS, Verdict.EXPLAINED, Verdict.WITHIN, Verdict.ALIKE)
        return next((one for one in order if one in found), Verdict.UNTOLD)
