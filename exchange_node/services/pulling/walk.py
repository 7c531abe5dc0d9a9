"""Partner's channel → inbox: ask · take as what is pushed is taken · answer, until it is empty.

Each channel is asked by one worker at a time, under a lease that is renewed as bytes come, and
every partner has a walk of its own: one that is slow delays no other. An empty channel (EBMS:0006)
is asked again after the interval, one that fails later each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import (
    InvalidHeaderError,
    MissingSettingError,
    NodeError,
    NotPermittedError,
    OvertakenError,
    ProtocolError,
    RefusedPullError,
    StoreError,
)
from exchange_node.ebms.message import ErrorSignal, OwnKeys, PartnerKeys
from exchange_node.ebms.signals import authenticated, pull_request, read_signal
from exchange_node.ebms.unpack import peek
from exchange_node.security.trust import Trust
from exchange_node.services.pulling.receipts import Receipts
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.leasing import Lease
from exchange_node.services.stations.traffic.taking import Taking
from exchange_node.store.channels import lines
from exchange_node.store.channels.lines import PullLine
from exchange_node.store.database import transaction
from exchange_node.store.incoming import Reply
from exchange_node.transport.line import Answer, Line

log = structlog.get_logger()

LEASE = timedelta(minutes=16)
"""Longer than a pull may take without progress (our choice).

