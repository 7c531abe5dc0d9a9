"""Partner → inbox: unpack · bind identity · de-duplicate · header gate · keep · receipt.

A receipt says: we hold exactly these bytes, verified, de-duplicated and committed (ADR 4). What the
message means is for filing. Whatever is refused is answered with an ebMS error; before a partner is
authenticated it learns the code and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import (
    AuthenticationError,
    ConflictingDuplicateError,
    NodeError,
    NotPermittedError,
    ProtocolError,
    StaleMessageError,
    StoreError,
)
from exchange_node.domain.message import Exchange
from exchange_node.domain.transmission.content import Content, InMemory, NewSpool
from exchange_node.ebms.message import Limits, OwnKeys, Packed, PartnerKeys, Received
from exchange_node.ebms.signals import error_for, receipt_for
from exchange_node.ebms.unpack import peek, unpack
from exchange_node.policy.gates import permit_receiving
from exchange_node.policy.verdict import Verdict, require
from exchange_node.security.trust import Partner, Trust, require_one_identity
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.vocabulary import attachments_in, exchange_of, kept_header
from exchange_node.store import audit, inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Answer

log = structlog.get_logger()

CLOCK_SKEW = timedelta(hours=2)
"""How far two administrations' clocks may differ; the document seal allows as much (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Takes messages from partners, each exactly once."""

    engine: Engine
    vault: Vault
    trust: Trust
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    limits: Limits
    window: timedelta
    clock: Callable[[], datetime]
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]
    new_spool: NewSpool = InMemory

    def receive(self, tls_certificate: bytes, content_type: str, body: Content) -> Answer:
        """Return the answer to one request: a receipt, an error, or 503 if nothing could be kept.

        `tls_certificate` is the caller's, in DER, as the listener verified it; empty for none.
        """
        now = self.clock()
        caller: Partner | None = None
        try:
            try:
                caller = self.trust.partner_of_tls(tls_certificate, now)
                received = unpack(
                    content_type,
                    body,
                    own=self.keys,
                    partners=self.partners,
                    at=now,
                    limits=self.limits,
                    new_spool=self.new_spool,
                )
                require_one_identity(
                    caller, signer=received.signer, from_party=received.sender, at=now
                )
                return self._take(received, now)
            except (ProtocolError, NotPermittedError) as err:
                return self._refuse(err, caller, content_type, body, now)
        except StoreError as err:
            # Nothing was kept, not even a refusal: the partner sends the same bytes again.
            log.warning("reception-failed", code=err.code, why=str(err))
            return Answer(status=503, content_type="text/plain", body=f"{err.code}\n".encode())

    def _take(self, received: Received, now: datetime) -> Answer:
        message = received.message
        with reading(self.engine) as conn:
            seen = inbox.seen(conn, received.sender, message.message_id, self.vault)
            held = held_agreements(conn)
        if seen is not None:
            return self._repeat(received, seen, now)
        if not now - self.window - CLOCK_SKEW <= message.timestamp <= now + CLOCK_SKEW:
            raise StaleMessageError(
                message_id=message.message_id,
                made_at=message.timestamp.isoformat(),
                window=self.window + CLOCK_SKEW,
            )
        if message.is_test:
            log.info("ping", partner=received.sender, message_id=message.message_id)
            return _answer(self._receipt(received, now))
        exchange, _ = exchange_of(message)
        count = len(message.payloads) - 1
        verdict = permit_receiving(held, exchange, now.date(), attachments=count)
        if not verdict.is_permitted:
            return self._deny(received, exchange, verdict, now)
        return self._keep(received, exchange, now)

    def _keep(self, received: Received, exchange: Exchange, now: datetime) -> Answer:
        message = received.message
        receipt = self._receipt(received, now)
        with transaction(self.engine) as conn:
            earlier = inbox.keep(
                conn,
                inbox.Incoming(
                    sender=received.sender,
                    message_id=message.message_id,
                    digest=received.digest,
                    header=kept_header(exchange, message),
                    received_at=now,
                ),
                message.payloads[0].content,
                _reply(receipt),
                self.vault,
                attachments_in(message),
            )
            if earlier is None:
                audit.write(conn, _record(received, exchange, now, action="message.kept", facts={}))
        if earlier is not None:
            return self._repeat(received, earlier, now)
        log.info(
            "kept",
            message_id=message.message_id,
            partner=received.sender,
            code=exchange.code,
            conversation=message.conversation_id,
        )
        return _answer(receipt)

    def _deny(
        self, received: Received, exchange: Exchange, verdict: Verdict, now: datetime
    ) -> Answer:
        """Keep header, digest and verdict of a message that is not permitted, and refuse it."""
        message = received.message
        try:
            require(verdict)
        except NotPermittedError as err:
            error = self._error(
                err, message.message_id, now, explains=True, partner=received.partner
            )
        else:  # pragma: no cover - the verdict is a denial
            raise AssertionError
        facts = {"code": verdict.code.value, "clause": verdict.clause, "why": verdict.text}
        with transaction(self.engine) as conn:
            earlier = inbox.keep(
                conn,
                inbox.Incoming(
                    sender=received.sender,
                    message_id=message.message_id,
                    digest=received.digest,
                    header=kept_header(exchange, message),
                    received_at=now,
                    state=inbox.State.REFUSED,
                    verdict=facts,
                ),
                None,
                _reply(error),
                self.vault,
            )
            if earlier is None:
                record = _record(received, exchange, now, action="message.denied", facts=facts)
                audit.write(conn, record)
        if earlier is not None:
            return self._repeat(received, earlier, now)
        log.warning("denied", message_id=message.message_id, partner=received.sender, **facts)
        return _answer(error)

    def _repeat(self, received: Received, seen: inbox.Seen, now: datetime) -> Answer:
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
        if seen.digest != received.digest:
            raise ConflictingDuplicateError(message_id=message_id)
        log.info("repeated", message_id=message_id, partner=received.sender)
        return Answer(
            status=seen.reply.status,
            content_type=seen.reply.content_type,
            body=seen.reply.content,
        )

    def _refuse(
        self,
        err: NodeError,
        caller: Partner | None,
        content_type: str,
        body: Content,
        now: datetime,
    ) -> Answer:
        """Answer an error; whoever is not known learns the code alone."""
        partner = caller.party if caller else ""
        is_identity = isinstance(err, AuthenticationError)
        message_id = peek(content_type, body, self.limits, self.new_spool) or ""
        log.warning("refused", partner=partner, message_id=message_id, code=err.code, why=str(err))
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor="reception",
                    action="message.refused",
                    message_id=message_id,
                    partner=partner,
                    facts={"code": err.code, "why": str(err)},
                ),
            )
            if is_identity:
                leave_notice(
                    conn,
                    "message.failed-authentication",
                    f"{partner or 'unknown'}.{now.date().isoformat()}",
                    # One notice a day for each caller: the audit has every single one.
                    now.replace(hour=0, minute=0, second=0, microsecond=0),
                    partner=partner,
                )
        explains = caller is not None and not is_identity
        return _answer(
            self._error(err, message_id, now, explains=explains, partner=self.partners.get(partner))
        )

    def _receipt(self, received: Received, now: datetime) -> Packed:
        return receipt_for(
            received,
            message_id=self.new_message_id(),
            at=now,
            keys=self.keys,
            random_bytes=self.random_bytes,
        )

    def _error(
        self,
        err: NodeError,
        message_id: str,
        now: datetime,
        *,
        explains: bool,
        partner: PartnerKeys | None,
    ) -> Packed:
        return error_for(
            err,
            ref_to=message_id or None,
            message_id=self.new_message_id(),
            at=now,
            random_bytes=self.random_bytes,
            keys=self.keys,
            partner=partner,
            explains=explains,
        )


def _reply(packed: Packed) -> inbox.Reply:
    return inbox.Reply(status=200, content_type=packed.content_type, content=packed.octets)


def _answer(packed: Packed) -> Answer:
    return Answer(status=200, content_type=packed.content_type, body=packed.body)


def _record(
    received: Received,
    exchange: Exchange,
    now: datetime,
    *,
    action: str,
    facts: Mapping[str, str],
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
