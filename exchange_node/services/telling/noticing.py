"""What desks were told → shown to people; their word that they have seen it; a trial of ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.channels.channel import Channel, Notice
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import ChannelError, UnknownRecordError, UnusableQueryError
from exchange_node.services.stations.looking.access_log import look, looked
from exchange_node.services.stations.looking.gate import MOST_WEIGHED, require_role
from exchange_node.services.stations.looking.views import View
from exchange_node.services.telling.concerning import Eyes, Told, opaque_id
from exchange_node.services.telling.opening import ANSWERING, place
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import Notification, NotificationState
from exchange_node.store.database import reading, transaction

SEES = (Role.LIAISON, Role.BORDER_POST, Role.OPERATOR)
"""Whose desks are told of things (our choice)."""

TRIAL = "notice.trial"
"""The code of what a trial tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticing:
    """Shows what desks were told, and takes people's word that they have seen it.

    Attributes:
        key: what opaque ids are made with.
    """

    engine: Engine
    desks: Desks
    ways: Mapping[str, Channel]
    key: bytes = field(repr=False)
    clock: Callable[[], datetime]

    def list(self, actor: Actor, *, state: str = "", limit: int = 50) -> View:
        """Return what desks were told, the newest first, without the facts.

        What is about a record that the actor may not know of is left out; of what it may know no
        more than that it happened, the id is the opaque one that mails bear. An operator is also
        told how many stand where.

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
            eyes = Eyes(conn, actor, now)
            shown = [self._view(eyes, one) for one in _readable(eyes, state, limit)]
            is_operator = Role.OPERATOR in actor.roles
            counted = notifications.counted(conn) if is_operator else None
        looked(self.engine, actor, now, "look.notices", kind, count=str(len(shown)))
        return {"notices": shown} | ({"counted": counted} if counted is not None else {})

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
            return self._view(Eyes(conn, actor, now), notifications.get(conn, number))

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
                remark = self.ways[place(desk, way.name)].tell(notice)
                told[way.name] = f"told; {remark}" if remark else "told"
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
        return one if Eyes(conn, actor, now).told(one) is not Told.NOTHING else None

    def _close(self, conn: Connection, one: Notification, actor: Actor, now: datetime) -> None:
        """Settle a happening at this desk, and wherever it waits since."""
        for each in notifications.of_notice(conn, one.notice):
            if each.number == one.number or each.state is NotificationState.OPEN:
                state = NotificationState.ACKNOWLEDGED
                notifications.settle(conn, each.number, state, now, actor.name)
                notifications.forget(conn, each.number)
                duties.drop(conn, ANSWERING, str(each.number))

    def _view(self, eyes: Eyes, one: Notification) -> View:
        by = one.acknowledge_by
        is_whole = eyes.told(one) is Told.WHOLE
        return {
            "number": one.number,
            "notice": one.notice if is_whole else opaque_id(eyes.conn, one, self.key),
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
                for way in notifications.ways_of(eyes.conn, one.number)
            ],
        }  # fmt: skip


def _readable(eyes: Eyes, state: str, limit: int) -> list[Notification]:
    """Return up to a limit of happenings that somebody may be told of, the newest first."""
    readable: list[Notification] = []
    before: int | None = None
    for _ in range(-(-MOST_WEIGHED // limit)):
        found = notifications.newest(eyes.conn, state, limit=limit, before=before)
        for one in found:
            before = one.number
            if eyes.told(one) is not Told.NOTHING:
                readable.append(one)
            if len(readable) == limit:
                return readable
        if len(found) < limit:
            break
    return readable
