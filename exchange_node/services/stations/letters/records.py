"""What became of a word about a record: on an alert, a consent, an order, a notice.

Orders, notices and consents read the fate of their messages whenever they are shown or weighed
(`store.releasing.letters`); what is told them here is written into the audit under their name.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import Stage
from exchange_node.domain.releasing.fate import Fate
from exchange_node.services.stations.clocks import feedback as clocks
from exchange_node.services.stations.clocks.alerts import start_anew
from exchange_node.services.stations.letters.ended import audited
from exchange_node.store.alerting import feedback, words
from exchange_node.store.records import alerts
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.releasing import letters
from exchange_node.store.releasing.letters import Letter


def word(conn: Connection, letter: Letter, at: datetime) -> None:
    """Let an alert stand as it stood before a word on it that its issuer did not take.

    Its clock starts again: nobody was reminded while it stood as acknowledged. What is rejected is
    in force until its issuer has taken the word.
    """
    about = words.about(conn, letter.message_id, letter.partner)
    if about is None:
        return
    number, stage = about
    if stage is Stage.REJECTED and letter.fate is Fate.ACCEPTED:
        _advanced(conn, letter, number, AlertState.REJECTED, at)
        return
    if letter.has_ended:
        _unsaid(conn, letter, number, at)
    else:
        _advanced(conn, letter, number, AlertState.ACKNOWLEDGED, at)


def result(conn: Connection, letter: Letter, at: datetime) -> None:
    """Close an alert whose last feedback its issuer has taken; note one that it did not take."""
    given = feedback.by_message(conn, letter.message_id)
    if given is None:
        return
    if given.is_last and letter.fate is Fate.ACCEPTED:
        _advanced(conn, letter, given.alert, AlertState.CLOSED, at)
    if letter.has_ended:
        _unsaid(conn, letter, given.alert, at)
        clocks.start_anew(conn, alerts.by_number(conn, given.alert), at)
    _noted(conn, letter, at, "alert")


def _unsaid(conn: Connection, letter: Letter, number: int, at: datetime) -> None:
    """Let an alert stand as received again that its issuer was told nothing of."""
    alert = alerts.by_number(conn, number)
    if alert.state is AlertState.ACKNOWLEDGED and not _is_known(conn, alert):
        _advanced(conn, letter, number, AlertState.RECEIVED, at)
        start_anew(conn, alerts.by_number(conn, number), at)


def _advanced(conn: Connection, letter: Letter, number: int, to: AlertState, at: datetime) -> None:
    if alerts.advance(conn, number, to, by="node", at=at):
        audited(conn, letter, at, "alert")


def _is_known(conn: Connection, alert: HeldAlert) -> bool:
    """Whether another word on an alert, or a feedback, has gone to its issuer."""
    said = [
        one.message_id
        for one in words.of_alert(conn, alert, direction=Direction.SENT)
        if one.said.alert_version == alert.version
    ]
    said += [one.message_id for one in feedback.of_alerts(conn, [alert.number])]
    gone = (letters.find(conn, one) for one in said)
    return any(
        one is not None and one.partner == alert.partner and not one.has_ended for one in gone
    )


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
