"""What is due → the disposal gate → its content deleted, a certificate and an audit line instead.

One record, one transaction: a crash leaves a record whole or gone with its certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.retention import Disposal, Kept, Stamp
from exchange_node.policy.disposal import permit_disposal, retention_ends, stricter
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.retention import disposals, due, holds

log = structlog.get_logger()

BATCH = 50
"""Records disposed of in one walk: filing and sending get their turn in between."""

LOOK_FOR_STRICTER = timedelta(hours=1)
"""How often what a later version has shortened is looked for: no index answers that question."""

NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposing:
    """Disposes of received manifests and alerts whose retention has ended."""

    engine: Engine
    clock: Callable[[], datetime]
    _looked: list[datetime] = field(default_factory=list, init=False, repr=False)

    def run(self) -> int:
        """Dispose of what is due, up to a batch; return how many records are gone."""
        now = self.clock()
        found = self._due(now)
        return sum(self._dispose(one, now) for one in found)

    def _due(self, now: datetime) -> list[Stamp]:
        with reading(self.engine) as conn:
            found = [one for kind in Kept for one in due.ended(conn, kind, now, limit=BATCH)][
                :BATCH
            ]
            if len(found) < BATCH and self._is_time_for_stricter(now):
                shortened = list(self._shortened(conn, now, BATCH))
                if len(shortened) < BATCH:
                    self._looked[:] = [now]
                found += shortened
        return list({(one.kind, one.number): one for one in found}.values())

    def _is_time_for_stricter(self, now: datetime) -> bool:
        # A clock that was set back must not stop it for as long.
        return not self._looked or abs(now - self._looked[0]) >= LOOK_FOR_STRICTER

    def _shortened(self, conn: Connection, now: datetime, most: int) -> Iterator[Stamp]:
        """Yield what came under a grant whose retention a later version has shortened."""
        for one, grant, days in stricter(held_agreements(conn), now):
            came_under = (one.agreement.agreement_id, one.agreement.version, grant.grant_id)
            since = now - timedelta(days=days)
            for kind in Kept:
                yield from due.stamped(conn, kind, came_under, since, limit=most)

    def _dispose(self, stamp: Stamp, now: datetime) -> bool:
        with transaction(self.engine) as conn:
            # Asked again: a hold may have been placed since.
            hold = holds.standing(conn, stamp.kind, stamp.subject)
            held = held_agreements(conn)
            verdict = permit_disposal(held, stamp, hold, now)
            if not verdict.is_permitted:
                return False
            certificate = disposals.dispose(
                conn,
                stamp,
                clause=verdict.clause,
                due_at=retention_ends(held, stamp, now),
                at=now,
            )
            if certificate is None:  # another machine was faster
                return False
            audit.write(conn, _line(certificate, now))
        log.info("disposed", kind=stamp.kind, number=stamp.number, certificate=certificate.number)
        return True


def _line(certificate: Disposal, at: datetime) -> audit.AuditRecord:
    stamp = certificate.stamp
    return audit.AuditRecord(
        at=at,
        actor=NODE,
        action="retention.disposed",
        subject_kind=stamp.kind.value,
        subject_key=str(stamp.number),
        movement=stamp.subject if stamp.kind is Kept.MANIFEST else "",
        message_id=stamp.message_id,
        partner=stamp.partner,
        facts={
            "certificate": str(certificate.number),
            "digest": certificate.digest,
            "agreement": stamp.agreement_id,
            "version": str(stamp.agreement_version),
            "grant": stamp.grant,
            "due": certificate.due_at.isoformat(),
        },
    )
