"""What is due → the disposal gate → its content deleted, a certificate and an audit line instead.

One record, one transaction: a crash leaves a record whole or gone with its certificate. Nothing
goes by a clock that nobody vouches for (`Watch`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.errors import NodeError
from exchange_node.domain.retention import WORDS, Disposal, Kept, Stamp
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.disposal import permit_disposal, retention_ends, stricter
from exchange_node.policy.disposal.clock import Trust
from exchange_node.services.retention.watching import Watch
from exchange_node.services.retention.words import stamp_words
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.rounds import failure
from exchange_node.services.stations.movement.errands import CLOCKS
from exchange_node.services.stations.posts.ending import forget_ended
from exchange_node.store import audit
from exchange_node.store.accounting import gaps
from exchange_node.store.channels import entries
from exchange_node.store.channels.entries import Pulled
from exchange_node.store.database import reading, transaction
from exchange_node.store.movements import ending
from exchange_node.store.movements.ending import Erased
from exchange_node.store.onward import requests
from exchange_node.store.records import hits
from exchange_node.store.records.search import names
from exchange_node.store.retention import disposals, due, words

log = structlog.get_logger()

BATCH = 50
"""Records disposed of in one walk: filing and sending get their turn in between."""

HOURLY = timedelta(hours=1)
"""How often that is looked for which no index answers."""

LEFTOVERS = timedelta(days=30)
"""How long a message is kept that led to no record: refused, a repeat, an answer (our choice)."""

CAREFUL_SECONDS = 3600.0
"""Between two batches while the clock is believed with care (our choice): time to see a notice."""

MOST_HELD = 1000
"""Records under a legal hold that are looked at in one walk."""

NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposing:
    """Disposes of what was received, and of words about it, when its retention has ended.

    Attributes:
        own: party id of this administration; of its own movements its own word stays.
    """

    own: str
    engine: Engine
    clock: Callable[[], datetime]
    watch: Watch
    _looked: list[datetime] = field(default_factory=list, init=False, repr=False)
    _careful: list[float] = field(default_factory=list, init=False, repr=False)

    def run(self) -> int:
        """Dispose of what is due, up to a batch; return how many records are gone.

        By a clock that is not believed nothing goes, by one that is believed with care a batch an
        hour.
        """
        now = self.clock()
        trust = self.watch.look(now)
        if not trust.lets_dispose or (trust is Trust.CAREFUL and not self._is_careful_turn()):
            return 0
        is_hourly = self._is_time_for_more(now)
        if is_hourly:
            stamp_words(self.engine)
        with reading(self.engine) as conn:
            # Of words a hold on what they are about is looked for one by one: once an hour.
            kinds = Kept if is_hourly else [one for one in Kept if one not in WORDS]
            found = [one for kind in kinds for one in due.ended(conn, kind, now, limit=BATCH)]
            more = list(self._without_index(conn, now)) if is_hourly else []
            left = due.leftovers(conn, now - LEFTOVERS, limit=BATCH) if is_hourly else []
            asked = requests.overdue(conn, now, limit=BATCH) if is_hourly else []
        if is_hourly and max(len(more), len(left), len(asked)) < BATCH:
            self._looked[:] = [now]
        records = {(one.kind, one.number): one for one in found + more}
        done = sum(self._safely(one, now) for one in records.values())
        self._erase_movements(now)
        done += self._forget_entries(now)
        done += self._forget_asked([one.number for one in asked], now) if asked else 0
        if is_hourly:
            self._forget_names(now)
        return done + (self._leave_nothing(left, now) if left else 0)

    def _is_careful_turn(self) -> bool:
        second = self.watch.seconds()
        if self._careful and second - self._careful[0] < CAREFUL_SECONDS:
            return False
        self._careful[:] = [second]
        return True

    def _is_time_for_more(self, now: datetime) -> bool:
        # A clock that was set back must not stop it for as long.
        return not self._looked or abs(now - self._looked[0]) >= HOURLY

    def _without_index(self, conn: Connection, now: datetime) -> Iterator[Stamp]:
        """Yield what only a long look finds: shortened since, or held by what may not hold it."""
        held = held_agreements(conn)
        yield from self._shortened(conn, held, now, BATCH)
        for kind in Kept:
            for one in due.held_back(conn, kind, now, limit=MOST_HELD):
                hold = words.hold_on(conn, one)
                if permit_disposal(held, one, hold, now).is_permitted:
                    yield one

    def _safely(self, stamp: Stamp, now: datetime) -> bool:
        """Dispose of one; what fails is told, and keeps nothing else from its turn."""
        try:
            return self._dispose(stamp, now)
        except NodeError as err:
            log.warning("not-disposed", kind=stamp.kind, number=stamp.number, code=err.code)
            return False

    def _leave_nothing(self, messages: list[tuple[str, str]], now: datetime) -> int:
        """Delete what messages brought that led to no record."""
        with transaction(self.engine) as conn:
            gone = sum(disposals.forget_message(conn, *one, now) for one in messages)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=NODE, action="retention.leftovers", subject_kind="message",
                    facts={"messages": str(len(messages)), "payloads": str(gone)},
                ),
            )  # fmt: skip
        return len(messages)

    def _erase_movements(self, now: datetime) -> None:
        """Erase what happened to movements whose day has come; the manifests went before."""
        with reading(self.engine) as conn:
            numbers = ending.ended(conn, now, clocks=CLOCKS, limit=BATCH)
        for number in numbers:
            with transaction(self.engine) as conn:
                gone = ending.erase(conn, number, self.own, now, clocks=CLOCKS)
                if gone is not None:
                    audit.write(conn, _movement_line(gone, now))

    def _forget_entries(self, now: datetime) -> int:
        """Erase what this office's node was told of manifests whose retention has ended."""
        with reading(self.engine) as conn:
            found = entries.ended(conn, now, limit=BATCH)
        gone: list[bool] = []

        def forget(one: Pulled) -> None:
            with transaction(self.engine) as conn:
                if forget_ended(conn, one, now):
                    audit.write(conn, _entry_line(one, now))
                    gone.append(True)

        for one in found:
            failure(partial(forget, one), "retention.entry")
        return len(gone)

    def _forget_names(self, now: datetime) -> None:
        """Delete names, and gaps of accounts, of which nothing is held any more."""
        with transaction(self.engine) as conn:
            hits.queue_as_alert(conn)
            names.forget(conn)
            gaps.forget(conn, now - LEFTOVERS)

    def _forget_asked(self, numbers: list[int], now: datetime) -> int:
        """Delete what partners asked in words about our records, and what was answered."""
        with transaction(self.engine) as conn:
            gone = disposals.forget_asked(conn, numbers, now)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=NODE, action="retention.onward", subject_kind="onward",
                    facts={"requests": str(len(numbers)), "payloads": str(gone)},
                ),
            )  # fmt: skip
        return len(numbers)

    def _shortened(
        self, conn: Connection, held: Sequence[HeldAgreement], now: datetime, most: int
    ) -> Iterator[Stamp]:
        """Yield what came under a grant whose retention a later version has shortened."""
        for one, grant, days in stricter(held, now):
            came_under = (one.agreement.agreement_id, one.agreement.version, grant.grant_id)
            since = now - timedelta(days=days)
            for kind in Kept:
                yield from due.stamped(conn, kind, came_under, since, limit=most)

    def _dispose(self, stamp: Stamp, now: datetime) -> bool:
        with transaction(self.engine) as conn:
            # The row is locked before the hold is asked for: whoever places one locks it too.
            if not due.lock(conn, stamp):
                return False
            hold = words.hold_on(conn, stamp)
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
            if stamp.kind is Kept.MANIFEST:
                ending.draw_in(conn, stamp, certificate.due_at)
            audit.write(conn, _line(certificate, now))
        log.info("disposed", kind=stamp.kind, number=stamp.number, certificate=certificate.number)
        return True


def disposing_by(
    own: str, engine: Engine, clock: Callable[[], datetime], seconds: Callable[[], float]
) -> Disposing:
    """Return what disposes of records by a clock that is watched by counted seconds."""
    return Disposing(own=own, engine=engine, clock=clock, watch=Watch(engine, seconds))


def _entry_line(gone: Pulled, at: datetime) -> audit.AuditRecord:
    return audit.AuditRecord(
        at=at,
        actor=NODE,
        action="retention.entry",
        subject_kind="manifest",
        subject_key=str(gone.manifest),
        movement=gone.movement,
        message_id=gone.message_id,
        partner=gone.partner,
        facts={"digest": gone.digest, "due": gone.delete_after.isoformat()},
    )


def _movement_line(gone: Erased, at: datetime) -> audit.AuditRecord:
    return audit.AuditRecord(
        at=at,
        actor=NODE,
        action="retention.movement",
        subject_kind="movement",
        subject_key=gone.movement,
        movement=gone.movement,
        facts={
            "events": str(gone.events),
            "digest": gone.digest,
            "due": gone.due_at.isoformat(),
        },
    )


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
