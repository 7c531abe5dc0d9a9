"""Where a door of the node listens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where a door listens; port 0 lets the machine choose one."""

    host: str
    port: int
