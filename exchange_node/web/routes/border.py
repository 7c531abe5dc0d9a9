"""Manifests before the truck comes: found by what an officer knows, looked at one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import FastAPI, Header, Query, Response
from fastapi.responses import JSONResponse

from exchange_node.domain.errors import UnusableQueryError
from exchange_node.node import Node, scanning
from exchange_node.web.asking import Limit, Number, Purpose, Who

SmallLimit = Annotated[int, Query(ge=1, le=50)]
"""Of a page for a slow line; twenty lines are some two kilobytes when packed."""

Office = Annotated[str, Query(min_length=1, max_length=40)]
Movement = Annotated[str, Query(min_length=1, max_length=70)]
Code = Annotated[str, Query(min_length=1, max_length=4000)]
"""With blanks, as it may be typed."""

Digest = Annotated[str, Query(pattern=r"^[0-9a-fA-F]{64}$")]


def add_manifests(api: FastAPI, node: Node) -> None:
    """Add the manifests that are expected."""

    @api.get("/api/v1/prearrival", tags=["border post"])
    def prearrival(
        who: Who,
        office: str = "",
        plate: str = "",
        container: str = "",
        mrn: str = "",
        seal: str = "",
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: Limit = 50,
        after: str = "",
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """Manifests that fit every key given, and their channels; begin and end bound arrival."""
        return node.enquiry.prearrival(
            who,
            office=office,
            plate=plate,
            container=container,
            mrn=mrn,
            seal=seal,
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            purpose=purpose,
        )

    @api.get("/api/v1/expected", tags=["border post"])
    def expected(
        who: Who,
        office: Office,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: SmallLimit = 20,
        after: str = "",
        purpose: Purpose = "",
        if_none_match: Annotated[str, Header(max_length=2000)] = "",
    ) -> Response:
        """Who is coming to an office, the earliest first; 304 where `If-None-Match` has it."""
        page = node.enquiry.expected(
            who,
            office=office,
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            known=_tags(if_none_match),
            purpose=purpose,
        )
        headers = {
            "ETag": f'W/"{page.tag}"',
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization, Accept-Encoding",
            "Date": format_datetime(node.clock().astimezone(UTC), usegmt=True),
        }
        if page.view is None:
            return Response(status_code=304, headers=headers)
        return JSONResponse(page.view, headers=headers)

    @api.get("/api/v1/scan", tags=["border post"])
    def scan(
        who: Who,
        mrn: Movement | None = None,
        digest: Digest | None = None,
        code: Code | None = None,
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """Whether a paper tells of what is held: by its number and digest, or by its whole code.

        `paper` is `current`, `superseded`, `other`, `unknown`, or, where a code names no document
        of this administration or proves nothing, `not-named`. A code is verified.
        """
        if code is not None and mrn is None and digest is None:
            return scanning(node).code(who, code, purpose=purpose)
        if code is not None or mrn is None or digest is None:
            raise UnusableQueryError(what="scan", why="want mrn and digest, or code alone")
        return node.enquiry.scanned(who, mrn=mrn, digest=digest, purpose=purpose)

    @api.get("/api/v1/manifests/{number}", tags=["border post"])
    def manifest(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """One manifest as the agreement lets it be seen, with its decision and the reasons."""
        return node.enquiry.manifest(who, number, purpose=purpose)


def _tags(if_none_match: str) -> frozenset[str]:
    """Return the tags that a caller has; a weak one is as good as a strong one here."""
    named = (one.strip().removeprefix("W/").strip('"') for one in if_none_match.split(","))
    return frozenset(one for one in named if one)