A large message may take as long as it moves: the lease is renewed as its bytes come.
"""

BATCH = 50
"""Messages that are pulled from a channel before it waits its turn again (our choice)."""

MOST_IDLE = 3
"""Pulls in a row that bring nothing new, after which a channel waits (our choice)."""

TOLD_AFTER = 5
"""Failures in a row, after which the operator is told (our choice)."""

EMPTY = "EBMS:0006"


class _Pulled(Enum):
    NEW = auto()
    NOTHING_NEW = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often this node asks.

    Attributes:
        interval: between two looks into a channel that was empty.
        most: longest wait after failures.
    """

    interval: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(hours=1)

    def wait_after(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row."""
        longest = max(self.most, self.interval)
        return min(longest, self.interval * 2.0 ** min(failures, 20))


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulling:
    """Fetches what partners keep for this node.

    Attributes:
        channels: the channel at each partner's that is pulled from, by partner.
        lease: how long a channel is this worker's, and how long it may go without progress.
        is_stopping: whether nothing more is to be begun.
    """

    engine: Engine
    line: Line
    trust: Trust
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    channels: Mapping[str, str]
    taking: Taking
    receipts: Receipts
    pace: Pace
    clock: Callable[[], datetime]
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]
    lease: timedelta = LEASE
    is_stopping: Callable[[], bool] = _never

    def run(self) -> int:
        """Ask every channel that is due, one after the other, and post what is owed.

        Return how much was done.

        Raises:
            StoreError: nothing could be kept.
        """
        return self.receipts.run() + sum(self._ask(partner) for partner in self.channels)

    def run_for(self, partner: str) -> int:
        """Ask one partner's channel, if it is due, and post what it is owed.

        Return how much was done.

        Raises:
            StoreError: nothing could be kept.
        """
        return self.receipts.run_for(partner) + self._ask(partner)

    def _ask(self, partner: str) -> int:
        """Empty a partner's channel, as often as it is due."""
        mpc = self.channels.get(partner)
        done = 0
        while mpc is not None and not self.is_stopping():
            now = self.clock()
            with transaction(self.engine) as conn:
                line = lines.claim(conn, [(partner, mpc)], now, self.lease)
            if line is None:
                break
            done += self._empty(line, now + self.lease)
        return done

    def _empty(self, line: PullLine, until: datetime) -> int:
        """Pull until the channel is empty, and say when it is asked next; return what is new."""
        lease = self._lease(line, until)
        new = idle = 0
        is_empty = False
        try:
            while not is_empty and idle < MOST_IDLE and new < BATCH and not self.is_stopping():
                pulled = self._pull(line, lease)
                is_empty = pulled is _Pulled.EMPTY
                new += pulled is _Pulled.NEW
                idle = 0 if pulled is _Pulled.NEW else idle + 1
        except StoreError:
            raise
        except OvertakenError:  # whoever holds the channel now says when it is asked next
            log.info("overtaken", partner=line.partner, mpc=line.mpc)
            return new
        except NodeError as err:
            if self.is_stopping():  # by which it may have been broken off
                with transaction(self.engine) as conn:
                    lines.settle(conn, line)
            else:
                self._fail(line, err)
            return new
        wait = self.pace.interval if is_empty or idle else timedelta()
        now = self.clock()
        settled = replace(
            line,
            due_at=now + wait,
            failures=0,
            last_error="",
            emptied_at=now if is_empty else line.emptied_at,
        )
        with transaction(self.engine) as conn:
            lines.settle(conn, settled)
        return new

    def _lease(self, line: PullLine, until: datetime) -> Lease:
        def renew(until: datetime, new: datetime) -> bool:
            with transaction(self.engine) as conn:
                return lines.renew(conn, line, until, new)

        return Lease(
            of=line.mpc,
            until=until,
            length=self.lease,
            renew=renew,
            clock=self.clock,
        )

    def _fail(self, line: PullLine, err: NodeError) -> None:
        now = self.clock()
        failures = line.failures + 1
        why = f"{err.code}: {err}"
        log.warning("pull-failed", partner=line.partner, mpc=line.mpc, failures=failures, why=why)
        with transaction(self.engine) as conn:
            due_at = now + self.pace.wait_after(failures)
            lines.settle(conn, replace(line, due_at=due_at, failures=failures, last_error=why))
            if failures == TOLD_AFTER:
                leave_notice(
                    conn,
                    "pull.failing",
                    f"{line.partner}.{now.isoformat()}",
                    now,
                    partner=line.partner,
                    why=why,
                )

    def _pull(self, line: PullLine, lease: Lease) -> _Pulled:
        """Ask once and take what comes.

        Raises:
            TransmissionError: the partner could not be reached.
            ProtocolError: it refuses, or answers with nothing of use.
            MissingSettingError: no card of it is held.
            StoreError: what came could not be kept.
            OvertakenError: another worker asks this channel.
        """
        lease.keep()
        partner = self.partners.get(line.partner)
        if partner is None:
            raise MissingSettingError(what=f"the card of {line.partner}", where="partners/")
        request = pull_request(
            line.mpc,
            message_id=self.new_message_id(),
            at=self.clock(),
            keys=self.keys,
            partner=partner,
            random_bytes=self.random_bytes,
        )
        answer = self.line.post(
            line.partner,
            request.content_type,
            request.body,
            most_bytes=self.taking.limits.mime.max_bytes,
            as_it_comes=lease.keep,
        )
        lease.keep()  # it has to last for what is done with the answer
        if isinstance(answer.body, bytes) and not answer.body.strip():
            raise InvalidHeaderError(why=f"HTTP {answer.status} without an ebMS answer")
        signal = read_signal(answer.content_type, answer.body, self.taking.limits)
        if signal is None:
            return self._take(line, answer)
        error = authenticated(signal, partner, self.clock())
        if not isinstance(error, ErrorSignal):
            raise InvalidHeaderError(why="a pull request is answered with a message or an error")
        if error.ebms_code == EMPTY:
            return _Pulled.EMPTY
        why = f"{error.ebms_code} {error.short} {error.detail}".strip()
        raise RefusedPullError(partner=line.partner, mpc=line.mpc, why=why)

    def _take(self, line: PullLine, answer: Answer) -> _Pulled:
        content_type, body = answer.content_type, answer.body
        if peek(content_type, body, self.taking.limits, self.taking.new_spool) is None:
            raise InvalidHeaderError(why=f"HTTP {answer.status} with something that is no message")
        now = self.clock()
        try:
            caller = self.trust.partner(line.partner)
            taken = self.taking.take(caller, content_type, body, now, is_pulled=True)
        except (ProtocolError, NotPermittedError) as err:
            error = self.taking.replies.refuse(err, line.partner, content_type, body, now)
            reply = Reply(status=200, content_type=error.content_type, content=error.octets)
            self.receipts.post_once(line.partner, "", reply)
            return _Pulled.NOTHING_NEW
        if taken.is_kept:
            self.receipts.post_now(line.partner, taken.message_id, taken.reply)
        else:
            self.receipts.post_once(line.partner, taken.message_id, taken.reply)
        return _Pulled.NOTHING_NEW if taken.is_repeat else _Pulled.NEW
