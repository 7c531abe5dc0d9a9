"""A mutual-assistance agreement as data: who may send what to whom, for what, how far.

An agreement is one versioned text with directional grants. Its identity is the SHA-256 of its
canonical JSON (RFC 8785): both sides name the same digest or nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exchange_node.domain.identifiers import PartyId


class Mode(StrEnum):
    """The four modes of mutual assistance, kept apart (Johannesburg Convention, arts 3 to 10)."""

    ON_REQUEST = "on_request"
    SPONTANEOUS = "spontaneous"
    AUTOMATIC = "automatic"
    ADVANCE = "advance"


class Handling(StrEnum):
    """How closely a record is held."""

    OPEN = "open"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a level of confidentiality, not a password


class Unexpected(StrEnum):
    """What the receiver does with a field that the grant does not cover."""

    REFUSE = "refuse"
    HIDE = "hide"


class ActivationState(StrEnum):
    """Where an agreement stands at this node."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementParty:
    """One side: its country, its administration's name, its node."""

    country: str
    administration: str
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One direction, one category, field by field.

    Attributes:
        sender, recipient: party ids (`from` and `to` in the text).
        clause: where the treaty says so; shown with every verdict.
        message_codes: what may flow (`TM-010`, …).
        allow: WCO paths; a trailing `/**` covers the whole subtree. Everything else is withheld.
        require: paths that must be there after minimising.
        personal: paths that hold personal data (a subset of what `allow` may name).
        retention_days: how long the receiver may keep it.
        acknowledge_within_minutes: by urgency, for alerts.
        attachments: whether files may go with a document; nothing in them is looked at field by
            field, so that a grant has to say so.
    """

    grant_id: str
    sender: str
    recipient: str
    mode: Mode
    category: str
    clause: str
    message_codes: tuple[str, ...]
    purposes: tuple[str, ...]
    allow: tuple[str, ...]
    handling: Handling
    retention_days: int
    require: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    unexpected: Unexpected = Unexpected.REFUSE
    automated_decision: str = "with_human"
    acknowledge_within_minutes: tuple[tuple[str, int], ...] = ()
    attachments: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement; in force from `in_force_on` up to and including `expires_on`.

    Attributes:
        digest: SHA-256 of the canonical JSON of the text, lower-case hex.
        test: true means test data only; test and production never mix.
    """

    agreement_id: str
    version: int
    title: str
    parties: tuple[AgreementParty, AgreementParty]
    in_force_on: date
    expires_on: date
    test: bool
    grants: tuple[Grant, ...]
    digest: str
    legal_basis: tuple[str, ...] = ()

    def is_between(self, one: str, other: str) -> bool:
        """Whether these two nodes are its parties."""
        return {one, other} == {party.node for party in self.parties}

    def is_in_force(self, on: date) -> bool:
        """Whether its dates cover a day (UTC)."""
        return self.in_force_on <= on <= self.expires_on

    def grant(self, grant_id: str) -> Grant | None:
        """Return the grant of that id."""
        return next((one for one in self.grants if one.grant_id == grant_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """The customs administration a node belongs to.

    Attributes:
        name: as it stands in `ResponsibleAgencyName` (WCO 9016, an..70).
        test: whether this node handles test data; test and production never mix.
    """

    party: PartyId
    name: str
    test: bool

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2, upper case."""
        return self.party.country
