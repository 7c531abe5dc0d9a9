"""A message on its way to one partner: how far it has come, and its bytes of any size."""

from exchange_node.domain.transmission.states import (
    FINAL,
    HOLD_FOR,
    MOVES,
    ErrorArrived,
    Event,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Retry,
    Sent,
    State,
    Transmission,
    advance,
)

__all__ = [
    "FINAL",
    "HOLD_FOR",
    "MOVES",
    "ErrorArrived",
    "Event",
    "Failed",
    "GaveUp",
    "Held",
    "ReceiptArrived",
    "Released",
    "Retry",
    "Sent",
    "State",
    "Transmission",
    "advance",
]
