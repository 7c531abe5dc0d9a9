"""Duty "notify" → one way of one desk: told, tried again later, or given up aloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.channels.channel import Channel, Notice
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import ChannelError, UnknownRecordError
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.telling.concerning import opaque_id
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

LEASE = timedelta(minutes=5)
"""How long one that is claimed is nobody else's (our choice): longer than any timeout of a way."""

ORPHANED = timedelta(days=1)
"""How long something lies untried until it is given up by a node that has no such way (our choice):
another machine that has it would have tried it meanwhile."""


def never() -> bool:
    """Return that nothing is stopping."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """Tells desks, each way by itself.

    Attributes:
        ways: by place (desk and way) what reaches it.
        key: what opaque ids are made with.
        is_stopping: whether nothing more is to be begun.
    """

    engine: Engine
    desks: Desks
    ways: Mapping[str, Channel]
    key: bytes = field(repr=False)
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool] = never

    def run_for(self, where: str) -> int:
        """Tell what is due by one way, up to a batch; return how much was tried.

        One is claimed at a time: what kept another from being settled is no try of this one.
        """
        tried = 0
        while tried < BATCH and not self.is_stopping():
            now = self.clock()
            with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
                if not duties.may_claim(conn, [NOTIFY], now, whose=where):
                    break
            with transaction(self.engine) as conn:
                claimed = duties.claim(conn, [NOTIFY], now, LEASE, 1, whose=where)
            for duty in claimed:
                self._tell(duty, where)
            if not claimed:  # another machine was quicker
                break
            tried += 1
        return tried

    def give_up_orphans(self) -> int:
        """Give up what waits for ways that the settings name no more; return how much did.

        Only what nobody has tried for a day: a machine beside this one may have the way.
        """
        with reading(self.engine) as conn:
            waits_for = {one.ref.partition(" ")[0] for one in duties.waiting(conn, NOTIFY)}
        return sum(self._give_up(where) for where in sorted(waits_for - set(self.ways)))

    def _give_up(self, where: str) -> int:
        now, gone = self.clock(), 0
        while True:
            with transaction(self.engine) as conn:
                # As if it were a day earlier: what is due since, or was leased since, is left.
                claimed = duties.claim(
                    conn, [NOTIFY], now - ORPHANED, ORPHANED + LEASE, 1, whose=where
                )
                for duty in claimed:
                    number = int(duty.ref.partition(" ")[2])
                    why = f"desks.toml has had no way {where} for a day"
                    self._settle(conn, duty, number, where, now, why)
            if not claimed:
                return gone
            gone += 1

    def _tell(self, duty: Duty, where: str) -> None:
        number = int(duty.ref.partition(" ")[2])
        with reading(self.engine) as conn:
            notice = self._notice(conn, number, where)
        why, remark = "", ""
        if notice is not None:
            try:
                remark = self.ways[where].tell(notice) or ""
            except ChannelError as err:
                why = str(err)
            except Exception as err:  # a way that breaks must not stop those behind it
                log.exception("notice-broke", notice=notice.notice_id, way=where)
                why = f"{type(err).__name__}: see the log"
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
                if remark:
                    log.warning("notice-in-part", notice=notice.notice_id, way=where, why=remark)
                self._settle(conn, duty, number, where, now, why, remark)

    def _notice(self, conn: Connection, number: int, where: str) -> Notice | None:
        """Return what is told by a way; None where nothing is any more."""
        desk, _, name = where.partition("/")
        way = notifications.way(conn, number, name)
        if way is None or way.state is not WayState.WAITING:
            return None
        one = notifications.get(conn, number)
        known = self.desks.desks.get(desk)
        facts = known is not None and any(each.facts for each in known.ways if each.name == name)
        if facts:
            return notice_at(self.desks, one, one.notice, with_facts=True)
        return notice_at(self.desks, one, opaque_id(conn, one, self.key), with_facts=False)

    def _settle(
        self,
        conn: Connection,
        duty: Duty,
        number: int,
        where: str,
        now: datetime,
        why: str,
        remark: str = "",
    ) -> None:
        """Write down that a way was told or, with a reason, given up, and what follows of it.

        A remark is what a way that was told said of it.
        """
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
            last_error=why or remark,
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


def notice_at(desks: Desks, one: Notification, notice_id: str, *, with_facts: bool) -> Notice:
    """Return a happening as it is told by some id: code, severity, and where to find it."""
    plain = Notice(
        notice_id=notice_id,
        code=one.code,
        at=one.at,
        severity=one.severity,
        link=desks.link.replace("{number}", str(one.number)),
    )
    return replace(plain, facts=one.facts) if with_facts else plain
