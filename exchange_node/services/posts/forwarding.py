"""What an office with a node of its own expects → messages that wait in its channel to be pulled.

One message for each manifest, anew when anything of it changes, and one more when it is expected no
longer. What has been overtaken before it was pulled is taken back, so that the channel holds the
present alone; what nobody came for in time is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from cryptography import x509
from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import NodeError, StoreError
from exchange_node.domain.message import EXPECTED
from exchange_node.domain.standing import OFFICE
from exchange_node.domain.transmission import Cancelled, State
from exchange_node.ebms.pmodes.partner_mode import Binding, PartnerMode, serves_office
from exchange_node.security.carried import write_statement
from exchange_node.security.certificates import write_pem
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.posts.due import Due, asked_for, entry_of, expected, tag_of
from exchange_node.services.stations.posts.guarding import STATEMENT, office_of, reader_at
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import outbox, payloads
from exchange_node.store.channels import offices
from exchange_node.store.channels.offices import Told
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.held import HeldManifest
from exchange_node.wco.registry import Registry
from exchange_node.wco.system_codec.office import OfficeStatement, encode_statement

log = structlog.get_logger()

BATCH = 50
"""Messages that are made in one walk (our choice): filing and handing out get their turn."""

LOOKS_EVERY = timedelta(seconds=10)
"""How often what an office expects is looked through (our choice)."""

_ACTOR = "forwarding"
_OPEN = (State.QUEUED, State.AWAITING_RECEIPT, State.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """Keeps the channels of offices filled.

    Attributes:
        seals: by party id, the seal certificates of those whose card is held.
        looked_at: when each office was looked at last; this object's own.
    """

    own: Administration
    holding: Holding
    mail: StandingMail
    registry: Registry
    modes: Mapping[str, PartnerMode]
    seals: Mapping[str, Sequence[x509.Certificate]]
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    looked_at: dict[str, datetime] = field(default_factory=dict)

    def run(self) -> int:
        """Make what has to be told, up to a batch; return how much that was."""
        done = 0
        for partner in sorted(self.seals):
            if not serves_office(str(self.own.party), partner):
                continue
            now = self.clock()
            last = self.looked_at.get(partner)
            is_pulled = self.modes[partner].to_partner is Binding.PULL
            if not is_pulled or (last is not None and last <= now < last + LOOKS_EVERY):
                continue
            made = self._look_after(partner, BATCH - done, now)
            done += made
            if done >= BATCH:
                return done
            self.looked_at[partner] = now
        return done

    def _look_after(self, partner: str, room: int, now: datetime) -> int:
        made = 0
        for told, due in self._changes(partner, now):
            if made >= room:
                return made
            try:
                made += self._tell(partner, told, due, now)
            except StoreError:
                raise
            except NodeError as err:  # of this node's keys or the office's card: the next may go
                log.warning("office-not-told", partner=partner, code=err.code)
        return made

    def _changes(self, partner: str, now: datetime) -> Iterator[tuple[Told | None, Due | None]]:
        """Yield what was told beside what is so, where the two differ or the message was lost."""
        with reading(self.engine) as conn:
            known = offices.known(conn, partner)
            found = expected(conn, self.own, reader_at(partner), office_of(partner), now)
        listed = {one.held.number: one for one in found}
        for due in listed.values():
            told = known.get(due.held.number)
            if told is None or told.tag != self._tag(due) or told.is_lost:
                yield told, due
        for number, told in known.items():
            if number not in listed and (told.tag or told.is_lost or told.state not in _OPEN):
                yield told, None

    def _tell(self, partner: str, told: Told | None, due: Due | None, now: datetime) -> bool:
        """Queue what is so in place of what was told; return whether anything was done."""
        with transaction(self.engine) as conn:
            if due is None:
                return told is not None and self._tell_gone(conn, told, now)
            office = office_of(partner)
            reader, number = reader_at(partner), due.held.number
            still = next(asked_for(conn, self.own, reader, office, [number], now), None)
            if still is None:
                return False  # it has gone meanwhile: the next walk says so
            held = still.held
            view = self.holding.manifest_of(conn, held)
            digest = payloads.about(conn, held.document_id).digest
            entry = entry_of(still, view, digest) | {"trust": self._trust(held)}
            prepared = self._prepared(partner, held.movement, now, entries=[entry])
            after = Told(
                partner=partner,
                manifest=held.number,
                movement=held.movement,
                tag=self._tag(still),
                message_id=prepared.message_id,
                told_before=told is not None and told.may_have_come,
            )
            return self._replace(conn, told, after, prepared, now)

    def _trust(self, held: HeldManifest) -> list[str]:
        """Return the seal certificates of who sent a manifest, as PEM.

        The office holds no card of who sent it, and may be shown a paper of theirs.
        """
        return [write_pem(one).decode() for one in self.seals.get(held.partner, ())]

    def _tag(self, due: Due) -> str:
        """Return what tells one state of what an office is told from another: with whom it trusts.

        Its certificates follow the state of the manifest (`guarding.state_in`).
        """
        trust = "".join(sorted(self._trust(due.held)))
        return f"{tag_of(due)}.{hashlib.sha256(trust.encode()).hexdigest()[:8]}"

    def _tell_gone(self, conn: Connection, told: Told, now: datetime) -> bool:
        """Say that a manifest is expected no longer, where the office may know of it at all."""
        if not told.tag and not told.is_lost:
            return offices.forget(conn, told)  # it was told, and has said that it was
        if not told.may_have_come:
            self._take_back(conn, told, now)
            return offices.forget(conn, told)
        gone = {"number": told.manifest, "movement": told.movement}
        prepared = self._prepared(told.partner, told.movement, now, gone=[gone])
        after = Told(
            partner=told.partner,
            manifest=told.manifest,
            movement=told.movement,
            tag="",
            message_id=prepared.message_id,
            told_before=True,
        )
        return self._replace(conn, told, after, prepared, now)

    def _replace(
        self, conn: Connection, told: Told | None, after: Told, prepared: Prepared, now: datetime
    ) -> bool:
        if not offices.tell(conn, after, told):
            return False  # another machine was quicker
        if told is not None:
            self._take_back(conn, told, now)
        self.mail.packing.queue(conn, prepared)
        return True

    def _take_back(self, conn: Connection, told: Told, now: datetime) -> None:
        """Let what has been overtaken leave no more; a receipt for it is still taken."""
        outgoing = outbox.find(conn, told.message_id)
        if outgoing is not None and outgoing.transmission.state in _OPEN:
            event = Cancelled(now, "node", "overtaken: what the office expects has changed")
            settle(conn, outgoing, event, self.modes[told.partner].retry, now, actor=_ACTOR)

    def _prepared(
        self, partner: str, movement: str, now: datetime, **said: list[dict[str, object]]
    ) -> Prepared:
        office = office_of(partner)
        content: dict[str, object] = {
            **said,
            "office": office,
            "party": str(self.own.party),
            "test": self.own.test,
            "at": now.isoformat(),
        }
        packing = self.mail.packing
        document = encode_statement(
            OfficeStatement(
                number=self.new_id(),
                party=str(self.own.party),
                at=now.replace(microsecond=0),
                office=office,
                octets=write_statement(STATEMENT, content, packing.seal_key(now)),
            ),
            metadata=self.mail.metadata,
            registry=self.registry,
        )
        return self.mail.prepare(
            document, OFFICE, code=EXPECTED, partner=partner, conversation_id=movement, at=now
        )
