"""The desk's routes for further use: consent asked, decided, listed; records exported."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Request, Response
from pydantic import Field

from exchange_node.domain.onward.asking import LONGEST_TEXT, Ground, Outcome
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Who
from exchange_node.web.problems import wording_of

REQUESTS = "/api/v1/onward/requests"
EXPORTS = "/api/v1/onward/exports"
_TAG = "further use"

Words = Annotated[str, Field(max_length=LONGEST_TEXT)]


class FurtherUse(Body):
    """A record, to whom, for which use and purpose."""

    kind: Kept
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    recipient: Annotated[str, Field(min_length=1, max_length=70)]
    use: Use = Use.WORK
    purpose: Annotated[str, Field(min_length=1, max_length=35)]
    message_id: Annotated[str, Field(max_length=255)] = ""

    def intended(self) -> Intended:
        """Return it as the walks take it."""
        return Intended(
            kind=self.kind,
            subject=self.subject,
            recipient=self.recipient,
            use=self.use,
            purpose=self.purpose,
            message_id=self.message_id,
        )


class Asked(FurtherUse):
    """A further use that consent is asked for."""

    why: Words
    until: datetime | None = None


class Decided(Body):
    """What is answered to a partner's request."""

    outcome: Outcome
    ground: Ground | None = None
    conditions: Words = ""
    until: datetime | None = None


class Wanted(FurtherUse):
    """A further use that a record is to be exported for; with `preview` nothing is."""

    why: Words = ""
    preview: bool = False


def further_use(api: FastAPI, node: Node) -> None:
    """Add the routes of consent and export."""
    _add_requests(api, node)
    _add_exports(api, node)


def _add_requests(api: FastAPI, node: Node) -> None:
    @api.post(REQUESTS, status_code=202, tags=[_TAG])
    def ask(who: Who, body: Asked) -> dict[str, object]:
        """Ask the supplier of a record for consent; what was asked already is not asked again."""
        asked = node.consenting.ask(who, body.intended(), why=body.why, until=body.until)
        node.wake("sending")
        return asked

    @api.get(REQUESTS, tags=[_TAG])
    def requests(
        who: Who, direction: str = "", partner: str = "", subject: str = "", limit: Limit = 50
    ) -> dict[str, object]:
        """What was asked and told as it stands now; `direction` is asked or received."""
        return node.consenting.register(
            who, direction=direction, partner=partner, subject=subject, limit=limit
        )

    @api.get(REQUESTS + "/{request_id}", tags=[_TAG])
    def request(who: Who, request_id: str, partner: str = "") -> dict[str, object]:
        """One request with every answer, and what was said in words while it is kept."""
        return node.consenting.request(who, request_id, partner=partner)

    @api.post(REQUESTS + "/{request_id}/answers", status_code=202, tags=[_TAG])
    def decide(who: Who, request_id: str, body: Decided, partner: str = "") -> dict[str, object]:
        """Answer a partner's request: granted, refused, or a consent withdrawn."""
        answered = node.consenting.decide(
            who,
            request_id,
            body.outcome,
            ground=body.ground.value if body.ground else "",
            conditions=body.conditions,
            until=body.until,
            partner=partner,
        )
        node.wake("sending")
        return answered


def _add_exports(api: FastAPI, node: Node) -> None:
    @api.post(EXPORTS, status_code=201, tags=[_TAG])
    def export(who: Who, body: Wanted, request: Request, response: Response) -> dict[str, object]:
        """A record for a further use, with its cover note; 403 says why not and what would help."""
        if body.preview:
            response.status_code = 200
            return node.exporting.preview(who, body.intended(), wording_of(request).fill)
        made = node.exporting.export(who, body.intended(), why=body.why)
        node.wake("sending")
        return {
            "cover": made.cover,
            "record": {
                "name": made.name,
                "media_type": made.media_type,
                "base64": base64.b64encode(made.content).decode(),
            },
        }

    @api.get(EXPORTS, tags=[_TAG])
    def exports(
        who: Who, partner: str = "", subject: str = "", limit: Limit = 50
    ) -> dict[str, object]:
        """What was exported, the newest first: when, to whom, by which officer."""
        return node.exporting.register(who, partner=partner, subject=subject, limit=limit)
