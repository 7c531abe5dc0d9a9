"""RA-021: what a recipient tells an alert's issuer of what came of it.

A sighting is the lightest of it: where and when something was seen, and that nobody acted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from exchange_node.domain.alert import Contact
from exchange_node.domain.finding import Finding, Rule, Severity

MOST_USEFUL = 3
"""Usefulness goes from 0 to 3 (reference list of alert fields: feedback)."""

MOST_SEIZED = 99
MOST_MEASURES = 20
"""Bounds of the schema."""

_SAID = "InterGov/ext:AlertFeedback"
_CONTROLLED = f"{_SAID}/ext:ControlDateTime"


class Result(StrEnum):
    """What a control found, or that something was only seen; list `outcomes` has them all."""

    HIT = "HIT"
    NIL = "NIL"
    NOT_CHECKED = "NCK"
    SIGHTED = "SGT"


class SeenIn(StrEnum):
    """What a sighting is known from; the code list `sighting_records` has them all."""

    DECLARATION = "DEC"
    CROSSING = "XNG"
    ARRIVAL = "ARR"
    CAMERA = "CAM"
    OFFICER = "OFF"
    OTHER = "OTH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seized:
    """Something that was seized.

    Attributes:
        category: kind of infringement (list `risk_categories`).
        quantity: how much, in `unit` (UN/ECE Recommendation 20); None where it was not measured.
        concealment: how it was hidden.
    """

    category: str
    quantity: Decimal | None = None
    unit: str = ""
    concealment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to a question of the alert, by its number from 1."""

    question: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What came of an alert at one recipient; there may be several.

    Attributes:
        reference: the recipient's own number of it.
        issuer: party id of who gives it.
        contact: the office to turn to.
        is_last: nothing more is to come.
        movement: official number of what was controlled; empty where none is named.
        controlled_at: when the control was done; None of a sighting, which is none.
        office: where it was done, or where something was seen.
        seen_at, seen_in: of a sighting, when it was and what it is known from.
        measures: controls that were done (list `control_types`).
        value, currency: what was found is worth.
        usefulness: 0 of no use to 3 very useful; None where nothing is said.
        answers: what is said to the questions of the alert.
        new_facts: what the issuer may not know yet.
    """

    reference: str
    alert_id: str
    alert_version: int
    issuer: str
    issued_at: datetime
    contact: Contact
    result: Result
    is_last: bool = False
    movement: str = ""
    controlled_at: datetime | None = None
    office: str = ""
    measures: tuple[str, ...] = ()
    seized: tuple[Seized, ...] = ()
    value: Decimal | None = None
    currency: str = ""
    usefulness: int | None = None
    answers: tuple[Answer, ...] = ()
    new_facts: str = ""
    seen_at: datetime | None = None
    seen_in: SeenIn | None = None

    @property
    def is_seizure(self) -> bool:
        """Whether something was seized: TypeCode SZR, else FBK."""
        return bool(self.seized)

    @property
    def happened_at(self) -> datetime | None:
        """When something was controlled or seen; None where nothing was."""
        return self.controlled_at or self.seen_at


UNDATED = Rule(
    code="CAREC-F061",
    severity=Severity.ERROR,
    sentence="the result is {value}, and when the control was done is not said",
    mend="Say when the control was done, or that nothing was checked (NCK).",
)
NOT_CONTROLLED = Rule(
    code="CAREC-F062",
    severity=Severity.ERROR,
    sentence="nothing was checked (NCK), and {value} is said of a control",
    mend="Take it out, or say what the control found (HIT, NIL).",
)
NOTHING_FOUND = Rule(
    code="CAREC-F063",
    severity=Severity.ERROR,
    sentence="the result is {value}, and something was seized or has a value",
    mend="What was seized was found: the result is HIT.",
)
NOT_MEASURED = Rule(
    code="CAREC-F064",
    severity=Severity.ERROR,
    sentence="{value} stands without its unit, its currency or its number",
    mend="Say both the number and its unit or currency, or neither.",
)
TOO_SOON = Rule(
    code="CAREC-F065",
    severity=Severity.ERROR,
    sentence="what is told of is dated {value}, after the feedback itself",
    mend="Tell of a control when it has been done, of a sighting when something was seen.",
)
NOT_PLACED = Rule(
    code="CAREC-F066",
    severity=Severity.ERROR,
    sentence="a sighting (SGT) leaves out {value}",
    mend="Say when it was, at which office, and what it is known from.",
)
ACTED_ON = Rule(
    code="CAREC-F067",
    severity=Severity.ERROR,
    sentence="a sighting (SGT) says {value}, and is no control and not the last word",
    mend="Take it out; if something was controlled, say what the control found (HIT, NIL).",
)
NOT_SIGHTED = Rule(
    code="CAREC-F068",
    severity=Severity.ERROR,
    sentence="{value} stands where the result is no sighting (SGT)",
    mend="Take it out, or say that it was only seen.",
)
RULES = (
    UNDATED, NOT_CONTROLLED, NOTHING_FOUND, NOT_MEASURED, TOO_SOON,
    NOT_PLACED, ACTED_ON, NOT_SIGHTED,
)  # fmt: skip


def check(feedback: Feedback) -> tuple[Finding, ...]:
    """Return everything that contradicts itself in a feedback."""
    return tuple(_check(feedback))


def _check(one: Feedback) -> Iterator[Finding]:
    result = one.result.value
    controlled = {
        "ControlDateTime": one.controlled_at is not None,
        "MeasureCode": bool(one.measures),
        "SeizedGoods": one.is_seizure,
        "FoundValueAmount": one.value is not None,
    }
    seen = {"SeenDateTime": one.seen_at is not None, "SeenInCode": one.seen_in is not None}
    if one.result is Result.SIGHTED:
        yield from _named(NOT_PLACED, seen | {"OfficeID": bool(one.office)}, is_there=False)
        yield from _named(ACTED_ON, controlled | {"FinalIndicator": one.is_last})
    else:
        yield from _named(NOT_SIGHTED, seen)
    if one.result is Result.NOT_CHECKED:
        yield from _named(NOT_CONTROLLED, controlled)
    elif one.result is not Result.SIGHTED and one.controlled_at is None:
        yield UNDATED.found(pointer=_CONTROLLED, value=result)
    if one.result is Result.NIL and (one.is_seizure or one.value is not None):
        yield NOTHING_FOUND.found(pointer=f"{_SAID}/ext:ResultCode", value=result)
    for number, seized in enumerate(one.seized, start=1):
        if (seized.quantity is None) is bool(seized.unit):
            at = f"{_SAID}/ext:SeizedGoods[{number}]/ext:Quantity"
            yield NOT_MEASURED.found(pointer=at, value="Quantity")
    if (one.value is None) is bool(one.currency):
        at = f"{_SAID}/ext:FoundValueAmount"
        yield NOT_MEASURED.found(pointer=at, value="FoundValueAmount")
    for name, done in (("ControlDateTime", one.controlled_at), ("SeenDateTime", one.seen_at)):
        if done is not None and done > one.issued_at:
            yield TOO_SOON.found(pointer=f"{_SAID}/ext:{name}", value=done.isoformat())


def _named(rule: Rule, said: Mapping[str, bool], *, is_there: bool = True) -> Iterator[Finding]:
    """Yield what a rule says of each element that is there, or that is not."""
    for name, is_said in said.items():
        if is_said is is_there:
            yield rule.found(pointer=f"{_SAID}/ext:{name}", value=name)
