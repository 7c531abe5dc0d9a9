"""How an agreement lives and ends: its days, suspension, termination."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from exchange_node.domain.agreement.keys import MAX_DAYS, Word, key
from exchange_node.domain.agreement.shapes import GRANT_ID


class SuspensionGround(Word):
    """Why it may be suspended at once (TFA 12.11)."""

    UNAUTHORISED_USE = "unauthorised_use", "unauthorised use"
    LOST_SAFEGUARDS = "lost_safeguards", "safeguards of data are gone"
    COMPROMISED_KEYS = "compromised_keys", "compromised keys"
    PUBLIC_ORDER = "public_order", "sovereignty, security or public policy"


class AfterEnd(Word):
    """What becomes of the information after the end."""

    RETURN = "return", "it is given back"
    DELETE = "delete", "it is deleted"
    KEEP = "keep_until_retention", "it is kept for as long as its retention says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When it is in force, in days of UTC, both included."""

    signed_on: date | None = field(default=None, metadata=key("Signed on"))
    in_force_on: date = field(metadata=key("In force from (day of UTC)", acts=True))
    expires_on: date = field(metadata=key("In force up to and including (day of UTC)", acts=True))
    auto_renew: bool = field(default=False, metadata=key("Renewed unless somebody objects"))
    provisional: bool = field(default=False, metadata=key("Applied provisionally"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """How it may be stopped wholly or in part (TFA 12.11)."""

    by: tuple[str, ...] = field(metadata=key("Who may suspend", least=1))
    notice_days: int | None = field(
        default=None,
        metadata=key("Notice before, in days", low=0, high=MAX_DAYS, unit="days"),
    )
    immediate_grounds: tuple[SuspensionGround, ...] = field(
        default=(), metadata=key("Without notice because of")
    )
    grants: tuple[str, ...] = field(
        default=(),
        metadata=key("Grants that may be suspended alone", shape=GRANT_ID),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination:
    """How it ends, and what is done with what was received."""

    notice_days: int = field(
        metadata=key("Notice of termination, in days", low=0, high=MAX_DAYS, unit="days")
    )
    after: AfterEnd = field(
        default=AfterEnd.DELETE, metadata=key("What was received, after the end")
    )
    evidence_kept: bool = field(
        default=False, metadata=key("Digests and metadata are kept as evidence")
    )
