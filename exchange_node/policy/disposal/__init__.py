"""What was received is disposed of when its retention has ended, by a clock that is believed."""

from exchange_node.policy.disposal.gate import (
    counting,
    is_later,
    permit_disposal,
    permit_hold,
    permit_ordered,
    retention_ends,
    stricter,
)

__all__ = [
    "counting",
    "is_later",
    "permit_disposal",
    "permit_hold",
    "permit_ordered",
    "retention_ends",
    "stricter",
]
