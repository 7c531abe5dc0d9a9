"""The routes of movements: what our offices saw, and where each movement stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from fastapi import FastAPI
from pydantic import AwareDatetime, Field, model_validator

from exchange_node.domain.movement import (
    Claim,
    Control,
    Event,
    Paper,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.node import Node
from exchange_node.web.asking import Body, Purpose, Who

Short = Annotated[str, Field(max_length=35)]


class Means(Body):
    """The vehicle as it was found."""

    id: Annotated[str, Field(min_length=1, max_length=35)]
    nationality: Annotated[str, Field(max_length=2)] = ""
    mode: Annotated[str, Field(max_length=1)] = ""


class Seal(Body):
    """A customs seal as it was found; `condition` is of the list seal_conditions."""

    id: Annotated[str, Field(min_length=1, max_length=35)]
    condition: Annotated[str, Field(max_length=3)] = ""
    replaces: Short = ""


class Unit(Body):
    """A container, wagon or trailer as it was found."""

    id: Annotated[str, Field(min_length=1, max_length=17)]
    seals: Annotated[list[Seal], Field(max_length=99, default_factory=list)]


class Place(Body):
    """Where it happened, away from the office."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    id: Annotated[str, Field(max_length=17)] = ""


class Proof(Body):
    """Minutes, a photograph, a proof (`type` of uncl1001); of a file its SHA-256 is the id."""

    type: Annotated[str, Field(min_length=1, max_length=3)]
    id: Annotated[str, Field(min_length=1, max_length=70)]


class Guarantee(Body):
    """A guarantee and what is claimed, or was recovered, under it; `currency` is of iso4217."""

    id: Annotated[str, Field(min_length=1, max_length=35)]
    amount: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=3)] | None = None
    currency: Annotated[str, Field(max_length=3)] = ""


class Result(Body):
    """One control; `type` is of the list control_types, `result` of control_results."""

    result: Annotated[str, Field(min_length=1, max_length=2)]
    type: Annotated[str, Field(max_length=3)] = ""
    at: AwareDatetime | None = None


class Seen(Body):
    """What an office saw; `control` and `solved` go with at least one control.

    A cancellation, a request, a refusal, an incident, a reply, a withdrawal, a recovery and a
    competence name their `ground`. An arrival at an authorised consignee has the ground 1. A
    question alone is asked by no office. `of` is whom a manifest is requested of: the country of
    the MRN unless told. `guarantees` and `competent` are of a recovery.
    """

    event: Literal[
        "exit", "entry", "cancellation", "request", "refusal", "incident", "continuation",
        "enquiry", "reply", "question", "arrival", "control", "solved", "discharge",
        "information", "withdrawal", "recovery", "competence", "recovered",
    ]  # fmt: skip
    office: Annotated[str, Field(max_length=17)] = ""
    at: AwareDatetime | None = None
    means: Means | None = None
    equipment: Annotated[list[Unit], Field(max_length=99, default_factory=list)]
    packages: Annotated[int, Field(ge=0, le=99_999_999)] | None = None
    gross_mass_kg: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=6)] | None = None
    controls: Annotated[list[Result], Field(max_length=9, default_factory=list)]
    ground: Annotated[str, Field(max_length=17)] = ""
    of: Annotated[str, Field(max_length=17)] = ""
    place: Place | None = None
    papers: Annotated[list[Proof], Field(max_length=99, default_factory=list)]
    guarantees: Annotated[list[Guarantee], Field(max_length=9, default_factory=list)]
    competent: Annotated[str, Field(max_length=17)] = ""
    remark: Annotated[str, Field(max_length=2000)] = ""
    fallback: Annotated[str, Field(max_length=512)] = ""
    purpose: str = "TRANSIT_CONTROL"

    @model_validator(mode="after")
    def _dated(self) -> Self:
        """Want a moment for what was recorded on paper."""
        if self.fallback and self.at is None:
            raise ValueError("fallback needs at: when it was recorded")
        return self


class Cleared(Body):
    """What came of holding the paper against what was told; `paper` is its number or SHA-256."""

    notice: Annotated[str, Field(min_length=1, max_length=70)]
    outcome: Literal["agrees", "differs"]
    paper: Annotated[str, Field(min_length=1, max_length=70)]


def add_movements(api: FastAPI, node: Node) -> None:
    """Add the routes of movements."""

    @api.get("/api/v1/movements/{number}", tags=["movements"])
    def movement(who: Who, number: str, purpose: Purpose = "") -> dict[str, object]:
        """What happened to a movement, who is waited for, what may be done now and by whom."""
        return node.movements.timeline.show(who, number, purpose=purpose)

    @api.post("/api/v1/movements/{number}/events", status_code=202, tags=["movements"])
    def tell(who: Who, number: str, body: Seen) -> dict[str, object]:
        """Record what an office saw and queue it for every partner that may know."""
        told = node.movements.telling.tell(who, _report(number, body))
        node.wake("sending")
        node.wake("filing")
        return told

    @api.post("/api/v1/movements/{number}/clearings", tags=["movements"])
    def clear(who: Who, number: str, body: Cleared) -> dict[str, object]:
        """Clear an event that was recorded without the line; both proofs are kept."""
        return node.movements.clearing.clear(
            who, number, body.notice, outcome=body.outcome, paper=body.paper
        )

    @api.get("/api/v1/fallback", tags=["movements"])
    def shares(who: Who, since: date | None = None, until: date | None = None) -> dict[str, object]:
        """How much was recorded without the line, per office and per partner, over some days."""
        return node.movements.clearing.shares(who, since=since, until=until)


def _report(number: str, body: Seen) -> Report:
    controls = tuple(
        Control(result=one.result, type_code=one.type, at=one.at) for one in body.controls
    )
    return Report(
        movement=number,
        event=event_of_controls(controls) if body.event == "control" else Event(body.event),
        office=body.office,
        occurred_at=body.at,
        means=(
            SeenMeans(id=body.means.id, nationality=body.means.nationality, mode=body.means.mode)
            if body.means
            else None
        ),
        equipment=tuple(
            SeenEquipment(
                id=unit.id,
                seals=tuple(
                    SeenSeal(id=one.id, condition=one.condition, replaces=one.replaces)
                    for one in unit.seals
                ),
            )
            for unit in body.equipment
        ),
        packages=body.packages,
        fallback=(
            Fallback(reason=body.fallback, recorded_at=body.at)
            if body.fallback and body.at is not None
            else None
        ),
        gross_mass_kg=body.gross_mass_kg,
        controls=controls,
        ground=body.ground,
        to=(body.of,) if body.of and body.event == "request" else (),
        place=SeenPlace(name=body.place.name, id=body.place.id) if body.place else None,
        claims=tuple(
            Claim(guarantee=one.id, amount=one.amount, currency=one.currency)
            for one in body.guarantees
        ),
        competent=body.competent,
        papers=tuple(Paper(type_code=one.type, id=one.id) for one in body.papers),
        remark=body.remark,
        purpose=body.purpose,
    )
