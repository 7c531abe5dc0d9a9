"""What became of a word about a record: an acknowledgement, a consent, an order, a notice.

Orders, notices and consents read the fate of their messages whenever they are shown or weighed
(`store.releasing.letters`); what is told them here is written into the audit under their name.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.services.stations.clocks.alerts import start_anew
from exchange_node.services.stations.letters.ended import audited
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.held import AlertState
from exchange_node.store.releasing.letters import Letter


def acknowledgement(conn: Connection, letter: Letter, at: datetime) -> None:
    """Let an alert stand as received again whose acknowledgement its issuer did not take.

    Its clock starts again: nobody was reminded while it stood as acknowledged.
    """
    acknowledged = recipients.alert_of(conn, letter.message_id, letter.partner)
    if acknowledged is None:
        return
    to = AlertState.RECEIVED if letter.has_ended else AlertState.ACKNOWLEDGED
    if alerts.advance(conn, acknowledged, to, by="node", at=at):
        audited(conn, letter, at, "alert")
        if letter.has_ended:
            start_anew(conn, alerts.by_number(conn, acknowledged), at)


def further_use(conn: Connection, letter: Letter, at: datetime) -> None:
    """Note that a request, a notice or an answer about a further use was not taken."""
    _noted(conn, letter, at, "onward")


def order(conn: Connection, letter: Letter, at: datetime) -> None:
    """Note that an order or a certificate was not taken."""
    _noted(conn, letter, at, "order")


def misuse(conn: Connection, letter: Letter, at: datetime) -> None:
    """Note that a notice of misuse was not taken."""
    _noted(conn, letter, at, "breach")


def _noted(conn: Connection, letter: Letter, at: datetime, kind: str) -> None:
    if letter.has_ended:
        audited(conn, letter, at, kind)
