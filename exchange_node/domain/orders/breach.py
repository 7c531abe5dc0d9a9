"""MA-040: the receiver tells the supplier of unauthorised use of what it was given (TFA 12.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange_node.domain.orders.order import RecordName

BREACHED = "MA-040"

MOST_STATEMENTS = 20
"""Words of the agreement that a notice answers one by one (our choice)."""


class Misuse(StrEnum):
    """What happened; the code list `breach_kinds` has them all."""

    ACCESS = "ACCESS"
    PURPOSE = "PURPOSE"
    DISCLOSURE = "DISCLOSURE"
    LOSS = "LOSS"
    RETENTION = "RETENTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an agreement asks a notice to say, by its word for it, and what is said."""

    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachNotice:
    """What one administration tells the other.

    Attributes:
        party: who tells: the receiver of what was misused.
        what: what happened, in words.
        discovered_at: when it was found out; the clock of the agreement runs from here.
        occurred_at: when it happened; None where nobody knows.
        measures: what was done about it, and against its happening again.
        statements: what else the agreement asks for (`breach.content`).
        records: which records, as far as they are known.
    """

    breach_id: str
    party: str
    misuse: Misuse
    at: datetime
    discovered_at: datetime
    what: str
    measures: str
    occurred_at: datetime | None = None
    statements: tuple[Statement, ...] = ()
    records: tuple[RecordName, ...] = ()

    def answers(self) -> Mapping[str, str]:
        """Return what it says, by the words that an agreement may use for it."""
        return {
            "what": self.what,
            "when": self.occurred_at.isoformat() if self.occurred_at else "",
            "records": ", ".join(str(one) for one in self.records),
            "measures": self.measures,
            **{one.about: one.text for one in self.statements},
        }
