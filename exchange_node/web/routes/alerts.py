"""Alerts: drafted, sent, looked at, acknowledged, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Path, Query
from pydantic import Field, JsonValue

from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Party, Purpose, Who


class Release(Body):
    """Who gets an alert, and what for.

    Left out: a correction goes to everybody who may hold a copy, an alert of an operation to all
    who take part.
    """

    to: Annotated[tuple[Party, ...], Field(max_length=20)] = ()
    purpose: str = "RISK_ANALYSIS"
    request: Annotated[str, Field(max_length=100)] = ""


class Seen(Body):
    """Whose desk has seen an alert."""

    office: Annotated[str, Field(min_length=1, max_length=17)]
    remark: Annotated[str, Field(max_length=512)] = ""


class Reason(Body):
    """Why an alert is withdrawn; it names nobody."""

    why: Annotated[str, Field(min_length=1, max_length=512)]


def add_alerts(api: FastAPI, node: Node) -> None:
    """Add what a liaison officer does with alerts."""

    @api.post("/api/v1/alerts", status_code=201, tags=["alerts"])
    def draft(who: Who, body: dict[str, JsonValue]) -> dict[str, object]:
        """Keep an alert as a draft; the keys are those of the alert in docs/alerts.md."""
        return node.alerting.draft(who, body)

    @api.post("/api/v1/alerts/{alert_id}/send", status_code=202, tags=["alerts"])
    def send(who: Who, alert_id: str, body: Release) -> dict[str, object]:
        """Approve a draft and queue it for each partner; a correction for whoever holds a copy."""
        sent = node.alerting.send(
            who, alert_id, to=body.to, purpose=body.purpose, request=body.request
        )
        node.wake("sending")
        return sent

    @api.get("/api/v1/alerts/{alert_id}/preview", tags=["alerts"])
    def preview(
        who: Who, alert_id: str, to: Party, purpose: Purpose = "RISK_ANALYSIS"
    ) -> dict[str, object]:
        """What a partner would read of an alert of ours; nothing is sent."""
        return node.previewing.preview(who, alert_id, to=[to], purpose=purpose)

    @api.get("/api/v1/alerts", tags=["alerts"])
    def alerts(
        who: Who, direction: str = "", limit: Limit = 50, purpose: Purpose = ""
    ) -> dict[str, object]:
        """Alerts, the newest first; `direction` is issued or received."""
        return node.enquiry.alerts(who, direction=direction, limit=limit, purpose=purpose)

    @api.get("/api/v1/alert-statistics", tags=["alerts"])
    def statistics(
        who: Who,
        begin: Annotated[date, Query()],
        end: Annotated[date, Query()],
        direction: str = "received",
        test: bool = False,  # noqa: FBT001, FBT002 - a part of the query
        operation: Annotated[str, Query(max_length=15)] = "",
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """How soon alerts were acknowledged and fitted, and how many did; `end` is excluded."""
        return node.indicators.show(
            who, begin, end, direction=direction, test=test, operation=operation, purpose=purpose
        )

    @api.get("/api/v1/alerts/{alert_id}", tags=["alerts"])
    def alert(
        who: Who, alert_id: str, issuer: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """One alert with what became of it at each recipient, and every hit with its reason."""
        return node.enquiry.alert(who, alert_id, issuer=issuer, purpose=purpose)

    @api.post("/api/v1/alerts/{alert_id}/acknowledge", status_code=202, tags=["alerts"])
    def acknowledge(
        who: Who, alert_id: str, body: Seen, issuer: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """Tell the issuer that a received alert was seen."""
        done = node.alerting.acknowledge(
            who,
            alert_id,
            office=body.office,
            remark=body.remark,
            issuer=issuer,
            purpose=purpose,
        )
        node.wake("sending")
        return done

    @api.post("/api/v1/alerts/{alert_id}/withdraw", status_code=202, tags=["alerts"])
    def withdraw(who: Who, alert_id: str, body: Reason) -> dict[str, object]:
        """Take an alert of ours back, here and at everybody it was sent to."""
        done = node.alerting.withdrawing.withdraw(who, alert_id, why=body.why)
        node.wake("sending")
        return done

    @api.get("/api/v1/hits/{hit}", tags=["alerts"])
    def why(
        who: Who, hit: Annotated[str, Path(max_length=50)], purpose: Purpose = ""
    ) -> dict[str, object]:
        """Say why a hit is one: both values of each field, the score, the alert's worth."""
        return node.enquiry.why(who, hit, purpose=purpose)
