"""Lists of alerts: kept as drafts, each alert with what becomes of it."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import Field, JsonValue

from exchange_node.node import ListForm, Node
from exchange_node.web.asking import Body, Purpose, Who


class AlertList(Body):
    """A list of alerts.

    Attributes:
        alerts: each with the keys of a draft and its `source_reference`.
        source: whose numbers these are: two may give one.
        dry_run: do everything and keep nothing.
        keep_good: keep what is good although something is not; else it is all or nothing.
    """

    alerts: Annotated[list[dict[str, JsonValue]], Field(max_length=5_000)]
    source: Annotated[str, Field(max_length=50)] = ""
    dry_run: bool = False
    keep_good: bool = False


Form = Annotated[Literal["csv", "json", "misp"], Query()]


def add_alert_lists(api: FastAPI, node: Node) -> None:
    """Add what a liaison officer does with lists of alerts."""

    @api.post("/api/v1/alert-lists", tags=["alerts"])
    def import_list(who: Who, body: AlertList) -> dict[str, object]:
        """Keep the alerts of a list as drafts; say of each what becomes of it."""
        content = json.dumps({"alerts": body.alerts}).encode()
        return node.importing.run(
            who, content, source=body.source, dry_run=body.dry_run, keep_good=body.keep_good
        )

    @api.get("/api/v1/alert-lists", tags=["alerts"])
    def export_list(
        who: Who,
        form: Form = "json",
        alert: Annotated[str, Query(max_length=70)] = "",
        issuer: str = "",
        purpose: Purpose = "RISK_ANALYSIS",
    ) -> dict[str, object]:
        """Alerts as a list or as events of MISP: one, else ours that have not ended."""
        made = node.listing.run(
            who, ListForm(form), [alert] if alert else [], issuer=issuer, purpose=purpose
        )
        text = made.content.decode()
        shown = text if form == "csv" else json.loads(text)
        left = [one.as_dict() | {"text": one.text, "mend_text": one.mend_text} for one in made.left]
        return {"form": form, "count": made.count, "list": shown, "left": left}
