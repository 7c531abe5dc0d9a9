"""Pull request → the message of the channel whose turn it is: authorise · permit · hand out.

eDelivery AS4 1.15, Pull feature: a channel has one receiver, whose signature on the request is
what allows it to ask. A message that was handed out waits for the receipt that comes on a request
of its own; until its interval runs out it is not handed out again, then it is, the same bytes. The
timetable gives up what nobody takes or answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import (
    AlteredRecordError,
    AuthenticationError,
    EmptyChannelError,
    StaleMessageError,
    UnknownChannelError,
)
from exchange_node.domain.message import EXPECTED
from exchange_node.domain.transmission import (
    Cancelled,
    Event,
    Failed,
    GaveUp,
    Held,
    Released,
    Retry,
    Sent,
    State,
)
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.ebms.message import PartnerKeys, PullRequest
from exchange_node.ebms.pmodes.channels import Channels
from exchange_node.ebms.signals import Arrived, authenticated
from exchange_node.security.identity import require_one_identity
from exchange_node.security.trust import Partner
from exchange_node.services.stations.agreements import held_agreements, stopped
from exchange_node.services.stations.availability.seeing import kept_for
from exchange_node.services.stations.posts.guarding import log_pulled, overtaken
from exchange_node.services.stations.traffic.replies import Replies
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.services.stations.traffic.taking import CLOCK_SKEW
from exchange_node.store import payloads
from exchange_node.store.channels import waiting
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Answer

log = structlog.get_logger()

ACTOR = "handing-out"
BATCH = 100
"""Messages of one partner that are given up or looked at in one walk (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOut:
    """Gives each partner what waits in its channel, and gives up what it does not come for.

    Attributes:
        retries: by partner; `retry` is for those that have none there.
    """

    own: Administration
    engine: Engine
    vault: Vault
    partners: Mapping[str, PartnerKeys]
    channels: Channels
    retries: Mapping[str, Retry]
    retry: Retry
    replies: Replies
    clock: Callable[[], datetime]
    new_spool: NewSpool

    def answer(self, caller: Partner, signal: Arrived, now: datetime) -> Answer:
        """Return the answer to a pull request: a message, or that none waits (EBMS:0006).

        Raises:
            UnknownChannelError: there is no such channel, or it is another's.
            SecurityPolicyError: the request is not signed as agreed.
            AuthenticationError: the signature is not the caller's.
            StaleMessageError: the request is older or newer than clocks may differ.
            StoreError: nothing was handed out.
        """
        request = self._authorised(caller, signal, now)
        outgoing = self._take_next(caller.party, request.mpc, now)
        while outgoing is not None:
            try:
                packed = payloads.fetch_content(
                    self.engine, outgoing.payload_id, self.vault, self.new_spool
                )
            except AlteredRecordError as err:
                self._settle(outgoing, Failed(now, f"{err.code}: {err}"))
                outgoing = self._take_next(caller.party, request.mpc, now)
                continue
            message_id = outgoing.transmission.message_id
            log.info("handed-out", message_id=message_id, partner=caller.party, mpc=request.mpc)
            return Answer(status=200, content_type=outgoing.content_type, body=packed)
        log.info("nothing-to-hand-out", partner=caller.party, mpc=request.mpc)
        empty, keys = EmptyChannelError(mpc=request.mpc), self.partners[caller.party]
        error = self.replies.error(empty, keys, request.message_id, now, explains=False)
        return Answer(status=200, content_type=error.content_type, body=error.body)

    def _authorised(self, caller: Partner, signal: Arrived, now: datetime) -> PullRequest:
        """Return the request of a caller who may pull from the channel.

        Another's channel and none are the same to a caller, in all that it is told and asked for.
        """
        request = authenticated(signal, self.partners[caller.party], now)
        if not isinstance(request, PullRequest):  # pragma: no cover - the door has asked
            raise AuthenticationError(why="this is no pull request")
        require_one_identity(
            caller, signer=request.signer, from_party=caller.party, at=now, above=request.above
        )
        if self.channels.receiver_of(signal.mpc) != caller.party:
            raise UnknownChannelError(mpc=signal.mpc[:200], partner=caller.party)
        if abs(now - request.timestamp) > CLOCK_SKEW:
            raise StaleMessageError(
                message_id=request.message_id,
                made_at=request.timestamp.isoformat(),
                window=CLOCK_SKEW,
            )
        return request

    def _take_next(self, partner: str, mpc: str, now: datetime) -> Outgoing | None:
        """Return the next message that may leave, moved to pulled; what may not leave is held."""
        retry = self._retry(partner)
        with transaction(self.engine) as conn:
            held = held_agreements(conn)
            while True:
                outgoing = waiting.next_in(
                    conn,
                    mpc,
                    now,
                    max_retries=retry.max_retries,
                    due_after=now - retry.window,
                )
                if outgoing is None:
                    return None
                stop = stopped(conn, held, outgoing, now, retry.window) or overtaken(
                    conn, self.own, outgoing, now
                )
                settle(conn, outgoing, stop or Sent(now, "pulled"), retry, now, actor=ACTOR)
                if stop is None:
                    log_pulled(conn, outgoing, now)
                    return outgoing

    def run(self) -> int:
        """Give up what was pulled too often or not at all, and look at what is held again.

        Return how many messages were moved.
        """
        moved = 0
        now = self.clock()
        with reading(self.engine) as conn:
            waited_for = waiting.partners(conn)
        for partner in waited_for:
            moved += self._look_after(partner, now)
        return moved

    def _look_after(self, partner: str, now: datetime) -> int:
        retry = self._retry(partner)
        moved = 0
        with transaction(self.engine) as conn:
            held = held_agreements(conn)
            for outgoing in waiting.forgotten(
                conn,
                partner,
                now,
                max_retries=retry.max_retries,
                due_after=now - retry.window,
                limit=BATCH,
            ):
                away = kept_for(conn, outgoing, now)  # who is away does not come for it
                event: Event = away or _given_up(outgoing, now)
                if outgoing.transmission.state is State.HELD:
                    stop = stopped(conn, held, outgoing, now, retry.window)
                    event = stop or away or Released(now)
                moved += not isinstance(event, Held)
                settle(conn, outgoing, event, retry, now, actor=ACTOR)
        return moved

    def _settle(self, outgoing: Outgoing, event: Event) -> None:
        retry = self._retry(outgoing.transmission.partner)
        with transaction(self.engine) as conn:
            settle(conn, outgoing, event, retry, event.at, actor=ACTOR)

    def _retry(self, partner: str) -> Retry:
        return self.retries.get(partner, self.retry)


def _given_up(outgoing: Outgoing, now: datetime) -> Event:
    """Return what becomes of what nobody came for; for an office it is made anew, as it then is."""
    if outgoing.exchange.code == EXPECTED and not outgoing.transmission.tries:
        return Cancelled(now, "node", "nobody came for it")
    return GaveUp(now)
