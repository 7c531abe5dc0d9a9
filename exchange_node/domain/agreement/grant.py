"""One line of an agreement: one direction, one category, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.domain.agreement.grant_terms import (
    TOLD_OF,
    AcknowledgeWithin,
    Conditions,
    Evidence,
    Feedback,
    LeadTime,
    Onward,
    Retention,
    ToldWithin,
    VersionRange,
)
from exchange_node.domain.agreement.keys import Word, key
from exchange_node.domain.agreement.masking import Mask
from exchange_node.domain.agreement.shapes import GRANT_ID, PURPOSE
from exchange_node.domain.message import CODES

MAX_PATHS = 5_000
"""Paths in one list of a grant (our choice): several times the fields of every document."""


class Mode(Word):
    """The four modes of mutual assistance, kept apart (Johannesburg Convention, arts 3 to 10)."""

    ON_REQUEST = "on_request", "on request"
    SPONTANEOUS = "spontaneous", "unasked, on the sender's own initiative"
    AUTOMATIC = "automatic", "automatically"
    ADVANCE = "advance", "in advance, before the goods arrive"


class Category(Word):
    """What kind of information a grant is about."""

    MANIFEST = "manifest", "transit manifest"
    CONTROL_RESULT = "control_result", "result of a control"
    RISK_ALERT = "risk_alert", "risk alert"
    OFFENCE_INFO = "offence_info", "information on an offence"
    VALUATION = "valuation", "customs valuation"


class Handling(Word):
    """How closely a record is held."""

    OPEN = "open", "open"
    RESTRICTED = "restricted", "restricted"
    CONFIDENTIAL = "confidential", "confidential"
    SECRET = "secret", "secret"


class Unexpected(Word):
    """What the receiver does with a field that the grant does not cover."""

    REFUSE = "refuse", "the message is refused"
    HIDE = "hide", "the field is hidden"


class AutomatedDecision(Word):
    """Whether what arrives may decide by itself."""

    ALLOW = "allow", "allowed"
    WITH_HUMAN = "with_human", "only an officer decides"
    FORBID = "forbid", "forbidden"


class Approval(Word):
    """Who releases what is to leave."""

    NONE = "none", "nobody needs to"
    ONE = "one", "one officer"
    TWO = "two", "two officers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One direction, one category, field by field.

    Attributes:
        sender, recipient: party ids (`from` and `to` in the text).
        clause: where the treaty says so; shown with every verdict.
        message_codes: what may flow (`TM-010`, …).
        readers: roles, codes of customs offices, names of the receiver's officers; left out,
            whoever the handling lets read it.
        allow: WCO paths; a trailing `/**` covers the whole subtree. Everything else is withheld.
        require: paths that must be there after minimising.
        personal: paths that hold personal data (a subset of what `allow` may name).
        attachments: whether files may go with a document; nothing in them is looked at field by
            field, so that a grant has to say so.
        masks: what is done to fields that `allow` lets out before they leave; one path, one mask.
    """

    grant_id: str = field(metadata=key("Name of the grant", name="id", shape=GRANT_ID, acts=True))
    sender: str = field(metadata=key("Sent by", name="from", acts=True))
    recipient: str = field(metadata=key("Received by", name="to", acts=True))
    mode: Mode = field(metadata=key("How it comes to be sent", acts=True))
    category: Category = field(metadata=key("Kind of information"))
    clause: str = field(metadata=key("Clause it rests on", acts=True))
    message_codes: tuple[str, ...] = field(
        metadata=key(
            "Messages that may flow",
            # Business answers ride on the grant of what they answer: a text never names them.
            known=tuple(code for code, one in CODES.items() if one.is_answered),
            least=1, acts=True,
        )
    )  # fmt: skip
    purposes: tuple[str, ...] = field(
        metadata=key("Purposes it may be used for", shape=PURPOSE, least=1, acts=True)
    )
    handling: Handling = field(metadata=key("Handling", acts=True))
    readers: tuple[str, ...] = field(
        default=(), metadata=key("Who may read it, beside the handling", acts=True)
    )
    unexpected: Unexpected = field(
        default=Unexpected.REFUSE, metadata=key("A field outside the list", acts=True)
    )
    automated_decision: AutomatedDecision = field(
        default=AutomatedDecision.WITH_HUMAN,
        metadata=key("Decisions by a machine alone", acts=True),
    )
    approval: Approval = field(default=Approval.NONE, metadata=key("Released by", acts=True))
    attachments: bool = field(
        default=False, metadata=key("Files may go with a document", acts=True)
    )
    allow: tuple[str, ...] = field(
        metadata=key("Fields that may leave", least=1, most=MAX_PATHS, acts=True)
    )
    require: tuple[str, ...] = field(
        default=(),
        metadata=key("Fields that must be there", most=MAX_PATHS, acts=True),
    )
    personal: tuple[str, ...] = field(
        default=(),
        metadata=key("Fields that may name a natural person", most=MAX_PATHS, acts=True),
    )
    masks: tuple[Mask, ...] = field(
        default=(),
        metadata=key("Fields that leave only masked", name="mask", most=MAX_PATHS, acts=True),
    )
    schema_versions: tuple[VersionRange, ...] = field(
        default=(), metadata=key("Versions of the messages' schemas", acts=True)
    )
    conditions: Conditions | None = field(
        default=None, metadata=key("Holds only under these conditions", acts=True)
    )
    lead_time_minutes: LeadTime | None = field(
        default=None, metadata=key("Sent before the goods arrive, at the latest", acts=True)
    )
    told_within: tuple[ToldWithin, ...] = field(
        default=(), metadata=key("What happened is told in time", acts=True)
    )
    retention: Retention = field(metadata=key("Retention", acts=True))
    onward: Onward = field(default=Onward(), metadata=key("Handing on", acts=True))
    evidence_use: Evidence = field(default=Evidence(), metadata=key("Use as evidence", acts=True))
    feedback: Feedback = field(default=Feedback(), metadata=key("Feedback", acts=True))
    acknowledge_within_minutes: AcknowledgeWithin | None = field(
        default=None, metadata=key("Alerts are acknowledged", acts=True)
    )

    def told_within_minutes(self, code: str) -> int | None:
        """Return how long after what happened a message must be there; None where no clock runs."""
        found = (one.minutes for one in self.told_within if one.code == code and code in TOLD_OF)
        return min(found, default=None)

    @property
    def retention_days(self) -> int:
        """How long the receiver may keep it."""
        return self.retention.max_days
