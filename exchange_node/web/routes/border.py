"""Manifests before the truck comes: found by what an officer knows, looked at one by one."""

from __future__ import annotations

from datetime import datetime

from fastapi import FastAPI

from exchange_node.node import Node
from exchange_node.web.asking import Limit, Number, Purpose, Who


def add_manifests(api: FastAPI, node: Node) -> None:
    """Add the manifests that are expected."""

    @api.get("/api/v1/prearrival", tags=["border post"])
    def prearrival(
        who: Who,
        office: str = "",
        plate: str = "",
        container: str = "",
        mrn: str = "",
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
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            purpose=purpose,
        )

    @api.get("/api/v1/manifests/{number}", tags=["border post"])
    def manifest(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """One manifest as the agreement lets it be seen, with its decision and the reasons."""
        return node.enquiry.manifest(who, number, purpose=purpose)
