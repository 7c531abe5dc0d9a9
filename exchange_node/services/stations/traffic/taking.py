"""Partner → inbox: unpack · bind identity · de-duplicate · header gate · keep · receipt.

A message that was pushed and one that was pulled are taken the same way. A receipt says: we hold
exactly these bytes, verified, de-duplicated and committed (ADR 4). What the message means is for
filing. Whatever is refused is answered with an ebMS error; before a partner is authenticated it
learns the code and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import (
    ConflictingDuplicateError,
    NotPermittedError,
    StaleMessageError,
)
from exchange_node.domain.message import Exchange
from exchange_node.domain.standing import PRESENCE
from exchange_node.domain.transmission.content import Content, NewSpool
from exchange_node.ebms.message import Limits, OwnKeys, Packed, PartnerKeys, Received
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.ebms.pmodes.matching import Arrival
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.unpack import unpack
from exchange_node.policy.gates import permit_receiving
from exchange_node.policy.verdict import Verdict, require
from exchange_node.security.identity import require_one_identity
from exchange_node.security.trust import Partner
from exchange_node.services.stations.agreements import agreed_under, held_agreements
from exchange_node.services.stations.giving import looked_up
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.owing import owe
from exchange_node.services.stations.traffic.replies import Replies
from exchange_node.services.stations.vocabulary import attachments_in, exchange_of, kept_header
from exchange_node.store import audit, inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, Reply, Seen, State
from exchange_node.store.payloads import Vault

log = structlog.get_logger()

CLOCK_SKEW = timedelta(hours=2)
"""How far two administrations' clocks may differ; the document seal allows as much (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was made of a message, and what its sender is told.

    Attributes:
        is_kept: the reply is stored, and a repeat is given the same one. A ping's is not.
        is_repeat: the message was here before.
    """

    message_id: str
    reply: Reply
    is_kept: bool = True
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Takes messages from partners, each exactly once."""

    engine: Engine
    vault: Vault
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    agreed: Derivation
    limits: Limits
    replies: Replies
    note_pulse: Callable[[Received, Exchange, datetime], None]
    new_spool: NewSpool

    def take(
        self,
        caller: Partner,
        content_type: str,
        body: Content,
        now: datetime,
        *,
        is_pulled: bool = False,
    ) -> Taken:
        """Return what was made of a message that `caller` sent, committed.

        The reply to what was pulled has to be posted: the duty to do so is left in the transaction
        that keeps the message.

        Raises:
            ProtocolError: it cannot be taken; `Replies.refuse` says what its sender is told.
            NotPermittedError: as ProtocolError, before anything of it was kept; a message that a
                suspension denies is so refused, and its sender tries again.
            StoreError: nothing was kept, and its sender has to send it again.
        """
        binding = Binding.PULL if is_pulled else Binding.PUSH
        with reading(self.engine) as conn:
            held = held_agreements(conn)
        received = unpack(
            content_type,
            body,
            own=self.keys,
            partners=self.partners,
            pmodes=agreed_under(held, self.agreed),
            at=now,
            limits=self.limits,
            arrival=Arrival(caller=caller.party, binding=binding),
            new_spool=self.new_spool,
        )
        require_one_identity(
            caller,
            signer=received.signer,
            from_party=received.sender,
            at=now,
            above=received.above,
        )
        if received.pmode.is_test:
            return self._answer_ping(received, now, is_pulled=is_pulled)
        exchange = exchange_of(received)
        count = len(received.message.payloads) - 1
        verdict = permit_receiving(
            held,
            exchange,
            day_of(now),
            attachments=count,
            made_at=received.message.timestamp,
            patience=received.pmode.mode.window + CLOCK_SKEW,
            given_on=looked_up(self.engine, exchange, received.message, CLOCK_SKEW),
        )
        if verdict.is_permitted and is_timely(received, now):
            if exchange.code in PRESENCE.codes:
                self.note_pulse(received, exchange, now)
                return self._answer_ping(received, now, is_pulled=is_pulled)
            return self._keep(received, exchange, now, is_pulled=is_pulled)  # unless it is a repeat
        seen = self._seen(received)
        if seen is not None:
            return self._repeat(received, seen, now, is_pulled=is_pulled)
        require_timely(received, now)
        if verdict.is_suspension or exchange.code in PRESENCE.codes:  # not remembered: it may pass
            require(verdict)
        return self._deny(received, exchange, verdict, now, is_pulled=is_pulled)

    def _answer_ping(self, received: Received, now: datetime, *, is_pulled: bool) -> Taken:
        if (seen := self._seen(received)) is not None:  # it has the id of what was no ping
            return self._repeat(received, seen, now, is_pulled=is_pulled)
        require_timely(received, now)
        message_id = received.message.message_id
        log.info("ping", partner=received.sender, message_id=message_id)
        reply = _reply(self.replies.receipt(received, now))
        return Taken(message_id=message_id, reply=reply, is_kept=False)

    def _seen(self, received: Received) -> Seen | None:
        with reading(self.engine) as conn:
            return inbox.seen(conn, received.sender, received.message.message_id, self.vault)

    def _keep(
        self, received: Received, exchange: Exchange, now: datetime, *, is_pulled: bool
    ) -> Taken:
        message = received.message
        reply = _reply(self.replies.receipt(received, now))
        with transaction(self.engine) as conn:
            earlier = inbox.keep(
                conn,
                Incoming(
                    sender=received.sender,
                    message_id=message.message_id,
                    digest=received.digest,
                    header=kept_header(exchange, message),
                    received_at=now,
                ),
                message.payloads[0].content,
                reply,
                self.vault,
                attachments_in(message),
            )
            if earlier is None:
                owe(conn, received, now, is_pulled=is_pulled)
                audit.write(conn, _record(received, exchange, now, action="message.kept", facts={}))
        if earlier is not None:
            return self._repeat(received, earlier, now, is_pulled=is_pulled)
        log.info(
            "kept",
            message_id=message.message_id,
            partner=received.sender,
            code=exchange.code,
            conversation=message.conversation_id,
        )
        return Taken(message_id=message.message_id, reply=reply)

    def _deny(
        self,
        received: Received,
        exchange: Exchange,
        verdict: Verdict,
        now: datetime,
        *,
        is_pulled: bool,
    ) -> Taken:
        """Keep header, digest and verdict of a message that is not permitted, and refuse it."""
        message = received.message
        try:
            require(verdict)
        except NotPermittedError as err:
            error = self.replies.error(
                err, received.partner, message.message_id, now, explains=True
            )
            reply = _reply(error)
        else:  # pragma: no cover - the verdict is a denial
            raise AssertionError
        facts = {"code": verdict.code.value, "clause": verdict.clause, "why": verdict.text}
        with transaction(self.engine) as conn:
            earlier = inbox.keep(
                conn,
                Incoming(
                    sender=received.sender,
                    message_id=message.message_id,
                    digest=received.digest,
                    header=kept_header(exchange, message),
                    received_at=now,
                    state=State.REFUSED,
                    verdict=facts,
                ),
                None,
                reply,
                self.vault,
            )
            if earlier is None:
                owe(conn, received, now, is_pulled=is_pulled)
                record = _record(received, exchange, now, action="message.denied", facts=facts)
                audit.write(conn, record)
        if earlier is not None:
            return self._repeat(received, earlier, now, is_pulled=is_pulled)
        log.warning("denied", message_id=message.message_id, partner=received.sender, **facts)
        return Taken(message_id=message.message_id, reply=reply)

    def _repeat(self, received: Received, seen: Seen, now: datetime, *, is_pulled: bool) -> Taken:
        """Give a repeat its first answer, whatever has happened since; refuse other content."""
        message_id = received.message.message_id
        with transaction(self.engine) as conn:
            inbox.repeated(conn, received.sender, message_id, now)
            if seen.digest != received.digest:
                leave_notice(
                    conn,
                    "message.conflicting-duplicate",
                    f"{received.sender}.{message_id}",
                    now,
                    partner=received.sender,
                )
            else:
                owe(conn, received, now, is_pulled=is_pulled)
        if seen.digest != received.digest:
            raise ConflictingDuplicateError(message_id=message_id)
        log.info("repeated", message_id=message_id, partner=received.sender)
        return Taken(message_id=message_id, reply=seen.reply, is_repeat=True)


def _reply(packed: Packed) -> Reply:
    return Reply(status=200, content_type=packed.content_type, content=packed.octets)


def _record(
    received: Received, exchange: Exchange, now: datetime, *, action: str, facts: Mapping[str, str]
) -> audit.AuditRecord:
    return audit.AuditRecord(
        at=now,
        actor="reception",
        action=action,
        subject_kind="conversation",
        subject_key=received.message.conversation_id,
        message_id=received.message.message_id,
        partner=received.sender,
        facts={"message": exchange.code, "grant": exchange.grant, **facts},
    )


def is_timely(received: Received, now: datetime) -> bool:
    """Return whether a message was made neither too long ago nor later than clocks may differ."""
    message, window = received.message, received.pmode.mode.window
    return now - window - CLOCK_SKEW <= message.timestamp <= now + CLOCK_SKEW


def require_timely(received: Received, now: datetime) -> None:
    """Return when a message is timely.

    Raises:
        StaleMessageError: it is not.
    """
    if not is_timely(received, now):
        raise StaleMessageError(
            message_id=received.message.message_id,
            made_at=received.message.timestamp.isoformat(),
            window=received.pmode.mode.window + CLOCK_SKEW,
        )
