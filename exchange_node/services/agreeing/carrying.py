"""Acts as files: where a partner cannot be reached, what is sealed goes there by another way.

A file is the sealed document of an act, the very one that the message carries: who takes it in asks
of it what filing asks. Coming twice, by file and by line, it is one act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidDocumentError, UnknownRecordError
from exchange_node.domain.finding import has_errors
from exchange_node.policy.gates import permit_receiving
from exchange_node.policy.verdict import require
from exchange_node.services.stations.agreeing.taking import PartnersActs
from exchange_node.services.stations.arrival.opening import Opening
from exchange_node.services.stations.faults import NOT_THE_SAME
from exchange_node.store import payloads
from exchange_node.store.admission import acts
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming
from exchange_node.store.payloads import Vault
from exchange_node.wco.document import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """Takes acts in from files, and hands this party's out."""

    own: Administration
    opening: Opening
    partners_acts: PartnersActs
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def take(self, actor: Actor, sealed: bytes) -> tuple[str, int]:
        """Take the act in a file; return the agreement and the version that it is about.

        Raises:
            RoleError: the actor is no operator.
            InputError: it is no sealed document, or of no act, or not for this node.
            BrokenSealError, AuthenticationError: it is not sealed by the partner that it names.
            NotPermittedError: it is something else than an act.
            RefusedActError: the act is not taken; both versions are named.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        exchange = read(sealed).exchange
        own = str(self.own.party)
        if exchange is None or exchange.recipient != own:
            found = exchange.recipient if exchange else "nothing"
            raise InvalidDocumentError(
                (NOT_THE_SAME.found(field="RecipientID", sealed=found, header=own),)
            )
        with transaction(self.engine) as conn:
            require(permit_receiving((), exchange, day_of(now)))
            incoming = Incoming(
                sender=exchange.sender,
                message_id="",
                digest=hashlib.sha256(sealed).hexdigest(),
                header={},
                received_at=now,
            )
            opened = self.opening.read(conn, sealed, (), incoming, exchange)
            if has_errors(opened.findings):
                raise InvalidDocumentError(opened.findings)
            self.partners_acts.take(conn, opened, now, by=actor.name)
            act = "InterGov/ext:AgreementAct"
            agreement_id = opened.document.value(f"{act}/ext:AgreementID")
            version = int(opened.document.value(f"{act}/ext:AgreementVersionNumeric"))
        return agreement_id, version

    def hand_out(self, agreement_id: str, version: int) -> bytes:
        """Return the sealed document of this party's newest act on a version.

        Raises:
            UnknownRecordError: it has done nothing to that version that travels.
        """
        with reading(self.engine) as conn:
            ours = [
                one.document_id
                for one in acts.of(conn, agreement_id, version)
                if one.act.party == str(self.own.party) and one.document_id is not None
            ]
            if not ours:
                key = f"{agreement_id} version {version}"
                raise UnknownRecordError(kind="act of ours on agreement", key=key)
            return payloads.fetch(conn, ours[-1], self.vault)
