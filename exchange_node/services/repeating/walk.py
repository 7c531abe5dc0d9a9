"""Liaison officer → what a partner did not take is sent anew, in one transaction, and once.

The word stays what it was, under the number that it has: a partner that took it after all changes
nothing. Whether it may go is asked anew, and where its grant asks for officers it waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import NotNowError
from exchange_node.services.repeating.rewriting import Rewriter
from exchange_node.services.stations.looking.views import View
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.releasing import letters
from exchange_node.store.releasing.letters import Letter

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeating:
    """Sends anew what a register wrote and the partner did not take.

    Attributes:
        rewriters: by message code.
    """

    rewriters: Mapping[str, Rewriter]
    engine: Engine
    clock: Callable[[], datetime]

    def again(self, actor: Actor, message_id: str) -> View:
        """Send the word of a message anew; return the new message's id, and which it replaces.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is no such message, or the actor may not know what it is
                about.
            NotNowError: it is on its way, waits or was taken; it was sent anew before; or its code
                is not one that a register sends anew.
            NotPermittedError: no grant lets it go now.
            InvalidDocumentError: it lacks what the agreement now asks for.
            IllegalStepError: what was said since leaves no room for it.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            letter = letters.get(conn, message_id)
        if letter.code not in self.rewriters or not letter.has_ended:
            raise _not_now(letter)
        anew = self.rewriters[letter.code].again(actor, letter, now)
        with transaction(self.engine) as conn:
            letter = letters.get(conn, message_id)
            if not letter.has_ended or not anew.enter(conn):
                raise _not_now(letter)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor=actor.name,
                    action=f"{anew.kind}.sent-anew",
                    subject_kind=anew.kind,
                    subject_key=letter.conversation_id,
                    message_id=anew.message_id,
                    partner=letter.partner,
                    facts={"message": letter.code, "replaces": message_id},
                ),
            )
        log.info("sent-anew", message_id=anew.message_id, replaces=message_id)
        return {"message_id": anew.message_id, "replaces": message_id, "code": letter.code}


def _not_now(letter: Letter) -> NotNowError:
    return NotNowError(message_id=letter.message_id, state=letter.fate.value, wanted="sent anew")
