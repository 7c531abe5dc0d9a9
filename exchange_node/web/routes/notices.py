"""What desks were told, and somebody's word that he has seen it."""

from __future__ import annotations

from fastapi import FastAPI

from exchange_node.node import Node
from exchange_node.web.asking import Limit, Number, Who


def add_notices(api: FastAPI, node: Node) -> None:
    """Add the routes about notices."""

    @api.get("/api/v1/notices", tags=["notices"])
    def notices(who: Who, state: str = "", limit: Limit = 50) -> dict[str, object]:
        """What desks were told, the newest first, where each stands, and its ways."""
        return node.telling.noticing.list(who, state=state, limit=limit)

    @api.post("/api/v1/notices/{number}/acknowledge", tags=["notices"])
    def acknowledge(who: Who, number: Number) -> dict[str, object]:
        """Say that it was seen: it goes to no other desk."""
        return node.telling.noticing.acknowledge(who, number)
