"""Approved → asked once more whether it may leave → outbox; or it lapses, and says why.

A suspension passes, so a message that it stops waits on. Whatever else the gate denies stays denied
for the document as it is sealed: another version of the agreement decides, or none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.movement import CODES_OF, Event
from exchange_node.domain.releasing.release import Release, State
from exchange_node.policy.gates import HeldAgreement, permit_leaving
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.alerts import start_of_ours
from exchange_node.services.stations.faults import LAPSED
from exchange_node.services.stations.giving import named_in
from exchange_node.services.stations.letters.kept_back import end, record, refuse
from exchange_node.services.stations.manifests.amending import is_told
from exchange_node.services.stations.movement import texts
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.services.stations.waiting.room import taken_out, tell
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import alerts, manifests, recipients, submissions
from exchange_node.store.records.held import LIVE, AlertState, Direction
from exchange_node.store.releasing import releases

log = structlog.get_logger()

NODE = "node"
"""Who settles what nobody settled in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How messages leave the waiting room; each of its acts is in the caller's transaction."""

    packing: Packing
    engine: Engine

    def packed(self, one: Release, at: datetime) -> Prepared | None:
        """Return a message packed as it leaves now, with the very document that was kept.

        None where somebody has settled it meanwhile: what waited with it is gone then.

        Raises:
            MissingSettingError, InvalidSettingError: as `Packing.bound`.
            UnknownRecordError, AlteredRecordError: what waits with it is not there as it was kept.
        """
        try:
            with reading(self.engine) as conn:
                document = payloads.fetch(conn, one.document_id, self.packing.vault)
            files = [
                payloads.fetch_content(
                    self.engine, file.payload_id, self.packing.vault, self.packing.new_spool
                )
                for file in one.files
            ]
        except UnknownRecordError:
            with reading(self.engine) as conn:
                if releases.get(conn, one.message_id).state is State.WAITING:
                    raise
            return None
        pmode = self.packing.pmode_of(one.exchange)
        return self.packing.packed(taken_out(one, pmode, document, files), at)

    def let_go(self, conn: Connection, one: Release, packed: Prepared, at: datetime) -> Release:
        """Queue a message that enough officers approved; its row is locked by the caller."""
        after = one.released(one.votes[-1].by, at)
        releases.settle(conn, after)
        self.packing.queue(conn, packed)
        texts.leave_look(conn, one.exchange, one.message_id, at)
        submissions.advance(conn, one.message_id, submissions.State.QUEUED, at=at)
        recipient = recipients.by_message(conn, one.message_id)
        if recipient is not None:
            alerts.advance(conn, recipient.alert, AlertState.SENT, by=after.settled_by, at=at)
            alert = alerts.by_number(conn, recipient.alert)
            if alert.state in LIVE:  # a withdrawal is acknowledged by nobody
                start_of_ours(conn, alert, held_agreements(conn), packed, at)
        officers = ", ".join(vote.by for vote in one.votes)
        record(conn, after, at, "release.released", actor=after.settled_by, officers=officers)
        log.info("released", message_id=one.message_id, partner=one.exchange.recipient)
        return after

    def refuse(self, conn: Connection, one: Release, by: str, why: str, at: datetime) -> Release:
        """Keep a message back for good; its row is locked by the caller."""
        return refuse(conn, one, by, why, at)

    def lapse(self, conn: Connection, one: Release, why: str, at: datetime) -> Release:
        """End the wait of a message that can leave no more; its row is locked by the caller."""
        after = one.lapsed(NODE, why, at)
        end(conn, after, LAPSED.found(why=why), at)
        record(conn, after, at, "release.lapsed", actor=NODE, why=why)
        tell(conn, "release.lapsed", after, at)
        return after


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a message that waits may do now.

    Attributes:
        stopped: what keeps it back for the moment; empty for nothing.
        over: why it can leave no more; empty where it can.
    """

    stopped: str = ""
    over: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may leave now."""
        return not self.stopped and not self.over


def way_of(conn: Connection, one: Release, held: Iterable[HeldAgreement], at: datetime) -> Way:
    """Return what a message that waits may do at a moment.

    It is weighed as one that is made now: its header is, and the partner judges it by that. No
    version that was overtaken meanwhile counts for it.
    """
    if one.state is not State.WAITING:
        return Way(over=f"it is {one.state.value}")
    if at >= one.until:
        missing = f"{one.missing} of {one.needed} officers were missing"
        return Way(over=f"its time ended on {one.until.isoformat()}, {missing}")
    given_on = named_in(conn, one.exchange, one.ref_to_message_id)
    verdict = permit_leaving(held, one.exchange, day_of(at), given_on=given_on)
    if verdict.is_permitted:
        return Way(over=_told_meanwhile(conn, one))
    said = f"{verdict.code} {verdict.text}"
    return Way(stopped=said) if verdict.is_suspension else Way(over=said)


def _told_meanwhile(conn: Connection, one: Release) -> str:
    """Return what was told of a movement while its first manifest waited; empty for nothing.

    Its partner would refuse it: what comes after the first text says that it amends.
    """
    if one.exchange.code != CODES_OF[Event.RELEASE]:
        return ""
    held = manifests.get_by_message(conn, Direction.SENT, one.exchange.recipient, one.message_id)
    movement = MovementId.parse(held.movement)
    if not is_told(conn, movement, held.partner, test=held.exchange.test):
        return ""
    return f"{held.partner} was told another text of the manifest meanwhile: this one amends it"
