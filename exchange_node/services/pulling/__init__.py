"""Channels at partners' → inbox: ask · take · keep · post the receipt, until nothing waits."""

from exchange_node.services.pulling.receipts import Receipts
from exchange_node.services.pulling.walk import Pace, Pulling

__all__ = ["Pace", "Pulling", "Receipts"]
