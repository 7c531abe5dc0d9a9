"""What one grant asks of whoever receives under it: how long, how far, by what clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange_node.domain.agreement.keys import MAX_DAYS, MAX_MINUTES, Word, key
from exchange_node.domain.agreement.shapes import CHAPTER, CODE, OFFICE, TRANSPORT_MODE


class KeptFrom(Word):
    """Which event starts the clock of retention."""

    RECEIVED = "received", "arrival of the message"
    DISCHARGED = "discharged", "discharge of the movement"
    EXPIRY = "expiry", "end of what the record is about"
    CLOSED = "closed", "end of the case"


class Disposal(Word):
    """What becomes of a record afterwards."""

    DELETE = "delete", "deleted"
    MASK = "mask", "masked"


class Consent(Word):
    """How the supplier agrees to a further use."""

    PER_CASE = "per_case", "asked case by case, in writing"
    STANDING = "standing", "given for all cases"


class OnwardDefault(Word):
    """What holds for whoever is not named."""

    FORBID = "forbid", "forbidden"
    CONSENT = "consent", "with consent"


class EvidenceUse(Word):
    """How far something may be used in proceedings."""

    FORBID = "forbid", "forbidden"
    CONSENT = "consent", "with consent"
    ALLOW = "allow", "allowed"


class RiskLevel(Word):
    """The severity of an alert."""

    HIGHEST = "1", "1, highest"
    HIGH = "2", "2, high"
    MEDIUM = "3", "3, medium"
    LOW = "4", "4, low"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """Which versions of a message's schema may flow."""

    code: str = field(metadata=key("Message code", shape=CODE, acts=True))
    min: int = field(metadata=key("Oldest version of the schema", low=1, high=999, acts=True))
    max: int = field(metadata=key("Newest version of the schema", low=1, high=999, acts=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a document must say for the grant to hold; a list left out limits nothing."""

    transport_modes: tuple[str, ...] = field(
        default=(),
        metadata=key(
            "Modes of transport, all of which must be among these (UN/ECE Recommendation 19)",
            shape=TRANSPORT_MODE,
            acts=True,
        ),
    )
    corridors: tuple[str, ...] = field(default=(), metadata=key("Corridors", shape=CODE, acts=True))
    hs_chapters: tuple[str, ...] = field(
        default=(),
        metadata=key(
            "Chapters of the Harmonized System, among which every item must be",
            shape=CHAPTER,
            acts=True,
        ),
    )
    offices: tuple[str, ...] = field(
        default=(),
        metadata=key("Customs offices, any of which is concerned", shape=OFFICE, acts=True),
    )
    risk_levels: tuple[RiskLevel, ...] = field(
        default=(), metadata=key("Levels of risk", acts=True)
    )


def _minutes(meaning: str) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_MINUTES, unit="minutes", acts=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """How long before the goods arrive the message must be there, by mode of transport (JC 10)."""

    sea: int | None = field(default=None, metadata=_minutes("By sea, in minutes"))
    rail: int | None = field(default=None, metadata=_minutes("By rail, in minutes"))
    road: int | None = field(default=None, metadata=_minutes("By road, in minutes"))
    air: int | None = field(default=None, metadata=_minutes("By air, in minutes"))
    inland_water: int | None = field(
        default=None, metadata=_minutes("By inland waterway, in minutes")
    )


TOLD_OF = (
    "TM-010", "TM-011", "TM-012", "TM-020", "TM-021", "TM-030", "TM-040", "TM-041", "TM-042",
    "TM-043", "TM-070",
)  # fmt: skip
"""Messages that tell of something that happened at a moment: what may have to be told by a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWithin:
    """How long after something happened the message that tells of it must be there."""

    code: str = field(metadata=key("Message code", shape=CODE, acts=True))
    minutes: int = field(metadata=_minutes("There after what happened within, in minutes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the receiver may keep it, and what becomes of it then (TFA 12.4, 12.5)."""

    max_days: int = field(
        metadata=key(
            "Longest time the receiver may keep it, in days",
            low=1, high=MAX_DAYS, unit="days", acts=True,
        )
    )  # fmt: skip
    counted_from: KeptFrom = field(
        default=KeptFrom.RECEIVED, metadata=key("Counted from", name="from", acts=True)
    )
    after: Disposal = field(default=Disposal.DELETE, metadata=key("Afterwards it is"))
    review_every_days: int | None = field(
        default=None,
        metadata=key(
            "Its need is looked at again every so many days", low=1, high=MAX_DAYS, unit="days"
        ),
    )
    legal_hold: bool = field(
        default=False,
        metadata=key("May be kept longer while proceedings need it", acts=True),
    )

    def begins(self, filed_at: datetime, over_at: datetime | None = None) -> datetime:
        """Return the moment from which the days of a record count.

        Args:
            filed_at: when it was filed here.
            over_at: when what it is about ends; None where it does not say. Of discharge and of
                the end of a case this node does not learn: arrival counts, which is the earliest.
        """
        if self.counted_from is KeptFrom.EXPIRY and over_at is not None:
            return max(filed_at, over_at)
        return filed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Whether the receiver may hand it on (TFA 12.5)."""

    default: OnwardDefault = field(
        default=OnwardDefault.FORBID, metadata=key("To whoever is not named", acts=True)
    )
    to: tuple[str, ...] = field(
        default=(),
        metadata=key("Agencies and countries it may be handed to", shape=CODE, acts=True),
    )
    consent: Consent = field(
        default=Consent.PER_CASE, metadata=key("Consent of the supplier is", acts=True)
    )
    notify: bool = field(default=True, metadata=key("The supplier is told of each", acts=True))
    # Ten working days are a model value (EU, CTC); what the parties agree on stands in the text.
    reply_working_days: int = field(
        default=10,
        metadata=key(
            "Silence of the supplier is a refusal after, in working days",
            low=1, high=365, unit="days", acts=True,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Use in proceedings (TFA 12.6.2); what is not said is forbidden."""

    administrative: EvidenceUse = field(
        default=EvidenceUse.FORBID, metadata=key("In administrative proceedings", acts=True)
    )
    judicial: EvidenceUse = field(
        default=EvidenceUse.FORBID,
        metadata=key("In civil and other judicial proceedings", acts=True),
    )
    criminal: EvidenceUse = field(
        default=EvidenceUse.FORBID, metadata=key("In criminal proceedings", acts=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the supplier is told of the result (TFA 12.5)."""

    required: bool = field(default=False, metadata=key("The result is reported back", acts=True))
    due_days: int | None = field(
        default=None,
        metadata=key("Reported within, in days", low=1, high=MAX_DAYS, unit="days", acts=True),
    )
    fields: tuple[str, ...] = field(default=(), metadata=key("What is reported, as WCO paths"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeWithin:
    """Minutes from the issue of an alert until somebody must have seen it."""

    flash: int = field(metadata=_minutes("Of a flash alert, in minutes"))
    priority: int = field(metadata=_minutes("Of a priority alert, in minutes"))
    routine: int = field(metadata=_minutes("Of a routine alert, in minutes"))
