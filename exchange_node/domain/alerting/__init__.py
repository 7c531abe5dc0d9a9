"""What becomes of an alert at each recipient, and what is told back of it."""

from exchange_node.domain.alerting.feedback import Answer, Feedback, Result, SeenIn, Seized
from exchange_node.domain.alerting.life import (
    MOVES,
    TOLD_BY,
    Event,
    Move,
    State,
    Who,
    may,
    moved,
    stood,
)

__all__ = [
    "MOVES",
    "TOLD_BY",
    "Answer",
    "Event",
    "Feedback",
    "Move",
    "Result",
    "SeenIn",
    "Seized",
    "State",
    "Who",
    "may",
    "moved",
    "stood",
]
