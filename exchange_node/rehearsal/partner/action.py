"""What a partner that is played may do: one thing of a movement, or of an alert."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exchange_node.domain.alert import RejectionReason
from exchange_node.domain.alerting.feedback import SeenIn
from exchange_node.domain.movement import GROUNDS, Event

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

_DOES = (
    "tell", "submit", "acknowledge", "take_up", "reject", "sighting", "feedback", "issue",
    "correct", "withdraw",
)  # fmt: skip
"""What an action does, of which it does one."""

Seconds = Annotated[int, Field(ge=0, le=MOST_SECONDS)]
Short = Annotated[str, Field(min_length=1, max_length=35)]
Office = Annotated[str, Field(min_length=8, max_length=17, pattern="^[A-Z]{2}")]


class Part(BaseModel):
    """A table of a script: what it does not know is wrong with it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Seal(Part):
    """A customs seal as it was found, or put on."""

    id: Short
    condition: Annotated[str, Field(max_length=3, description="Of the list seal_conditions.")] = ""
    replaces: Annotated[str, Field(max_length=35, description="Whose place it took.")] = ""


class Action(Part):
    """One thing that the partner does, of a movement or of an alert."""

    after_seconds: Annotated[Seconds, Field(description="Counted from what it follows.")] = 0
    tell: Annotated[str, Field(description="What an office tells of the movement.")] = ""
    acknowledge: Annotated[
        bool, Field(description="The desk has seen the alert that arrived (RA-020).")
    ] = False
    submit: Annotated[
        str,
        Field(max_length=255, description="A declaration to be sent: a file, or `sample`."),
    ] = ""
    take_up: Annotated[
        bool, Field(description="The desk takes up the alert that arrived (RA-020).")
    ] = False
    reject: Annotated[
        RejectionReason | None, Field(description="Why the desk does not take that alert (RA-020).")
    ] = None
    sighting: Annotated[
        SeenIn | None,
        Field(description="What it looks for was seen, and nothing done: known from (RA-021)."),
    ] = None
    feedback: Annotated[
        Literal["HIT", "NIL", "NCK"] | None,
        Field(description="What a control on the ground of that alert found (RA-021)."),
    ] = None
    issue: Annotated[
        str,
        Field(max_length=255, description="An alert (RA-010): a file with a draft, or `sample`."),
    ] = ""
    correct: Annotated[
        str, Field(max_length=255, description="What takes an alert's place (RA-011), as `issue`.")
    ] = ""
    withdraw: Annotated[bool, Field(description="An alert is taken back (RA-012).")] = False
    alert: Annotated[
        str,
        Field(
            max_length=35,
            description="A name of this script's own for what it issues, to correct or withdraw it."
            " Left out there, the alert that the message is about, or else the last one.",
        ),
    ] = ""
    valid_seconds: Annotated[
        Seconds, Field(description="How long an alert is in force; left out, as its file says.")
    ] = 0
    last: Annotated[bool, Field(description="Of feedback: nothing more is to come.")] = False
    measures: Annotated[
        tuple[str, ...], Field(max_length=20, description="Of feedback: list control_types.")
    ] = ()
    version: Annotated[
        int | None, Field(ge=1, description="Of feedback, a sighting: left out, the last version.")
    ] = None
    movement: Annotated[
        str, Field(max_length=70, description="Left out, the one that the message is about.")
    ] = ""
    office: Annotated[Office | None, Field(description="Left out, the one that is played.")] = None
    happened_seconds_ago: Annotated[Seconds, Field(description="It is told late.")] = 0
    times: Annotated[
        int, Field(ge=1, le=9, description="How often the same message goes: 2 is a double.")
    ] = 1
    ground: Annotated[str, Field(max_length=17, description="Why, in a code.")] = ""
    means: Annotated[
        str,
        Field(max_length=35, description="The vehicle's plate; of an alert, what it looks for."),
    ] = ""
    container: Annotated[str, Field(max_length=17)] = ""
    seals: Annotated[tuple[Seal, ...], Field(max_length=99)] = ()
    packages: Annotated[int, Field(ge=0, le=99_999_999)] | None = None
    results: Annotated[
        tuple[str, ...], Field(max_length=9, description="Of the list control_results.")
    ] = ()
    place: Annotated[str, Field(max_length=256)] = ""
    remark: Annotated[
        str, Field(max_length=500, description="In words; why, of a correction or withdrawal.")
    ] = ""
    to: Annotated[
        str,
        Field(
            max_length=35,
            description="Whom a manifest or alert is for: party id. An alert without it is for all"
            " whom the partner knows.",
        ),
    ] = ""
    facts: Annotated[
        str, Field(max_length=255, description="File of what the declaration does not carry.")
    ] = ""

    @property
    def event(self) -> Event | None:
        """What is told; a control as the table has it that finds nothing wrong."""
        if not self.tell:
            return None
        return Event.CONFORM if self.tell == CONTROL else Event(self.tell)

    @property
    def answers_alert(self) -> bool:
        """Whether it says something of the alert that arrived."""
        return bool(
            self.acknowledge or self.take_up or self.reject or self.sighting or self.feedback
        )

    @property
    def changes_alert(self) -> bool:
        """Whether it corrects or withdraws an alert of the partner's own."""
        return bool(self.correct) or self.withdraw

    @property
    def is_about_alert(self) -> bool:
        """Whether it has to do with an alert, of either side."""
        return self.answers_alert or self.changes_alert or bool(self.issue)

    @model_validator(mode="after")
    def _is_one(self) -> Action:
        if sum(bool(getattr(self, one)) for one in _DOES) != 1:
            raise ValueError(f"it does one thing: {', '.join(_DOES)}")
        if (self.last or self.measures) and not self.feedback:
            raise ValueError("last and measures are of feedback")
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
