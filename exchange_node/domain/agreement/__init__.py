"""A mutual-assistance agreement as data: who may send what to whom, for what, how far.

An agreement is one versioned text with directional grants. Its identity is the SHA-256 of its
canonical JSON (RFC 8785): both sides name the same digest or nothing moves.
"""

from __future__ import annotations

from exchange_node.domain.agreement.agreement import Agreement
from exchange_node.domain.agreement.grant import Grant, Handling, Mode, Unexpected
from exchange_node.domain.agreement.party import Administration, AgreementParty

__all__ = [
    "Administration",
    "Agreement",
    "AgreementParty",
    "Grant",
    "Handling",
    "Mode",
    "Unexpected",
]
