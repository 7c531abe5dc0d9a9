"""What is due of movements → asked, answered, pursued, told to the desk; by the node itself.

One duty, one transaction: what it does and that it is done are written together. Of several
machines one is given a duty, whatever was restarted meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.errors import NodeError, UnknownRecordError
from exchange_node.domain.movement import UNMOVED, Event, Report
from exchange_node.domain.transmission import Resent
from exchange_node.domain.transmission import State as Sent
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.services.movements.pursuing import Pursuing
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.asking import requested
from exchange_node.services.stations.clocks import advance, prompt
from exchange_node.services.stations.clocks.advance import ADVANCE_DUE
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.manifests.restoring import Restoring
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.errands import (
    ANSWER,
    ASK,
    COMPETENCE_DUE,
    DISCHARGE_DUE,
    ENQUIRE,
    MANIFEST_DUE,
    NODE,
    RECOVER,
    REPLY_DUE,
    RESULTS_DUE,
    RESULTS_ENQUIRE,
    Asked,
    Missing,
    asked_of,
    missing_of,
)
from exchange_node.services.stations.movement.faults import said_of
from exchange_node.services.stations.movement.texts import TEXT
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.posts import unplaced
from exchange_node.services.stations.posts.unplaced import POST_DUE
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.services.stations.waiting.due import TOLD_DUE
from exchange_node.store import duties, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.movements import events, parked, posted, views

BATCH = 20
"""Errands of movements in one walk (our choice)."""

LEASE = timedelta(minutes=5)
"""How long a claimed errand is nobody else's (our choice)."""

TRY_AGAIN = timedelta(minutes=10)
"""After this an errand that failed is tried again, then twice as long, and so on (our choice)."""

LONGEST_PAUSE = timedelta(hours=12)
"""Between two tries of an errand (our choice)."""

MOST_TRIES = 10
"""Of an errand, in two days; then a person has to look at it (our choice)."""

_KINDS = (ASK, ANSWER, ENQUIRE, REPLY_DUE, RECOVER, COMPETENCE_DUE, RESULTS_DUE,
          RESULTS_ENQUIRE, DISCHARGE_DUE, MANIFEST_DUE, ADVANCE_DUE, TOLD_DUE, POST_DUE,
          TEXT)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Minding:
    """Does what is due of movements."""

    writing: Writing
    restoring: Restoring
    modes: Mapping[str, PartnerMode]
    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Do what is due, up to a batch; return how much it was."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, _KINDS, now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, _KINDS, now, LEASE, BATCH)

        def mind(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                again = self._do(conn, duty, now)
                if again is None:
                    duties.done(conn, duty)
                else:
                    duties.look_again(conn, duty, again)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                self._put_off(conn, duty, err, now)

        return one_by_one(claimed, mind, put_off)

    def _do(self, conn: Connection, duty: Duty, now: datetime) -> datetime | None:
        """Do one errand; return when it is to be looked at again, None for never."""
        if duty.kind == ASK:
            self._ask(conn, missing_of(duty.ref), now)
        elif duty.kind == ANSWER:
            self._answer(conn, asked_of(duty.ref), now)
        elif duty.kind == POST_DUE:
            return unplaced.look_after(conn, duty.ref, now, self.writing.own)
        elif duty.kind == MANIFEST_DUE:
            own = str(self.writing.own.party)
            return requested.look_after(conn, duty.ref, now, own=own)
        elif duty.kind == TEXT:
            self.restoring.look_after(conn, duty.ref, now)
        elif duty.kind == ADVANCE_DUE:
            advance.look_after(conn, duty.ref, now, own=str(self.writing.own.party))
        elif duty.kind == TOLD_DUE:
            prompt.look_after(conn, duty.ref, now)
        else:
            kept = views.get(conn, int(duty.ref))
            pursuing = Pursuing(writing=self.writing)
            looked_again = {RECOVER: pursuing.recover, REPLY_DUE: pursuing.look_after_enquiry}
            if duty.kind in looked_again:
                return looked_again[duty.kind](conn, kept, now)
            looked_after = {
                ENQUIRE: pursuing.enquire,
                COMPETENCE_DUE: pursuing.look_after_recovery,
                RESULTS_DUE: pursuing.look_after_results,
                RESULTS_ENQUIRE: pursuing.enquire_after_results,
                DISCHARGE_DUE: pursuing.look_after_discharge,
            }
            looked_after[duty.kind](conn, kept, now)
        return None

    def _put_off(self, conn: Connection, duty: Duty, err: NodeError, now: datetime) -> None:
        """Try an errand again later, and ever later; tell the desk of one that never succeeds."""
        tries = duty.attempts + 1
        if tries < MOST_TRIES:
            pause = min(TRY_AGAIN * 2 ** (tries - 1), LONGEST_PAUSE)
            duties.put_off(conn, duty, now + pause, err.code)
            return
        duties.done(conn, duty)
        about = hashlib.sha256(duty.ref.encode()).hexdigest()[:16]
        leave_notice(
            conn, "movement.given-up", f"{duty.kind}.{about}.{now:%Y%m%d}", now,
            errand=duty.kind, about=duty.ref[:200], error=err.code, why=said_of(err)[:200],
            **desk_of(str(self.writing.own.party), held_agreements(conn)),
        )  # fmt: skip

    def _ask(self, conn: Connection, missing: Missing, now: datetime) -> None:
        """Ask for what a message waits for, unless it has come."""
        waits = parked.find(conn, missing.sender, missing.message_id)
        if waits is None and posted.get(conn, missing.message_id) is None:
            return
        report = Report(
            movement=missing.number, event=Event.QUESTION, office="", to=tuple(missing.ask)
        )
        written = self.writing.write(conn, report, now)
        if written.prepared:
            self.writing.enter(conn, written, now, by=NODE)
        for one in written.untold:
            leave_notice(
                conn, "movement.missing", f"{missing.sender}.{missing.message_id}", now,
                movement=missing.number, partner=one["partner"], missing=missing.what,
                why=one["why"], **desk_of(str(self.writing.own.party), held_agreements(conn)),
            )  # fmt: skip

    def _answer(self, conn: Connection, asked: Asked, now: datetime) -> None:
        """Tell where a movement stands, and send again what never reached who asked."""
        kept = views.get(conn, asked.movement)
        if kept.route.part_of(str(self.writing.own.party)) is None:
            return  # who only looks on has nothing to say of it
        happened = [
            one for one in events.of_movement(conn, kept.number) if one.event not in UNMOVED
        ]
        for one in happened:
            if asked.partner in one.told:
                self._send_again(conn, one.told[asked.partner], asked.partner, now)
        last = min(happened[-1].occurred_at, now) if happened else now
        report = Report(
            movement=kept.official_number,
            event=Event.STANDING,
            office="",
            occurred_at=last,
            to=(asked.partner,),
        )
        written = self.writing.write(conn, report, now, of=kept)
        if written.prepared:
            self.writing.enter(conn, written, now, by=NODE)

    def _send_again(self, conn: Connection, message: str, partner: str, now: datetime) -> None:
        """Let a message go once more whose receipt never came, as long as it would be taken."""
        try:
            sent = outbox.get(conn, message, lock=True)
        except UnknownRecordError:
            return
        mode = self.modes.get(partner) or PartnerMode(party=partner)
        is_fresh = sent.queued_at + mode.window >= now
        if sent.transmission.state is Sent.MISSING_RECEIPT and is_fresh:
            settle(conn, sent, Resent(now, NODE), mode.retry, now, actor=NODE)
