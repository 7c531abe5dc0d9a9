"""A mutual-assistance agreement as data: who may send what to whom, for what, how far.

An agreement is one versioned text with directional grants. Its identity is the SHA-256 of its
canonical JSON (RFC 8785): both sides name the same digest or nothing moves. What the text can say
is declared once, as the fields of these dataclasses (`keys`).
"""

from __future__ import annotations

from exchange_node.domain.agreement.agreement import FORMAT, Agreement
from exchange_node.domain.agreement.clauses.basis import LegalBasis
from exchange_node.domain.agreement.clauses.course import Validity
from exchange_node.domain.agreement.grant import (
    Approval,
    AutomatedDecision,
    Category,
    Grant,
    Handling,
    Mode,
    Unexpected,
)
from exchange_node.domain.agreement.grant_terms import Retention
from exchange_node.domain.agreement.masking import CoarserForm, Mask, MaskMethod
from exchange_node.domain.agreement.party import Administration, AgreementParty

__all__ = [
    "FORMAT",
    "Administration",
    "Agreement",
    "AgreementParty",
    "Approval",
    "AutomatedDecision",
    "Category",
    "CoarserForm",
    "Grant",
    "Handling",
    "LegalBasis",
    "Mask",
    "MaskMethod",
    "Mode",
    "Retention",
    "Unexpected",
    "Validity",
]
