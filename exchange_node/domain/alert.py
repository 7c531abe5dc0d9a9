"""A risk alert: what to look for, how grave, until when, and who may know.

AND inside one subject, OR between subjects. An alert without one selective criterion per subject
is none; one without an end is none. What the receiver may do with it travels with it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

MAX_VALIDITY = timedelta(days=366)
"""An alert lives at most twelve months (reference list of alert fields: validity)."""

ISSUED, CORRECTED, WITHDRAWAL = "9", "4", "1"
"""What a version does, as FunctionCode (UNCL 1225)."""

MAX_SUBJECTS = 99
"""What one alert looks for at the most (the schema's own bound)."""


class Marking(StrEnum):
    """Traffic Light Protocol 2.0: who may see the content."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


class PermittedAction(StrEnum):
    """What may be done in the open because of the alert."""

    COVERT = "covert"
    DOCUMENTS = "documents"
    OPEN = "open"
    TELL_TRADER = "tell-trader"


class Urgency(StrEnum):
    """Sets the clocks of acknowledgement, which are agreement data."""

    FLASH = "flash"
    PRIORITY = "priority"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What to look for; every criterion that is set must fit (AND).

    Attributes:
        party_role: WCO class id of the role (30A consignor, 27A consignee, 18A carrier,
            57B declarant); empty means any.
        commodity_prefix: 2 to 10 digits of the Harmonized System.
        description: words, all of which must occur in the goods description.
        offices, routing: any one of them fits.
    """

    movement: str = ""
    party_role: str = ""
    party_id: str = ""
    party_name: str = ""
    means_id: str = ""
    means_nationality: str = ""
    trailer_id: str = ""
    equipment_id: str = ""
    customs_seal: str = ""
    commodity_prefix: str = ""
    description: str = ""
    origin: str = ""
    country_of_dispatch: str = ""
    country_of_destination: str = ""
    routing: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()

    @property
    def is_selective(self) -> bool:
        """Whether at least one criterion picks out single consignments."""
        return bool(
            self.movement
            or self.party_id
            or self.party_name
            or self.means_id
            or self.trailer_id
            or self.equipment_id
            or self.customs_seal
            or self.commodity_prefix
            or self.description
        )

    @property
    def criteria(self) -> tuple[str, ...]:
        """The names of the criteria that are set."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A risk indicator that fired at the issuer; weight 0 to 100."""

    code: str
    weight: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the receiver is asked to do (control type 10 to 60, 90 inform only)."""

    type_code: str
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The risk unit to contact: office code and numbers as (UNCL 3155 type, number)."""

    office: str
    communications: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """Supporting material named by type (UNCL 1001) and reference; never the file itself."""

    type_code: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAlert:
    """One alert as it is issued.

    Attributes:
        alert_id: `<party>-<year>-<sequence>`, the issuer's for life.
        function: UNCL 1225: 9 new, 4 correction, 1 withdrawal.
        category: type of infringement (NAR narcotics, TRD transit diversion, …).
        severity: 1 (highest) to 4.
        summary: without names; stands alone.
        unverified: true marks information that must not be the sole ground of a measure.
    """

    alert_id: str
    issuer: str
    issued_at: datetime
    valid_until: datetime
    marking: Marking
    permitted_action: PermittedAction
    urgency: Urgency
    category: str
    severity: int
    summary: str
    contact: Contact
    subjects: tuple[Subject, ...]
    valid_from: datetime | None = None
    version: int = 1
    function: str = ISSUED
    confidence: str = ""
    unverified: bool = True
    related_alert: str = ""
    text: str = ""
    modus_operandi: str = ""
    feedback_requested: bool = False
    indicators: tuple[Indicator, ...] = ()
    measures: tuple[Measure, ...] = ()
    documents: tuple[SupportingDocument, ...] = ()

    def is_live(self, at: datetime) -> bool:
        """Whether the alert is in force at a moment."""
        return (self.valid_from or self.issued_at) <= at < self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """RA-020: a desk at the receiver has seen the alert; it comes from a person.

    Attributes:
        reference: the acknowledging side's own number of this acknowledgement.
        alert_version: the version that was seen.
    """

    reference: str
    alert_id: str
    alert_version: int
    issuer: str
    issued_at: datetime
    seen_at: datetime
    contact: Contact
    remark: str = ""
