"""What is held of an alert → where it stands at each recipient, by the one table of its life.

Nothing of it is kept: it follows from what was told and what was found, so that both ends come to
the same state in whatever order messages arrive. What only the recipient knows (that something was
hit) its issuer learns when it is told. A word of ours that its issuer did not take was never said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import CORRECTED, WITHDRAWAL, PermittedAction
from exchange_node.domain.alerting import TOLD_BY, Event, Result, State, stood
from exchange_node.services.stations.clocks.feedback import was_said
from exchange_node.store.alerting import feedback, words
from exchange_node.store.alerting.feedback import HeldFeedback
from exchange_node.store.alerting.words import Word
from exchange_node.store.records import alerts, hits, recipients
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.records.recipients import Recipient

Lives = Mapping[int, Mapping[str, State]]
"""By version of an alert and party id: where it stands there."""

HERE = "here"
"""Where a partner's alert stands in place of a party id."""

_OF_FORCE = {
    AlertState.ACKNOWLEDGED: Event.ACKNOWLEDGEMENT,
    AlertState.EXPIRED: Event.EXPIRY,
    AlertState.SUPERSEDED: Event.CORRECTION,
    AlertState.WITHDRAWN: Event.WITHDRAWAL,
}
"""What must have happened to a partner's alert that is held in such a state."""

_TAKEN_BACK_BY = {CORRECTED: Event.CORRECTION, WITHDRAWAL: Event.WITHDRAWAL}


def lives(conn: Connection, issuer: str, alert_id: str, *, at: datetime) -> Lives:
    """Return where each version of an alert stands: at everybody it reached, or here.

    A withdrawal is no version that anybody treats; it is what happened to the others.
    """
    versions = alerts.versions(conn, issuer, alert_id)
    said = [one for one in versions if one.function != WITHDRAWAL]
    if not said:
        return {}
    if said[0].direction is Direction.RECEIVED:
        return {one.version: {HERE: at_recipient(conn, one, at)} for one in said}
    sent = {one.number: recipients.of_alert(conn, one.number) for one in versions}
    told = words.of_alert(conn, said[0], direction=Direction.RECEIVED)
    given = feedback.of_alerts(conn, [one.number for one in said])
    return {
        one.version: {
            to.partner: stood(_at_issuer(one, to, versions, sent, told, given, at))
            for to in sent[one.number]
            if to.delivered_at or to.accepted_at or to.acknowledged_at
        }
        for one in said
    }


def at_recipient(conn: Connection, alert: HeldAlert, at: datetime) -> State:
    """Return where a partner's alert stands here."""
    return stood(_at_recipient(conn, alert, at))


def told_of(conn: Connection, alert: HeldAlert, at: datetime) -> State:
    """Return where a partner's alert stands by what was told: a hit alone tells nobody."""
    return stood(one for one in _at_recipient(conn, alert, at) if one is not Event.HIT)


def at_issuer(conn: Connection, alert: HeldAlert, to: Recipient, at: datetime) -> State:
    """Return where a version of an alert of ours stands at one recipient."""
    versions = alerts.versions(conn, alert.issuer, alert.alert_id)
    sent = {one.number: recipients.of_alert(conn, one.number) for one in versions}
    told = words.of_alert(conn, alert, direction=Direction.RECEIVED)
    given = feedback.of_alerts(conn, [alert.number])
    return stood(_at_issuer(alert, to, versions, sent, told, given, at))


def _at_recipient(conn: Connection, alert: HeldAlert, at: datetime) -> Iterator[Event]:
    if alert.state in _OF_FORCE:
        yield _OF_FORCE[alert.state]
    if alert.valid_until <= at:
        yield Event.EXPIRY
    if hits.of_alert(conn, alert.number):
        yield Event.HIT
    for one in words.of_alert(conn, alert, direction=Direction.SENT):
        if one.said.alert_version == alert.version and was_said(conn, one.message_id, alert):
            yield TOLD_BY[one.said.stage]
    for given in feedback.of_alerts(conn, [alert.number]):
        if was_said(conn, given.message_id, alert):
            yield from _of_feedback(alert, [given])


def _at_issuer(
    alert: HeldAlert,
    to: Recipient,
    versions: Sequence[HeldAlert],
    sent: Mapping[int, Sequence[Recipient]],
    told: Iterable[Word],
    given: Iterable[HeldFeedback],
    at: datetime,
) -> Iterator[Event]:
    if to.acknowledged_at is not None:
        yield Event.ACKNOWLEDGEMENT
    if alert.valid_until <= at:
        yield Event.EXPIRY
    for word in told:
        if word.said.issuer == to.partner and word.said.alert_version == alert.version:
            yield TOLD_BY[word.said.stage]
    yield from _of_feedback(
        alert, (one for one in given if one.alert == alert.number and one.issuer == to.partner)
    )
    for later in versions:
        if later.version <= alert.version or later.function not in _TAKEN_BACK_BY:
            continue
        if any(one.partner == to.partner and one.accepted_at for one in sent[later.number]):
            yield _TAKEN_BACK_BY[later.function]


def _of_feedback(alert: HeldAlert, given: Iterable[HeldFeedback]) -> Iterator[Event]:
    for one in given:
        yield told_by(alert, one.result)
        if one.is_last:
            yield Event.LAST_FEEDBACK


def told_by(alert: HeldAlert, result: Result) -> Event:
    """Return what an RA-021 that is not the last tells of.

    A sighting answers no feedback that is due, except where nothing but to watch is permitted:
    there it is all that there is to tell.
    """
    is_watched = alert.permitted_action is PermittedAction.COVERT
    return Event.SIGHTING if result is Result.SIGHTED and not is_watched else Event.FEEDBACK
