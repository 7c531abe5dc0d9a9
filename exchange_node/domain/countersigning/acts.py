"""What a party does to a version of an agreement, as it is sealed, sent and kept.

An act names its version by number and digest. Those that consent carry the party's signature over
the canonical JSON of the text: a signature of one party is consent to that text and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What was done."""

    OFFERED = "offered"
    COUNTERSIGNED = "countersigned"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    GRANTS_SUSPENDED = "grants-suspended"
    GRANTS_RESUMED = "grants-resumed"
    TERMINATED = "terminated"
    ACTIVATED = "activated"


MESSAGES: Mapping[Act, str] = {
    Act.OFFERED: "SY-080",
    Act.COUNTERSIGNED: "SY-081",
    Act.REFUSED: "SY-082",
    Act.SUSPENDED: "SY-083",
    Act.RESUMED: "SY-083",
    Act.GRANTS_SUSPENDED: "SY-083",
    Act.GRANTS_RESUMED: "SY-083",
    Act.TERMINATED: "SY-084",
    Act.CONFIRMED: "SY-085",
}
"""The message code that an act travels as; what is activated by hand does not travel."""

SIGNED = frozenset({Act.OFFERED, Act.COUNTERSIGNED, Act.CONFIRMED})
"""Acts that consent to a text, and so carry a signature over it."""

OF_GRANTS = frozenset({Act.GRANTS_SUSPENDED, Act.GRANTS_RESUMED})
"""Acts that name the grants they are about."""


class Reason(StrEnum):
    """Why an act was done, or was not taken; the code list `agreement_reasons` has them all."""

    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    OTHER_TEXT = "OTHER_TEXT"
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    UNKNOWN_GRANT = "UNKNOWN_GRANT"
    UNUSABLE_TEXT = "UNUSABLE_TEXT"
    WRONG_PARTY = "WRONG_PARTY"
    BROKEN_SIGNATURE = "BROKEN_SIGNATURE"
    NOT_IN_ORDER = "NOT_IN_ORDER"
    EXPIRED = "EXPIRED"
    CLOCK = "CLOCK"
    TEST_MIX = "TEST_MIX"
    SAFEGUARDS = "SAFEGUARDS"
    BREACH = "BREACH"
    TECHNICAL = "TECHNICAL"
    POLICY = "POLICY"


BY_PEOPLE = (
    Reason.DECLINED,
    Reason.WITHDRAWN,
    Reason.SAFEGUARDS,
    Reason.BREACH,
    Reason.TECHNICAL,
    Reason.POLICY,
)
"""Reasons that a person gives; the others are what a node finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A party's consent: its document-seal key over the canonical JSON of the text.

    Attributes:
        algorithm: XML Signature URI.
        certificate: of the key, DER.
        at: when it was signed, as its party says.
    """

    algorithm: str
    certificate: bytes
    value: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementAct:
    """One act of one party.

    Attributes:
        act_id: the party's own number of it; the same act told twice is one act.
        party: party id of who acts.
        digest: SHA-256 of the canonical JSON of the version it is about, lower-case hex.
        ordinal: how many acts the party has done to this version, this one counted. What overtook
            another on its way is told by it.
        at: when it was done, as its party says.
        grants: which grants are suspended or resumed; empty for the whole version.
        reason, why: why it was done.
        held_version, held_digest: in a refusal, the version that the refusing side holds instead;
            0 and empty where it holds none.
        signature: of what consents.
        text: the TOML text, in an offer.
    """

    act_id: str
    act: Act
    party: str
    agreement_id: str
    version: int
    digest: str
    ordinal: int
    at: datetime
    grants: tuple[str, ...] = ()
    reason: str = ""
    why: str = ""
    held_version: int = 0
    held_digest: str = ""
    signature: Signature | None = None
    text: str = ""

    @property
    def subject(self) -> str:
        """What it is about, for a person: id and version."""
        return f"{self.agreement_id} version {self.version}"
