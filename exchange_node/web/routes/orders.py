"""Routes of orders and notices of misuse: what was handed over is corrected, deleted, accounted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import Field

from exchange_node.domain.orders.breach import Misuse
from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept
from exchange_node.node import Happened, Node
from exchange_node.web.asking import Body, Limit, Who

Short = Annotated[str, Field(max_length=255)]
Words = Annotated[str, Field(max_length=4000)]


class Record(Body):
    """What is meant: a movement, or the id of an alert."""

    kind: Literal[Kept.MANIFEST, Kept.ALERT]
    subject: Annotated[str, Field(min_length=1, max_length=150)]

    def which(self) -> Which:
        """Return it as the walks take it."""
        return Which(kind=self.kind, subject=self.subject)


class Ordered(Record):
    """What is ordered of every copy; the last three narrow it down."""

    order: Kind
    ground: Ground
    why: Annotated[str, Field(max_length=2000)] = ""
    values: dict[Annotated[str, Field(max_length=512)], Words] = Field(default_factory=dict)
    partner: Short = ""
    message_id: Short = ""
    version: Annotated[int, Field(ge=0)] = 0

    def which(self) -> Which:
        """Return it as the walks take it."""
        return Which(
            kind=self.kind,
            subject=self.subject,
            partner=self.partner,
            message_id=self.message_id,
            version=self.version,
        )


class Breached(Body):
    """What is told of a misuse; `said` has what else the agreement asks for, by its words."""

    to: Short
    misuse: Misuse
    discovered_at: datetime
    occurred_at: datetime | None = None
    what: Words
    measures: Words
    said: dict[Short, Words] = Field(default_factory=dict)
    records: Annotated[list[Record], Field(max_length=100)] = Field(default_factory=list)


def add_orders(api: FastAPI, node: Node) -> None:
    """Add the routes of orders and notices."""

    @api.post("/api/v1/orders", status_code=202, tags=["orders"])
    def order(who: Who, body: Ordered) -> dict[str, object]:
        """Order every copy of a record corrected or deleted."""
        done = node.ordering.order(
            who, body.order, body.which(), ground=body.ground, why=body.why, values=body.values
        )
        node.wake("sending")
        return done

    @api.get("/api/v1/orders", tags=["orders"])
    def orders(
        who: Who,
        direction: str = "",
        partner: str = "",
        limit: Limit = 50,
        *,
        overdue: bool = False,
    ) -> dict[str, object]:
        """Orders of both sides, the newest first; `direction` is sent or received."""
        return node.ordering.list(
            who, direction=direction, partner=partner, overdue=overdue, limit=limit
        )

    @api.get("/api/v1/orders/{order_id}", tags=["orders"])
    def shown(who: Who, order_id: str) -> dict[str, object]:
        """One order: why, which values, what became of each record at each partner."""
        return node.ordering.show(who, order_id)

    @api.post("/api/v1/breaches", status_code=202, tags=["orders"])
    def tell(who: Who, body: Breached) -> dict[str, object]:
        """Tell a supplier of unauthorised use of what it gave."""
        done = node.telling_breach.tell(
            who,
            body.to,
            Happened(
                misuse=body.misuse,
                discovered_at=body.discovered_at,
                occurred_at=body.occurred_at,
                what=body.what,
                measures=body.measures,
                said=body.said,
            ),
            records=[one.which() for one in body.records],
        )
        node.wake("sending")
        return done

    @api.get("/api/v1/breaches", tags=["orders"])
    def breaches(
        who: Who, direction: str = "", partner: str = "", limit: Limit = 50
    ) -> dict[str, object]:
        """Notices of misuse, the newest first; `direction` is sent or received."""
        return node.telling_breach.list(who, direction=direction, partner=partner, limit=limit)

    @api.get("/api/v1/breaches/{breach_id}", tags=["orders"])
    def breach(who: Who, breach_id: str) -> dict[str, object]:
        """One notice with all that it says, and what may be done about it."""
        return node.telling_breach.show(who, breach_id)
