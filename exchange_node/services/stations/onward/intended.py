"""What an officer names: record, recipient, use, purpose → the record held, what is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import SEES, Actor
from exchange_node.domain.agreement.shapes import CODE, PURPOSE
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.onward.course import consent_at
from exchange_node.domain.onward.wanted import Consent, Intended, Wanted
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export import ExportVerdict, permit_export, record_of
from exchange_node.store.onward import requests
from exchange_node.store.retention import received
from exchange_node.store.retention.received import Received


def found(conn: Connection, intended: Intended, actor: Actor) -> Received:
    """Return the record that is meant, locked until the end of the transaction.

    Raises:
        UnusableQueryError: recipient or purpose do not look like one.
        UnknownRecordError: none is held, not any more, or it is held too closely.
    """
    for what, value, shape in (
        ("recipient", intended.recipient, CODE),
        ("purpose", intended.purpose, PURPOSE),
    ):
        if not re.fullmatch(shape.pattern, value):
            raise UnusableQueryError(what=what, why=f"want a code such as {shape.example}")
    return received.find(
        conn,
        intended.kind,
        intended.subject,
        handling={one for role in actor.roles for one in SEES[role]},
        message_id=intended.message_id,
    )


def wanted_with(record: Received, intended: Intended) -> Wanted:
    """Return what is wanted with a record."""
    return Wanted(
        record=record_of(record.stamp),
        recipient=intended.recipient,
        use=intended.use,
        purpose=intended.purpose,
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
