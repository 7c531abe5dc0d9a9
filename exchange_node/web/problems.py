"""Refusals over HTTP: our error → problem details (RFC 9457) in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from exchange_node.config.wording import Wording, wording
from exchange_node.domain.errors import (
    DecisionStandsError,
    DisposedRecordError,
    EarlyKeyError,
    InputError,
    InvalidDocumentError,
    NodeError,
    NotNowError,
    NotPermittedError,
    OfficeError,
    OfficeNodeError,
    OtherDocumentError,
    OwnWorkError,
    ReleaseNotNowError,
    RoleError,
    StoreError,
    UnauthenticatedError,
    UnfitToResendError,
    UnknownRecordError,
    UnreadableInputError,
)

log = structlog.get_logger()

PROBLEM = "application/problem+json"

NO_PATHS: Mapping[str, int] = MappingProxyType({})

STATUS: tuple[tuple[type[NodeError], int], ...] = (
    (UnauthenticatedError, 401),
    (RoleError, 403),
    (OwnWorkError, 403),
    (OfficeError, 403),
    (OfficeNodeError, 403),
    (NotPermittedError, 403),
    (UnknownRecordError, 404),
    (DisposedRecordError, 410),
    (NotNowError, 409),
    (DecisionStandsError, 409),
    (EarlyKeyError, 409),
    (ReleaseNotNowError, 409),
    (OtherDocumentError, 409),
    (UnfitToResendError, 409),
    (UnreadableInputError, 400),
    (InputError, 422),
    (StoreError, 503),
)
"""HTTP status by kind of error, the first that fits; what is left is our operator's: 500."""


class _Problem(JSONResponse):
    """Problem details. What is no Unicode in a value that is quoted is escaped, as JSON allows."""

    media_type = PROBLEM

    def render(self, content: object) -> bytes:
        """Return the details as JSON."""
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def problem(request: Request, err: Exception) -> Response:
    """Answer one of our errors."""
    if not isinstance(err, NodeError):  # pragma: no cover - registered for NodeError alone
        raise err
    status = next((status for kind, status in STATUS if isinstance(err, kind)), 500)
    words = wording_of(request)
    said = words.error(err)
    if status >= 500:
        log.error("api-failed", code=err.code, why=str(err))
    body: dict[str, object] = {
        "type": f"urn:carec:error:{err.code}",
        "title": type(err).__name__.removesuffix("Error"),
        "status": status,
        "detail": said.sentence,
        "mend": said.mend,
        "code": err.code,
    }
    if isinstance(err, InvalidDocumentError):
        body["findings"] = [
            one.as_dict() | {"text": words.finding(one).sentence} for one in err.findings
        ]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return _Problem(body, status_code=status, headers=headers)


def unusable_request(request: Request, err: Exception) -> Response:
    """Answer a request whose shape is wrong: every place and why, never the values."""
    del request
    if not isinstance(err, RequestValidationError):  # pragma: no cover - registered for it alone
        raise err
    places = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in err.errors()]
    return _Problem(
        {
            "type": "urn:carec:error:api.unusable-request",
            "title": "UnusableRequest",
            "status": 422,
            "detail": "; ".join(places),
            "mend": "The API's description is at /api/v1/openapi.json.",
            "code": "api.unusable-request",
        },
        status_code=422,
    )


def no_such_route(request: Request, err: Exception) -> Response:
    """Answer a path or a method that the API does not have."""
    if not isinstance(err, HTTPException):  # pragma: no cover - registered for it alone
        raise err
    return JSONResponse(
        {
            "type": "urn:carec:error:api.no-such-route",
            "title": "NoSuchRoute",
            "status": err.status_code,
            "detail": f"{request.method} {request.url.path}: {err.detail}",
            "mend": "The API's description is at /api/v1/openapi.json.",
            "code": "api.no-such-route",
        },
        status_code=err.status_code,
        media_type=PROBLEM,
        headers=err.headers,
    )


def limit_body(
    most: int, large: Mapping[str, int] = NO_PATHS
) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Return a middleware that turns away what declares too many bytes, or none at all.

    `large`: by path, what takes more.
    """

    async def check(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        declared = request.headers.get("content-length", "")
        if request.method in ("POST", "PUT", "PATCH") and not declared.isdigit():
            return _too_large("the length of the body must be declared", 411)
        allowed = large.get(request.url.path, most)
        if declared.isdigit() and int(declared) > allowed:
            return _too_large(f"the body has {declared} bytes, at most {allowed} are taken", 413)
        return await call_next(request)

    return check


def _too_large(detail: str, status: int) -> Response:
    return _Problem(
        {
            "type": "urn:carec:error:input.unreadable",
            "title": "UnreadableInput",
            "status": status,
            "detail": detail,
            "code": "input.unreadable",
        },
        status_code=status,
    )


def wording_of(request: Request) -> Wording:
    """Return the sentences in the reader's language."""
    return wording(_language(request))


def _language(request: Request) -> str:
    """Return the first language the reader asks for (`ru`, `zh`), without its region."""
    wanted = request.headers.get("accept-language", "")
    return wanted.split(",", 1)[0].split(";", 1)[0].split("-", 1)[0].strip().lower()[:8]
