"""What a request and an answer have alike: the head of the message, the class of the use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange_node.wco.building import Placed
from exchange_node.wco.notation import iso_of

USE = "InterGov/ext:OnwardUse"


def moment_of(name: str, at: datetime | None) -> Iterator[Placed]:
    """Place a moment of the use, where there is one."""
    if at is not None:
        yield Placed(f"{USE}/ext:{name}", iso_of(at))
