"""What is wanted with a record that a partner sent, and the consent that covers just that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange_node.domain.retention import Kept


class Use(StrEnum):
    """What somebody is to do with it (TFA 12.5, 12.6.2)."""

    WORK = "work"
    ADMINISTRATIVE = "administrative"
    JUDICIAL = "judicial"
    CRIMINAL = "criminal"

    @property
    def is_evidence(self) -> bool:
        """Whether it is used in proceedings."""
        return self is not Use.WORK


FURTHERED = (Kept.MANIFEST, Kept.ALERT)
"""Kinds of records that a further use can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordName:
    """A record as both sides can name it.

    Attributes:
        subject: the movement, or `issuer/id` of an alert.
        message_id: of the message that brought it: another version of the record is another record.
    """

    kind: Kept
    subject: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be done with a record.

    Attributes:
        recipient: the agency or country it is handed to, as `onward.to` names them; the party id
            of the node that received it, where nobody else gets it.
        purpose: what the recipient uses it for.
    """

    record: RecordName
    recipient: str
    use: Use
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The supplier's consent to one use of one record.

    Attributes:
        request_id: of what was asked.
        given_at: when the answer arrived here.
        until: from this moment on it is none any more; None where no end was set.
    """

    wanted: Wanted
    request_id: str
    given_at: datetime
    until: datetime | None = None

    def covers(self, wanted: Wanted, at: datetime) -> bool:
        """Whether it permits just this at a moment."""
        is_over = self.until is not None and self.until <= at
        return self.wanted == wanted and self.given_at <= at and not is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A further use as an officer names it, before the record is looked up.

    Attributes:
        subject: the movement as `prearrival show` has it, or `issuer/id` of an alert.
        recipient, use, purpose: as `Wanted` has them.
        message_id: of the message that brought the record; empty for the newest one.
    """

    kind: Kept
    subject: str
    recipient: str
    use: Use
    purpose: str
    message_id: str = ""
