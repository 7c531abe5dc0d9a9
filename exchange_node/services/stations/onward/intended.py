"""What an officer names: record, recipient, use, purpose → the record held, what is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import SEES, Actor
from exchange_node.domain.agreement.shapes import CODE, PURPOSE
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.onward.course import consent_at
from exchange_node.domain.onward.wanted import Consent, Use, Wanted
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export import ExportVerdict, permit_export, record_of
from exchange_node.store.onward import requests
from exchange_node.store.retention import received
from exchange_node.store.retention.received import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A further use as an officer names it.

    Attributes:
        subject: the movement as `prearrival show` has it, or `issuer/id` of an alert.
        recipient: agency or country as the agreement names it; our own party id where nobody else
            gets the record.
        message_id: of the message that brought the record; empty for the newest one.
    """

    kind: Kept
    subject: str
    recipient: str
    use: Use
    purpose: str
    message_id: str = ""

    def found(self, conn: Connection, actor: Actor) -> Received:
        """Return the record, locked until the end of the transaction.

        Raises:
            UnusableQueryError: recipient or purpose do not look like one.
            UnknownRecordError: none is held, not any more, or it is held too closely.
        """
        for what, value, shape in (
            ("recipient", self.recipient, CODE),
            ("purpose", self.purpose, PURPOSE),
        ):
            if not re.fullmatch(shape.pattern, value):
                raise UnusableQueryError(what=what, why=f"want a code such as {shape.example}")
        return received.find(
            conn,
            self.kind,
            self.subject,
            handling={one for role in actor.roles for one in SEES[role]},
            message_id=self.message_id,
        )

    def wanted(self, record: Received) -> Wanted:
        """Return what is wanted with a record."""
        return Wanted(
            record=record_of(record.stamp),
            recipient=self.recipient,
            use=self.use,
            purpose=self.purpose,
        )


def consents_held(conn: Connection, record: Received, at: datetime) -> tuple[Consent, ...]:
    """Return what the supplier of a record has consented to at a moment."""
    asked = requests.about(conn, record_of(record.stamp), record.stamp.partner)
    found = (consent_at(one.kept.request, one.taken, at) for one in asked)
    return tuple(one for one in found if one is not None)


def weighed(
    conn: Connection,
    held: Sequence[HeldAgreement],
    record: Received,
    wanted: Wanted,
    at: datetime,
) -> ExportVerdict:
    """Return what the export gate says with the consents that are held."""
    return permit_export(held, record.stamp, wanted, consents_held(conn, record, at), at)
