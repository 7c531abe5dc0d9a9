"""Partner → are you there? And its own question, answered: straight, beside the outbox.

A ping is no message of the outbox: it takes no place in a lane, is tried once and kept nowhere.
What it finds stands in one row for each partner. It stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.availability.pulse import ANSWER, PING, Presence, Pulse
from exchange_node.domain.errors import (
    InvalidHeaderError,
    NodeError,
    ProtocolError,
    StoreError,
    TransmissionError,
)
from exchange_node.domain.standing import PRESENCE
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.availability import silence
from exchange_node.services.stations.availability.pulses import schemas_of, texts_between
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.store.availability import pulses
from exchange_node.store.database import reading, transaction
from exchange_node.transport.line import Line
from exchange_node.wco.registry import Registry
from exchange_node.wco.system_codec.pulse import encode_pulse

log = structlog.get_logger()


class _UnheardError(Exception):
    """A partner refuses the question by its own signature: it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulsing:
    """Asks partners whether they are there, and answers them.

    Attributes:
        interval: between two questions to one partner; none where it is nothing.
        tell_after: how long a partner is silent until a person is told; never where it is nothing.
        program: the version of this program.
        is_stopping: whether nothing more is to be begun.
    """

    mail: StandingMail
    registry: Registry
    line: Line
    engine: Engine
    interval: timedelta
    tell_after: timedelta
    program: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    is_stopping: Callable[[], bool]

    def run_for(self, partner: str) -> int:
        """Answer what a partner asked, and ask it if that is due; return how much was sent.

        Who can only pull is not asked, nor answered; who said that it takes nothing in is not
        asked until it is back.

        Raises:
            StoreError: nothing could be noted.
        """
        mode = self.mail.packing.modes[partner]
        if mode.to_partner is Binding.PULL or not mode.availability or self.is_stopping():
            return 0
        now = self.clock()
        with reading(self.engine) as conn:
            known = pulses.get(conn, partner)
        sent = 0
        if known is not None and known.owed:
            sent += self._answer(partner, known.owed)
        if self.interval:
            sent += self._ask(partner, known, now)
        self._tell(partner, now)
        return sent

    def _tell(self, partner: str, now: datetime) -> None:
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not silence.is_due(conn, partner, now):
                return
        with transaction(self.engine) as conn:
            if silence.is_due(conn, partner, now):
                silence.tell(conn, partner, now)

    def _answer(self, partner: str, owed: str) -> bool:
        with transaction(self.engine) as conn:
            is_ours = pulses.claim_owed(conn, partner, owed)
        if is_ours:
            self._send(partner, self.new_id(), answers=owed)
        return is_ours

    def _ask(self, partner: str, known: Presence | None, now: datetime) -> bool:
        if known is None:  # what has just begun is left in peace for one interval
            with transaction(self.engine) as conn:
                pulses.begin(conn, partner, now)
            return False
        if now - known.asked_at < self.interval:
            return False
        with reading(self.engine) as conn:
            is_away = silence.is_away(conn, partner, now)
        if is_away:
            self._rest(partner, known)
            return False
        number = self.new_id()
        with transaction(self.engine) as conn:
            is_ours = pulses.claim_ping(conn, partner, number, now, self.interval)
        if is_ours:
            self._send(partner, number, answers="")
        return is_ours

    def _rest(self, partner: str, known: Presence) -> None:
        if known.silent_since is not None:
            with transaction(self.engine) as conn:
                silence.rest(conn, partner)

    def _send(self, partner: str, number: str, *, answers: str) -> None:
        """Send one pulse and note whether that brought a sign of the partner."""
        try:
            self._post(partner, number, answers)
        except StoreError:
            raise
        except _UnheardError as err:
            with transaction(self.engine) as conn:
                silence.heard(conn, partner)
                pulses.heard(conn, partner, self.clock(), error=str(err))
        except (TransmissionError, ProtocolError) as err:
            if self.is_stopping():  # by which it may have been broken off
                return
            with transaction(self.engine) as conn:
                why = f"{err.code}: {err}"
                silence.missed(conn, partner, self.clock(), why, self.tell_after)
            log.info("no-pulse", partner=partner, why=str(err))
        except NodeError as err:  # ours: a key, a card, a version that has no place for it
            log.warning("pulse-failed", partner=partner, code=err.code, why=str(err))
        else:
            with transaction(self.engine) as conn:
                silence.heard(conn, partner)
                pulses.heard(conn, partner, self.clock())

    def _post(self, partner: str, number: str, answers: str) -> None:
        packing, now = self.mail.packing, self.clock()
        with reading(self.engine) as conn:
            held = held_agreements(conn)
        pulse = Pulse(
            number=number,
            party=str(self.mail.own.party),
            at=now.replace(microsecond=0),
            answers=answers,
            program=self.program,
            schemas=schemas_of(packing.versions),
            agreements=texts_between(held, str(self.mail.own.party), partner),
        )
        prepared = self.mail.prepare(
            encode_pulse(pulse, metadata=self.mail.metadata, registry=self.registry),
            PRESENCE,
            code=ANSWER if answers else PING,
            partner=partner,
            conversation_id=answers or number,
            at=now,
        )
        packed = prepared.packed
        assert packed is not None  # noqa: S101 - no officer sees what nodes say to each other
        answer = self.line.post(partner, packed.content_type, packed.body)
        keys: PartnerKeys = packing.partners[partner]
        signal = read_answer(answer.content_type, answer.octets, partner=keys, at=self.clock())
        match signal:
            case Receipt():
                check_receipt(signal, message_id=prepared.message_id, references=packed.references)
            case ErrorSignal() if signal.is_authenticated:
                raise _UnheardError(f"{signal.ebms_code} {signal.short} {signal.detail}".strip())
            case _:
                raise InvalidHeaderError(why=f"HTTP {answer.status} without a receipt")
