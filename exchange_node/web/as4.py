"""The AS4 endpoint: one bare route that hands bytes and the caller's certificate to the node."""

from __future__ import annotations

from typing import cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exchange_node.node import Node
from exchange_node.web.heads import BoundedHeadProtocol

PEER_CERTIFICATE = "carec.peer_certificate"
"""Where the caller's TLS certificate (DER) stands in the ASGI scope."""


class MutualTlsProtocol(BoundedHeadProtocol):
    """Uvicorn's HTTP protocol, which otherwise keeps the caller's certificate to itself."""

    def on_message_begin(self) -> None:
        """Note the certificate of the connection on each request."""
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        cast("dict[str, object]", self.scope)[PEER_CERTIFICATE] = certificate or b""

    def shutdown(self) -> None:
        """End an idle connection at once: a partner that keeps it open must not hold up the stop.

        A polite TLS farewell would wait for the partner's own.
        """
        cycle: object = self.cycle
        if cycle is None or self.cycle.response_complete:
            self.transport.abort()
        else:
            super().shutdown()


def as4_application(node: Node) -> Starlette:
    """Build the endpoint that partners post to."""

    async def receive(request: Request) -> Response:
        body = await _bounded_body(request, node.settings.message_bytes)
        if body is None:
            return PlainTextResponse("the message is too large\n", status_code=413)
        answer = await run_in_threadpool(
            node.reception.receive,
            request.scope.get(PEER_CERTIFICATE, b""),
            request.headers.get("content-type", ""),
            body,
        )
        node.wake("filing")
        headers = {"content-type": answer.content_type} if answer.content_type else {}
        return Response(answer.body, status_code=answer.status, headers=headers)

    return Starlette(routes=[Route("/as4", receive, methods=["POST"])])


async def _bounded_body(request: Request, limit: int) -> bytes | None:
    """Return the request's body, or None as soon as it exceeds the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        return None
    chunks = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                return None
            chunks.append(chunk)
    except ClientDisconnect:
        return b""
    return b"".join(chunks)
