"""A finished message: sealed, and packed unless officers see it first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange
from exchange_node.domain.releasing.release import BY_NODE, Made
from exchange_node.ebms.message import Packed, Payload
from exchange_node.ebms.pmodes.pmode import PMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A message that is finished and not yet queued.

    Attributes:
        packed: as it leaves; None where officers see it first, since it is packed after that.
        findings: what the partner's version of the document has no place for.
        files: what goes with the document.
        made: by whom; none of them lets it go.
        officers: how many have to let it go.
    """

    message_id: str
    exchange: Exchange
    pmode: PMode
    conversation_id: str
    ref_to_message_id: str
    sealed: bytes
    packed: Packed | None
    at: datetime
    findings: tuple[Finding, ...] = ()
    files: tuple[Payload, ...] = ()
    made: Made = BY_NODE
    officers: int = 0

    @property
    def waits(self) -> bool:
        """Whether officers see it before it leaves."""
        return self.packed is None
