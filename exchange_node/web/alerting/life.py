"""What a desk does with a partner's alert: taken up, rejected, seen, fed back; ours corrected."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI
from pydantic import Field, JsonValue

from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.node import Node
from exchange_node.web.asking import Body, Purpose, Who


class TakenUp(Body):
    """Whose desk deals with an alert."""

    office: Annotated[str, Field(min_length=1, max_length=17)]
    remark: Annotated[str, Field(max_length=512)] = ""


class Rejected(TakenUp):
    """Whose desk does not take an alert, and why."""

    reason: RejectionReason


class Correction(Body):
    """The whole of an alert as it is to be, and why it is corrected; the reason names nobody."""

    alert: dict[str, JsonValue]
    why: Annotated[str, Field(min_length=1, max_length=512)]


def add_alert_life(api: FastAPI, node: Node) -> None:
    """Add what a liaison officer does with a partner's alert after it was seen, or with ours."""

    @api.post("/api/v1/alerts/{alert_id}/corrections", status_code=201, tags=["alerts"])
    def correct(who: Who, alert_id: str, body: Correction) -> dict[str, object]:
        """Keep a correction of an alert of ours as a draft; `send` lets it take its place."""
        return node.alerting.correcting.correct(who, alert_id, body.alert, why=body.why)

    @api.post("/api/v1/alerts/{alert_id}/take-up", status_code=202, tags=["alerts"])
    def take_up(
        who: Who, alert_id: str, body: TakenUp, issuer: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """Tell the issuer that a desk here deals with a received alert."""
        done = node.alerting.answering.say(
            who, alert_id, Stage.TREATMENT, office=body.office, remark=body.remark,
            issuer=issuer, purpose=purpose,
        )  # fmt: skip
        node.wake("sending")
        return done

    @api.post("/api/v1/alerts/{alert_id}/reject", status_code=202, tags=["alerts"])
    def reject(
        who: Who, alert_id: str, body: Rejected, issuer: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """Tell the issuer that a received alert is not taken, and why."""
        done = node.alerting.answering.say(
            who, alert_id, Stage.REJECTED, office=body.office, remark=body.remark,
            rejection=body.reason, issuer=issuer, purpose=purpose,
        )  # fmt: skip
        node.wake("sending")
        return done

    @api.post("/api/v1/alerts/{alert_id}/feedback", status_code=202, tags=["alerts"])
    def feedback(
        who: Who,
        alert_id: str,
        body: dict[str, JsonValue],
        issuer: str = "",
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """Tell the issuer what came of its alert; the keys are those in docs/alerts.md."""
        done = node.alerting.reporting.report(who, alert_id, body, issuer=issuer, purpose=purpose)
        node.wake("sending")
        return done

    @api.post("/api/v1/alerts/{alert_id}/sightings", status_code=202, tags=["alerts"])
    def sighting(
        who: Who,
        alert_id: str,
        body: dict[str, JsonValue],
        issuer: str = "",
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """Tell the issuer that something was seen, and nothing done; keys as in docs/alerts.md."""
        done = node.alerting.reporting.sighted(who, alert_id, body, issuer=issuer, purpose=purpose)
        node.wake("sending")
        return done
