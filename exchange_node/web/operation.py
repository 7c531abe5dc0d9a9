"""The operator's routes: messages and what may be done with them, captures, quality, the health."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Query, Response
from pydantic import Field

from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Number, Who
from exchange_node.web.files import Octets, saved

MESSAGE = "/api/v1/messages/{message_id:path}"


class Reason(Body):
    """Why an operator does it, for the audit."""

    why: Annotated[str, Field(min_length=1, max_length=500)]


def operation(api: FastAPI, node: Node) -> None:
    """Add the operator's routes."""
    _add_messages(api, node)
    _add_wire(api, node)
    _add_quality(api, node)

    @api.get("/api/v1/health", tags=["operation"])
    def health() -> dict[str, object]:
        """Whether the node and its database answer; says nothing of what it holds."""
        return node.enquiry.health()


def _add_messages(api: FastAPI, node: Node) -> None:
    @api.get("/api/v1/messages", tags=["operation"])
    def messages(
        who: Who, state: str = "", partner: str = "", limit: Limit = 50
    ) -> dict[str, object]:
        """Messages to partners, the newest first."""
        return node.enquiry.messages(who, state=state, partner=partner, limit=limit)

    @api.get("/api/v1/gaps", tags=["operation"])
    def gaps(
        who: Who, partner: str = "", after: Annotated[int, Query(ge=0)] = 0, limit: Limit = 50
    ) -> dict[str, object]:
        """Messages that by the daily accounts one side had and the other had not."""
        return node.accounting.gaps(who, partner=partner, after=after, limit=limit)

    @api.get(MESSAGE, tags=["operation"])
    def message(who: Who, message_id: str) -> dict[str, object]:
        """One message: where it stands, why it waits, what happened, what may be done now."""
        return node.operating.show(who, message_id)

    @api.post(f"{MESSAGE}/hold", tags=["operation"])
    def hold(who: Who, message_id: str, body: Reason) -> dict[str, object]:
        """Keep a message back until it is released."""
        return node.operating.hold(who, message_id, why=body.why)

    @api.post(f"{MESSAGE}/release", tags=["operation"])
    def release(who: Who, message_id: str) -> dict[str, object]:
        """Let a message that an operator holds go on."""
        done = node.operating.release(who, message_id)
        node.wake("sending")
        return done

    @api.post(f"{MESSAGE}/cancel", tags=["operation"])
    def cancel(who: Who, message_id: str, body: Reason) -> dict[str, object]:
        """Take a message back for good, as long as there is no receipt for it."""
        return node.operating.cancel(who, message_id, why=body.why)

    @api.post(f"{MESSAGE}/resend", tags=["operation"])
    def resend(who: Who, message_id: str) -> dict[str, object]:
        """Send the same bytes once more, after a refusal or without a receipt."""
        done = node.operating.resend(who, message_id)
        node.wake("sending")
        return done

    @api.post(f"{MESSAGE}/anew", status_code=202, tags=["operation"])
    def anew(who: Who, message_id: str) -> dict[str, object]:
        """Say anew what the partner did not take: the same word, by a new message."""
        done = node.repeating.again(who, message_id)
        node.wake("sending")
        node.wake("fulfilling")
        return done

    @api.post(f"{MESSAGE}/unpark", tags=["operation"])
    def unpark(who: Who, message_id: str) -> dict[str, object]:
        """Let a received message that was put aside be filed."""
        done = node.operating.unpark(who, message_id)
        node.wake("filing")
        return done


def _add_quality(api: FastAPI, node: Node) -> None:
    @api.get("/api/v1/quality", tags=["operation"])
    def quality(
        who: Who,
        direction: str = "",
        office: str = "",
        partner: str = "",
        format: str = "",  # noqa: A002 - the name in the query
        field: Annotated[str, Query(max_length=512)] = "",
        since: date | None = None,
        until: date | None = None,
        by: str = "office",
        limit: Limit = 50,
    ) -> dict[str, object]:
        """How often documents are accepted, and which fields and rules stop them, worst first."""
        return node.quality.figures(
            who,
            direction=direction,
            office=office,
            partner=partner,
            format_name=format,
            field=field,
            since=since,
            until=until,
            by=by,
            limit=limit,
        )


def _add_wire(api: FastAPI, node: Node) -> None:
    @api.get("/api/v1/captures", tags=["operation"])
    def captures(
        who: Who, partner: str = "", message_id: str = "", limit: Limit = 50
    ) -> dict[str, object]:
        """What was kept of what passed on the wire, the newest first, without its bytes."""
        return node.replaying.captures(who, partner=partner, message_id=message_id, limit=limit)

    @api.get("/api/v1/captures/{number}/export", tags=["operation"], response_class=Octets)
    def export(who: Who, number: Number) -> Response:
        """A capture as a file for `exchange-node replay`: its Content-Type, a blank line, bytes."""
        return saved(node.replaying.export(who, number))

    @api.post("/api/v1/partners/{partner}/ping", tags=["operation"])
    def ping(
        who: Who, partner: str, tries: Annotated[int, Query(ge=1, le=20)] = 3
    ) -> dict[str, object]:
        """Send test messages to a partner: TLS, receipt, certificates, clocks, and what stands."""
        return node.probing.ping(who, partner, tries=tries)
