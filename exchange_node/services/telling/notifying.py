"""Duty "notify" → one way of one desk: told, tried again later, or given up aloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.channels.channel import Channel, Notice
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import ChannelError, UnknownRecordError
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.telling.opening import (
    ANSWERING,
    NODE,
    NOTIFY,
    OWN,
    pass_on,
    place,
)
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import (
    KeptWay,
    Notification,
    NotificationState,
    WayState,
)
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty

log = structlog.get_logger()

BATCH = 5
"""Happenings that are told by one way in one walk (our choice): each may take its timeout."""

LEASE = timedelta(minutes=10)
"""How long those claimed are nobody else's (our choice): longer than all their timeouts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """Tells desks, each way by itself.

    Attributes:
        ways: by place (desk and way) what reaches it.
    """

    engine: Engine
    desks: Desks
    ways: Mapping[str, Channel]
    clock: Callable[[], datetime]

    def run_for(self, where: str) -> int:
        """Tell what is due by one way; return how much was claimed."""
        now = self.clock()
        with reading(self.engine) as conn:
            if not duties.may_claim(conn, [NOTIFY], now, whose=where):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, [NOTIFY], now, LEASE, BATCH, whose=where)
        for duty in claimed:
            self._tell(duty, where)
        return len(claimed)

    def give_up_orphans(self) -> int:
        """Give up what waits for ways that the settings name no more; return how much did."""
        with reading(self.engine) as conn:
            left = [
                one
                for one in duties.waiting(conn, NOTIFY)
                if one.ref.partition(" ")[0] not in self.ways
            ]
        now = self.clock()
        for duty in left:
            where, _, number = duty.ref.partition(" ")
            with transaction(self.engine) as conn:
                self._settle(conn, duty, int(number), where, now, "desks.toml has no such way now")
        return len(left)

    def _tell(self, duty: Duty, where: str) -> None:
        number = int(duty.ref.partition(" ")[2])
        with reading(self.engine) as conn:
            notice = self._notice(conn, number, where)
        why = ""
        if notice is not None:
            try:
                self.ways[where].tell(notice)
            except ChannelError as err:
                why = str(err)
        now = self.clock()
        with transaction(self.engine) as conn:
            if notice is None:  # told before, or deleted: nothing is left to be done
                duties.done(conn, duty)
            elif why and not self.desks.retry.is_spent(duty.attempts + 1):
                again = now + self.desks.retry.wait_after(duty.attempts + 1)
                duties.put_off(conn, duty, again, why)
                kept = KeptWay(
                    notification=number,
                    way=where.partition("/")[2],
                    tries=duty.attempts + 1,
                    last_error=why,
                )
                notifications.tried(conn, kept)
                log.warning("notice-waits", notice=notice.notice_id, way=where, why=why)
            else:
                self._settle(conn, duty, number, where, now, why)

    def _notice(self, conn: Connection, number: int, where: str) -> Notice | None:
        """Return what is told by a way; None where nothing is any more."""
        desk, _, name = where.partition("/")
        way = notifications.way(conn, number, name)
        if way is None or way.state is not WayState.WAITING:
            return None
        one = notifications.get(conn, number)
        known = self.desks.desks.get(desk)
        facts = known is not None and any(each.facts for each in known.ways if each.name == name)
        return notice_at(self.desks, one, with_facts=facts)

    def _settle(
        self, conn: Connection, duty: Duty, number: int, where: str, now: datetime, why: str
    ) -> None:
        """Write down that a way was told or, with a reason, given up, and what follows of it."""
        duties.done(conn, duty)
        name = where.partition("/")[2]
        try:
            one = notifications.get(conn, number, to_change=True)
        except UnknownRecordError:
            return
        state = WayState.GIVEN_UP if why else WayState.TOLD
        kept = KeptWay(
            notification=number,
            way=name,
            state=state,
            tries=duty.attempts + 1,
            last_error=why,
            settled_at=now,
        )
        notifications.tried(conn, kept)
        if why:
            self._given_up(conn, one, where, now, why)
        if one.state is NotificationState.OPEN:
            self._conclude(conn, one, now)
        notifications.forget(conn, number)

    def _conclude(self, conn: Connection, one: Notification, now: datetime) -> None:
        """Close what wants no answer and was told; pass on what reached nobody."""
        states = {way.state for way in notifications.ways_of(conn, one.number)}
        if WayState.WAITING in states:
            return
        if WayState.TOLD not in states:
            pass_on(conn, self.desks, one, now)
            duties.drop(conn, ANSWERING, str(one.number))
        elif one.acknowledge_by is None:
            notifications.settle(conn, one.number, NotificationState.TOLD, now, NODE)

    def _given_up(
        self, conn: Connection, one: Notification, where: str, now: datetime, why: str
    ) -> None:
        log.error("notice-given-up", notice=one.notice, way=where, why=why)
        if one.code.startswith(OWN):
            return  # else a way that is down would tell for ever that it is
        leave_notice(
            conn,
            "notice.given-up",
            f"{one.number}.{place(one.desk, where.partition('/')[2]).replace('/', '.')}",
            now,
            about=one.notice,
            about_code=one.code,
            way=where,
            severity=str(one.severity),
            why=why,
        )


def notice_at(desks: Desks, one: Notification, *, with_facts: bool) -> Notice:
    """Return a happening as it is told: by default code, severity and id, and where to find it."""
    plain = Notice(
        notice_id=one.notice,
        code=one.code,
        at=one.at,
        severity=one.severity,
        link=desks.link.replace("{number}", str(one.number)),
    )
    return replace(plain, facts=one.facts) if with_facts else plain
