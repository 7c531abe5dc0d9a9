"""A happening that waits for a desk → whether what it asks for has been done meanwhile.

Whoever acknowledges an alert to its issuer has seen that it came; and where acknowledgement or
feedback was given since, nobody is owed any.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.services.stations.alerting.owing import dues
from exchange_node.services.telling.concerning import record_of
from exchange_node.store.channels.notifications import Notification
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.records.recipients import RecipientState

_ACKNOWLEDGEMENT = frozenset(
    {"alert.received", "alert.corrected", "alert.unacknowledged", "alert.overdue"}
)
_FEEDBACK = frozenset({"alert.feedback-due", "alert.feedback-overdue"})


def is_seen(conn: Connection, one: Notification, at: datetime) -> bool:
    """Whether a happening about an alert needs no desk any more; False for every other."""
    if one.code not in _ACKNOWLEDGEMENT | _FEEDBACK or not one.about:
        return False
    issuer, _, alert_id = record_of(one.about)[1].partition("/")
    try:
        alert = alerts.get(conn, issuer, alert_id)
    except UnknownRecordError:
        return False
    if one.code in _ACKNOWLEDGEMENT:
        return _is_acknowledged(conn, alert, one.facts.get("owed_by", ""))
    owed_by = one.facts["owed_by"]
    owed = dues(conn, alert, at, owed_by).get(owed_by)
    is_another = owed is not None and owed.due_at > datetime.fromisoformat(one.facts["due"])
    return owed is None or bool(owed.ended_by) or is_another


def _is_acknowledged(conn: Connection, alert: HeldAlert, owed_by: str) -> bool:
    if alert.direction is Direction.RECEIVED:
        return alert.state is not AlertState.RECEIVED
    return any(
        to.partner == owed_by and to.state is RecipientState.ACKNOWLEDGED
        for to in recipients.of_alert(conn, alert.number)
    )
