"""Duty "tell" → channel: what a person has to know is handed over, and again until it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.channels.channel import Channel
from exchange_node.domain.errors import ChannelError
from exchange_node.services.stations.notices import TELL, notice_of
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
TRY_AGAIN = timedelta(seconds=30)
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Hands notices to the channel; one that cannot be handed over waits."""

    engine: Engine
    channel: Channel
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Hand over what is due; return how many notices were."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, [TELL], now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, [TELL], now, LEASE, BATCH)
        told = 0
        for duty in claimed:
            try:
                self.channel.tell(notice_of(duty.ref))
            except ChannelError as err:
                log.warning("notice-waits", code=err.code, why=str(err))
                with transaction(self.engine) as conn:
                    duties.put_off(conn, duty, now + TRY_AGAIN, str(err))
                continue
            with transaction(self.engine) as conn:
                duties.done(conn, duty)
            told += 1
        return told
