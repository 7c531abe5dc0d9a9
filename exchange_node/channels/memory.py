"""Notices kept in memory, for tests and the demo."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.channels.channel import Notice


@dataclass(frozen=True, slots=True)
class MemoryChannel:
    """Remembers what was told, each notice once."""

    told: dict[str, Notice] = field(default_factory=dict)

    def tell(self, notice: Notice) -> None:
        """Remember the notice; see `Channel.tell`."""
        self.told.setdefault(notice.notice_id, notice)
