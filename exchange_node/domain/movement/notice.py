"""What an office tells of a movement on its way, and what one office asks of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from exchange_node.domain.movement.compared import Comparison
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.domain.movement.states import Event, State

CODES_OF: Mapping[Event, str] = MappingProxyType(
    {
        Event.RELEASE: "TM-010",
        Event.AMENDMENT: "TM-011",
        Event.EXIT: "TM-020",
        Event.ENTRY: "TM-020",
        Event.CANCELLATION: "TM-012",
        Event.REQUEST: "TM-013",
        Event.DIVERSION: "TM-030",
        Event.REFUSAL: "TM-021",
        Event.INCIDENT: "TM-030",
        Event.CONTINUATION: "TM-030",
        Event.ENQUIRY: "TM-052",
        Event.REPLY: "TM-053",
        Event.INFORMATION: "TM-054",
        Event.WITHDRAWAL: "TM-054",
        Event.QUESTION: "TM-050",
        Event.STANDING: "TM-051",
        Event.ARRIVAL: "TM-040",
        Event.CONFORM: "TM-041",
        Event.DISCREPANT: "TM-041",
        Event.SOLVED: "TM-042",
        Event.DISCHARGE: "TM-043",
        Event.RECOVERY: "TM-060",
        Event.COMPETENCE: "TM-061",
        Event.RECOVERED: "TM-061",
        Event.COMPARISON: "TM-070",
    }
)
"""The message that tells of an event."""

MANIFEST_GIVEN = "TM-014"
"""A manifest that was asked for; what tells of its movement is its release."""

MANIFEST_AMENDED = CODES_OF[Event.AMENDMENT]
"""A manifest that takes the place of the one before it."""

MANIFEST_CODES = frozenset({CODES_OF[Event.RELEASE], MANIFEST_AMENDED, MANIFEST_GIVEN})
"""The messages that carry a manifest."""

NOTICE_CODES = frozenset(CODES_OF.values()) - MANIFEST_CODES - {CODES_OF[Event.REQUEST]}
"""The messages that tell of something that happened on the way."""

UNMOVED = frozenset({Event.QUESTION, Event.STANDING, Event.REQUEST, Event.COMPARISON})
"""What is asked and said of a movement; it moves nothing."""

PLACELESS = frozenset({Event.QUESTION, Event.STANDING, Event.DIVERSION})
"""What no office of its own need tell of."""

STATUS_OF: Mapping[State, str] = MappingProxyType(
    {
        State.UNKNOWN: "NRL",
        State.RELEASED: "REL",
        State.IN_TRANSIT: "TRN",
        State.INCIDENT: "INC",
        State.REFUSED: "RFD",
        State.DIVERTED: "DIV",
        State.ENQUIRY: "ENQ",
        State.CANCELLED: "CAN",
        State.ARRIVED: "ARR",
        State.CONTROLLED: "CTL",
        State.DISCREPANCY: "CTL",
        State.DISCHARGED: "DIS",
        State.RECOVERY: "RCV",
        State.CLOSED_RECOVERED: "RCD",
    }
)
"""Where a movement stands, as it is told to others (list `statuses`)."""

SATISFACTORY = frozenset({"A1", "A2", "A3", "A4"})
"""Results after which a movement may be discharged (NCTS code list 047; A4: minor ones)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMeans:
    """The vehicle as the office found it; `mode` is UN/ECE Recommendation 19, one digit."""

    id: str
    nationality: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSeal:
    """A customs seal as the office found it.

    Attributes:
        condition: of the list `seal_conditions`; empty where nobody said.
        replaces: the number of the seal that it took the place of.
    """

    id: str
    condition: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEquipment:
    """A container, wagon or trailer as the office found it."""

    id: str
    seals: tuple[SeenSeal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPlace:
    """Where it happened, away from an office.

    Attributes:
        name: in words, and where it is known, latitude and longitude.
        id: a code of it; empty where it has none.
    """

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Minutes, a photograph, another proof.

    Attributes:
        type_code: of the list `uncl1001`.
        id: its number; of a file its SHA-256.
    """

    type_code: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed, or was recovered, under one guarantee.

    Attributes:
        guarantee: its reference number.
        amount: in `currency`; None where nobody said.
        currency: of the list `iso4217`; empty without an amount.
    """

    guarantee: str
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control and its result.

    Attributes:
        type_code: what was checked, of the list `control_types`; empty where nobody said.
        result: of the list `control_results`.
        at: when; None where nobody said.
    """

    result: str
    type_code: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementNotice:
    """One notice of one office.

    Attributes:
        notice_id: the issuer's own number of it; the same notice told twice is one.
        issuer: party id of the administration whose office it is.
        movement: the official number of the movement (MRN or national).
        office: where it happened.
        occurred_at: when it really happened.
        packages: how many were found; None where nobody counted.
        gross_mass_kg: as it was weighed; None where nobody did.
        ground: why, of `GROUNDS`; empty for an event that has none there.
        standing: how the movement stands where it is told, of `STATUS_OF`; of what is asked and
            said of it alone, for the others say it themselves.
        towards: of a diversion, the office that the goods go to now.
        competent: of a recovery, the office that is to recover; empty where nobody said.
        compared: what came of comparing an exit with the entry after it; of that event alone.
        fallback: that it was recorded without the line; None for what was told as it happened.
    """

    notice_id: str
    issuer: str
    issued_at: datetime
    event: Event
    movement: str
    office: str
    occurred_at: datetime
    means: SeenMeans | None = None
    equipment: tuple[SeenEquipment, ...] = ()
    packages: int | None = None
    gross_mass_kg: Decimal | None = None
    controls: tuple[Control, ...] = ()
    ground: str = ""
    standing: str = ""
    towards: str = ""
    place: SeenPlace | None = None
    papers: tuple[Paper, ...] = ()
    claims: tuple[Claim, ...] = ()
    competent: str = ""
    compared: Comparison | None = None
    fallback: Fallback | None = None
    remark: str = ""


def event_of_controls(controls: Iterable[Control]) -> Event:
    """Return whether controls found the movement conform: one that did not decides."""
    is_conform = all(one.result in SATISFACTORY for one in controls)
    return Event.CONFORM if is_conform else Event.DISCREPANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an office of ours says of a movement; it becomes a notice.

    Attributes:
        movement: its official number.
        occurred_at: None for now.
        packages: how many were found; None where nobody counted.
        gross_mass_kg: as it was weighed; None where nobody did.
        ground: why, of `GROUNDS`; empty for an event that has none there.
        compared: what came of comparing; nobody but the node tells it.
        fallback: that it was recorded without the line.
        operator: who recorded it then, where that is not who tells it; it stays at home.
        to: whom alone it is told, by party id; empty for everybody who takes part.
        towards: of a diversion, the office that the goods go to now.
        competent: of a recovery, the office that is to recover.
        purpose: what partners are told it for.
    """

    movement: str
    event: Event
    office: str
    occurred_at: datetime | None = None
    means: SeenMeans | None = None
    equipment: tuple[SeenEquipment, ...] = ()
    packages: int | None = None
    gross_mass_kg: Decimal | None = None
    controls: tuple[Control, ...] = ()
    ground: str = ""
    place: SeenPlace | None = None
    papers: tuple[Paper, ...] = ()
    claims: tuple[Claim, ...] = ()
    competent: str = ""
    towards: str = ""
    compared: Comparison | None = None
    fallback: Fallback | None = None
    operator: str = ""
    to: tuple[str, ...] = ()
    remark: str = ""
    purpose: str = "TRANSIT_CONTROL"
