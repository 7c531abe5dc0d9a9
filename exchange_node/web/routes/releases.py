"""The officers' routes: what waits for them, exactly what leaves, approvals and refusals."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Response
from pydantic import Field

from exchange_node.domain.errors import DisposedRecordError
from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Who
from exchange_node.web.files import saved

RELEASE = "/api/v1/releases/{message_id:path}"


class Approval(Body):
    """The document that an officer has seen."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Refusal(Body):
    """Why a message is kept back."""

    why: Annotated[str, Field(min_length=1, max_length=500)]


def releases(api: FastAPI, node: Node) -> None:
    """Add the officers' routes."""

    @api.get("/api/v1/releases", tags=["releases"])
    def waiting(who: Who, state: str = "", limit: Limit = 50) -> dict[str, object]:
        """What waits for officers, flash first; or what was released, refused, or lapsed."""
        return node.releasing.list(who, state=state, limit=limit)

    @api.get(f"{RELEASE}/document", tags=["releases"])
    def document(who: Who, message_id: str) -> Response:
        """The document as XML, byte for byte as the partner will have it; while it waits."""
        shown = node.releasing.show(who, message_id)
        if shown["document"] is None:
            day = str(shown["settled_at"])[:10]
            raise DisposedRecordError(kind="document", key=message_id, day=day)
        return Response(shown["document"], media_type="application/xml")

    @api.get(f"{RELEASE}/files/{{number}}", tags=["releases"])
    def file(who: Who, message_id: str, number: int) -> Response:
        """One file that goes with the document, byte for byte as it leaves; while it waits."""
        named, content = node.releasing.file(who, message_id, number)
        sent = saved(content)
        sent.headers["X-Content-Digest"] = named["digest"]
        return sent

    @api.post(f"{RELEASE}/approve", tags=["releases"])
    def approve(who: Who, message_id: str, body: Approval) -> dict[str, object]:
        """Approve the document of that digest; the last officer's approval lets it go."""
        done = node.releasing.approve(who, message_id, digest=body.digest)
        node.wake("releasing")
        node.wake("sending")
        return done

    @api.post(f"{RELEASE}/refuse", tags=["releases"])
    def refuse(who: Who, message_id: str, body: Refusal) -> dict[str, object]:
        """Keep a message back for good."""
        return node.releasing.refuse(who, message_id, why=body.why)

    @api.get(RELEASE, tags=["releases"])
    def show(who: Who, message_id: str) -> dict[str, object]:
        """One message: who is awaited, and while it waits every value that the partner will see."""
        return node.releasing.show(who, message_id)
