"""Who writes a message anew: one rewriter for each register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.store.releasing.letters import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """A word that was written anew, finished and not yet queued.

    Attributes:
        kind: what the audit calls the register.
        message_id: of the new message; empty where the node writes it in its next round.
        enter: lets the register name the new message instead of the old one and queues it; False
            where the register names another by now.
    """

    kind: str
    message_id: str
    enter: Callable[[Connection], bool]


class Rewriter(Protocol):
    """Writes the messages of its register anew."""

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return the same word as a new message.

        Raises:
            UnknownRecordError: no register has it, or the actor may not know of it.
            NotPermittedError, InvalidDocumentError: as when it was written.
            IllegalStepError: it is not to be said any more.
        """
