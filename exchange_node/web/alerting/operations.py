"""Joint operations: opened, listed, shown, closed."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path
from pydantic import Field, JsonValue

from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Purpose, Who

Reference = Annotated[str, Path(max_length=15)]


class Closing(Body):
    """Why an operation is closed."""

    why: Annotated[str, Field(min_length=1, max_length=512)]


def add_operations(api: FastAPI, node: Node) -> None:
    """Add what a liaison officer does with joint operations."""

    @api.post("/api/v1/operations", status_code=201, tags=["alerts"])
    def open_operation(who: Who, body: dict[str, JsonValue]) -> dict[str, object]:
        """Open an operation, or join a partner's; keys as in docs/joint-operations.md."""
        return node.operations.open(who, body)

    @api.get("/api/v1/operations", tags=["alerts"])
    def operations(who: Who, limit: Limit = 50, purpose: Purpose = "") -> dict[str, object]:
        """Operations, the last opened first, and those that only alerts name."""
        return node.operations.list(who, limit=limit, purpose=purpose)

    @api.get("/api/v1/operations/{reference}", tags=["alerts"])
    def operation(who: Who, reference: Reference, purpose: Purpose = "") -> dict[str, object]:
        """One operation with its alerts."""
        return node.operations.show(who, reference, purpose=purpose)

    @api.post("/api/v1/operations/{reference}/close", tags=["alerts"])
    def close(who: Who, reference: Reference, body: Closing) -> dict[str, object]:
        """Close an operation; say which of its alerts live on."""
        return node.operations.close(who, reference, why=body.why)
