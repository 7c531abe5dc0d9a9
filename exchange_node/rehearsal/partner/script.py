"""What a script says: who is played, and what follows which message. TOML on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from exchange_node.domain.message import CODES
from exchange_node.rehearsal.partner.action import Action, Office, Part, Seconds

FORMAT = "carec-partner-script-1"

ALERTS = ("RA-010", "RA-011")
"""Messages that a desk acknowledges, and tells of what came of them."""


class Plays(Part):
    """Who is played."""

    country: Annotated[
        str, Field(pattern="^[A-Z]{2}$", description="ISO 3166; the party is customs.<country>.")
    ]
    office: Annotated[Office, Field(description="The office that tells, unless an action says.")]
    administration: Annotated[
        str, Field(max_length=256, description="Its name; left out, Customs of <country>.")
    ] = ""
    as4_port: Annotated[
        int, Field(ge=0, le=65_535, description="Where it listens; 0 for one that is free.")
    ] = 8543
    api_port: Annotated[int, Field(ge=0, le=65_535, description="As as4_port, for the API.")] = 8580


class When(Part):
    """Which messages a step is about."""

    arrives: Annotated[str, Field(description="The message code.")]
    sender: Annotated[
        str, Field(alias="from", max_length=35, description="Party id; left out, any.")
    ] = ""
    movement: Annotated[
        str, Field(max_length=70, description="Its number; * stands for anything.")
    ] = "*"
    office: Annotated[
        str, Field(max_length=17, description="An office that it names; * stands for anything.")
    ] = "*"
    times: Annotated[
        int, Field(ge=1, le=10_000, description="How often, for each movement; left out, always.")
    ] = 10_000


class Answer(Part):
    """The business answer (SY-002) to what arrived."""

    verdict: Annotated[
        Literal["accepted", "rejected", "none"],
        Field(description="`accepted` is what the node itself finds; `none` never comes."),
    ] = "accepted"
    code: Annotated[
        str,
        Field(max_length=20, pattern=r"^[A-Z0-9][A-Za-z0-9.-]*$", description="Of a rejection."),
    ] = "SCRIPT"
    because: Annotated[str, Field(max_length=256, description="Of a rejection, in words.")] = (
        "no reason is given"
    )
    after_seconds: Annotated[Seconds, Field(description="How late it leaves.")] = 0


class Receipt(Part):
    """The receipts (SY-001) of what arrived; each repeat of a message gets one, or loses it."""

    lost: Annotated[
        int, Field(ge=0, le=100, description="How many are lost before one arrives.")
    ] = 0


class Step(Part):
    """What follows a message. Of several that fit, the first counts that is not spent."""

    title: Annotated[str, Field(max_length=256, description="For people.")] = ""
    when: When
    answer: Answer = Answer()
    receipt: Receipt = Receipt()
    then: Annotated[tuple[Action, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _is_possible(self) -> Step:
        if self.when.arrives not in CODES:
            raise ValueError(f"arrives is one of: {', '.join(CODES)}")
        if not CODES[self.when.arrives].is_answered and self.answer != Answer():
            raise ValueError(f"{self.when.arrives} gets no business answer")
        if self.answer.verdict == "none" and self.answer.after_seconds:
            raise ValueError("an answer that never comes is not late")
        if self.receipt.lost and self.when.office != "*":
            raise ValueError("a receipt goes before the office can be read: leave office out")
        if self.when.arrives not in ALERTS and any(one.answers_alert for one in self.then):
            raise ValueError("what is acknowledged or answered is an alert: arrives = RA-010")
        return self


class Script(Part):
    """A partner, and what it does."""

    format: Literal["carec-partner-script-1"]
    title: Annotated[str, Field(min_length=1, max_length=256)]
    plays: Plays
    start: Annotated[
        tuple[Action, ...], Field(max_length=100, description="What it begins with, unasked.")
    ] = ()
    steps: Annotated[tuple[Step, ...], Field(max_length=100)] = ()

    @property
    def actions(self) -> Iterator[Action]:
        """Everything that it may do."""
        yield from self.start
        for step in self.steps:
            yield from step.then

    @model_validator(mode="after")
    def _names_its_alerts(self) -> Script:
        if any(one.answers_alert for one in self.start):
            raise ValueError("start answers no alert: none has arrived")
        issued = {one.alert for one in self.actions if one.issue}
        for one in self.actions:
            if one.changes_alert and not issued:
                raise ValueError("an alert is corrected or withdrawn that nothing issues")
            if one.changes_alert and one.alert and one.alert not in issued:
                known = ", ".join(sorted(issued - {""})) or "none"
                raise ValueError(f"no alert is issued as {one.alert}; there are: {known}")
        return self
