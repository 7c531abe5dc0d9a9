"""One line of an agreement: one direction, one category, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
