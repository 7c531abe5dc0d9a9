"""Duty "tell" → folder and desks: what a person has to know is handed over, again until it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.channels.channel import Channel, Notice
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import NodeError
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.notices import TELL, notice_of
from exchange_node.services.telling.answering import Answering
from exchange_node.services.telling.concerning import about_of
from exchange_node.services.telling.noticing import Noticing
from exchange_node.services.telling.notifying import Notifying, never
from exchange_node.services.telling.opening import open_at_next
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import Notification
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
TRY_AGAIN = timedelta(seconds=30)
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Hands notices to the channel and opens them at desks; one that cannot be told waits.

    Attributes:
        channel: the folder of the node, which gets all of them.
        key: what names happenings to whoever may not read their ids.
        desks: who is told besides.
        ways: by place (desk and way) what reaches it.
        is_stopping: whether nothing more is to be begun.
    """

    engine: Engine
    channel: Channel
    key: bytes = field(repr=False)
    clock: Callable[[], datetime]
    desks: Desks = field(default_factory=Desks)
    ways: Mapping[str, Channel] = field(default_factory=dict)
    is_stopping: Callable[[], bool] = never

    @property
    def notifying(self) -> Notifying:
        """What tells desks."""
        return Notifying(
            engine=self.engine,
            desks=self.desks,
            ways=self.ways,
            key=self.key,
            clock=self.clock,
            is_stopping=self.is_stopping,
        )

    @property
    def answering(self) -> Answering:
        """What passes on what nobody has answered."""
        return Answering(
            engine=self.engine, desks=self.desks, ways=self.ways, key=self.key, clock=self.clock
        )

    @property
    def noticing(self) -> Noticing:
        """What shows people what desks were told, and takes their word that they have seen it."""
        return Noticing(
            engine=self.engine, desks=self.desks, ways=self.ways, key=self.key, clock=self.clock
        )

    def run(self) -> int:
        """Hand over what is due; return how many notices were."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, [TELL], now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, [TELL], now, LEASE, BATCH)

        def tell(duty: Duty) -> None:
            notice = notice_of(duty.ref)
            self._open(notice, now)  # desks are told of it although the folder cannot be written
            self.channel.tell(notice)
            with transaction(self.engine) as conn:
                duties.done(conn, duty)

        def put_off(duty: Duty, err: NodeError) -> None:
            log.warning("notice-waits", code=err.code, why=str(err))
            with transaction(self.engine) as conn:
                duties.put_off(conn, duty, now + TRY_AGAIN, str(err))

        return one_by_one(claimed, tell, put_off)

    def _open(self, notice: Notice, now: datetime) -> None:
        """Open a notice at the first desk of its route, once."""
        if self.desks.route(notice.code) is None:
            return
        one = Notification(
            notice=notice.notice_id,
            desk="",
            code=notice.code,
            severity=self.desks.severity(notice.code, notice.facts),
            at=notice.at,
            opened_at=now,
            facts=notice.facts,
            about=about_of(notice.code, notice.facts),
        )
        with transaction(self.engine) as conn:
            if not notifications.of_notice(conn, notice.notice_id):
                open_at_next(conn, self.desks, one, (), now)
