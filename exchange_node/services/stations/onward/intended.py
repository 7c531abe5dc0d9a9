"""What an officer names: record, recipient, use, purpose → the record held, what is wanted."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement.shapes import CODE, PURPOSE
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.domain.onward.course import Course, consent_at
from exchange_node.domain.onward.wanted import FURTHERED, Consent, Intended, Wanted
from exchange_node.domain.releasing.fate import Fate
from exchange_node.policy.export import record_of
from exchange_node.policy.viewing import Came, Subject
from exchange_node.services.stations.looking.gate import Looked, require_view
from exchange_node.store.database import transaction
from exchange_node.store.onward import requests
from exchange_node.store.onward.kept import Registered
from exchange_node.store.retention import received
from exchange_node.store.retention.received import Received

_OPEN = frozenset({Course.ASKED, Course.SILENT, Course.GRANTED})


def require_seen(
    engine: Engine, actor: Actor, at: datetime, intended: Intended, *, action: str
) -> None:
    """Pass whoever may see the record that is meant, and write the look down, refused or not.

    Raises:
        UnusableQueryError: it is no kind that can be furthered, or no recipient or purpose.
        UnknownRecordError: none is held, not any more, or the actor may not know of it.
        NotPermittedError: the actor's purposes do not cover it, or its retention has ended.
    """
    require_named(intended)
    record: Received | None
    with transaction(engine) as conn:
        try:
            record = found(conn, intended)
        except UnknownRecordError:
            record = None
    require_view(
        engine,
        actor,
        at,
        looked_at(record) if record else None,
        action=action,
        kind=intended.kind.value,
        # Named as it was asked for: our own number would tell that it is held.
        key=intended.subject,
        recipient=intended.recipient,
    )


def require_named(intended: Intended) -> None:
    """Pass what names a kind that can be furthered, a recipient and a purpose.

    Raises:
        UnusableQueryError: it does not.
    """
    for what, value, shape in (
        ("recipient", intended.recipient, CODE),
        ("purpose", intended.purpose, PURPOSE),
    ):
        if not re.fullmatch(shape.pattern, value):
            raise UnusableQueryError(what=what, why=f"want a code such as {shape.example}")
    if intended.kind not in FURTHERED:
        known = ", ".join(one.value for one in FURTHERED)
        raise UnusableQueryError(what="kind", why=f"want one of {known}")


def found(conn: Connection, intended: Intended) -> Received:
    """Return the record that is meant, locked until the end of the transaction.

    Raises:
        UnknownRecordError: none is held, or not any more.
    """
    return received.find(conn, intended.kind, intended.subject, message_id=intended.message_id)


def looked_at(record: Received) -> Looked:
    """Return a record as the view gate asks of it."""
    stamp = record.stamp
    return Looked(
        subject=Subject(
            kind=stamp.kind.value,
            key=str(stamp.number),
            handling=record.handling,
            came=Came(
                agreement_id=stamp.agreement_id,
                version=stamp.agreement_version,
                grant=stamp.grant,
                purpose=record.purpose,
                kept_since=stamp.kept_since,
                delete_after=stamp.delete_after,
            ),
        ),
        kept=stamp.kind,
        held_as=stamp.subject,
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


def stands(one: Registered, at: datetime) -> bool:
    """Return whether a request is to be answered still, or sent anew; a rejected one is neither."""
    course = one.course(at)
    if course is Course.UNDELIVERED:
        return one.letters[one.kept.message_id].fate is not Fate.REJECTED
    return course in _OPEN
