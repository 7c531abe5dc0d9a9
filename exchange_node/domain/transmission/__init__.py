"""A message on its way to one partner: how far it has come, and its bytes of any size."""

from exchange_node.domain.transmission.retry import Retry
from exchange_node.domain.transmission.states import (
    FINAL,
    HOLD_FOR,
    MOVES,
    Cancelled,
    ErrorArrived,
    Event,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Resent,
    Sent,
    State,
    Transmission,
    Unproven,
    advance,
)

__all__ = [
    "FINAL",
    "HOLD_FOR",
    "MOVES",
    "Cancelled",
    "ErrorArrived",
    "Event",
    "Failed",
    "GaveUp",
    "Held",
    "ReceiptArrived",
    "Released",
    "Resent",
    "Retry",
    "Sent",
    "State",
    "Transmission",
    "Unproven",
    "advance",
]
