"""What is asked of a supplier and what it answers: MA-030, MA-031."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange_node.domain.onward.wanted import Wanted

ASKED = "MA-030"
ANSWERED = "MA-031"
ONWARD_CODES = frozenset({ASKED, ANSWERED})

LONGEST_TEXT = 4_000
"""Characters of a reason or of conditions (our choice): a page and a half."""


class Asking(StrEnum):
    """What the asker wants of the supplier."""

    CONSENT = "consent"
    NOTICE = "notice"


class Outcome(StrEnum):
    """What the supplier says."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """Why a supplier says no (TFA 12.7), in the words of an agreement's grounds to refuse.

    The code list `onward_grounds` has them all.
    """

    SOVEREIGNTY = "sovereignty"
    SECURITY = "security"
    PUBLIC_POLICY = "public_policy"
    TRADE_SECRET = "trade_secret"  # noqa: S105 - a ground, no password
    OWN_LAW = "own_law"
    BURDEN = "burden"
    NO_RECIPROCITY = "no_reciprocity"
    INVESTIGATION = "investigation"
    NO_SAFEGUARDS = "no_safeguards"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardRequest:
    """What one party asks or tells another about a record that it received from it.

    Attributes:
        request_id: the asker's own number of it.
        party: party id of the asker.
        why: the reason, in words; required by the form (TFA 12.5).
        until: how long the use is to last; None where no end is named.
        due_at: when silence is a refusal; None for a notice, which nobody answers.
    """

    request_id: str
    party: str
    asking: Asking
    wanted: Wanted
    why: str
    at: datetime
    until: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardAnswer:
    """What the supplier says to a request.

    Attributes:
        answer_id: the supplier's own number of it.
        party: party id of the supplier.
        ordinal: how many answers it has given to the request, this one counted: the highest is
            what holds, whichever came first.
        ground: why not; empty in a consent.
        conditions: what the supplier attaches to its consent, or adds to its no.
        until: how long it consents; None where no end is set.
    """

    answer_id: str
    party: str
    request_id: str
    outcome: Outcome
    ordinal: int
    at: datetime
    ground: str = ""
    conditions: str = ""
    until: datetime | None = None
