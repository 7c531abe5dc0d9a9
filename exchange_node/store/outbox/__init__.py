"""Packed messages on their way: queued → claimed → sent → receipted → answered."""

from exchange_node.store.outbox.claiming import (
    claim_next,
    may_claim,
    partners_due,
    renew,
    resting,
)
from exchange_node.store.outbox.draining import failing, got_through
from exchange_node.store.outbox.messages import (
    add,
    advance,
    answered,
    find,
    get,
    is_untouched,
    keep_receipt,
    look_again,
    search,
)

__all__ = [
    "add",
    "advance",
    "answered",
    "claim_next",
    "failing",
    "find",
    "get",
    "got_through",
    "is_untouched",
    "keep_receipt",
    "look_again",
    "may_claim",
    "partners_due",
    "renew",
    "resting",
    "search",
]
