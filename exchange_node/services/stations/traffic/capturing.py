"""What passes on the wire → kept as it was, where the operator asked for it with a partner.

Off unless the partner's mode says so. Keeping it never disturbs what passes: a store that cannot
take it is logged, and the message goes its way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import StoreError, TransmissionError
from exchange_node.domain.transmission.content import Content, NewSpool, part_of, size_of
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.unpack import peek
from exchange_node.store.database import transaction
from exchange_node.store.payloads import Vault
from exchange_node.store.records import captures
from exchange_node.store.records.captures import Capture, Direction
from exchange_node.transport.line import MAX_ANSWER_BYTES, Answer, nothing
from exchange_node.transport.probe import Probed, Way

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capturing:
    """Keeps requests and answers of the partners for whom it is asked.

    Attributes:
        newest: how many of a partner are kept, requests and answers counted apart.
        days: how long.
    """

    engine: Engine
    vault: Vault
    modes: Mapping[str, PartnerMode]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    new_spool: NewSpool
    newest: int
    days: int

    def keep(
        self,
        partner: str,
        content_type: str,
        body: Content,
        answer: Answer | None,
        *,
        is_ours: bool,
    ) -> None:
        """Keep a request and its answer, None where none came, if the partner's mode says so."""
        mode = self.modes.get(partner)
        if mode is None or not mode.captures:
            return
        request, reply = (
            (Direction.SENT, Direction.GOT) if is_ours else (Direction.RECEIVED, Direction.ANSWERED)
        )
        now = self.clock()
        rows: list[tuple[Direction, str, int, Content]] = [(request, content_type, 0, body)]
        if answer is not None:
            rows.append((reply, answer.content_type, answer.status, answer.body))
        try:
            message_id = peek(content_type, body, new_spool=self.new_spool) or ""
            with transaction(self.engine) as conn:
                for direction, kind, status, content in rows:
                    capture = Capture(
                        at=now,
                        partner=partner,
                        direction=direction,
                        message_id=message_id,
                        content_type=kind,
                        status=status,
                    )
                    captures.keep(conn, capture, content, self.vault, name=self.new_id())
                since = now - timedelta(days=self.days)
                captures.trim(conn, partner, newest=self.newest, since=since)
        except StoreError as err:
            log.warning("not-captured", partner=partner, code=err.code, why=str(err))


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedWay:
    """The way to the partners, with what passes on it kept."""

    way: Way
    capturing: Capturing

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        """Carry the bytes to the partner; see `Line.post`."""
        try:
            answer = self.way.post(
                partner, content_type, body, most_bytes=most_bytes, as_it_comes=as_it_comes
            )
        except TransmissionError:
            # Read as a part, it is no post: reading one renews a lease, and who keeps a capture
            # holds the database that the renewal would wait for.
            whole = part_of(body, 0, size_of(body))
            self.capturing.keep(partner, content_type, whole, None, is_ours=True)
            raise
        self.capturing.keep(partner, content_type, body, answer, is_ours=True)
        return answer

    def probe(self, partner: str, content_type: str, body: bytes) -> Probed:
        """Try the partner on; see `Prober.probe`."""
        seen = self.way.probe(partner, content_type, body)
        self.capturing.keep(partner, content_type, body, seen.answer, is_ours=True)
        return seen

    def hasten(self, seconds: float) -> None:
        """Let every post end within that time; see `Way.hasten`."""
        self.way.hasten(seconds)

    def close(self) -> None:
        """Give connections back."""
        self.way.close()
