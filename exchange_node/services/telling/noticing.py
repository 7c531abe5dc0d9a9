"""What desks were told → shown to people; their word that they have seen it; a trial of ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.channels.channel import Channel, Notice
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import ChannelError, UnknownRecordError, UnusableQueryError
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import look, looked
from exchange_node.services.stations.looking.gate import alert_looked_at, require_role, weighed
from exchange_node.services.stations.looking.views import View
from exchange_node.services.telling.opening import ANSWERING, place
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import Notification, NotificationState
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts

SEES = (Role.LIAISON, Role.BORDER_POST, Role.OPERATOR)
"""Whose desks are told of things (our choice)."""

TRIAL = "notice.trial"
"""The code of what a trial tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticing:
    """Shows what desks were told, and takes people's word that they have seen it."""

    engine: Engine
    desks: Desks
    ways: Mapping[str, Channel]
    clock: Callable[[], datetime]

    def list(self, actor: Actor, *, state: str = "", limit: int = 50) -> View:
        """Return what desks were told, the newest first, without the facts.

        What is about an alert that the actor may not know of is left out.

        Raises:
            RoleError: the actor's desk is told of nothing.
            UnusableQueryError: there is no such state.
        """
        now = self.clock()
        kind = "notice"
        require_role(self.engine, actor, now, *SEES, action="look.notices", kind=kind)
        if state and state not in {one.value for one in NotificationState}:
            why = f"want one of {', '.join(NotificationState)}"
            raise UnusableQueryError(what="state", why=why)
        with reading(self.engine) as conn:
            found = notifications.newest(conn, state, limit=limit)
            shown = [self._view(conn, one) for one in found if self._may_see(conn, actor, one, now)]
            counted = notifications.counted(conn)
        looked(self.engine, actor, now, "look.notices", kind, count=str(len(shown)))
        return {"notices": shown, "counted": counted}

    def acknowledge(self, actor: Actor, number: int) -> View:
        """Say that a desk has seen a happening: it goes to no other; said twice, nothing changes.

        It may be said late: what went to the next desk, or had none, is closed all the same.

        Raises:
            RoleError: the actor's desk is told of nothing.
            UnknownRecordError: there is no such happening, or the actor may not know of it.
        """
        now = self.clock()
        action, kind, key = "notice.acknowledged", "notice", str(number)
        require_role(self.engine, actor, now, *SEES, action=action, kind=kind, key=key)
        with transaction(self.engine) as conn:
            one = self._held(conn, number, actor, now)
            if one is not None and one.state is not NotificationState.ACKNOWLEDGED:
                self._close(conn, one, actor, now)
                look(conn, actor, now, action, kind, key, desk=one.desk, code=one.code)
        if one is None:
            looked(self.engine, actor, now, action, kind, key, refused="UNKNOWN")
            raise UnknownRecordError(kind=kind, key=key)
        with reading(self.engine) as conn:
            return self._view(conn, notifications.get(conn, number))

    def try_out(self, actor: Actor, desk: str, trial_id: str) -> View:
        """Tell a desk by each of its ways that this is a trial; return what became of each.

        Raises:
            RoleError: the actor runs no node.
            UnknownRecordError: there is no such desk.
        """
        now = self.clock()
        action = "notice.tried"
        require_role(self.engine, actor, now, Role.OPERATOR, action=action, kind="desk", key=desk)
        known = self.desks.desks.get(desk)
        looked(self.engine, actor, now, action, "desk", desk)
        if known is None:
            raise UnknownRecordError(kind="desk", key=desk)
        notice = Notice(notice_id=f"{TRIAL}.{trial_id}", code=TRIAL, at=now)
        told: dict[str, str] = {}
        for way in known.ways:
            try:
                self.ways[place(desk, way.name)].tell(notice)
                told[way.name] = "told"
            except ChannelError as err:
                told[way.name] = str(err)
        return {"desk": desk, "notice": notice.notice_id, "ways": told}

    def _held(
        self, conn: Connection, number: int, actor: Actor, now: datetime
    ) -> Notification | None:
        try:
            one = notifications.get(conn, number, to_change=True)
        except UnknownRecordError:
            return None
        return one if self._may_see(conn, actor, one, now) else None

    def _close(self, conn: Connection, one: Notification, actor: Actor, now: datetime) -> None:
        """Settle a happening at this desk, and wherever it waits since."""
        for each in notifications.of_notice(conn, one.notice):
            if each.number == one.number or each.state is NotificationState.OPEN:
                state = NotificationState.ACKNOWLEDGED
                notifications.settle(conn, each.number, state, now, actor.name)
                notifications.forget(conn, each.number)
                duties.drop(conn, ANSWERING, str(each.number))

    def _may_see(self, conn: Connection, actor: Actor, one: Notification, now: datetime) -> bool:
        """Whether an actor may know of the alert that a happening is about.

        An operator sees of everything that it was told, and of no alert what it says.
        """
        issuer, _, alert_id = one.about.partition("/")
        if not alert_id or Role.OPERATOR in actor.roles:
            return True
        try:
            alert = alerts.get(conn, issuer, alert_id)
        except UnknownRecordError:
            return False
        agreements = held_agreements(conn)
        looked_at = alert_looked_at(alert)
        return weighed(conn, agreements, actor, looked_at, purpose="", at=now).may_be_listed

    def _view(self, conn: Connection, one: Notification) -> View:
        by = one.acknowledge_by
        return {
            "number": one.number,
            "notice": one.notice,
            "code": one.code,
            "severity": one.severity,
            "desk": one.desk,
            "state": one.state.value,
            "at": one.at.isoformat(),
            "opened_at": one.opened_at.isoformat(),
            "acknowledge_by": by.isoformat() if by else None,
            "settled_at": one.settled_at.isoformat() if one.settled_at else None,
            "settled_by": one.settled_by,
            "ways": [
                {"way": way.way, "state": way.state.value, "tries": way.tries,
                 "why": way.last_error,
                 "settled_at": way.settled_at.isoformat() if way.settled_at else None}
                for way in notifications.ways_of(conn, one.number)
            ],
        }  # fmt: skip
