"""Files beside documents: a form with a submission and its files in, one file after another out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from exchange_node.config.intake import read_form
from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnreadableInputError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import Content, chunks_of, size_of, whole
from exchange_node.node import Node
from exchange_node.web.asking import Number, Purpose, Who
from exchange_node.web.bodies import read_body

WITH_FILES = "/api/v1/submissions/with-files"
"""Takes more than other requests do, and takes it as it comes."""

Submit = Callable[[Actor, bytes, Sequence[AttachedFile], Response], dict[str, object]]
"""Called with who asks, the declaration's JSON, the files, and the answer to set a status on."""


def add_files(api: FastAPI, node: Node, submit: Submit) -> None:
    """Add what takes files in and gives them out."""

    @api.post(WITH_FILES, status_code=202, tags=["submissions"])
    async def submit_with_files(
        who: Who, request: Request, response: Response
    ) -> dict[str, object]:
        """As without, from a form: first the declaration as JSON, then the files that go along."""
        limit = node.settings.message_bytes
        try:
            body = await read_body(request, limit, node.new_spool)
        except ClientDisconnect:
            raise UnreadableInputError(which="the form", why="it broke off") from None
        if body is None:
            why = f"it has more than {limit} bytes"
            raise UnreadableInputError(which="the form", why=why, limit_bytes=limit)
        content_type = request.headers.get("content-type", "")
        return await run_in_threadpool(_take, node, submit, who, content_type, body, response)

    @api.get(
        "/api/v1/manifests/{number}/attachments/{position}",
        tags=["border post"],
        response_class=Octets,
    )
    def attachment(who: Who, number: Number, position: Number, purpose: Purpose = "") -> Response:
        """A file that came with a manifest, byte for byte; to be saved, not shown."""
        found = node.enquiry.attachment(who, number, position, purpose=purpose)
        return saved(found.content)


def add_alert_files(api: FastAPI, node: Node) -> None:
    """Add what takes in the files that alerts name, and gives them out."""

    @api.post("/api/v1/alerts/{alert_id}/files", status_code=201, tags=["alerts"])
    async def hand_in(
        who: Who, alert_id: str, request: Request, issuer: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """Keep a file, the body, that an alert of ours names by its SHA-256; it goes to nobody."""
        limit = node.settings.request_bytes
        try:
            body = await read_body(request, limit, node.new_spool)
        except ClientDisconnect:
            raise UnreadableInputError(which="the file", why="it broke off") from None
        if body is None:
            why = f"it has more than {limit} bytes"
            raise UnreadableInputError(which="the file", why=why, limit_bytes=limit)

        def keep() -> dict[str, object]:
            return node.attaching.hand_in(who, alert_id, body, issuer=issuer, purpose=purpose)

        return await run_in_threadpool(keep)

    @api.get("/api/v1/alerts/{alert_id}/files/{digest}", tags=["alerts"], response_class=Octets)
    def hand_out(who: Who, alert_id: str, digest: str) -> Response:
        """A file that was handed in for an alert of ours, byte for byte; to be saved, not shown."""
        return saved(node.attaching.fetch(who, alert_id, digest).content)


class Octets(StreamingResponse):
    """Bytes of no type that anybody would show."""

    media_type = "application/octet-stream"


def saved(content: Content) -> Octets:
    """Return an answer of bytes that a browser saves and does not show."""
    return Octets(
        iter(chunks_of(content)),
        headers={
            "Content-Length": str(size_of(content)),
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _take(
    node: Node, submit: Submit, who: Actor, content_type: str, body: Content, response: Response
) -> dict[str, object]:
    asked, *files = read_form(
        content_type, body, new_spool=node.new_spool, limit_bytes=node.settings.message_bytes
    )
    most = node.settings.request_bytes
    if size_of(asked.content) > most:
        why = f"it has {size_of(asked.content)} bytes"
        raise UnreadableInputError(which="the declaration", why=why, limit_bytes=most)
    return submit(who, whole(asked.content), files, response)
