"""A happening → the next desk of its route: a row, its ways as duties, the clock of an answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.desks.desk import Desks
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import Notification, NotificationState

log = structlog.get_logger()

NOTIFY, ANSWERING = "notify", "notice-answer"
"""Kinds of duty: one way of a happening to a desk; the clock until a desk has answered."""

OWN = "notice."
"""How codes of happenings begin that are about telling itself: of these no further come."""

NODE = "node"


def place(desk: str, way: str) -> str:
    """Return how a way is named among those of all desks."""
    return f"{desk}/{way}"


def open_at_next(
    conn: Connection,
    desks: Desks,
    one: Notification,
    told: Collection[str],
    at: datetime,
) -> str:
    """Open a happening at the next desk that was not told of it; return which, "" where none is.

    Another machine that was quicker has opened it there: it is opened once.
    """
    desk = desks.next_desk(one.code, one.severity, at, told)
    if desk is None:
        return ""
    due = {way.name: desk.told_at(way, at) for way in desk.ways_for(one.severity)}
    within = desk.acknowledge.get(one.severity)
    answer_by = min(due.values()) + within if within is not None else None
    opened = Notification(
        notice=one.notice,
        desk=desk.name,
        code=one.code,
        severity=one.severity,
        at=one.at,
        opened_at=at,
        facts=one.facts,
        about=one.about,
        acknowledge_by=answer_by,
    )
    number = notifications.add(conn, opened, due)
    if number is None:
        return desk.name
    for way, moment in due.items():
        duties.leave(conn, NOTIFY, f"{place(desk.name, way)} {number}", moment)
    if answer_by is not None:
        duties.leave(conn, ANSWERING, str(number), answer_by)
    return desk.name


def pass_on(conn: Connection, desks: Desks, one: Notification, at: datetime) -> None:
    """Open a happening at the desk behind one that did not answer; say aloud where there is none.

    The caller holds the row of `one`, and has seen that it is open.
    """
    told = {each.desk for each in notifications.of_notice(conn, one.notice)}
    desk = open_at_next(conn, desks, one, told, at)
    state = NotificationState.PASSED_ON if desk else NotificationState.UNANSWERED
    notifications.settle(conn, one.number, state, at, desk or NODE)
    notifications.forget(conn, one.number)
    log.warning("notice-unanswered", notice=one.notice, desk=one.desk, next_desk=desk)
    if not desk and not one.code.startswith(OWN):
        leave_notice(
            conn,
            "notice.unanswered",
            str(one.number),
            at,
            about=one.notice,
            about_code=one.code,
            last_desk=one.desk,
            severity=str(one.severity),
        )
