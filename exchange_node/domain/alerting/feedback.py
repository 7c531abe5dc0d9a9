"""RA-021: what a recipient tells an alert's issuer of what came of it."""

from __future__ import annotations

from collections.abc import Iterator
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
    """What a control found; the code list `outcomes` has them all."""

    HIT = "HIT"
    NIL = "NIL"
    NOT_CHECKED = "NCK"


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
class Feedback:
    """What came of an alert at one recipient; there may be several.

    Attributes:
        reference: the recipient's own number of it.
        issuer: party id of who gives it.
        contact: the office to turn to.
        is_last: nothing more is to come.
        movement: official number of what was controlled; empty where none is named.
        controlled_at, office: when and where the control was done.
        measures: controls that were done (list `control_types`).
        value, currency: what was found is worth.
        usefulness: 0 of no use to 3 very useful; None where nothing is said.
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
    new_facts: str = ""

    @property
    def is_seizure(self) -> bool:
        """Whether something was seized: TypeCode SZR, else FBK."""
        return bool(self.seized)


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
    sentence="the control is dated {value}, after the feedback itself",
    mend="Tell of a control when it has been done.",
)
RULES = (UNDATED, NOT_CONTROLLED, NOTHING_FOUND, NOT_MEASURED, TOO_SOON)


def check(feedback: Feedback) -> tuple[Finding, ...]:
    """Return everything that contradicts itself in a feedback."""
    return tuple(_check(feedback))


def _check(one: Feedback) -> Iterator[Finding]:
    result = one.result.value
    if one.result is Result.NOT_CHECKED:
        said = {
            "ControlDateTime": one.controlled_at is not None,
            "MeasureCode": bool(one.measures),
            "SeizedGoods": one.is_seizure,
            "FoundValueAmount": one.value is not None,
        }
        for name, is_said in said.items():
            if is_said:
                yield NOT_CONTROLLED.found(pointer=f"{_SAID}/ext:{name}", value=name)
    elif one.controlled_at is None:
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
    if one.controlled_at is not None and one.controlled_at > one.issued_at:
        yield TOO_SOON.found(pointer=_CONTROLLED, value=one.controlled_at.isoformat())
