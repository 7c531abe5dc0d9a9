"""MA-041, MA-042: the supplier of records orders their correction or deletion, and gets a proof.

A record is named as its supplier and its receiver both know it: a manifest by its movement and the
message that took it there, an alert by issuer, id and version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.retention import Kept

ORDERED = "MA-041"
CERTIFIED = "MA-042"

MOST_RECORDS = 100
"""Records that one order names (our choice): it is carried out in one transaction."""

MOST_CORRECTIONS = 1_000
"""Values that one order corrects (our choice)."""


class Kind(StrEnum):
    """What is ordered."""

    CORRECTION = "correction"
    DELETION = "deletion"


class Ground(StrEnum):
    """Why it is ordered; the code list `order_grounds` has them all."""

    PERSON = "PERSON"
    ERROR = "ERROR"
    UNLAWFUL = "UNLAWFUL"
    COURT = "COURT"
    PURPOSE_ENDED = "PURPOSE_ENDED"


class Outcome(StrEnum):
    """What became of one record at the receiver.

    HELD is not the end: when the hold is lifted the order is carried out and certified again.
    """

    DONE = "done"
    HELD = "held"
    GONE = "gone"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a record was not corrected or deleted; the code list `order_refusals` has them all."""

    LEGAL_HOLD = "LEGAL_HOLD"
    NOT_YOURS = "NOT_YOURS"
    NOT_HELD = "NOT_HELD"
    OTHER_VALUE = "OTHER_VALUE"
    NO_SUCH_VALUE = "NO_SUCH_VALUE"
    NOT_CORRECTABLE = "NOT_CORRECTABLE"
    NOT_VALID = "NOT_VALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordName:
    """One record, as both sides know it.

    Attributes:
        subject: the movement of a manifest, `issuer/id` of an alert.
        message_id: of the message that took a manifest there; empty for an alert.
        version: of an alert; 0 for a manifest.
    """

    kind: Kept
    subject: str
    message_id: str = ""
    version: int = 0

    def __str__(self) -> str:
        """Return it for a person."""
        which = self.message_id if self.kind is Kept.MANIFEST else f"version {self.version}"
        return f"{self.kind.value} {self.subject} ({which})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Whose copies an order is about: every one of a subject, or fewer.

    Attributes:
        subject: the movement of a manifest; the id of an alert of ours, or `issuer/id`.
        partner, message_id, version: narrow it down, where they are given.
    """

    kind: Kept
    subject: str
    partner: str = ""
    message_id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One value of a record that was wrong.

    Attributes:
        record: which record of the order, counted from 1.
        pointer: where it stands in the document as the receiver has it.
        old, new: the value that is held, and the one that is right; a moment is ISO 8601.
    """

    record: int
    pointer: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrder:
    """What a supplier orders of one partner (MA-041).

    Attributes:
        order_id: the supplier's number of it; the same for every partner that has a copy.
        party: who orders.
        due_at: when it must have been carried out; None where nothing was agreed.
    """

    order_id: str
    party: str
    kind: Kind
    ground: Ground
    at: datetime
    records: tuple[RecordName, ...]
    corrections: tuple[Correction, ...] = ()
    due_at: datetime | None = None
    why: str = ""

    def corrections_of(self, position: int) -> tuple[Correction, ...]:
        """Return what is ordered of the record at a position, counted from 1."""
        return tuple(one for one in self.corrections if one.record == position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What became of one record.

    Attributes:
        record: as the order named it.
        at: when it was done, or found.
        ground: why it was not done; None where it was.
        digest: SHA-256 of the sealed document that was deleted or corrected, lower-case hex.
        handed_to: agencies that the receiver had handed it on to: copies further down.
    """

    record: RecordName
    outcome: Outcome
    at: datetime
    ground: Refusal | None = None
    digest: str = ""
    handed_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the receiver certifies of an order (MA-042), record by record in the order's order."""

    certificate_id: str
    party: str
    order_id: str
    at: datetime
    outcomes: tuple[Certified, ...]
    why: str = ""


def require_order(
    kind: Kind, records: Sequence[RecordName], corrections: Sequence[Correction]
) -> None:
    """Pass an order that says what is to be done to what.

    Raises:
        UnusableQueryError: it names no record, too many or one twice, corrects nothing or too much,
            or corrects a record that it does not name.
    """
    if not 1 <= len(records) <= MOST_RECORDS:
        why = f"{len(records)} are named, an order names 1 to {MOST_RECORDS}"
        raise UnusableQueryError(what="records", why=why)
    if len(set(records)) < len(records):
        raise UnusableQueryError(what="records", why="a record is named twice")
    if kind is Kind.DELETION:
        if corrections:
            raise UnusableQueryError(what="corrections", why="what is deleted is not corrected")
        return
    if len(corrections) > MOST_CORRECTIONS:
        why = f"{len(corrections)} are too many, at most {MOST_CORRECTIONS}"
        raise UnusableQueryError(what="corrections", why=why)
    if {one.record for one in corrections} != set(range(1, len(records) + 1)):
        why = "each record that is named has to be corrected, and no other"
        raise UnusableQueryError(what="corrections", why=why)
