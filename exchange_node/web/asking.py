"""What every route of the API asks with: who, by bearer token; a query without a misspelling."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.node import Node

Party = Annotated[str, Field(pattern=r"^customs\.[a-z]{2}$", examples=["customs.uz"])]
Limit = Annotated[int, Query(ge=1, le=200)]
Purpose = Annotated[str, Query(max_length=40)]
"""What somebody looks for; left out, every purpose of the token's counts."""

Number = Annotated[int, Path(ge=1, lt=2**63)]


def _actor(request: Request, authorization: Annotated[str, Header()] = "") -> Actor:
    """Return whom the bearer token names."""
    node: Node = request.app.state.node
    return node.access.actor_of(authorization)


Who = Annotated[Actor, Depends(_actor)]
"""Who asks; without a valid token there is no answer."""


def known_query(request: Request) -> None:
    """Pass a query whose every part is asked for here: a misspelt key must not find everything.

    Raises:
        UnusableQueryError: a part is unknown or empty.
    """
    known = {one.alias for one in request.scope["route"].dependant.query_params}
    for name, value in request.query_params.items():
        if name not in known:
            why = (
                f"want one of {', '.join(sorted(known))}" if known else "nothing is asked for here"
            )
            raise UnusableQueryError(what=name[:80], why=why)
        if not value.strip():
            raise UnusableQueryError(what=name, why="it is empty; leave it out")


class Body(BaseModel):
    """What a request carries; a key that nobody reads is refused."""

    model_config = ConfigDict(extra="forbid")
