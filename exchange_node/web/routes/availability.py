"""Routes on who is away: shown to whoever has a role, told to partners by operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI
from pydantic import AwareDatetime, Field

from exchange_node.domain.availability.outage import Function, Meanwhile
from exchange_node.node import Intended, Node
from exchange_node.web.asking import Body, Who

AVAILABILITY = "/api/v1/availability"


class Outage(Body):
    """What an operator announces."""

    functions: Annotated[list[Function], Field(min_length=1, max_length=9)]
    begins: AwareDatetime | None = None
    ends: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=256)]
    meanwhile: Meanwhile = Meanwhile.QUEUE
    paper: bool = False
    planned: bool = False


def availability(api: FastAPI, node: Node) -> None:
    """Add the routes on who is away."""

    @api.get(AVAILABILITY, tags=["availability"])
    def show(who: Who) -> dict[str, object]:
        """Who is away and will be, until when and why: this node and its partners."""
        return node.availability.show(who)

    @api.post(AVAILABILITY, tags=["availability"])
    def announce(who: Who, body: Outage) -> dict[str, object]:
        """Tell every partner that this node is away (SY-070)."""
        begins: datetime | None = body.begins
        intended = Intended(
            functions=body.functions,
            begins=begins,
            ends=body.ends,
            reason=body.reason,
            meanwhile=body.meanwhile,
            paper=body.paper,
            is_planned=body.planned,
        )
        done = node.availability.announce(who, intended)
        node.wake("sending")
        return done

    @api.post(f"{AVAILABILITY}/schedule", tags=["availability"])
    def schedule(who: Who) -> dict[str, object]:
        """Tell every partner all outages that are on or lie ahead (SY-071)."""
        done = node.availability.schedule(who)
        node.wake("sending")
        return done

    @api.post(f"{AVAILABILITY}/{{number}}/withdraw", tags=["availability"])
    def withdraw(who: Who, number: str) -> dict[str, object]:
        """Tell every partner that an outage is over, or will not be."""
        done = node.availability.withdraw(who, number)
        node.wake("sending")
        return done
