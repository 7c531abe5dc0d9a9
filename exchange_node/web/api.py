"""The API for our own people and systems: declarations in, pre-arrival out, alerts both ways.

Every answer is JSON; every refusal is a problem (RFC 9457) with a code, a sentence and what to do
about it. Authentication is a bearer token with roles; the walks behind check the role, not this
door.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, JsonValue, ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from exchange_node.config.wording import Wording
from exchange_node.domain.access import Actor
from exchange_node.domain.errors import (
    InvalidFactsError,
    NodeError,
    UnreadableInputError,
)
from exchange_node.domain.message import AttachedFile
from exchange_node.node import Node, trying
from exchange_node.web.alerting.life import add_alert_life
from exchange_node.web.alerting.lists import add_alert_lists
from exchange_node.web.alerting.operations import add_operations
from exchange_node.web.asking import Body, Party, Who, known_query
from exchange_node.web.assistance.onward import further_use
from exchange_node.web.assistance.requests import mutual_assistance
from exchange_node.web.files import WITH_FILES, Octets, add_alert_files, add_files
from exchange_node.web.operation import operation
from exchange_node.web.problems import (
    limit_body,
    no_such_route,
    problem,
    unusable_request,
    wording_of,
)
from exchange_node.web.routes.alerts import add_alerts
from exchange_node.web.routes.availability import availability
from exchange_node.web.routes.border import add_manifests
from exchange_node.web.routes.decisions import add_decisions
from exchange_node.web.routes.movements import add_movements
from exchange_node.web.routes.notices import add_notices
from exchange_node.web.routes.orders import add_orders
from exchange_node.web.routes.posts import add_posts
from exchange_node.web.routes.releases import releases

LEAST_PACKED_BYTES = 500
"""Answers below are not compressed (our choice): they fit into one packet as they are."""

Pointer = Annotated[str, Query(max_length=512)]


class Handed(Body):
    """What is handed over for a partner; give it as text or in base64, facts as keys or text."""

    to: Party
    declaration: str = ""
    declaration_base64: str = ""
    format: str = ""
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    facts_text: str = ""
    purpose: str = "TRANSIT_CONTROL"
    request: Annotated[str, Field(max_length=100)] = ""


class Declaration(Handed):
    """A national declaration to be sent on."""

    key: Annotated[str, Field(max_length=100)] = ""


class Tried(Handed):
    """A declaration, or a finished document, to be tried; nothing is sent."""

    on: date | None = None
    preview: bool = False
    attachments: Annotated[int, Field(ge=0)] = 0


def api_application(node: Node) -> FastAPI:
    """Build the API over one node."""
    api = FastAPI(
        title="CAREC customs exchange node",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(known_query)],
    )
    api.add_exception_handler(NodeError, problem)
    api.add_exception_handler(RequestValidationError, unusable_request)
    api.add_exception_handler(HTTPException, no_such_route)
    large = {WITH_FILES: node.settings.message_bytes}
    api.middleware("http")(limit_body(node.settings.request_bytes, large))
    api.add_middleware(
        GZipMiddleware,
        minimum_size=LEAST_PACKED_BYTES,
        compresslevel=6,
        # Whoever saves a file over a poor line is told how long it is.
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, Octets.media_type),
    )

    api.state.node = node
    _submissions(api, node)
    add_files(
        api, node, lambda who, text, files, answer: _submit(node, who, _read(text), answer, files)
    )
    add_alert_files(api, node)
    add_manifests(api, node)
    add_decisions(api, node)
    add_posts(api, node)
    add_alerts(api, node)
    add_alert_life(api, node)
    add_alert_lists(api, node)
    add_operations(api, node)
    add_movements(api, node)
    add_notices(api, node)
    mutual_assistance(api, node)
    further_use(api, node)
    releases(api, node)
    operation(api, node)
    availability(api, node)
    add_orders(api, node)
    return api


def _submissions(api: FastAPI, node: Node) -> None:
    @api.post("/api/v1/submissions", status_code=202, tags=["submissions"])
    def submit(who: Who, body: Declaration, response: Response) -> dict[str, object]:
        """Map, validate, minimise, seal and queue a declaration; 422 with findings if refused.

        Of a movement that the partner was told before it is an amendment: `transmission.code`.
        """
        return _submit(node, who, body, response)

    @api.post("/api/v1/dry-run", tags=["submissions"])
    def dry_run(who: Who, body: Tried, request: Request) -> dict[str, object]:
        """Would the partner take this, and if not, why, and who has to act; nothing is sent."""
        return _tried(node, who, body, wording_of(request))

    @api.get("/api/v1/submissions/{submission_id}", tags=["submissions"])
    def status(who: Who, submission_id: str) -> dict[str, object]:
        """What became of a submission: state, losses in numbers, what was withheld, answer."""
        return _linked(node.enquiry.submission(who, submission_id))

    @api.get("/api/v1/submissions/{submission_id}/report", tags=["submissions"])
    def report(who: Who, submission_id: str) -> dict[str, object]:
        """What became of each value of a submission, and where each value sent comes from."""
        return node.losses.report(who, submission_id)

    @api.get("/api/v1/submissions/{submission_id}/explain", tags=["submissions"])
    def explain(who: Who, submission_id: str, pointer: Pointer) -> dict[str, object]:
        """What made a value that was sent (WCO pointer or ids), or became of a leaf (path)."""
        return node.losses.explain(who, submission_id, pointer)


def _read(text: bytes) -> Declaration:
    try:
        return Declaration.model_validate_json(text)
    except ValidationError as err:
        raise RequestValidationError(err.errors()) from None


def _submit(
    node: Node,
    who: Actor,
    body: Declaration,
    response: Response,
    files: Sequence[AttachedFile] = (),
) -> dict[str, object]:
    submission = node.dispatch.submit(
        who,
        declaration_of(body, node.settings.document_bytes),
        partner=body.to,
        format_name=body.format,
        facts=facts_of(body),
        purpose=body.purpose,
        idempotency_key=body.key,
        files=files,
        request=body.request,
    )
    node.wake(f"sending {body.to}")
    if submission.is_refused:
        response.status_code = 422
    return _linked(node.enquiry.submission(who, submission.submission_id))


def _tried(node: Node, who: Actor, body: Tried, words: Wording) -> dict[str, object]:
    trial = trying(node).look(
        who,
        declaration_of(body, node.settings.document_bytes),
        partner=body.to,
        purpose=body.purpose,
        format_name=body.format,
        facts=facts_of(body),
        on=body.on,
        attachments=body.attachments,
        request=body.request,
    )
    shown = {"preview": trial.preview.decode()} if body.preview else {}
    return trial.as_dict(words.fill) | shown


def _linked(submission: dict[str, Any]) -> dict[str, object]:
    """Return a submission with the way to its whole report."""
    way = f"/api/v1/submissions/{submission['submission_id']}/report"
    return submission | {"report": submission["report"] | {"href": way}}


def declaration_of(body: Handed, limit: int) -> bytes:
    """Return the declaration in a body.

    Raises:
        UnreadableInputError: it is given twice or not at all, is no base64, or is too large.
    """
    if bool(body.declaration) == bool(body.declaration_base64):
        raise UnreadableInputError(
            which="the body",
            why="give one of declaration and declaration_base64",
            limit_bytes=limit,
        )
    try:
        content = (
            base64.b64decode(body.declaration_base64, validate=True)
            if body.declaration_base64
            else body.declaration.encode()
        )
    except (binascii.Error, ValueError):
        raise UnreadableInputError(
            which="declaration_base64", why="it is no base64", limit_bytes=limit
        ) from None
    if len(content) > limit:
        raise UnreadableInputError(
            which="the declaration", why=f"it has {len(content)} bytes", limit_bytes=limit
        )
    return content


def facts_of(body: Handed) -> str:
    """Return the facts in a body as one text.

    Raises:
        InvalidFactsError: they are given twice.
    """
    if body.facts and body.facts_text:
        raise InvalidFactsError(place="the body", why="give one of facts and facts_text")
    return json.dumps(body.facts) if body.facts else body.facts_text
