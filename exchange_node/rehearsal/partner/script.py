"""What a script says: who is played, and what follows which message. TOML on paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exchange_node.domain.message import CODES
from exchange_node.domain.movement import GROUNDS, Event

FORMAT = "carec-partner-script-1"

MOST_SECONDS = 31 * 24 * 3600
"""The longest that a script waits for one thing (our choice)."""

CONTROL = "control"
"""What is told as conform or discrepant, as the results say."""

NOT_TOLD = frozenset(
    {
        Event.RELEASE,
        Event.AMENDMENT,
        Event.STANDING,
        Event.DIVERSION,
        Event.CONFORM,
        Event.DISCREPANT,
    }
)
"""Events that no office tells: a manifest, what a node says itself, what the results decide."""

TOLD = (*(one.value for one in Event if one not in NOT_TOLD), CONTROL)
"""What an office may tell."""

Seconds = Annotated[int, Field(ge=0, le=MOST_SECONDS)]
Short = Annotated[str, Field(min_length=1, max_length=35)]
Office = Annotated[str, Field(min_length=8, max_length=17, pattern="^[A-Z]{2}")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Plays(_Part):
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


class When(_Part):
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


class Answer(_Part):
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


class Receipt(_Part):
    """The receipts (SY-001) of what arrived; each repeat of a message gets one, or loses it."""

    lost: Annotated[
        int, Field(ge=0, le=100, description="How many are lost before one arrives.")
    ] = 0


class Seal(_Part):
    """A customs seal as it was found, or put on."""

    id: Short
    condition: Annotated[str, Field(max_length=3, description="Of the list seal_conditions.")] = ""
    replaces: Annotated[str, Field(max_length=35, description="Whose place it took.")] = ""


class Action(_Part):
    """One thing that the partner does: tells, acknowledges or submits."""

    after_seconds: Annotated[Seconds, Field(description="Counted from what it follows.")] = 0
    tell: Annotated[str, Field(description="What an office tells of the movement.")] = ""
    acknowledge: Annotated[
        bool, Field(description="The desk has seen the alert that arrived (RA-020).")
    ] = False
    submit: Annotated[
        str,
        Field(max_length=255, description="A declaration to be sent: a file, or `sample`."),
    ] = ""
    movement: Annotated[
        str, Field(max_length=70, description="Left out, the one that the message is about.")
    ] = ""
    office: Annotated[Office | None, Field(description="Left out, the one that is played.")] = None
    happened_seconds_ago: Annotated[Seconds, Field(description="It is told late.")] = 0
    times: Annotated[
        int, Field(ge=1, le=9, description="How often the same message goes: 2 is a double.")
    ] = 1
    ground: Annotated[str, Field(max_length=17, description="Why, in a code.")] = ""
    means: Annotated[str, Field(max_length=35, description="The vehicle's plate.")] = ""
    container: Annotated[str, Field(max_length=17)] = ""
    seals: Annotated[tuple[Seal, ...], Field(max_length=99)] = ()
    packages: Annotated[int, Field(ge=0, le=99_999_999)] | None = None
    results: Annotated[
        tuple[str, ...], Field(max_length=9, description="Of the list control_results.")
    ] = ()
    place: Annotated[str, Field(max_length=256)] = ""
    remark: Annotated[str, Field(max_length=500)] = ""
    to: Annotated[str, Field(max_length=35, description="Whom a manifest is for: party id.")] = ""
    facts: Annotated[
        str, Field(max_length=255, description="File of what the declaration does not carry.")
    ] = ""

    @property
    def event(self) -> Event | None:
        """What is told; a control as the table has it that finds nothing wrong."""
        if not self.tell:
            return None
        return Event.CONFORM if self.tell == CONTROL else Event(self.tell)

    @model_validator(mode="after")
    def _is_one(self) -> Action:
        chosen = [bool(self.tell), self.acknowledge, bool(self.submit)]
        if sum(chosen) != 1:
            raise ValueError("it does one thing: tell, acknowledge or submit")
        if self.submit and not self.to:
            raise ValueError("a manifest is for somebody: to")
        if self.tell and self.tell not in TOLD:
            raise ValueError(f"tell is one of: {', '.join(TOLD)}")
        event = self.event
        grounds = GROUNDS.get(event, {}) if event else {}
        if self.ground not in (grounds or {"": ""}):
            known = ", ".join(f"{key} ({said})" for key, said in grounds.items())
            raise ValueError(f"the ground of {self.tell or 'this'} is one of: {known or 'none'}")
        if self.tell in (CONTROL, Event.SOLVED) and not self.results:
            raise ValueError(f"{self.tell} names its results")
        return self


class Step(_Part):
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
        if any(one.acknowledge for one in self.then) and self.when.arrives != "RA-010":
            raise ValueError("what is acknowledged is an alert: arrives = RA-010")
        return self


class Script(_Part):
    """A partner, and what it does."""

    format: Literal["carec-partner-script-1"]
    title: Annotated[str, Field(min_length=1, max_length=256)]
    plays: Plays
    start: Annotated[
        tuple[Action, ...], Field(max_length=100, description="What it begins with, unasked.")
    ] = ()
    steps: Annotated[tuple[Step, ...], Field(max_length=100)] = ()
