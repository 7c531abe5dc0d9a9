"""How long a record is kept, what holds it back, and the proof that it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kept(StrEnum):
    """Kinds of what a retention ends for: records, and what was said of them in words."""

    MANIFEST = "manifest"
    ALERT = "alert"
    ASSISTANCE = "assistance"
    ORDER = "order"
    BREACH = "breach"
    FEEDBACK = "feedback"
    ACKNOWLEDGEMENT = "acknowledgement"


WORDS = (Kept.ORDER, Kept.BREACH, Kept.FEEDBACK, Kept.ACKNOWLEDGEMENT)
"""Kinds of which the words alone go, whoever said them: the coded lines stay as the register."""

ON_ALERTS = (Kept.FEEDBACK, Kept.ACKNOWLEDGEMENT)
"""Kinds of what is told of an alert: they go by its name, and a hold on it keeps them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Under which grant words came, and when their retention ends."""

    agreement_id: str
    agreement_version: int
    grant: str
    delete_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a received record carries of the agreement that it came under.

    Attributes:
        number: of the record, among those of its kind.
        subject: what a legal hold names: the movement, `issuer/id` of an alert, `opener/id` of a
            matter of assistance, the id of an order or of a notice of misuse; the alert that
            feedback or an acknowledgement is on.
        kept_since: the moment its retention counts from.
        delete_after: when it ends, as the version it came under has it.
    """

    kind: Kept
    number: int
    subject: str
    partner: str
    message_id: str
    agreement_id: str
    agreement_version: int
    grant: str
    kept_since: datetime
    delete_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """An order of a court or an authority: what a subject is about stays until it is lifted.

    Attributes:
        why: the order, its number and who gave it; people read it.
        number: names it; given by the store.
        lifted_at: None while it stands.
    """

    kind: Kept
    subject: str
    why: str
    placed_at: datetime
    placed_by: str
    number: int = 0
    lifted_at: datetime | None = None
    lifted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """The certificate that a record was disposed of.

    Attributes:
        stamp: of the record.
        clause: where the agreement says so.
        due_at: when its retention ended; earlier than the stamp says where a later version of the
            agreement is stricter.
        digest: SHA-256 of the document that is gone, lower-case hex.
        payloads: how many stored payloads were deleted: document, message, files, captures.
        number: names it; given by the store.
    """

    stamp: Stamp
    clause: str
    due_at: datetime
    at: datetime
    digest: str
    payloads: int
    number: int = 0
