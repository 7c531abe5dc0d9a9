"""SY-074 and SY-075: what a partner says of itself is noted, at once, and nothing else is kept.

A ping comes every minute. It is verified as any message is, and its receipt is given; then one row
is written anew. There is no place in the inbox and no line in the audit, so that neither grows, and
nothing is lost by it: the same said twice changes nothing, and what is lost is said again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.availability.pulse import PING, HeldText, Pulse
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import InputError, InvalidDocumentError, ValueInconsistentError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.message import Exchange
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Received
from exchange_node.policy.gates import HeldAgreement
from exchange_node.services.stations.arrival.opening import Opening
from exchange_node.services.stations.availability import silence
from exchange_node.services.stations.vocabulary import kept_header
from exchange_node.store.availability import pulses
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming
from exchange_node.wco.building import CUSTOMIZATION_VERSION
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.system_codec.pulse import decode_pulse

log = structlog.get_logger()

MOST_NAMED = 100
"""Agreements that a pulse names (registry: ext:HeldAgreement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulses:
    """Takes pings and their answers."""

    engine: Engine
    opening: Opening

    def take(self, received: Received, exchange: Exchange, now: datetime) -> None:
        """Note what a partner says of itself; an answer that was not asked for is not believed.

        Raises:
            BrokenSealError, AuthenticationError: as `Opening.read`.
            NotPermittedError: as `Opening.read`.
            ValueInconsistentError: the document is not what the message says it is.
            StoreError: nothing was noted.
        """
        try:
            said = self._read(received, exchange, now)
        except InputError as err:
            findings = err.findings if isinstance(err, InvalidDocumentError) else ()
            why = next((one.text for one in findings if one.is_error), str(err))
            raise ValueInconsistentError(field="payload", value=exchange.code, why=why) from err
        with transaction(self.engine) as conn:
            held = pulses.get(conn, said.party)
            is_ping = exchange.code == PING
            if not is_ping and (held is None or not held.asked_id or said.answers != held.asked_id):
                log.warning("unasked", partner=said.party, message_id=received.message.message_id)
                return
            unknown = sorted(set(said.schemas) - set(schemas_of(self.opening.versions)))
            silence.heard(conn, said.party)
            pulses.note(conn, said, now, unknown=unknown, owes=is_ping)

    def _read(self, received: Received, exchange: Exchange, now: datetime) -> Pulse:
        message = received.message
        incoming = Incoming(
            sender=received.sender,
            message_id=message.message_id,
            digest=received.digest,
            header=kept_header(exchange, message),
            received_at=now,
        )
        sealed = whole(message.payloads[0].content)
        with reading(self.engine) as conn:
            opened = self.opening.read(conn, sealed, (), incoming, exchange)
        if has_errors(opened.findings):
            raise InvalidDocumentError(opened.findings)
        return decode_pulse(opened.document)


def schemas_of(versions: Versions) -> tuple[str, ...]:
    """Return the versions of the documents that this node reads."""
    return tuple(sorted({CUSTOMIZATION_VERSION, *versions.others}))


def texts_between(held: tuple[HeldAgreement, ...], own: str, partner: str) -> tuple[HeldText, ...]:
    """Return the versions of agreements that both parties have put into force."""
    found = {
        HeldText(one.agreement.agreement_id, one.agreement.version, one.agreement.digest)
        for one in held
        if one.stage is Stage.AGREED and one.agreement.is_between(own, partner)
    }
    return tuple(sorted(found))[:MOST_NAMED]
