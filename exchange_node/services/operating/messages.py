"""Message → what became of it, step by step; hold · release · cancel · resend · unpark.

Every act is one event of the transmission's state machine, with the operator's name on it, in the
transaction that writes the audit. What the machine does not allow is refused and said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import NotNowError, UnfitToResendError, UnknownRecordError
from exchange_node.domain.transmission import (
    MOVES,
    Cancelled,
    Event,
    Held,
    Released,
    Resent,
)
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.ebms.message import OwnKeys, PartnerKeys
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.standing import why_unfit
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.traffic import timeline
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import audit, inbox, outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, State
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.store.records import submissions

MOST_SHOWN = 200
"""How many records of the audit are shown of one message (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """Shows messages of both directions to the operator and does with them what is asked."""

    engine: Engine
    vault: Vault
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    new_spool: NewSpool
    clock: Callable[[], datetime]

    def show(self, actor: Actor, message_id: str) -> View:
        """Return all that is known of a message but its content.

        That is where it stands, why it waits, what happened to it and what may be done with it now.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: no message of that id went out or came in.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        with reading(self.engine) as conn:
            received = inbox.search(conn, message_id=message_id, limit=9)
            sent = outbox.find(conn, message_id)
            if sent is None and not received:
                raise UnknownRecordError(kind="message", key=message_id)
            trail = audit.search(conn, message_id=message_id, limit=MOST_SHOWN)
            shown: View = {"message_id": message_id}
            if sent is not None:
                shown["sent"] = timeline.sent(
                    sent,
                    now=now,
                    rests_until=outbox.resting(conn, sent.transmission.partner, now),
                    submission=submissions.by_message(conn, message_id),
                )
            if received:
                shown["received"] = [timeline.received(one) for one in received]
        shown["timeline"] = timeline.trail(trail)
        with transaction(self.engine) as conn:
            record = audit.AuditRecord(
                at=now,
                actor=actor.name,
                action="look.message",
                subject_kind="message",
                subject_key=message_id,
            )
            audit.write(conn, record)
        return shown

    def hold(self, actor: Actor, message_id: str, *, why: str) -> View:
        """Keep a message back until it is released; a post that waits for its answer still counts.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: no such message goes to a partner.
            NotNowError: it is receipted, refused, given up or cancelled, or held by somebody.
        """
        event = Held(self.clock(), why, by=actor.name)
        return self._do(actor, message_id, event, "held", unless=_is_held)

    def release(self, actor: Actor, message_id: str) -> View:
        """Let a message that an operator holds go on.

        Raises:
            RoleError, UnknownRecordError: as `hold`.
            NotNowError: no operator holds it.
        """
        event = Released(self.clock(), by=actor.name)
        return self._do(actor, message_id, event, "released", unless=_is_not_held)

    def cancel(self, actor: Actor, message_id: str, *, why: str) -> View:
        """Take a message back for good, as long as there is no receipt; its submission learns it.

        The partner may hold it all the same, where a try reached it and its answer was lost.

        Raises:
            RoleError, UnknownRecordError: as `hold`.
            NotNowError: it is receipted, refused, given up or cancelled.
        """
        return self._do(actor, message_id, Cancelled(self.clock(), actor.name, why), "cancelled")

    def resend(self, actor: Actor, message_id: str) -> View:
        """Let the same bytes go once more under the same id, with all their tries before them.

        Raises:
            RoleError, UnknownRecordError: as `hold`.
            NotNowError: it is neither refused nor without its receipt.
            UnfitToResendError: the bytes are gone, too old, or made with a certificate that does
                not hold any more.
        """
        event = Resent(self.clock(), actor.name)
        return self._do(actor, message_id, event, "sent once more", check=self._check_fit)

    def unpark(self, actor: Actor, message_id: str, *, sender: str = "") -> View:
        """Let a received message that was put aside be filed, with all its attempts before it.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: no such message came, or from no such sender.
            NotNowError: it is not parked.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        with transaction(self.engine) as conn:
            found = inbox.search(conn, message_id=message_id, sender=sender, limit=9)
            if not found:
                raise UnknownRecordError(kind="message", key=message_id)
            parked = [one for one in found if one.state is State.PARKED]
            if len(parked) != 1 or not inbox.settle(conn, parked[0], State.KEPT, at=now):
                states = ", ".join(f"{one.state.value} ({one.sender})" for one in found)
                raise NotNowError(message_id=message_id, state=states, wanted="unparked")
            inbox.spare(conn, replace(parked[0], attempts=0))
            audit.write(conn, _unparked(parked[0], actor, now))
        return {"message_id": message_id, "state": State.KEPT.value}

    def _do(
        self,
        actor: Actor,
        message_id: str,
        event: Event,
        wanted: str,
        *,
        unless: Callable[[Outgoing], object] = lambda _: False,
        check: Callable[[Outgoing], None] = lambda _: None,
    ) -> View:
        actor.require(Role.OPERATOR)

        def require_possible(outgoing: Outgoing) -> None:
            transmission = outgoing.transmission
            if (transmission.state, type(event)) not in MOVES or unless(outgoing):
                held = f" by {transmission.held_by}" if transmission.held_by else ""
                raise NotNowError(
                    message_id=message_id, state=f"{transmission.state.value}{held}", wanted=wanted
                )

        with reading(self.engine) as conn:
            outgoing = outbox.get(conn, message_id)
        require_possible(outgoing)
        check(outgoing)  # it may read all of a large message: nobody is kept from writing meanwhile
        with transaction(self.engine) as conn:
            outgoing = outbox.get(conn, message_id, lock=True)
            require_possible(outgoing)
            mode = self._mode(outgoing.transmission.partner)
            settle(conn, outgoing, event, mode.retry, event.at, actor=actor.name)
            after = outbox.get(conn, message_id).transmission
        return {"message_id": message_id, "state": after.state.value}

    def _mode(self, partner: str) -> PartnerMode:
        return self.modes.get(partner) or PartnerMode(party=partner)

    def _is_disposed(self, outgoing: Outgoing) -> bool:
        with reading(self.engine) as conn:
            return payloads.about(conn, outgoing.payload_id).disposed_at is not None

    def _check_fit(self, outgoing: Outgoing) -> None:
        """Return when the finished bytes are there and the partner can be expected to take them."""
        now = self.clock()
        message_id, name = outgoing.transmission.message_id, outgoing.transmission.partner
        why = ""
        partner, window = self.partners.get(name), self._mode(name).window
        if partner is None:
            why = f"no card of {name} is held"
        elif self._is_disposed(outgoing):
            why = "its bytes were disposed of"
        elif outgoing.queued_at + window < now:
            why = f"it was made at {outgoing.queued_at.isoformat()}, partners take what is younger"
            why += f" than {window}"
        else:
            packed = payloads.fetch_content(
                self.engine, outgoing.payload_id, self.vault, self.new_spool
            )
            why = why_unfit(
                outgoing.content_type,
                packed,
                own=self.keys,
                partner=partner,
                at=now,
                new_spool=self.new_spool,
            )
        if why:
            raise UnfitToResendError(message_id=message_id, why=why)


def _unparked(incoming: Incoming, actor: Actor, now: datetime) -> audit.AuditRecord:
    return audit.AuditRecord(
        at=now,
        actor=actor.name,
        action="message.unparked",
        subject_kind="conversation",
        subject_key=incoming.header.get("conversation", ""),
        message_id=incoming.message_id,
        partner=incoming.sender,
        facts={"attempts": str(incoming.attempts)},
    )


def _is_held(outgoing: Outgoing) -> bool:
    return bool(outgoing.transmission.held_by)


def _is_not_held(outgoing: Outgoing) -> bool:
    return not outgoing.transmission.held_by
