"""The AS4 endpoint: one bare route that hands bytes and the caller's certificate to the node."""

from __future__ import annotations

from typing import Protocol, cast

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from exchange_node.domain.errors import StoreError
from exchange_node.domain.transmission.content import Content, size_of
from exchange_node.node import Node, shown_on
from exchange_node.web.bodies import read_body
from exchange_node.web.heads import BoundedHeadProtocol

log = structlog.get_logger()

PEER_CERTIFICATE = "carec.peer_certificate"
"""Where the caller's TLS certificate (DER) stands in the ASGI scope."""

PEER_ABOVE = "carec.peer_above"
"""Where the certificates (DER) stand that came with it, a tuple of them."""


class Answer(Protocol):
    """What the node answers to a request."""

    @property
    def status(self) -> int:
        """The status of HTTP."""
        ...

    @property
    def content_type(self) -> str:
        """The type of the body."""
        ...

    @property
    def body(self) -> Content:
        """The body."""
        ...


class MutualTlsProtocol(BoundedHeadProtocol):
    """Uvicorn's HTTP protocol, which otherwise keeps the caller's certificate to itself."""

    def on_message_begin(self) -> None:
        """Note the certificates of the connection on each request."""
        super().on_message_begin()
        tls = self.transport.get_extra_info("ssl_object")
        shown = shown_on(tls) if tls is not None else ()
        scope = cast("dict[str, object]", self.scope)
        scope[PEER_CERTIFICATE] = shown[0] if shown else b""
        scope[PEER_ABOVE] = shown[1:]

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
        certificate = request.scope.get(PEER_CERTIFICATE, b"")
        try:
            most = node.reception.most_bytes(certificate)
            body = await read_body(request, most, node.new_spool)
        except StoreError as err:
            log.warning("reception-failed", code=err.code, why=str(err))
            return PlainTextResponse(f"{err.code}\n", status_code=503)
        except ClientDisconnect:
            # Nobody hears the answer, and half a message is none, not even an invalid one.
            log.info("caller-broke-off", caller=request.client.host if request.client else "")
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse("the message is too large\n", status_code=413)
        answer = await run_in_threadpool(
            node.reception.receive,
            certificate,
            request.headers.get("content-type", ""),
            body,
            request.scope.get(PEER_ABOVE, ()),
        )
        node.wake("filing")
        return _response(answer)

    return Starlette(routes=[Route("/as4", receive, methods=["POST"])])


def _response(answer: Answer) -> Response:
    headers = {"content-type": answer.content_type} if answer.content_type else {}
    if isinstance(answer.body, bytes):
        return Response(answer.body, status_code=answer.status, headers=headers)
    headers["content-length"] = str(size_of(answer.body))
    return StreamingResponse(answer.body.chunks(), status_code=answer.status, headers=headers)
