"""The business answer (SY-002): exactly one per message, when it is filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessAnswer:
    """What the receiver says of one message.

    Attributes:
        reference: the answering side's own number of this answer.
        message_id: the ebMS MessageId of what is answered.
        document_reference: FunctionalReferenceID of what is answered; empty if it was unreadable.
        document_id: its official number (MRN, alert id); empty if it was unreadable.
        findings: why it was rejected, or what was remarked although it was accepted. On the wire a
            finding keeps code, severity, pointer, value and its English sentence.
    """

    reference: str
    issuer: str
    issued_at: datetime
    message_id: str
    document_reference: str
    document_id: str
    accepted: bool
    findings: tuple[Finding, ...] = ()
