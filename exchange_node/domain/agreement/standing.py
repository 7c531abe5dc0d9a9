"""Where an agreement stands at a node: what an operator has made of it."""

from __future__ import annotations

from enum import StrEnum


class ActivationState(StrEnum):
    """Where an agreement stands at this node."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
