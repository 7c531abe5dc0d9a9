"""Manifests before the truck comes: found by what an officer knows, looked at one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

Known = Annotated[str, Header(max_length=2000)]
"""`If-None-Match`: what the caller has; it gets 304 and no body while nothing has changed."""

Digest = Annotated[str, Query(pattern=r"^[0-9a-fA-F]{64}$")]


_AS_OF = "as_of"
"""How old what an office's own node holds may be."""


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
        if_none_match: Known = "",
    ) -> Response:
        """Manifests that fit every key given, and their channels; begin and end bound arrival."""
        view = node.enquiry.prearrival(
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
        return _unless_known(node, view, if_none_match)

    @api.get("/api/v1/expected", tags=["border post"])
    def expected(
        who: Who,
        office: Office,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: SmallLimit = 20,
        after: str = "",
        purpose: Purpose = "",
        if_none_match: Known = "",
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
        return _answer(node, page.tag, page.view, page.as_of)

    @api.get("/api/v1/scan", tags=["border post"])
    def scan(
        who: Who,
        mrn: Movement | None = None,
        digest: Digest | None = None,
        code: Code | None = None,
        purpose: Purpose = "",
        if_none_match: Known = "",
    ) -> Response:
        """Whether a paper tells of what is held: by its number and digest, or by its whole code.

        `paper` is `current`, `superseded`, `other`, `unknown`, or, where a code names no document
        of this administration or proves nothing, `not-named`. A code is verified.
        """
        if code is not None and mrn is None and digest is None:
            view = scanning(node).code(who, code, purpose=purpose)
            return _unless_known(node, view, if_none_match)
        if code is not None or mrn is None or digest is None:
            raise UnusableQueryError(what="scan", why="want mrn and digest, or code alone")
        view = node.enquiry.scanned(who, mrn=mrn, digest=digest, purpose=purpose)
        return _unless_known(node, view, if_none_match)

    @api.get("/api/v1/manifests/{number}", tags=["border post"])
    def manifest(
        who: Who, number: Number, purpose: Purpose = "", if_none_match: Known = ""
    ) -> Response:
        """One manifest as the agreement lets it be seen, with its decision and the reasons."""
        view = node.enquiry.manifest(who, number, purpose=purpose)
        return _unless_known(node, view, if_none_match)


def _unless_known(node: Node, view: Mapping[str, object], if_none_match: str) -> Response:
    """Return what was found, or 304 where the caller has it; the look is in the log either way."""
    as_of = view.get(_AS_OF)
    octets = JSONResponse({name: one for name, one in view.items() if name != _AS_OF}).body
    tag = hashlib.sha256(octets).hexdigest()[:32]
    known = _tags(if_none_match)
    is_known = tag in known or "*" in known
    return _answer(node, tag, None if is_known else view, str(as_of) if as_of else None)


def _answer(
    node: Node, tag: str, view: Mapping[str, object] | None, as_of: str | None = None
) -> Response:
    """Return an answer with its tag; without a view it says that nothing has changed.

    How old what an office's node holds may be is said in a header, which changes no tag: a quiet
    line and a dead one look different also where nothing has changed.
    """
    headers = {
        **({"As-Of": as_of} if as_of else {}),
        "ETag": f'W/"{tag}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Accept-Encoding",
        "Date": format_datetime(node.clock().astimezone(UTC), usegmt=True),
    }
    if view is None:
        return Response(status_code=304, headers=headers)
    return JSONResponse(view, headers=headers)


def _tags(if_none_match: str) -> frozenset[str]:
    """Return the tags that a caller has; a weak one is as good as a strong one here."""
    named = (one.strip().removeprefix("W/").strip('"') for one in if_none_match.split(","))
    return frozenset(one for one in named if one)
